"""What the door decides: whether a code lets its holder in, and if not, the true reason."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from antrian.domain.booking import Booking, State


class Outcome(StrEnum):
    """Name what an officer is told. The office's guide has the colour and the words of each."""

    OK = "OK"  # let in: confirmed, this office, today, in its window
    EARLY = "EARLY"  # before the window; nothing is consumed
    LATE_GRACE = "LATE_GRACE"  # inside the grace: a supervisor may admit
    USED = "USED"  # another scan was here first
    EXPIRED = "EXPIRED"  # after the grace, or a past day
    WRONG_DAY = "WRONG_DAY"  # confirmed for a day to come
    WRONG_OFFICE = "WRONG_OFFICE"  # another office's code
    CANCELLED = "CANCELLED"  # withdrawn, or replaced by a corrected registration
    UNCONFIRMED = "UNCONFIRMED"  # the approval was never given
    UNKNOWN = "UNKNOWN"  # no such code


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Hold who was let in when: the scan's nonce, the officer's user id, and the moment."""

    nonce: str
    officer: str
    at: datetime


def refusal(booking: Booking, check_in: CheckIn | None, nonce: str, today: date, now: datetime) -> Outcome:
    """Return the outcome for a booking that the door's conditional write did not let in.

    `booking` and `check_in` are as that write found them, `today` is the office's day. The same nonce as the one that
    let the holder in is the same success. Validity is told before use, so that no cancelled code passes as used.
    """
    match booking.state:
        case State.CANCELLED | State.REPLACED:
            return Outcome.CANCELLED
        case State.PENDING | State.LAPSED:
            return Outcome.UNCONFIRMED
        case State.EXPIRED:
            return Outcome.EXPIRED
        case State.CHECKED_IN:
            return Outcome.OK if check_in is not None and check_in.nonce == nonce else Outcome.USED
        case State.CONFIRMED:
            return _outside_its_window(booking, today, now)


def _outside_its_window(booking: Booking, today: date, now: datetime) -> Outcome:
    if booking.seat is None:
        raise ValueError(f"the confirmed booking {booking.code} has no seat")
    if booking.service_date > today:
        return Outcome.WRONG_DAY
    if now < booking.seat.opens_at:
        return Outcome.EARLY
    if now <= booking.seat.void_after:
        return Outcome.LATE_GRACE
    return Outcome.EXPIRED
