"""What a message decided: once, before anybody hears of it, and for whenever the message comes again."""

from dataclasses import dataclass
from datetime import datetime

from antrian.domain.answers import Answer
from antrian.domain.changes import SeatRequest

# What a message comes to: its answer, or its request to the writer of a day's seats, who answers it then.
Outcome = Answer | SeatRequest


@dataclass(frozen=True, slots=True)
class Decision:
    """What the message with this id, sent at this moment, came to. Whoever holds one knows that it stands in the table,
    or is about to write it there.
    """

    message_id: str
    sent_at: datetime
    outcome: Outcome
