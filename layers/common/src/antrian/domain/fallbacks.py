"""What people get for a message in which there is nothing to read: the one table of it.

What has words (a text, a tapped button, the caption of a picture, the new text of an edited message) is read first; the
table speaks when they mean nothing to us, or when there are none. `docs/conversation.md` shows it to people.
"""

from collections.abc import Mapping

from antrian.domain.answers import Kind

ANSWERS: Mapping[str, Kind | None] = {
    # What could have been understood, and somebody who has just opened the chat.
    "text": Kind.HELP,
    "button": Kind.HELP,
    "interactive": Kind.HELP,
    "request_welcome": Kind.HELP,
    # People photograph what they think has to be shown.
    "image": Kind.PHOTO_NOT_NEEDED,
    "video": Kind.PHOTO_NOT_NEEDED,
    "document": Kind.PHOTO_NOT_NEEDED,
    # Somebody may be waiting for an answer to these, and for all that WhatsApp invents after them.
    "audio": Kind.ONLY_TEXT,
    "sticker": Kind.ONLY_TEXT,
    "location": Kind.ONLY_TEXT,
    "contacts": Kind.ONLY_TEXT,
    "order": Kind.ONLY_TEXT,
    "unsupported": Kind.ONLY_TEXT,
    # Whoever taps a heart on the ticket, or takes a message back, waits for no answer; and each answer costs. An edited
    # message was answered when it was new: only what is understood now is answered again.
    "reaction": None,
    "revoke": None,
    "edit": None,
}


def answer_to(type_: str) -> Kind | None:
    """Return what a message of this type of WhatsApp's gets when it says nothing to us, None for silence."""
    return ANSWERS.get(type_, Kind.ONLY_TEXT)
