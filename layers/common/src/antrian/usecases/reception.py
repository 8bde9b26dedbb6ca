"""Receives an applicant's message: answers what needs no seat, and hands what needs one to the day queue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from antrian.domain.answer import Answer, Kind
from antrian.domain.booking import Booking, State
from antrian.domain.clock import Clock
from antrian.domain.message import Message
from antrian.domain.office import Office
from antrian.domain.ports import Bookings, DayQueue, Days, Outbox, Outgoing, SeatRequest, Wish
from antrian.domain.request import Approval, Cancellation, Misread, Registration, Unknown, read_request
from antrian.usecases import wording
from antrian.usecases.availability import Availability
from antrian.usecases.registering import Registering

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
                return self._registering.register(message, asked)
            case Misread() as misread:
                return self._registering.misread(message, misread)
            case Approval(code):
                return self._approve(message, code)
            case Cancellation(booking_code):
                return self._cancel(message, booking_code)
            case Unknown():
                return wording.help_(self.office, message.sent_at)

    @property
    def _registering(self) -> Registering:
        return Registering(self.office, self.key, self.bookings, self.days, self.clock)

    def _approve(self, message: Message, approval_code: str | None) -> Answer | SeatRequest:
        own_bookings = self._own_bookings(message)
        if approval_code is None:
            pending = next((own for own in own_bookings if own.state is State.PENDING), None)
            if pending is None:
                return wording.help_(self.office, message.sent_at)
            approval_code = pending.approval_code
        booking = next((own for own in own_bookings if own.approval_code == approval_code), None)
        if booking is None:
            code = self.bookings.code_behind(approval_code)
            found = self.bookings.get(code) if code else None
            if found is None or found.approval_code != approval_code:
                return Answer(Kind.CODE_UNKNOWN, wording.open_days(self.office, message.sent_at))
            if not found.sender.is_same_person_as(message.sender):
                return Answer(Kind.CODE_NOT_YOURS)
            booking = found
        if booking.state is not State.PENDING:
            return Availability(self.office, self.days).about(booking, self.clock.now())
        if message.sent_at > booking.approve_by:
            return Answer(Kind.CODE_TOO_LATE, wording.details(booking))
        return SeatRequest.of(Wish.SEAT, booking, message)

    def _cancel(self, message: Message, booking_code: str | None) -> Answer | SeatRequest:
        booking = self.bookings.get(booking_code) if booking_code else self._meant(message)
        if booking is None:
            # Written down, or the same message would cancel a registration that it has overtaken, when it comes again.
            self.bookings.withdraw_nothing(message.id, message.sent_at)
            return Answer(Kind.NOTHING_TO_CANCEL, wording.open_days(self.office, message.sent_at))
        if not booking.sender.is_same_person_as(message.sender):
            return Answer(Kind.CANCEL_NOT_YOURS)
        return SeatRequest.of(Wish.RELEASE, booking, message)

    def _meant(self, message: Message) -> Booking | None:
        """Return the sender's booking that a bare #batal means, None when there never was one."""

        def meant(booking: Booking) -> tuple[bool, bool, bool, datetime]:
            # There are two where an account booked by its phone number and by its user id. The message delivered again
            # must not end the second after the first.
            ended_by_this = booking.was_cancelled_by(message.id)
            overtook_this = booking.sent_at > message.sent_at
            stands = booking.state in {State.PENDING, State.CONFIRMED}
            return ended_by_this, overtook_this, stands, booking.claims_until

        return max(self._own_bookings(message), key=meant, default=None)

    def _own_bookings(self, message: Message) -> Collection[Booking]:
        """Return the last booking of each of the sender's identities."""
        claims = self.bookings.held_by(message.sender.identities)
        return self.bookings.get_all({claim.booking_code for claim in claims}).values()
