"""Withdraws bookings on behalf of their holders."""

from dataclasses import dataclass

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.office import Office
from antrian.domain.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelling:
    """Cancellations at one office."""

    office: Office

    def cancel(self, submission: Submission, found: Booking | None) -> Answer | SeatRequest:
        """Return the request to take the seat back, or why there is nothing to cancel.

        `found` is the booking that the submission is about.
        """
        if found is None:
            return Answer(Kind.NOTHING_TO_CANCEL, answers.open_days(self.office, submission.at))
        if not found.was_of(submission.by, submission.at):
            return Answer(Kind.CANCEL_NOT_YOURS)
        return SeatRequest.of(SeatAction.RELEASE, found, submission)
