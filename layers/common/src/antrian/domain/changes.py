"""What a write changes: bookings that give way, the changes of a day's seats, and the requests for them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from antrian.domain.booking import Booking, Lapse, Move, Seat
from antrian.domain.message import Sender
from antrian.domain.seats import Cooling
from antrian.domain.submission import Submission


@dataclass(frozen=True, slots=True)
class Retirement:
    """A pending booking gives way to a new one: REPLACED, or LAPSED where `lapse` says why."""

    booking: Booking
    lapse: Lapse | None = None


@dataclass(frozen=True, slots=True)
class Postpone:
    """A pending booking waits for a seat of a later day, at an office that gives the day."""

    booking: Booking
    service_date: date
    approve_by: datetime
    claims_until: datetime


@dataclass(frozen=True, slots=True)
class Confirm:
    """A pending booking gets its seat. `cooled` is how the seat was held back until now, None where it was not."""

    booking: Booking
    seat: Seat
    move: Move
    cooled: Cooling | None = None


@dataclass(frozen=True, slots=True)
class LetLapse:
    """A pending booking that was approved and cannot have a seat ends, and its claims are released."""

    booking: Booking
    lapse: Lapse
    move: Move


@dataclass(frozen=True, slots=True)
class Cancel:
    """A pending or confirmed booking ends; its seat is taken back and its claims are released.

    `cooling` holds the seat back; it is None where nobody is to have a disadvantage, as when the office cancels. Then
    `lapse` says so.
    """

    booking: Booking
    move: Move
    cooling: Cooling | None = None
    lapse: Lapse | None = None


@dataclass(frozen=True, slots=True)
class Reschedule:
    """A confirmed booking gets a seat of another day, and its old one is taken back: both, or neither.

    `move` names the new day, until whose end, `claims_until`, its claims now hold. `cooled` is as in Confirm, and
    `cooling` as in Cancel.
    """

    booking: Booking
    seat: Seat
    claims_until: datetime
    move: Move
    cooled: Cooling | None = None
    cooling: Cooling | None = None


Change = Confirm | Postpone | LetLapse | Cancel | Reschedule


class SeatAction(StrEnum):
    """What a message wants of a day's seats, or the office that has closed the day."""

    SEAT = "seat"
    RELEASE = "release"
    RESCHEDULE = "reschedule"
    CALL_OFF = "call_off"


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """A request for a booking's seat, to take it back, or for one of another day, on behalf of a message.

    `service_date` is the day whose seats it is about: the one to which a booking is to be moved.
    """

    action: SeatAction
    booking_code: str
    service_date: date
    message_id: str
    sender: Sender
    sent_at: datetime

    @classmethod
    def of(cls, action: SeatAction, booking: Booking, submission: Submission, day: date | None = None) -> "SeatRequest":
        """Return what a submission wants of a booking, on the booking's own day unless it names another."""
        day = day or booking.service_date
        return cls(action, booking.code, day, submission.answered_as, submission.by, submission.at)
