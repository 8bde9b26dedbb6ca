"""The two halves of a registration at an office that wants a photo: what is written, and the picture.

They come in one message, or one after the other in either order, and each may come again or late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from antrian.domain.message import Photo
from antrian.domain.request import Registration

# For so long one half waits for the other: time to find the card and light to photograph it by.
COMPLETED_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SentWords:
    """What was written, in which message, and when."""

    registration: Registration
    message_id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class SentPhoto:
    """Which photo was sent, in which message, and when."""

    photo: Photo
    message_id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What one sender has sent of a registration, None for what is missing."""

    words: SentWords | None = None
    photo: SentPhoto | None = None

    def not_overtaken(self, stored: "Draft") -> "Draft":
        """Return those of these halves in whose place no later one is stored."""
        return Draft(
            None if _is_later(stored.words, self.words) else self.words,
            None if _is_later(stored.photo, self.photo) else self.photo,
        )

    @property
    def complete(self) -> "CompleteDraft | None":
        """Return both halves where they are there and belong together, by the time between them."""
        if self.words is None or self.photo is None:
            return None
        if abs(self.words.sent_at - self.photo.sent_at) > COMPLETED_WITHIN:
            return None
        return CompleteDraft(self.words, self.photo)


@dataclass(frozen=True, slots=True)
class CompleteDraft:
    """A registration that is complete."""

    words: SentWords
    photo: SentPhoto

    @property
    def id(self) -> str:
        """Return the id of the registration: its message's, or made of the two messages' that it came in.

        The same two messages make the same one, whichever is handled last.
        """
        same = self.words.message_id == self.photo.message_id
        return self.words.message_id if same else f"{self.words.message_id}+{self.photo.message_id}"

    @property
    def begun_at(self) -> datetime:
        """Return when the first half was sent."""
        return min(self.words.sent_at, self.photo.sent_at)

    @property
    def completed_at(self) -> datetime:
        """Return when the second half was sent."""
        return max(self.words.sent_at, self.photo.sent_at)


def _is_later(stored: SentWords | SentPhoto | None, half: SentWords | SentPhoto | None) -> bool:
    if stored is None or half is None:
        return False
    # Two photos are often sent in one second; whichever comes again must not change which of them counts.
    return (stored.sent_at, stored.message_id) > (half.sent_at, half.message_id)
