"""What a write changes: bookings that give way to new ones, changes of a day's seats, and the requests for these."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from antrian.domain.booking import Booking, Lapse, Move, Seat
from antrian.domain.message import Sender
from antrian.domain.seats import Cooling
from antrian.domain.submission import Submission


@dataclass(frozen=True, slots=True)
class Retirement:
    """The end of a pending booking that gives way to a new one: REPLACED, or LAPSED where `lapse` says why."""

    booking: Booking
    lapse: Lapse | None = None


@dataclass(frozen=True, slots=True)
class Postpone:
    """The step of a pending booking to a later day, where it waits for a seat, at an office that gives the day."""

    booking: Booking
    service_date: date
    approve_by: datetime
    claims_until: datetime


@dataclass(frozen=True, slots=True)
class Confirm:
    """The seat of a pending booking. `cooled` is how the seat was held back until now, None where it was not."""

    booking: Booking
    seat: Seat
    move: Move
    cooled: Cooling | None = None


@dataclass(frozen=True, slots=True)
class LetLapse:
    """The end of a pending booking that was approved and cannot have a seat. Its claims are released."""

    booking: Booking
    lapse: Lapse
    move: Move


@dataclass(frozen=True, slots=True)
class Cancel:
    """The end of a pending or confirmed booking. Its seat is taken back and its claims are released.

    `cooling` holds the seat back. It is None where the office does not let seats cool, and where the office itself
    cancels, which puts nobody at a disadvantage; `lapse` then says so.
    """

    booking: Booking
    move: Move
    cooling: Cooling | None = None
    lapse: Lapse | None = None


@dataclass(frozen=True, slots=True)
class Reschedule:
    """The move of a confirmed booking to a seat of another day. Its old seat is taken back: both, or neither.

    `move` names the new day; the booking's claims now hold until its end, `claims_until`. `cooled` is as in Confirm,
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
    """What a message, or an office that has closed the day, wants of a day's seats."""

    SEAT = "seat"
    RELEASE = "release"
    RESCHEDULE = "reschedule"
    CALL_OFF = "call_off"


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """A request on behalf of a message: for a booking's seat, to take it back, or for a seat of another day.

    `service_date` is the day whose seats it is about; for a move, the day to which the booking is to be moved.
    """

    action: SeatAction
    booking_code: str
    service_date: date
    message_id: str
    sender: Sender
    sent_at: datetime

    @property
    def is_answered_once(self) -> bool:
        """Tell whether its answer is recorded, so that nothing else comes of it when it comes again.

        Not that of a request for a first seat: its booking is pending once, and what ends that is recorded with it. And
        what the office calls off it may open, and close again.
        """
        return self.action in {SeatAction.RELEASE, SeatAction.RESCHEDULE}

    @classmethod
    def of(cls, action: SeatAction, booking: Booking, submission: Submission, day: date | None = None) -> "SeatRequest":
        """Return the request of a submission about a booking, for the booking's own day unless `day` is another."""
        day = day or booking.service_date
        return cls(action, booking.code, day, submission.answered_as, submission.by, submission.at)
