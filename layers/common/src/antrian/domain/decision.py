"""What a message comes to: decided once, and recorded before anybody hears of it."""

from dataclasses import dataclass
from datetime import datetime

from antrian.domain.answers import Answer
from antrian.domain.changes import SeatRequest

# An answer, or a request to the writer of a day's seats, who then answers.
Outcome = Answer | SeatRequest


@dataclass(frozen=True, slots=True)
class Decision:
    """What the message with this id, sent at this moment, came to. It is in the table, or about to be written there."""

    message_id: str
    sent_at: datetime
    outcome: Outcome
