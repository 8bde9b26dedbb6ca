"""A registration in the making at an office that wants a photo: the words and the photo.

They come in one message or in two, in either order, and each may come again or late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from antrian.domain.message import Photo
from antrian.domain.request import Registration

# How long words and photo wait for each other: time to find the card, and light to photograph it by.
COMPLETED_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SentWords:
    """The words of a registration, the message that brought them, and when it was sent."""

    registration: Registration
    message_id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class SentPhoto:
    """The photo of a registration, the message that brought it, and when it was sent."""

    photo: Photo
    message_id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of a registration that one sender has sent; None for what is missing."""

    words: SentWords | None = None
    photo: SentPhoto | None = None

    def not_overtaken(self, stored: "Draft") -> "Draft":
        """Return the draft without the parts in whose place a later one is stored."""
        return Draft(
            None if _is_later(stored.words, self.words) else self.words,
            None if _is_later(stored.photo, self.photo) else self.photo,
        )

    @property
    def complete(self) -> "CompleteDraft | None":
        """Return words and photo where both are there and were sent within an hour of each other, else None."""
        if self.words is None or self.photo is None:
            return None
        if abs(self.words.sent_at - self.photo.sent_at) > COMPLETED_WITHIN:
            return None
        return CompleteDraft(self.words, self.photo)


@dataclass(frozen=True, slots=True)
class CompleteDraft:
    """A draft that has words and photo."""

    words: SentWords
    photo: SentPhoto

    @property
    def id(self) -> str:
        """Return the id of the registration: that of its message, or one made of the ids of its two messages.

        The same two messages make the same id, whichever is handled last.
        """
        same = self.words.message_id == self.photo.message_id
        return self.words.message_id if same else f"{self.words.message_id}+{self.photo.message_id}"

    @property
    def begun_at(self) -> datetime:
        """Return when the first of the two was sent."""
        return min(self.words.sent_at, self.photo.sent_at)

    @property
    def completed_at(self) -> datetime:
        """Return when the second of the two was sent."""
        return max(self.words.sent_at, self.photo.sent_at)


def _is_later(stored: SentWords | SentPhoto | None, part: SentWords | SentPhoto | None) -> bool:
    if stored is None or part is None:
        return False
    # Two photos are often sent in one second. The message id breaks the tie, so a repeat does not change which counts.
    return (stored.sent_at, stored.message_id) > (part.sent_at, part.message_id)
