"""The function `notify`: sends the answers in the outbox to WhatsApp, and fetches photos from it."""
