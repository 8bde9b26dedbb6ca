"""Decides at the door, once, whether a code lets its holder in."""

from collections.abc import Mapping
from dataclasses import dataclass

from antrian.domain import codes
from antrian.domain.booking import Booking
from antrian.domain.clock import Clock
from antrian.domain.door import CheckIn, Outcome, refusal
from antrian.domain.office import Office
from antrian.domain.ports import Bookings, NotLetIn


@dataclass(frozen=True, slots=True)
class Decision:
    """Tell what the door decided, and what an officer needs to see with it.

    `booking` is None for a code of another office (named in `office_name`) and for one that nobody has.
    """

    outcome: Outcome
    booking: Booking | None = None
    check_in: CheckIn | None = None
    office_name: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """Let applicants in at one office; `office_names` are the names of all offices by the prefix of their codes."""

    office: Office
    office_names: Mapping[str, str]
    bookings: Bookings
    clock: Clock

    def check_in(self, text: str, nonce: str, officer: str) -> Decision:
        """Decide on what was scanned or typed. The same nonce sent again gets the same decision about being let in."""
        code = codes.read_booking_code(text)
        if code is None:
            return Decision(Outcome.UNKNOWN)
        prefix = code[: codes.PREFIX_LENGTH]
        if prefix != self.office.code_prefix:
            name = self.office_names.get(prefix)
            return Decision(Outcome.WRONG_OFFICE, office_name=name) if name else Decision(Outcome.UNKNOWN)
        now = self.clock.now()
        check_in = CheckIn(nonce, officer, now)
        try:
            return Decision(Outcome.OK, self.bookings.check_in(code, check_in), check_in)
        except NotLetIn as refused:
            if refused.booking is None:
                return Decision(Outcome.UNKNOWN)
            today = self.office.local(now).date()
            outcome = refusal(refused.booking, refused.check_in, nonce, today, now)
            return Decision(outcome, refused.booking, refused.check_in)
