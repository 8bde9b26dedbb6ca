"""Moves bookings to another day on behalf of their holders."""

from dataclasses import dataclass
from datetime import date

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import State
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.decision import Decision, Outcome
from antrian.domain.office import Office
from antrian.domain.request import Registration
from antrian.domain.submission import Submission
from antrian.usecases.bookings.registering import Registering
from antrian.usecases.bookings.targets import Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """Moves to another day at one office."""

    office: Office
    registering: Registering
    targets: Targets

    def move(self, submission: Submission, day: date, booking_code: str | None) -> Outcome | Decision:
        """Return the request for a seat of this day, or why there is none.

        A booking that is not approved yet is registered anew, for the other day; that may return a decision that is
        already recorded. Raises Unsettled.
        """
        booking = self.targets.find(submission, booking_code)
        if booking is None:
            return Answer(Kind.NOTHING_TO_RESCHEDULE, answers.open_days(self.office, submission.at))
        if not booking.was_of(submission.by, submission.at):
            return Answer(Kind.RESCHEDULE_NOT_YOURS)
        if day != booking.service_date and (refused := self.registering.refused_day(submission, day)):
            return answers.for_rescheduling(refused, self.office, submission.at)
        if booking.state is State.PENDING:
            # There is no seat to move yet: it is a registration for the other day, with an echo of its own.
            registration = Registration(booking.name, booking.birth_date, day)
            return self.registering.register(submission, registration, booking.photo)
        return SeatRequest.of(SeatAction.RESCHEDULE, booking, submission, day)
