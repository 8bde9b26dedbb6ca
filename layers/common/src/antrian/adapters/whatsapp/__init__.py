"""WhatsApp's Cloud API: prove who calls, read what came in, send what goes out."""
