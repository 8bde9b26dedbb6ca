"""Submissions: what makes and changes bookings. A WhatsApp message is one; an entry at a desk may be another."""

from dataclasses import dataclass
from datetime import datetime

from antrian.domain.message import Message, Sender, trace


@dataclass(frozen=True, slots=True)
class Submission:
    """Something that somebody asked for: its id, by whom, and when.

    Two submissions with the same `id` are the same one, delivered again. The rules look only at the identities of `by`,
    of which there may be none. `at` is aware, in UTC, to the second. `completed_by` is the id of the message that is
    answered, where the submission came in several messages and this is the last of them.
    """

    id: str
    by: Sender
    at: datetime
    completed_by: str | None = None

    @classmethod
    def of(cls, message: Message) -> "Submission":
        """Return the submission that a message is."""
        return cls(message.id, message.sender, message.sent_at)

    @property
    def answered_as(self) -> str:
        """Return the id under which it is decided and answered."""
        return self.completed_by or self.id

    @property
    def trace(self) -> str:
        """Return what stands for its id in logs."""
        return trace(self.id)
