"""Works out in memory what a round of seat requests changes on a day. It reads nothing and writes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import MOST_RESCHEDULES, Booking, Lapse, Move, Seat, State
from antrian.domain.changes import (
    Cancel,
    Change,
    Confirm,
    LetLapse,
    Postpone,
    Reschedule,
    SeatAction,
    SeatRequest,
)
from antrian.domain.office import Office
from antrian.domain.seats import Cooling, Slot, cooling, earliest_free, fingerprints, seat


@dataclass(frozen=True, slots=True)
class StaysOnItsDay:
    """A booking that stays where it is because the day asked for is full."""

    booking: Booking
    requested_day: date


@dataclass(frozen=True, slots=True)
class CalledOff:
    """A booking that has ended because the office has closed its day."""

    booking: Booking


# A decision: an answer, a request that goes on to a later day, silence (None), or a booking whose answer depends on
# which other days have seats.
Outcome = Answer | SeatRequest | Booking | StaysOnItsDay | CalledOff | None


class Round:
    """Requests of one day, decided in their order: their `outcomes`, and the `changes` that one transaction writes.

    A booking ends at the moment at which its message was sent, not when we handle it, so that its claims are free for
    whatever the applicant sends next. A seat that is given back cools from when we handle it, because nobody could
    have it before. `slots` are the day's, in the order of their hours, and change with each decision. `answered` are
    the answers that requests got before, by message id: a request that comes again gets the same answer, unless it
    moved the booking itself; then it is told how that stands. `first_with_a_seat` returns the first of some days with
    a seat for the holder of a booking, `is_overtaken` whether the booking's claims have passed to another one.
    `to_record` tells of each outcome whether it needs a record, because no change of its own shows that it was decided.
    """

    def __init__(
        self,
        *,
        office: Office,
        key: bytes,
        slots: Sequence[Slot],
        now: datetime,
        answered: Mapping[str, Answer],
        first_with_a_seat: Callable[[Sequence[date], Booking], date | None],
        is_overtaken: Callable[[Booking], bool],
    ) -> None:
        self._office = office
        self._key = key
        self._slots = slots
        self._answered = answered
        self._first_with_a_seat = first_with_a_seat
        self._is_overtaken = is_overtaken
        self.now = now
        self.changes: list[Change] = []
        self.outcomes: list[Outcome] = []
        self.to_record: list[bool] = []

    def decide(self, request: SeatRequest, booking: Booking | None) -> None:
        """Decide on the next request; `booking` is the one that it names, as it was read, None where there is none."""
        decide = {
            SeatAction.SEAT: self._seat,
            SeatAction.RELEASE: self._release,
            SeatAction.RESCHEDULE: self._reschedule,
            SeatAction.CALL_OFF: self._call_off,
        }
        moved_by_this = booking is not None and booking.was_moved_by(request.message_id)
        if not moved_by_this and (known := self._answered.get(request.message_id)):
            self.outcomes.append(known)
            self.to_record.append(False)
            return
        self.outcomes.append(decide[request.action](request, booking))
        self.to_record.append(request.is_answered_once and not moved_by_this)

    def _seat(self, request: SeatRequest, booking: Booking | None) -> Outcome:
        if booking is None:
            return Answer(Kind.CODE_UNKNOWN, answers.open_days(self._office, request.sent_at))
        if booking.state is not State.PENDING:
            return booking
        if request.sent_at > booking.approve_by:
            return Answer(Kind.CODE_TOO_LATE, answers.details(booking))
        if booking.service_date != request.service_date:
            # This request has gone on to that day before, and was delivered again.
            return replace(request, service_date=booking.service_date)
        closed = self._office.closure(booking.service_date) is not None
        taken = None if closed else self._take(request, booking)
        if taken is None and self._office.registration.gives_the_day and (day := self._later_day(booking)):
            if self._is_overtaken(booking):
                return self._lapse(booking, Lapse.IN_THE_WAY, request)
            return self._postpone(booking, day, request)
        if taken is None:
            return self._lapse(booking, Lapse.OFFICE_CLOSED if closed else Lapse.DAY_FULL, request)
        given, cooled = taken
        self.changes.append(Confirm(booking, given, Move(self.now, request.message_id), cooled))
        return replace(booking, state=State.CONFIRMED, seat=given)

    def _later_day(self, booking: Booking) -> date | None:
        """Return the next day with a seat; never an earlier one, so that each request comes to an end."""
        days = [day for day in self._office.bookable_days(booking.sent_at) if day > booking.service_date]
        return self._first_with_a_seat(days, booking)

    def _postpone(self, booking: Booking, day: date, request: SeatRequest) -> SeatRequest:
        self.changes.append(Postpone(booking, day, self._office.last_call(day), self._office.end_of(day)))
        return replace(request, service_date=day)

    def _take(self, request: SeatRequest, booking: Booking) -> tuple[Seat, Cooling | None] | None:
        """Take the earliest seat for a booking; return it and how it was held back before, None where there is none."""
        free = earliest_free(self._office, self._slots, self.now, self._fingerprints(request, booking))
        if free is None:
            return None
        slot, number = free
        slot.seats[number] = booking.code
        return seat(self._office, slot, number), slot.cooling.pop(number, None)

    def _fingerprints(self, request: SeatRequest, booking: Booking) -> frozenset[str]:
        return fingerprints(self._key, booking.sender, request.sender)

    def _cooling(self, request: SeatRequest, booking: Booking) -> Cooling | None:
        return cooling(self._office, self._key, request.message_id, self._fingerprints(request, booking), self.now)

    def _lapse(self, booking: Booking, lapse: Lapse, request: SeatRequest) -> Booking:
        self.changes.append(LetLapse(booking, lapse, Move(request.sent_at, request.message_id)))
        return replace(booking, state=State.LAPSED, lapse=lapse)

    def _release(self, request: SeatRequest, booking: Booking | None) -> Outcome:
        if booking is None:
            return Answer(Kind.NOTHING_TO_CANCEL, answers.open_days(self._office, request.sent_at))
        fields = answers.details(booking)
        if request.sent_at < booking.asked_at:
            return Answer(Kind.SUPERSEDED, fields)
        match booking.state:
            case State.CONFIRMED if booking.seat is not None and request.sent_at > booking.seat.void_after:
                return answers.expired(booking, self._office, self.now)
            case State.PENDING | State.CONFIRMED:
                cooling = self._cooling(request, booking)
                self.changes.append(Cancel(booking, Move(request.sent_at, request.message_id), cooling))
                self._free(booking, cooling)
                return Answer(Kind.CANCELLED, fields)
            case State.CANCELLED:
                if booking.was_cancelled_by(request.message_id):
                    return Answer(Kind.CANCELLED, fields)
                by_the_office = answers.closed_by_now(booking, self._office, self.now)
                return by_the_office or Answer(Kind.ALREADY_CANCELLED, fields)
            case State.EXPIRED:
                return answers.expired(booking, self._office, self.now)
            case State.CHECKED_IN:
                return Answer(Kind.ALREADY_CHECKED_IN, fields)
            case State.REPLACED:
                return answers.about(booking, self._office, self.now)
            case State.LAPSED:
                return Answer(Kind.NOTHING_TO_CANCEL, answers.open_days(self._office, request.sent_at))

    def _free(self, booking: Booking, cooling: Cooling | None) -> None:
        for slot in self._slots:
            if booking.seat is not None and slot.seats.get(booking.seat.number) == booking.code:
                del slot.seats[booking.seat.number]
                if cooling is not None:
                    slot.cooling[booking.seat.number] = cooling

    def _call_off(self, request: SeatRequest, booking: Booking | None) -> Outcome:
        """End a booking whose day the office has closed. Where there is nothing to end, nobody is told anything."""
        if booking is None or booking.service_date != request.service_date:
            return None
        if booking.was_cancelled_by(request.message_id):
            return CalledOff(booking)
        if booking.state is not State.CONFIRMED or self._office.closure(booking.service_date) is None:
            return None
        # The holder gave nothing up: the seat does not cool.
        move = Move(request.sent_at, request.message_id)
        self.changes.append(Cancel(booking, move, lapse=Lapse.OFFICE_CLOSED))
        self._free(booking, None)
        return CalledOff(booking)

    def _reschedule(self, request: SeatRequest, booking: Booking | None) -> Outcome:
        if booking is None:
            return self._nothing_to_reschedule(request)
        if booking.was_rescheduled_by(request.message_id):
            return booking
        if refused := self._why_it_stays(request, booking):
            return refused
        taken = self._take(request, booking)
        if taken is None:
            return StaysOnItsDay(booking, request.service_date)
        move = Move(request.sent_at, request.message_id, request.service_date)
        given, cooled = taken
        claims_until = self._office.end_of(given.service_date)
        cooling = self._cooling(request, booking)
        self.changes.append(Reschedule(booking, given, claims_until, move, cooled, cooling))
        return replace(booking, service_date=given.service_date, seat=given)

    def _why_it_stays(self, request: SeatRequest, booking: Booking) -> Answer | None:
        """Return why a booking is not moved to another day, None where only a lack of seats can prevent it."""
        if request.sent_at < booking.asked_at:
            return Answer(Kind.SUPERSEDED, answers.details(booking))
        match booking.state:
            case State.CONFIRMED if booking.seat is not None and request.sent_at > booking.seat.void_after:
                return answers.expired(booking, self._office, self.now)
            case State.CONFIRMED if self._is_overtaken(booking):
                return Answer(Kind.SUPERSEDED, answers.details(booking))
            case State.CONFIRMED:
                return self._why_not_that_day(request, booking)
            case State.EXPIRED:
                return answers.expired(booking, self._office, self.now)
            case State.CHECKED_IN:
                return Answer(Kind.ALREADY_CHECKED_IN, answers.details(booking))
            case _:
                return self._nothing_to_reschedule(request)

    def _why_not_that_day(self, request: SeatRequest, booking: Booking) -> Answer | None:
        if request.service_date == booking.service_date:
            days = answers.days_to_move_to(self._office, request.sent_at)
            return Answer(Kind.ALREADY_THAT_DAY, {**answers.details(booking), **days})
        if closure := self._office.closure(request.service_date):
            closed = answers.closed(self._office, request.service_date, closure, request.sent_at)
            return answers.for_rescheduling(closed, self._office, request.sent_at)
        if len(booking.reschedules) >= MOST_RESCHEDULES:
            return Answer(Kind.RESCHEDULED_TOO_OFTEN, {**answers.details(booking), "most": str(MOST_RESCHEDULES)})
        return None

    def _nothing_to_reschedule(self, request: SeatRequest) -> Answer:
        return Answer(Kind.NOTHING_TO_RESCHEDULE, answers.open_days(self._office, request.sent_at))
