"""Gives the seats of one service date and takes them back. Nothing else gives seats."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking, State
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.delivery import Outgoing, PhotoToKeep
from antrian.domain.message import Sender
from antrian.domain.office import Office
from antrian.domain.outcomes import ConfirmOutcome
from antrian.domain.ports import Bookings, Clock, DayQueue, Days, Outbox
from antrian.domain.seats import Slot
from antrian.usecases.retry import retry
from antrian.usecases.seats.availability import Availability
from antrian.usecases.seats.round import CalledOff, Outcome, Round, StaysOnItsDay

# A seat request goes on to a later day; with None, nobody is told anything.
Result = Answer | SeatRequest | None


@dataclass(frozen=True, slots=True)
class Seating:
    """The seats of one office, given in the order of approval.

    `key` is the secret that makes the fingerprints of who gave a seat up.
    """

    office: Office
    key: bytes
    bookings: Bookings
    days: Days
    day_queue: DayQueue
    outbox: Outbox
    clock: Clock

    def settle(self, day: date, requests: Sequence[SeatRequest]) -> list[Kind | ConfirmOutcome]:
        """Decide these requests of one day in their order, answer each, and return the names of the answers.

        Several requests become one transaction. A request that comes again gets the same answer under the same id. One
        that has to wait for a later day goes on to that day's group: MOVES_ON. One about which nobody is told anything
        is NOTHING. Raises Unsettled, and whatever fault the outside has; then the requests have to come again.
        """
        results = [result for round_ in _rounds(requests) for result in self._settle_round(day, round_)]
        return [_named(result) for result in results]

    def _settle_round(self, day: date, requests: Sequence[SeatRequest]) -> list[Result]:
        # There is rarely another writer of the same day: only when the queue delivers twice.
        round_, bookings = retry(lambda: self._write(day, requests), f"a round of seat requests for {day}")
        answers = self._answers(round_)
        for request, answer, outcome in zip(requests, answers, round_.outcomes, strict=True):
            if isinstance(outcome, Booking):
                self._keep_photo(outcome)
            if isinstance(answer, SeatRequest):
                self.day_queue.put(answer)
            elif answer is not None:
                to = _reached_at(request, bookings.get(request.booking_code))
                self.outbox.put(Outgoing(request.message_id, to, answer))
        return answers

    def _write(self, day: date, requests: Sequence[SeatRequest]) -> tuple[Round, Mapping[str, Booking]]:
        """Work a round out and write it, and return it with the bookings as they were read. Raises StaleRead."""
        changes = [request.message_id for request in requests if request.action is SeatAction.RESCHEDULE]
        decided = frozenset(self.bookings.changed_by(changes))
        bookings = self.bookings.get_all(request.booking_code for request in requests)
        slots, now, availability = self._opened(day), self.clock.now(), self._availability
        round_ = Round(
            office=self.office,
            key=self.key,
            slots=slots,
            now=now,
            decided=decided,
            first_with_a_seat=lambda days, booking: availability.first_of(days, now, booking.sender),
        )
        for request in requests:
            round_.decide(request, bookings.get(request.booking_code))
        if round_.changes:
            self.days.settle(round_.changes)
        return round_, bookings

    def _keep_photo(self, booking: Booking) -> None:
        """Ask for the photo of a booking that has a seat; nobody needs the others."""
        if booking.state is State.CONFIRMED and booking.photo is not None and booking.photo_key is None:
            self.outbox.keep_photo(PhotoToKeep(booking.code, booking.photo))

    def _opened(self, day: date) -> list[Slot]:
        stored = self.days.slots(day)
        if not stored and self.office.closure(day) is None:
            self.days.open(day, [Slot.planned(plan) for plan in self.office.slots(day)])
            stored = self.days.slots(day)
        return [stored[starts_at] for starts_at in sorted(stored)]

    def _answers(self, round_: Round) -> list[Result]:
        availability = self._availability

        def answer(outcome: Outcome) -> Result:
            match outcome:
                case Booking() as booking:
                    return answers.about(booking, self.office, round_.now, availability.next_day_for)
                case StaysOnItsDay(booking, requested_day):
                    but = booking.service_date
                    next_day = availability.next_day(requested_day, round_.now, booking.sender, but=but)
                    return answers.no_other_day(booking, requested_day, next_day)
                case CalledOff(booking):
                    next_days = availability.next_days(booking.service_date, round_.now, booking.sender)
                    return answers.called_off(booking, self.office, next_days)
                case Answer() | SeatRequest() | None as decided:
                    return decided

        return [answer(outcome) for outcome in round_.outcomes]

    @property
    def _availability(self) -> Availability:
        return Availability(office=self.office, key=self.key, days=self.days)


def _reached_at(request: SeatRequest, booking: Booking | None) -> Sender:
    """Return whom to answer: the sender of the request, by the ids that they have by now."""
    if booking is None or booking.sender.is_same_person_as(request.sender):
        return request.sender
    return booking.sender


def _rounds(requests: Sequence[SeatRequest]) -> Iterator[Sequence[SeatRequest]]:
    """Yield the requests in order, cut before a booking or message recurs: a transaction touches no item twice."""
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


def _named(result: Result) -> Kind | ConfirmOutcome:
    match result:
        case Answer(kind):
            return kind
        case SeatRequest():
            return ConfirmOutcome.MOVES_ON
        case None:
            return ConfirmOutcome.NOTHING
