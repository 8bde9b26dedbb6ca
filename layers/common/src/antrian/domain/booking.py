"""A booking: its states, the moves between them, and what each move needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from antrian.domain.message import Sender

# How long an approval that came in time may wait in the day queue. For so long the booking stands in nobody's way to
# being seated, though its approval code's time has passed.
APPROVAL_MAY_WAIT = timedelta(hours=1)


class State(StrEnum):
    """Name where a booking stands.

    PENDING → CONFIRMED → CHECKED_IN | EXPIRED | CANCELLED; PENDING → CANCELLED | REPLACED | LAPSED.
    """

    PENDING = "PENDING"  # registered, the echo not approved yet
    CONFIRMED = "CONFIRMED"  # has a seat
    CHECKED_IN = "CHECKED_IN"  # was let in at the door
    EXPIRED = "EXPIRED"  # hangus: the applicant was late
    CANCELLED = "CANCELLED"  # the applicant withdrew
    REPLACED = "REPLACED"  # a corrected registration took its place
    LAPSED = "LAPSED"  # never approved in time, or the day was full when it was


class Lapse(StrEnum):
    """Name why a booking lapsed."""

    TOO_LATE = "too_late"  # the approval code's time had passed
    DAY_FULL = "day_full"  # no seat was left when it was approved, or asked for
    IN_THE_WAY = "in_the_way"  # another booking stood when it was asked for
    OFFICE_CLOSED = "office_closed"  # the office had closed the day when it was approved


@dataclass(frozen=True, slots=True)
class Move:
    """Record one move: when, and the id of the WhatsApp message that asked for it (empty for the schedule)."""

    at: datetime
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """Hold a queue number and its hour. `opens_at` is when to be there; after `void_after` the code is void."""

    number: int
    starts_at: datetime
    opens_at: datetime
    void_after: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """Hold one booking. All moments are aware and in UTC; `service_date` is the office's calendar day.

    `claims` are the keys of the identities for which it stands, until `claims_until` unless it ends before.
    """

    code: str
    state: State
    approval_code: str
    message_id: str
    sender: Sender
    name: str
    birth_date: date
    service_date: date
    sent_at: datetime
    approve_by: datetime
    claims: tuple[str, ...]
    claims_until: datetime
    seat: Seat | None = None
    lapse: Lapse | None = None
    moves: Mapping[State, Move] = field(default_factory=dict)

    def was_cancelled_by(self, message_id: str) -> bool:
        """Tell whether this message is the one that withdrew the booking."""
        move = self.moves.get(State.CANCELLED)
        return move is not None and move.message_id == message_id

    @property
    def masked_name(self) -> str:
        """Return the name as strangers may see it at the door: `BUDI S.`"""
        first, *others = self.name.upper().split()
        return " ".join([first, *(f"{other[0]}." for other in others[-1:])])

    @property
    def ended_at(self) -> datetime | None:
        """Return when the applicant withdrew or replaced this booking, None when he did neither."""
        move = self.moves.get(State.CANCELLED) or self.moves.get(State.REPLACED)
        return move.at if move else None
