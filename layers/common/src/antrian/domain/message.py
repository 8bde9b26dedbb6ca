"""Who wrote, and what: WhatsApp's messages, reduced to what the queue needs."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from antrian.domain.claims import ClaimKey, ClaimKind

# What every browser shows, HEIC apart, which is what iPhones send as a document.
FIT_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"})


@dataclass(frozen=True, slots=True)
class Sender:
    """A WhatsApp account, known by its phone number, its business-scoped user id, or both.

    `phone` is digits with the country code and no plus sign (`6281234567890`). At least one of the two is set:
    people who use a WhatsApp username may hide their number.
    """

    phone: str | None = None
    user_id: str | None = None

    def __post_init__(self) -> None:
        if not (self.phone or self.user_id):
            raise ValueError("a sender needs a phone number or a user id; both are empty")

    @property
    def key(self) -> str:
        """Return the one string under which this sender's messages are kept in order."""
        return self.phone or self.user_id or ""

    @property
    def identities(self) -> tuple[ClaimKey, ...]:
        """Return the claim keys of this sender's phone number and user id, whichever are known."""
        known = ((ClaimKind.PHONE, self.phone), (ClaimKind.USER, self.user_id))
        return tuple(ClaimKey.of(kind, value) for kind, value in known if value)

    @property
    def primary_identity(self) -> ClaimKey:
        """Return the claim key of the user id, which WhatsApp puts into every message; without one, of the number."""
        return self.identities[-1]

    def is_same_person_as(self, other: "Sender") -> bool:
        """Tell whether both share a phone number or a user id."""
        return bool((self.phone and self.phone == other.phone) or (self.user_id and self.user_id == other.user_id))


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture or document that somebody sent: WhatsApp's id for it, good for seven days, and its MIME type."""

    media_id: str
    mime_type: str

    @property
    def is_fit(self) -> bool:
        """Tell whether an officer can look at it: a picture, or a scan as PDF."""
        return self.mime_type in FIT_TYPES


@dataclass(frozen=True, slots=True)
class Message:
    """One inbound message.

    `text` is what was typed, also below a picture and in place of an earlier text; `button` the id of the button that
    was tapped. Both are None for everything that has no words, and for words that are longer than WhatsApp allows,
    which `too_long` says. `type` is WhatsApp's (`text`, `sticker`, `audio`, ...). `photo` is the picture or document
    itself, of whatever type. `sent_at` is aware, in UTC, to the second. `moved_to` is set in WhatsApp's own notice that
    the sender has other ids from then on; nobody wrote it, and nobody waits for an answer.
    """

    id: str
    sender: Sender
    sent_at: datetime
    type: str
    text: str | None = None
    button: str | None = None
    moved_to: Sender | None = None
    photo: Photo | None = None
    too_long: bool = False


def by_sender(messages: Iterable[Message]) -> Sequence[Sequence[Message]]:
    """Return each sender's messages in the order of sending: they build on each other, other people's do not."""
    in_order = sorted(messages, key=lambda message: (message.sender.key, message.sent_at))
    return [list(group) for _, group in groupby(in_order, key=lambda message: message.sender.key)]


def trace(id_: str) -> str:
    """Return a stand-in for an id that may stand in logs: WhatsApp's own ids contain the phone number."""
    return hashlib.sha256(id_.encode()).hexdigest()[:16]
