"""Withdraws bookings on behalf of their holders."""

from dataclasses import dataclass

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.office import Office
from antrian.domain.submission import Submission
from antrian.usecases.bookings.targets import Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelling:
    """Cancellations at one office."""

    office: Office
    targets: Targets

    def cancel(self, submission: Submission, found: Booking | None, *, by_code: bool) -> Answer | SeatRequest:
        """Return the request to take the seat back, or why there is nothing to cancel.

        `found` is the booking that `Targets.find` returned; `by_code` tells that the submission named its code.
        """
        booking = self.targets.pin(submission, found)
        if booking is not None:
            return SeatRequest.of(SeatAction.RELEASE, booking, submission)
        if found is None:
            return Answer(Kind.NOTHING_TO_CANCEL, answers.open_days(self.office, submission.at))
        if by_code:
            return Answer(Kind.CANCEL_NOT_YOURS)
        # The #batal was meant to end a question that a later answer has taken on: nothing ends, and they are told so.
        return Answer(Kind.SUPERSEDED, answers.details(found))
