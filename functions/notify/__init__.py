"""Sends what is in the outbox to WhatsApp."""
