"""What bookings are made and changed by: a WhatsApp message is one such thing, an entry at a desk may be another."""

from dataclasses import dataclass
from datetime import datetime

from antrian.domain.message import Message, Sender, trace


@dataclass(frozen=True, slots=True)
class Submission:
    """Something that somebody asked for: its id, by whom, and when.

    With the same `id` it is the same submission, however often it comes. Of `by` the rules look at the identities, and
    there may be none. `at` is aware, in UTC, to the second. `completed_by` is the message that is answered, where it is
    only the last of several that the submission came in.
    """

    id: str
    by: Sender
    at: datetime
    completed_by: str | None = None

    @classmethod
    def of(cls, message: Message) -> "Submission":
        """Return what a message submits."""
        return cls(message.id, message.sender, message.sent_at)

    @property
    def answered_as(self) -> str:
        """Return the id under which it is decided and answered."""
        return self.completed_by or self.id

    @property
    def trace(self) -> str:
        """Return what stands for its id in logs."""
        return trace(self.id)
