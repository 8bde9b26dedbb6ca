"""Seats the applicants of one service date, and takes their seats back: the only giver of a day's seats."""

from collections.abc import Iterator, Sequence
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
    RecordRefusal,
    Reschedule,
    SeatAction,
    SeatRequest,
)
from antrian.domain.delivery import Outgoing, PhotoToKeep
from antrian.domain.message import Sender
from antrian.domain.office import Office
from antrian.domain.outcomes import ConfirmOutcome
from antrian.domain.ports import Bookings, Clock, DayQueue, Days, Outbox
from antrian.domain.refusals import Moved, Unsettled
from antrian.domain.seats import Cooling, Slot, cooling, earliest_free, marks, seat
from antrian.usecases.seats.availability import Availability

# Another writer of the same day is the exception (a queue that delivered twice), so a few tries always suffice.
MOST_TRIES = 8


@dataclass(frozen=True, slots=True)
class Seating:
    """Give seats of one office in the order of approval. `key` is the secret by which we know who gave a seat up."""

    office: Office
    key: bytes
    bookings: Bookings
    days: Days
    day_queue: DayQueue
    outbox: Outbox
    clock: Clock

    def settle(self, day: date, requests: Sequence[SeatRequest]) -> list[Kind | ConfirmOutcome]:
        """Decide these requests of one day in their order, answer each, and return the names of the answers.

        Several become one transaction. Repeating a request that was decided repeats its answer under the same id. A
        request that has to wait for a later day goes on to that day's group: MOVES_ON; what nobody has to hear of is
        NOTHING. Raises Unsettled, and whatever fault the outside has; then the
        requests have to come again.
        """
        answers = [answer for round_ in _rounds(requests) for answer in self._settle_round(day, round_)]
        return [_named(answer) for answer in answers]

    def _settle_round(self, day: date, requests: Sequence[SeatRequest]) -> "list[_Result]":
        for _ in range(MOST_TRIES):
            changes = [request.message_id for request in requests if request.action is SeatAction.RESCHEDULE]
            known = frozenset(self.bookings.changed_by(changes))
            bookings = self.bookings.get_all(request.booking_code for request in requests)
            later = Availability(self.office, self.key, self.days)
            sheet = _Sheet(self.office, self.key, self._opened(day), self.clock.now(), known, later=later)
            for request in requests:
                sheet.decide(request, bookings.get(request.booking_code))
            try:
                if sheet.changes:
                    self.days.settle(sheet.changes)
            except Moved:
                continue
            answers = self._answers(sheet)
            for request, answer, outcome in zip(requests, answers, sheet.outcomes, strict=True):
                if isinstance(outcome, Booking):
                    self._keep_photo(outcome)
                if isinstance(answer, SeatRequest):
                    self.day_queue.put(answer)
                elif answer is not None:
                    to = _reached_at(request, bookings.get(request.booking_code))
                    self.outbox.put(Outgoing(request.message_id, to, answer))
            return answers
        raise Unsettled(f"the seats of {day} were refused {MOST_TRIES} times; the requests have to come again")

    def _keep_photo(self, booking: Booking) -> None:
        """Let the photo be kept of whoever has a seat; nobody needs those of all others."""
        if booking.state is State.CONFIRMED and booking.photo is not None and booking.photo_key is None:
            self.outbox.keep_photo(PhotoToKeep(booking.code, booking.photo))

    def _opened(self, day: date) -> list[Slot]:
        stored = self.days.slots(day)
        if not stored and self.office.closure(day) is None:
            self.days.open(day, [Slot.planned(plan) for plan in self.office.slots(day)])
            stored = self.days.slots(day)
        return [stored[starts_at] for starts_at in sorted(stored)]

    def _answers(self, sheet: "_Sheet") -> "list[_Result]":
        availability = Availability(self.office, self.key, self.days)

        def answer(outcome: "_Outcome") -> _Result:
            match outcome:
                case Booking() as booking:
                    return availability.about(booking, sheet.now)
                case _Stays(booking, asked):
                    but = booking.service_date
                    next_day = availability.next_day(asked, sheet.now, booking.sender, but=but)
                    return answers.no_other_day(booking, asked, next_day)
                case _CalledOff(booking):
                    next_days = availability.next_days(booking.service_date, sheet.now, booking.sender)
                    return answers.called_off(booking, self.office, next_days)
                case Answer() | SeatRequest() | None as decided:
                    return decided

        return [answer(outcome) for outcome in sheet.outcomes]


@dataclass(frozen=True, slots=True)
class _Stays:
    """Tell of a booking that stays where it is because the day asked for is full."""

    booking: Booking
    asked: date


@dataclass(frozen=True, slots=True)
class _CalledOff:
    """Tell of a booking that has ended because the office has closed its day."""

    booking: Booking


# A request is one that goes on to a later day.
_Result = Answer | SeatRequest | None
_Outcome = _Result | Booking | _Stays | _CalledOff


class _Sheet:
    """Work out, on paper, what a round of requests makes of a day; `outcomes` are answers, or what to tell about.

    Bookings end at the moment at which the message was sent, not when we got to it: claims are free for whatever the
    applicant sends after it. A seat that is given back cools from when we got to it: it could not be had before.
    `known` are the messages that have moved a booking before, or asked in vain to; `later` knows the days after this.
    """

    def __init__(
        self,
        office: Office,
        key: bytes,
        slots: list[Slot],
        now: datetime,
        known: frozenset[str],
        *,
        later: Availability,
    ) -> None:
        self._office = office
        self._key = key
        self._slots = slots
        self._known = known
        self._later = later
        self.now = now
        self.changes: list[Change] = []
        self.outcomes: list[_Outcome] = []

    def decide(self, request: SeatRequest, booking: Booking | None) -> None:
        decide = {
            SeatAction.SEAT: self._seat,
            SeatAction.RELEASE: self._release,
            SeatAction.RESCHEDULE: self._reschedule,
            SeatAction.CALL_OFF: self._call_off,
        }
        self.outcomes.append(decide[request.action](request, booking))

    def _seat(self, request: SeatRequest, booking: Booking | None) -> _Outcome:
        if booking is None:
            return Answer(Kind.CODE_UNKNOWN, answers.open_days(self._office, request.sent_at))
        if booking.state is not State.PENDING:
            return booking
        if request.sent_at > booking.approve_by:
            return Answer(Kind.CODE_TOO_LATE, answers.details(booking))
        if booking.service_date != request.service_date:
            # This request came again after it had gone on to that day.
            return replace(request, service_date=booking.service_date)
        closed = self._office.closure(booking.service_date) is not None
        taken = None if closed else self._take(request, booking)
        if taken is None and self._office.gives_the_day and (day := self._later_day(booking)):
            return self._postpone(booking, day, request)
        if taken is None:
            return self._lapse(booking, Lapse.OFFICE_CLOSED if closed else Lapse.DAY_FULL, request)
        given, cooled = taken
        self.changes.append(Confirm(booking, given, Move(self.now, request.message_id), cooled))
        return replace(booking, state=State.CONFIRMED, seat=given)

    def _later_day(self, booking: Booking) -> date | None:
        """Return the next day with a seat. Never an earlier one: so a request ends, whatever happens meanwhile."""
        days = [day for day in self._office.bookable_days(booking.sent_at) if day > booking.service_date]
        return self._later.first_of(days, self.now, booking.sender)

    def _postpone(self, booking: Booking, day: date, request: SeatRequest) -> SeatRequest:
        self.changes.append(Postpone(booking, day, self._office.last_call(day), self._office.end_of(day)))
        return replace(request, service_date=day)

    def _take(self, request: SeatRequest, booking: Booking) -> tuple[Seat, Cooling | None] | None:
        """Return the seat that a booking now has and how it was held back before; None where there is none for it."""
        free = earliest_free(self._office, self._slots, self.now, self._marks(request, booking))
        if free is None:
            return None
        slot, number = free
        slot.seats[number] = booking.code
        return seat(self._office, slot, number), slot.cooling.pop(number, None)

    def _marks(self, request: SeatRequest, booking: Booking) -> frozenset[str]:
        return marks(self._key, booking.sender, request.sender)

    def _cooling(self, request: SeatRequest, booking: Booking) -> Cooling | None:
        return cooling(self._office, self._key, request.message_id, self._marks(request, booking), self.now)

    def _lapse(self, booking: Booking, lapse: Lapse, request: SeatRequest) -> Booking:
        self.changes.append(LetLapse(booking, lapse, Move(request.sent_at, request.message_id)))
        return replace(booking, state=State.LAPSED, lapse=lapse)

    def _release(self, request: SeatRequest, booking: Booking | None) -> _Outcome:
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

    def _call_off(self, request: SeatRequest, booking: Booking | None) -> _Outcome:
        """End a booking whose day the office has closed. Nobody asked: there is no answer where nothing is to end."""
        if booking is None or booking.service_date != request.service_date:
            return None
        if booking.was_cancelled_by(request.message_id):
            return _CalledOff(booking)
        if booking.state is not State.CONFIRMED or self._office.closure(booking.service_date) is None:
            return None
        # The holder gave nothing up: his seat does not cool.
        move = Move(request.sent_at, request.message_id)
        self.changes.append(Cancel(booking, move, lapse=Lapse.OFFICE_CLOSED))
        self._free(booking, None)
        return _CalledOff(booking)

    def _reschedule(self, request: SeatRequest, booking: Booking | None) -> _Outcome:
        if booking is None:
            return self._nothing_to_reschedule(request)
        if booking.was_rescheduled_by(request.message_id):
            return booking
        refused = self._why_it_stays(request, booking)
        known = request.message_id in self._known
        # What was refused stays refused when it comes again: its answer went out, and nobody would hear of a move.
        taken = self._take(request, booking) if refused is None and not known else None
        move = Move(request.sent_at, request.message_id, request.service_date)
        if taken is None:
            if not known:
                self.changes.append(RecordRefusal(booking, move))
            return refused or _Stays(booking, request.service_date)
        given, cooled = taken
        claims_until = self._office.end_of(given.service_date)
        cooling = self._cooling(request, booking)
        self.changes.append(Reschedule(booking, given, claims_until, move, cooled, cooling))
        return replace(booking, service_date=given.service_date, seat=given)

    def _why_it_stays(self, request: SeatRequest, booking: Booking) -> Answer | None:
        """Return why a booking is not moved to another day, None where only a lack of seats can stand in the way."""
        if request.sent_at < booking.asked_at:
            return Answer(Kind.SUPERSEDED, answers.details(booking))
        match booking.state:
            case State.CONFIRMED if booking.seat is not None and request.sent_at > booking.seat.void_after:
                return answers.expired(booking, self._office, self.now)
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


def _reached_at(request: SeatRequest, booking: Booking | None) -> Sender:
    """Return where to answer: who asked, or who he has become while the request was waiting."""
    if booking is None or booking.sender.is_same_person_as(request.sender):
        return request.sender
    return booking.sender


def _rounds(requests: Sequence[SeatRequest]) -> Iterator[Sequence[SeatRequest]]:
    """Yield the requests in order, cut where a booking or message comes again: no transaction touches an item twice."""
    start = 0
    seen: set[str] = set()
    for position, request in enumerate(requests):
        touched = {request.booking_code, request.message_id}
        if touched & seen:
            yield requests[start:position]
            start, seen = position, set()
        seen |= touched
    if requests:
        yield requests[start:]


def _named(result: _Result) -> Kind | ConfirmOutcome:
    match result:
        case Answer(kind):
            return kind
        case SeatRequest():
            return ConfirmOutcome.MOVES_ON
        case None:
            return ConfirmOutcome.NOTHING
