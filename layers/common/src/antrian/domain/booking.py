"""A booking: its states, the moves between them, and what each move needs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from antrian.domain.message import Sender
from antrian.domain.scan import Scan

# How long an approval that came in time may wait in the day queue. For so long the booking stands in nobody's way to
# being seated, though its approval code's time has passed.
APPROVAL_MAY_WAIT = timedelta(hours=1)


class State(StrEnum):
    """Name where a booking stands.

    PENDING → CONFIRMED → CHECKED_IN | EXPIRED | CANCELLED; PENDING → CANCELLED | REPLACED | LAPSED. A check-in that is
    taken back is CONFIRMED again; one that a phone without connection made in time ends EXPIRED too.
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

    `claims` are the keys of the identities for which it stands, until `claims_until` unless it ends before. `check_in`
    is the scan that let its holder in. `moves` are all moves in their order, each with the state that it led to.
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
    check_in: Scan | None = None
    moves: tuple[tuple[State, Move], ...] = ()

    def was_cancelled_by(self, message_id: str) -> bool:
        """Tell whether this message is the one that withdrew the booking."""
        return any(state is State.CANCELLED and move.message_id == message_id for state, move in self.moves)

    @property
    def masked_name(self) -> str:
        """Return the name as strangers may see it at the door: `BUDI S.`"""
        first, *others = self.name.upper().split()
        return " ".join([first, *(f"{other[0]}." for other in others[-1:])])

    @property
    def ended_at(self) -> datetime | None:
        """Return when the applicant withdrew or replaced this booking, None when he did neither."""
        ends = (move.at for state, move in self.moves if state in {State.CANCELLED, State.REPLACED})
        return next(ends, None)
