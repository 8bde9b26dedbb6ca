"""Moves bookings to another day on behalf of their holders."""

from dataclasses import dataclass
from datetime import date

from antrian.domain import answers, codes
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking, State
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.office import Office
from antrian.domain.ports import Bookings
from antrian.domain.request import Registration
from antrian.domain.submission import Submission
from antrian.usecases.bookings.registering import Registering
from antrian.usecases.bookings.targets import Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """Moves to another day at one office. `key` is the secret from which codes are derived."""

    office: Office
    key: bytes
    bookings: Bookings
    registering: Registering
    targets: Targets

    def move(self, submission: Submission, day: date, booking_code: str | None) -> Answer | SeatRequest:
        """Return the request for a seat of this day, or why there is none.

        A booking that is not approved yet is registered anew, for the other day. Raises Unsettled.
        """
        booking = self._made_by(submission)
        if booking is None:
            found = self.targets.find(submission, booking_code)
            booking = self.targets.pin(submission, found)
            if booking is None and found is not None and booking_code:
                return Answer(Kind.RESCHEDULE_NOT_YOURS)
        if booking is None:
            return Answer(Kind.NOTHING_TO_RESCHEDULE, answers.open_days(self.office, submission.at))
        if day != booking.service_date and (refused := self.registering.refused_day(submission, day)):
            return answers.for_rescheduling(refused, self.office, submission.at)
        if booking.state is State.PENDING or booking.message_id == submission.id:
            # There is no seat to move yet: it is a registration for the other day, with an echo of its own.
            registration = Registration(booking.name, booking.birth_date, day)
            return self.registering.register(submission, registration, booking.photo)
        return SeatRequest.of(SeatAction.RESCHEDULE, booking, submission, day)

    def _made_by(self, submission: Submission) -> Booking | None:
        """Return the booking that this submission has made of a pending one, None where it has made none."""
        made = self.bookings.get(codes.booking_code(self.key, self.office.code_prefix, submission.id))
        return made if made is not None and made.message_id == submission.id else None
