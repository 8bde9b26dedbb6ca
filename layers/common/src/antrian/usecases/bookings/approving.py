"""Approves registrations, once the applicant has read the echo."""

from collections.abc import Collection
from dataclasses import dataclass

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking, State
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.office import Office
from antrian.domain.ports import Bookings, Clock, Days
from antrian.domain.request import Approval, Registration
from antrian.domain.submission import Submission
from antrian.usecases.seats.availability import Availability


@dataclass(frozen=True, slots=True, kw_only=True)
class Approving:
    """Approvals at one office. `key` is the secret that makes the fingerprints of who gave a seat up."""

    office: Office
    key: bytes
    bookings: Bookings
    days: Days
    clock: Clock

    def approve(
        self, submission: Submission, approval: Approval, own: Collection[Booking]
    ) -> Answer | SeatRequest | Registration | None:
        """Return the request for the seat, or why there is none. `own` are the sender's last bookings.

        Returns a registration where the echo came back corrected: the applicant asks for that then. Returns None where
        the word alone came and there is nothing to approve.
        """
        found = self._pending(submission, own) if approval.code is None else self._find(submission, approval.code, own)
        if not isinstance(found, Booking):
            return found
        if approval.shown and approval.shown != Registration(found.name, found.birth_date, found.service_date):
            return approval.shown
        if found.state is not State.PENDING:
            next_day = Availability(office=self.office, key=self.key, days=self.days).next_day_for
            return answers.about(found, self.office, self.clock.now(), next_day)
        if submission.at > found.approve_by:
            return Answer(Kind.CODE_TOO_LATE, answers.details(found))
        return SeatRequest.of(SeatAction.SEAT, found, submission)

    def _pending(self, submission: Submission, own: Collection[Booking]) -> Booking | None:
        # An approval is never about a registration that was sent after it.
        pending = (booking for booking in own if booking.state is State.PENDING and booking.sent_at <= submission.at)
        return next(pending, None)

    def _find(self, submission: Submission, approval_code: str, own: Collection[Booking]) -> Booking | Answer:
        for booking in own:
            if booking.approval_code == approval_code:
                return booking
        code = self.bookings.code_behind(approval_code)
        found = self.bookings.get(code) if code else None
        if found is None or found.approval_code != approval_code:
            return Answer(Kind.CODE_UNKNOWN, answers.open_days(self.office, submission.at))
        return found if found.was_of(submission.by, submission.at) else Answer(Kind.CODE_NOT_YOURS)
