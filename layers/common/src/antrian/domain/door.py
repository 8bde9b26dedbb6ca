"""What the door decides: whether a code lets its holder in, and if not, why."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from antrian.domain.booking import Booking, State
from antrian.domain.scan import Scan, Undoing

# Officers may take back what they did a moment ago; what is older is a supervisor's decision.
UNDO_WITHIN = timedelta(minutes=15)


class Outcome(StrEnum):
    """What an officer is told. The office's guide has the colour and the words of each."""

    OK = "OK"  # let in: confirmed, this office, today, in its window, or in its grace by a supervisor
    EARLY = "EARLY"  # before the window; nothing is consumed
    LATE_GRACE = "LATE_GRACE"  # inside the grace: a supervisor may admit
    USED = "USED"  # another scan has let the holder in
    EXPIRED = "EXPIRED"  # after the grace, or a past day
    WRONG_DAY = "WRONG_DAY"  # confirmed for a day to come
    WRONG_OFFICE = "WRONG_OFFICE"  # another office's code
    CANCELLED = "CANCELLED"  # withdrawn, or replaced by a corrected registration
    UNCONFIRMED = "UNCONFIRMED"  # the approval was never given
    UNKNOWN = "UNKNOWN"  # no such code, or the QR code of something else
    FORGED = "FORGED"  # a QR code in our form that this office did not sign
    MISTYPED = "MISTYPED"  # typed, and its check character does not fit
    UNDONE = "UNDONE"  # this very scan let the holder in, and its check-in was taken back since


class UndoRefusal(StrEnum):
    """Why a check-in is not taken back."""

    SCAN_UNKNOWN = "scan_unknown"  # no scan has this nonce
    LET_NOBODY_IN = "scan_let_nobody_in"  # there is nothing to take back
    OTHER_DEVICE = "undo_other_device"  # an officer takes back on the phone that scanned
    TOO_LATE = "undo_too_late"  # the officer's quarter of an hour, or the supervisor's day, is over


@dataclass(frozen=True, slots=True)
class ScanRecord:
    """The decision on a scan, kept so that the same scan sent again gets the same answer.

    `digest` stands for what was scanned or typed; the raw text is not kept. `booking_code` is the code of the booking
    whose holder was let in, None where nobody was.
    """

    scan: Scan
    outcome: Outcome
    digest: str
    booking_code: str | None = None
    undoing: Undoing | None = None

    def undo_refusal(self, undoing: Undoing, *, supervisor: bool, same_day: bool) -> UndoRefusal | None:
        """Return why this check-in may not be taken back like this, None where it may.

        Nothing that this looks at changes once the scan is recorded, so the write need not check it again.
        """
        if self.outcome is not Outcome.OK:
            return UndoRefusal.LET_NOBODY_IN
        if supervisor:
            return None if same_day else UndoRefusal.TOO_LATE
        if undoing.device != self.scan.device:
            return UndoRefusal.OTHER_DEVICE
        return None if undoing.at - self.scan.learnt_at <= UNDO_WITHIN else UndoRefusal.TOO_LATE


def refusal(booking: Booking, at: datetime, today: date) -> Outcome:
    """Return the outcome for a booking that the door's conditional write did not let in.

    `booking` is as that write found it, `at` the moment of the scan and `today` its day at the office. Whether a code
    is valid comes before whether it was used, so that no cancelled code passes as used.
    """
    match booking.state:
        case State.CANCELLED | State.REPLACED:
            return Outcome.CANCELLED
        case State.PENDING | State.LAPSED:
            return Outcome.UNCONFIRMED
        case State.CHECKED_IN:
            return Outcome.USED
        case State.CONFIRMED | State.EXPIRED:
            return _outside_its_window(booking, at, today)


def _outside_its_window(booking: Booking, at: datetime, today: date) -> Outcome:
    if booking.seat is None:
        raise ValueError(f"the {booking.state.lower()} booking {booking.code} has no seat")
    if booking.service_date > today:
        return Outcome.WRONG_DAY
    if at < booking.seat.opens_at:
        return Outcome.EARLY
    if at <= booking.seat.void_after:
        return Outcome.LATE_GRACE
    return Outcome.EXPIRED
