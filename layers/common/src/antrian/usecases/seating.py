"""Seats the applicants of one service date, and takes their seats back: the only writer of a day's seats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from antrian.domain.answer import Answer, Kind
from antrian.domain.booking import Booking, Lapse, Move, State
from antrian.domain.clock import Clock
from antrian.domain.office import Office
from antrian.domain.ports import (
    Bookings,
    Cancel,
    Change,
    Confirm,
    Days,
    LetLapse,
    Moved,
    Outbox,
    Outgoing,
    SeatRequest,
    Unsettled,
    Wish,
)
from antrian.domain.seats import Slot, earliest_free, seat
from antrian.usecases import wording
from antrian.usecases.availability import Availability

# Another writer of the same day is the exception (a queue that delivered twice), so a few tries always suffice.
MOST_TRIES = 8


@dataclass(frozen=True, slots=True)
class Seating:
    """Give seats of one office in the order of approval."""

    office: Office
    bookings: Bookings
    days: Days
    outbox: Outbox
    clock: Clock

    def settle(self, day: date, requests: Sequence[SeatRequest]) -> list[str]:
        """Decide these requests of one day in their order, answer each, and return the names of the answers.

        Several become one transaction. Repeating a request that was decided repeats its answer under the same id.
        Raises Unsettled, and whatever fault the outside has; then the requests have to come again.
        """
        return [answer.kind for round_ in _rounds(requests) for answer in self._settle_round(day, round_)]

    def _settle_round(self, day: date, requests: Sequence[SeatRequest]) -> list[Answer]:
        for _ in range(MOST_TRIES):
            # A #batal means the booking that it has cancelled already, not one that was registered since.
            releases = [request.message_id for request in requests if request.wish is Wish.RELEASE]
            withdrawn = self.bookings.withdrawn_by(releases)
            meant = [withdrawn.get(request.message_id, request.booking_code) for request in requests]
            bookings = self.bookings.get_all(meant)
            sheet = _Sheet(self.office, self._opened(day), self.clock.now())
            for request, code in zip(requests, meant, strict=True):
                sheet.decide(request, bookings.get(code))
            try:
                if sheet.changes:
                    self.days.settle(day, sheet.changes)
            except Moved:
                continue
            answers = self._answers(day, sheet)
            for request, answer in zip(requests, answers, strict=True):
                self.outbox.put(Outgoing(request.message_id, request.sender, answer))
            return answers
        raise Unsettled(f"the seats of {day} were refused {MOST_TRIES} times; the requests have to come again")

    def _opened(self, day: date) -> list[Slot]:
        stored = self.days.slots(day)
        if not stored and self.office.closure(day) is None:
            self.days.open(day, [Slot.planned(plan) for plan in self.office.slots(day)])
            stored = self.days.slots(day)
        return [stored[starts_at] for starts_at in sorted(stored)]

    def _answers(self, day: date, sheet: "_Sheet") -> list[Answer]:
        next_day: date | None = None
        if any(isinstance(outcome, Booking) and outcome.lapse is Lapse.DAY_FULL for outcome in sheet.outcomes):
            next_day = Availability(self.office, self.days).next_day(day, sheet.now)
        return [
            wording.about(outcome, self.office, sheet.now, next_day) if isinstance(outcome, Booking) else outcome
            for outcome in sheet.outcomes
        ]


class _Sheet:
    """Work out, on paper, what a round of requests makes of a day; `outcomes` are answers or bookings to tell about.

    Bookings end at the moment at which the message was sent, not when we got to it: claims are free for whatever the
    applicant sends after it.
    """

    def __init__(self, office: Office, slots: list[Slot], now: datetime) -> None:
        self._office = office
        self._slots = slots
        self.now = now
        self.changes: list[Change] = []
        self.outcomes: list[Answer | Booking] = []

    def decide(self, request: SeatRequest, booking: Booking | None) -> None:
        decide = self._seat if request.wish is Wish.SEAT else self._release
        self.outcomes.append(decide(request, booking))

    def _seat(self, request: SeatRequest, booking: Booking | None) -> Answer | Booking:
        if booking is None:
            return Answer(Kind.CODE_UNKNOWN, wording.open_days(self._office, request.sent_at))
        if booking.state is not State.PENDING:
            return booking
        if request.sent_at > booking.approve_by:
            return Answer(Kind.CODE_TOO_LATE, wording.details(booking))
        if self._office.closure(booking.service_date) is not None:
            return self._lapse(booking, Lapse.OFFICE_CLOSED, request)
        come_early = timedelta(minutes=self._office.come_early_minutes)
        free = earliest_free(self._slots, self.now, come_early)
        if free is None:
            return self._lapse(booking, Lapse.DAY_FULL, request)
        slot, number = free
        slot.seats[number] = booking.code
        given = seat(self._office, slot, number)
        self.changes.append(Confirm(booking, given, Move(self.now, request.message_id)))
        return replace(booking, state=State.CONFIRMED, seat=given)

    def _lapse(self, booking: Booking, lapse: Lapse, request: SeatRequest) -> Booking:
        self.changes.append(LetLapse(booking, lapse, Move(request.sent_at, request.message_id)))
        return replace(booking, state=State.LAPSED, lapse=lapse)

    def _release(self, request: SeatRequest, booking: Booking | None) -> Answer | Booking:
        if booking is None:
            return Answer(Kind.NOTHING_TO_CANCEL, wording.open_days(self._office, request.sent_at))
        fields = wording.details(booking)
        if request.sent_at < booking.sent_at:
            return Answer(Kind.SUPERSEDED, fields)
        match booking.state:
            case State.CONFIRMED if booking.seat is not None and request.sent_at > booking.seat.void_after:
                return wording.expired(booking, self._office, self.now)
            case State.PENDING | State.CONFIRMED:
                self.changes.append(Cancel(booking, Move(request.sent_at, request.message_id)))
                self._free(booking)
                return Answer(Kind.CANCELLED, fields)
            case State.CANCELLED:
                again = booking.was_cancelled_by(request.message_id)
                return Answer(Kind.CANCELLED if again else Kind.ALREADY_CANCELLED, fields)
            case State.EXPIRED:
                return wording.expired(booking, self._office, self.now)
            case State.CHECKED_IN:
                return Answer(Kind.ALREADY_CHECKED_IN, fields)
            case State.REPLACED:
                return wording.about(booking, self._office, self.now)
            case State.LAPSED:
                return Answer(Kind.NOTHING_TO_CANCEL, wording.open_days(self._office, request.sent_at))

    def _free(self, booking: Booking) -> None:
        for slot in self._slots:
            if booking.seat is not None and slot.seats.get(booking.seat.number) == booking.code:
                del slot.seats[booking.seat.number]


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
