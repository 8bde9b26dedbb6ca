"""What goes out to WhatsApp, and what WhatsApp tells about it."""
