"""Tells applicants about their booking, about days with seats, and about what they can write."""

from collections.abc import Collection
from dataclasses import dataclass

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking, Lapse, State
from antrian.domain.cases import cases_in
from antrian.domain.changes import SeatRequest
from antrian.domain.message import Message
from antrian.domain.office import Office
from antrian.domain.ports import Clock, Days
from antrian.domain.request import typed_date
from antrian.domain.submission import Submission
from antrian.usecases.bookings.registering import Registering
from antrian.usecases.seats.availability import Availability


@dataclass(frozen=True, slots=True, kw_only=True)
class Informing:
    """Answers to questions at one office; they change nothing. `own` are the sender's last bookings."""

    office: Office
    key: bytes
    days: Days
    registering: Registering
    clock: Clock

    def status(self, message: Message, own: Collection[Booking]) -> Answer | SeatRequest:
        """Return how the sender's booking stands: the ticket again, what they have to do, or why it has ended."""
        if pending := self._pending(message, own):
            # Without approval the seat is on its way: asking for it once more gives it, or repeats the answer.
            return self.registering.next_step(Submission.of(message), pending)
        if holder := answers.standing(own, self.clock.now()):
            return self._about(holder)
        return self._ended(message, own) or answers.help_(self.office, message.sent_at)

    def quota(self, message: Message, own: Collection[Booking]) -> Answer:
        """Return the days with seats: to move to where the sender is booked, else to register for."""
        if self.office.registration.gives_the_day or self._booked(message, own) is None:
            return self._days_to_book(message)
        return self.days_to_move_to(message, own)

    def days_to_move_to(self, message: Message, own: Collection[Booking]) -> Answer:
        """Return the days to which the sender's booking can be moved, or why there is none."""
        holder = self._booked(message, own)
        if holder is None:
            return Answer(Kind.NOTHING_TO_RESCHEDULE, answers.open_days(self.office, message.sent_at))
        if holder.state is State.CHECKED_IN:
            return answers.in_the_way(holder)
        days = self._availability.days_with_seats(self.clock.now(), message.sender, but=holder.service_date)
        if not days:
            return Answer(Kind.NO_OTHER_DAY, answers.details(holder))
        # With the booking's code, so that a list in an old message cannot move a newer booking.
        rows = answers.rows(days, lambda day: f"#ubah#{typed_date(day)}#{holder.code}")
        example = f"#ubah#{typed_date(days[0][0])}"
        return Answer(Kind.DAYS_TO_MOVE_TO, {**answers.details(holder), **rows, "example": example})

    def help_(self, message: Message, own: Collection[Booking]) -> Answer:
        """Return what the sender can write, which depends on how their booking stands."""
        if self.office.registration.approval and (pending := self._pending(message, own)):
            return Answer(Kind.HELP_PENDING, answers.details(pending))
        holder = answers.standing(own, message.sent_at)
        if holder is None:
            return answers.help_(self.office, message.sent_at)
        return Answer(
            Kind.HELP_CHECKED_IN if holder.state is State.CHECKED_IN else Kind.HELP_BOOKED, answers.details(holder)
        )

    def case(self, message: Message) -> Answer | None:
        """Return the answer to a text about a case in which one must or may come without booking, else None."""
        cases = cases_in(message.text or "")
        for kind, applicable in (
            (Kind.NOT_HERE, self.office.service.not_here),
            (Kind.COME_DIRECTLY, self.office.service.come_directly),
        ):
            if found := tuple(case.value for case in cases if case in applicable):
                return Answer(kind, {"cases": found})
        return None

    def _ended(self, message: Message, own: Collection[Booking]) -> Answer | None:
        """Return what became of a booking that ended without its holder's doing, None once its day is over."""
        now = self.clock.now()
        for booking in own:
            if message.sent_at >= booking.claims_until:
                continue
            if booking.state in {State.CONFIRMED, State.EXPIRED}:
                return answers.expired(booking, self.office, now)
            if booking.lapse is Lapse.DAY_FULL:
                return self._about(booking)
            if closed := answers.closed_by_now(booking, self.office, now):
                return closed
        return None

    def _days_to_book(self, message: Message) -> Answer:
        if not self.office.accepts_registrations(message.sent_at):
            return answers.outside_hours(self.office)
        now = self.clock.now()
        days = self._availability.days_with_seats(now, message.sender)
        if not days:
            return answers.no_seats(self.office, now)
        if self.office.registration.gives_the_day:
            day, _ = days[0]
            return Answer(
                Kind.NEXT_DAY, {"service_date": day.isoformat(), **answers.open_days(self.office, message.sent_at)}
            )
        return Answer(Kind.QUOTA, answers.rows(days, lambda day: f"#daftar#{typed_date(day)}"))

    def _booked(self, message: Message, own: Collection[Booking]) -> Booking | None:
        return self._pending(message, own) or answers.standing(own, message.sent_at)

    def _pending(self, message: Message, own: Collection[Booking]) -> Booking | None:
        pending = (booking for booking in own if booking.state is State.PENDING)
        return next((booking for booking in pending if message.sent_at <= booking.approve_by), None)

    def _about(self, booking: Booking) -> Answer:
        return answers.about(booking, self.office, self.clock.now(), self._availability.next_day_for)

    @property
    def _availability(self) -> Availability:
        return Availability(office=self.office, key=self.key, days=self.days)
