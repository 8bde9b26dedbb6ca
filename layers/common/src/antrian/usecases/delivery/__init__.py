"""What goes out to WhatsApp, and what WhatsApp reports about it."""
