"""The one table of answers to messages in which we find no request.

Words (a text, a tapped button, the caption of a picture, the new text of an edited message) are read first. The table
applies when they mean nothing to us, or when there are none. `docs/conversation.md` explains it.
"""

from collections.abc import Mapping

from antrian.domain.answers import Kind

ANSWERS: Mapping[str, Kind | None] = {
    # Words that mean nothing to us, and somebody who has just opened the chat.
    "text": Kind.HELP,
    "button": Kind.HELP,
    "interactive": Kind.HELP,
    "request_welcome": Kind.HELP,
    # People photograph what they think they have to show.
    "image": Kind.PHOTO_NOT_NEEDED,
    "video": Kind.PHOTO_NOT_NEEDED,
    "document": Kind.PHOTO_NOT_NEEDED,
    # Somebody may be waiting for an answer to these, and to every type that WhatsApp adds later.
    "audio": Kind.ONLY_TEXT,
    "sticker": Kind.ONLY_TEXT,
    "location": Kind.ONLY_TEXT,
    "contacts": Kind.ONLY_TEXT,
    "order": Kind.ONLY_TEXT,
    "unsupported": Kind.ONLY_TEXT,
    # Whoever taps a heart on the ticket, or takes a message back, waits for no answer, and each answer costs. An edited
    # message was answered when it was new, and is answered again only if we understand it now.
    "reaction": None,
    "revoke": None,
    "edit": None,
}


def answer_to(type_: str) -> Kind | None:
    """Return the answer to a message of this WhatsApp type in which we find no request, None for silence."""
    return ANSWERS.get(type_, Kind.ONLY_TEXT)
