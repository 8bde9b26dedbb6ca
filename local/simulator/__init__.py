"""The WhatsApp simulator: Meta's side of every conversation, on one machine.

It speaks the Graph API to the deployed functions (`graph`), delivers signed webhooks to them (`inbound`, `delivery`),
shows the conversation on a page that works like a phone (`chat`), and serves tools for tests (`tools`). Everything is
kept in memory (`state`); only the moved clock (`clock`) is a file, because the functions read it too.
"""
