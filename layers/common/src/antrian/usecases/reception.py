"""Receives an applicant's message: answers what needs no seat, and hands what needs one to the day queue."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from antrian.domain import codes
from antrian.domain.answer import Answer, Kind
from antrian.domain.booking import Booking, Lapse, Move, State
from antrian.domain.clock import Clock
from antrian.domain.message import Message, trace
from antrian.domain.office import Office
from antrian.domain.ports import (
    BookingExists,
    Bookings,
    Claim,
    ClaimsHeld,
    DayQueue,
    Days,
    Moved,
    Outbox,
    Outgoing,
    Retirement,
    SeatRequest,
    Unsettled,
    Wish,
)
from antrian.domain.request import (
    OLDEST_AGE,
    Approval,
    Cancellation,
    Misread,
    Registration,
    Unknown,
    normalised_name,
    read_request,
)
from antrian.usecases import wording
from antrian.usecases.availability import Availability

# Each try follows a write by somebody else on the same identities: more than a few means that something is wrong.
MOST_TRIES = 8
# Whoever taps a heart on the ticket, or takes a message back, waits for no answer; and each answer costs.
UNANSWERED = frozenset({"reaction", "revoke"})


@dataclass(frozen=True, slots=True)
class Reception:
    """Receive messages at one office's number. `key` is the secret from which codes are derived."""

    office: Office
    key: bytes
    bookings: Bookings
    days: Days
    day_queue: DayQueue
    outbox: Outbox
    clock: Clock

    def receive(self, message: Message) -> str:
        """Handle one message and return the name of what became of it.

        The same message handled again makes the same booking and an answer with the same id, which goes out once.
        Raises Unsettled, and whatever fault the outside has; then the message has to come again.
        """
        if message.type in UNANSWERED:
            return "unanswered"
        result = self._handle(message)
        if isinstance(result, SeatRequest):
            self.day_queue.put(result)
            return f"asked_for_{result.wish}"
        self.outbox.put(Outgoing(message.id, message.sender, result))
        return result.kind

    def _handle(self, message: Message) -> Answer | SeatRequest:
        match read_request(message.button or message.text):
            case Registration() as asked:
                return self._register(message, asked)
            case Misread() as misread:
                return self._misread(message, misread)
            case Approval(code):
                return self._approve(message, code)
            case Cancellation(booking_code):
                return self._cancel(message, booking_code)
            case Unknown():
                return Answer(Kind.HELP, wording.open_days(self.office, message.sent_at))

    # Registering

    def _register(self, message: Message, asked: Registration) -> Answer | SeatRequest:
        if refused := self._refused_by_rule(message, asked):
            return refused
        retired: dict[str, Retirement] = {}
        attempt = 0
        for _ in range(MOST_TRIES):
            booking = self._pending(message, asked, attempt)
            try:
                if self._has_seat(booking):
                    self.bookings.register(booking, retired.values())
                elif standing := self._refused_for_another(message, booking):
                    return standing
                else:
                    booking = self._turned_away(booking)
                    self.bookings.turn_away(booking)
            except BookingExists as taken:
                if taken.booking.message_id == message.id:
                    return self._registered(message, taken.booking)
                attempt += 1
            except ClaimsHeld as held:
                try:
                    verdict = self._verdict_on(held.claims, message)
                except Moved:
                    continue
                if isinstance(verdict, Answer):
                    return verdict
                retired |= verdict
            except Moved:
                retired.clear()
            else:
                return self._registered(message, booking)
        raise Unsettled(
            f"the registration in message {trace(message.id)} was refused {MOST_TRIES} times; it has to come again"
        )

    def _refused_by_rule(self, message: Message, asked: Registration) -> Answer | None:
        """Return why these dates cannot be, by the moment at which the message was sent; None when they can."""
        office, sent_at = self.office, message.sent_at
        today = office.local(sent_at).date()
        days = wording.open_days(office, sent_at)
        dates = {"birth_date": asked.birth_date.isoformat(), "service_date": asked.service_date.isoformat(), **days}
        if not office.accepts_registrations(sent_at):
            hours = {"opens": f"{office.opens:%H.%M}", "closes": f"{office.closes:%H.%M}"}
            return Answer(Kind.OUTSIDE_HOURS, hours)
        if not today - OLDEST_AGE <= asked.birth_date <= today:
            return Answer(Kind.BIRTH_DATE_IMPOSSIBLE, {**dates, "written": f"{asked.birth_date:%d-%m-%Y}"})
        if asked.service_date < today:
            return Answer(Kind.SERVICE_DATE_PAST, dates)
        if asked.service_date < today + timedelta(days=office.first_day):
            return Answer(Kind.SERVICE_DATE_TOO_SOON, dates)
        if asked.service_date > office.last_bookable_day(sent_at):
            return Answer(Kind.BEYOND_HORIZON, dates)
        if closure := office.closure(asked.service_date):
            return wording.closed(office, asked.service_date, closure, sent_at)
        if sent_at > office.last_call(asked.service_date):
            return Answer(Kind.SERVICE_DATE_TOO_SOON, dates)
        return None

    def _has_seat(self, booking: Booking) -> bool:
        return Availability(self.office, self.days).has_seat(booking.service_date, self.clock.now())

    def _refused_for_another(self, message: Message, booking: Booking) -> Answer | None:
        """Return the answer that goes before a full day: another booking stands. Raises BookingExists, Moved."""
        # On a day that it filled itself, this very message must not be told that there is no room for it.
        if known := self.bookings.get(booking.code):
            raise BookingExists(known)
        held = [claim for claim in self.bookings.held_by(booking.claims) if claim.until > message.sent_at]
        verdict = self._verdict_on(held, message)
        return verdict if isinstance(verdict, Answer) else None

    @staticmethod
    def _turned_away(booking: Booking) -> Booking:
        """Return the booking as the record that its day was full when it was asked for.

        Without it, the same message delivered again after somebody cancelled would make a booking that nobody knows of:
        its answer went out already.
        """
        moves = {State.LAPSED: Move(booking.sent_at, booking.message_id)}
        return replace(booking, state=State.LAPSED, lapse=Lapse.DAY_FULL, claims=(), moves=moves)

    def _pending(self, message: Message, asked: Registration, attempt: int) -> Booking:
        sender = message.sender
        claims = [f"PHONE#{sender.phone}"] if sender.phone else []
        claims += [f"USER#{sender.user_id}"] if sender.user_id else []
        if self.office.one_code_per_person:
            person = codes.person_key(self.key, normalised_name(asked.name), asked.birth_date.isoformat())
            claims.append(f"PERSON#{person}")
        return Booking(
            code=codes.booking_code(self.key, self.office.code_prefix, message.id, attempt),
            state=State.PENDING,
            approval_code=codes.approval_code(self.key, message.id),
            message_id=message.id,
            sender=sender,
            name=asked.name,
            birth_date=asked.birth_date,
            service_date=asked.service_date,
            sent_at=message.sent_at,
            approve_by=min(
                message.sent_at + timedelta(minutes=self.office.approval_minutes),
                self.office.last_call(asked.service_date),
            ),
            claims=tuple(claims),
            claims_until=self.office.end_of(asked.service_date),
        )

    def _registered(self, message: Message, booking: Booking) -> Answer | SeatRequest:
        if self.office.approval or booking.state is not State.PENDING:
            return self._about(booking)
        return self._request(Wish.SEAT, booking, message)

    def _verdict_on(self, claims: Collection[Claim], message: Message) -> Answer | dict[str, Retirement]:
        """Return the answer that the holders of these claims call for, or how to retire them."""
        holders = self.bookings.get_all({claim.booking_code for claim in claims}).values()
        retired: dict[str, Retirement] = {}
        # The sender's own booking first: it is the one that he can do something about.
        for own, holder in sorted(
            ((holder.sender.is_same_person_as(message.sender), holder) for holder in holders),
            key=lambda pair: (not pair[0], pair[1].code),
        ):
            if own and holder.sent_at > message.sent_at:
                return Answer(Kind.SUPERSEDED, wording.details(holder))
            match holder.state:
                case State.PENDING if message.sent_at > holder.approve_by:
                    retired[holder.code] = Retirement(holder, Lapse.TOO_LATE)
                case State.PENDING if own:
                    retired[holder.code] = Retirement(holder)
                case State.PENDING:
                    return Answer(Kind.PERSON_PENDING, {"approve_by": holder.approve_by.isoformat()})
                case State.CONFIRMED if holder.seat and holder.seat.void_after < message.sent_at:
                    # Void, only the sweep has not come by yet; it will tell them.
                    self.bookings.expire(holder, message.sent_at)
                case State.CONFIRMED | State.CHECKED_IN if own:
                    return wording.in_the_way(holder)
                case State.CONFIRMED | State.CHECKED_IN:
                    return Answer(Kind.PERSON_BOOKED, {"service_date": holder.service_date.isoformat()})
                case _:
                    # It ended after this message was sent: whatever the message asked for has been overtaken.
                    return Answer(Kind.SUPERSEDED, wording.details(holder))
        return retired

    def _misread(self, message: Message, misread: Misread) -> Answer:
        days = wording.open_days(self.office, message.sent_at)
        if misread.impossible == "birth_date":
            return Answer(Kind.BIRTH_DATE_IMPOSSIBLE, {"written": misread.birth_date or "", **days})
        if misread.impossible == "service_date":
            return Answer(Kind.SERVICE_DATE_IMPOSSIBLE, {"written": misread.service_date or "", **days})
        understood = {
            "name": misread.name or "",
            "birth_date_read": misread.birth_date or "",
            "service_date_read": misread.service_date or "",
        }
        return Answer(Kind.MISREAD, {**understood, **days})

    # Approving and cancelling

    def _approve(self, message: Message, approval_code: str) -> Answer | SeatRequest:
        own = self._own_booking(message)
        if own is not None and own.approval_code == approval_code:
            booking = own
        else:
            code = self.bookings.code_behind(approval_code)
            found = self.bookings.get(code) if code else None
            if found is None or found.approval_code != approval_code:
                return Answer(Kind.CODE_UNKNOWN, wording.open_days(self.office, message.sent_at))
            if not found.sender.is_same_person_as(message.sender):
                return Answer(Kind.CODE_NOT_YOURS)
            booking = found
        if booking.state is not State.PENDING:
            return self._about(booking)
        if message.sent_at > booking.approve_by:
            return Answer(Kind.CODE_TOO_LATE, wording.details(booking))
        return self._request(Wish.SEAT, booking, message)

    def _cancel(self, message: Message, booking_code: str | None) -> Answer | SeatRequest:
        booking = self.bookings.get(booking_code) if booking_code else self._own_booking(message)
        if booking is None:
            return Answer(Kind.NOTHING_TO_CANCEL, wording.open_days(self.office, message.sent_at))
        if not booking.sender.is_same_person_as(message.sender):
            return Answer(Kind.CANCEL_NOT_YOURS)
        return self._request(Wish.RELEASE, booking, message)

    def _own_booking(self, message: Message) -> Booking | None:
        sender = message.sender
        keys = [f"PHONE#{sender.phone}"] if sender.phone else []
        keys += [f"USER#{sender.user_id}"] if sender.user_id else []
        claims = sorted(self.bookings.held_by(keys), key=lambda claim: claim.until, reverse=True)
        return self.bookings.get(claims[0].booking_code) if claims else None

    def _request(self, wish: Wish, booking: Booking, message: Message) -> SeatRequest:
        return SeatRequest(wish, booking.code, booking.service_date, message.id, message.sender, message.sent_at)

    def _about(self, booking: Booking) -> Answer:
        next_day: date | None = None
        now: datetime = self.clock.now()
        if booking.lapse is Lapse.DAY_FULL:
            next_day = Availability(self.office, self.days).next_day(booking.service_date, now)
        return wording.about(booking, self.office, now, next_day)
