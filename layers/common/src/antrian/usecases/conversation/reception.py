"""Receives an applicant's message: answers what needs no seat, and hands what needs one to the day queue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from antrian.domain import answers, codes, fallbacks
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking, State
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.delivery import Outgoing, Seen
from antrian.domain.message import Message
from antrian.domain.office import Office
from antrian.domain.outcomes import WebhookOutcome
from antrian.domain.ports import Bookings, Clock, DayQueue, Days, Dialogues, Drafts, Outbox, RateLimit
from antrian.domain.request import (
    Approval,
    Begin,
    Cancellation,
    Help,
    Misread,
    Quota,
    Registration,
    Request,
    Rescheduling,
    Status,
    Unknown,
    UnreadDay,
    read_request,
)
from antrian.usecases.bookings.identity import Identity
from antrian.usecases.bookings.registering import Registering
from antrian.usecases.conversation.completing import Completing
from antrian.usecases.conversation.guiding import Guiding
from antrian.usecases.conversation.informing import Informing
from antrian.usecases.seats.availability import Availability


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
    rate_limit: RateLimit
    drafts: Drafts
    dialogues: Dialogues

    def receive(self, message: Message) -> Kind | WebhookOutcome:
        """Handle one message and return what became of it: the name of its answer, where it has one at once.

        The same message handled again makes the same booking and an answer with the same id, which goes out once.
        Raises Unsettled, and whatever fault the outside has; then the message has to come again.
        """
        if message.moved_to is not None:
            return self._identity.follow(message, message.moved_to)
        request = read_request(message.button or message.text, self.office.format)
        if isinstance(request, Unknown) and fallbacks.answer_to(message.type) is None:
            return WebhookOutcome.UNANSWERED
        place = self._place_in_window(message)
        if place is None:
            return WebhookOutcome.SILENCED
        seen = Seen(message.id, message.sender, message.sent_at)
        if seen.is_timely(self.clock.now()):
            self.outbox.show_seen(seen)
        too_many = place > self.office.messages_per_window
        result = self._too_many(message) if too_many else self._handle(message, request)
        if isinstance(result, SeatRequest):
            self.day_queue.put(result)
            return WebhookOutcome(f"asked_for_{result.action}")
        self.outbox.put(Outgoing(message.id, message.sender, result))
        return result.kind

    def _place_in_window(self, message: Message) -> int | None:
        """Return the how-manieth of its sender's messages in the window this is, 0 where nobody counts.

        None for all that come after the first one that was too many.
        """
        most = self.office.messages_per_window
        since, _ = self.office.window(message.sent_at)
        return self.rate_limit.count(message.sender, since, message.id, most + 1) if most else 0

    def _too_many(self, message: Message) -> Answer:
        _, until = self.office.window(message.sent_at)
        return Answer(Kind.TOO_MANY, {"until": until.isoformat()})

    def _handle(self, message: Message, request: Request) -> Answer | SeatRequest:
        if isinstance(request, Cancellation | Rescheduling | UnreadDay | Unknown):
            # All others learn of it from what they read or write anyway.
            self._identity.link(message)
        if self.office.photo and (result := self._complete(message, request)):
            return result
        match request:
            case Registration() as asked:
                return self._registering.register(message, asked)
            case Begin() | Misread():
                return self._lead(message, request)
            case Approval(code, shown):
                return self._approve(message, code, shown)
            case Cancellation(booking_code):
                return self._cancel(message, booking_code)
            case Status() | Quota() | Help():
                return self._inform(message, request)
            case Rescheduling() | UnreadDay():
                return self._take_to_another_day(message, request)
            case Unknown():
                return self._understand(message)

    def _complete(self, message: Message, request: Request) -> Answer | SeatRequest | None:
        """Return the answer to one half of a registration, or to both; None to everything else."""
        match request:
            case Registration() as asked:
                return self._completing.register(message, asked, self._own_bookings(message))
            case Unknown() if fallbacks.answer_to(message.type) is Kind.PHOTO_NOT_NEEDED:
                if (case := self._informing.case(message)) and case.kind is Kind.NOT_HERE:
                    return case
                return self._completing.receive_photo(message, self._own_bookings(message))
            case _:
                # Its words are answered for themselves; the photo above them need not be sent again.
                self._completing.keep(message)
        return None

    def _inform(self, message: Message, request: Status | Quota | Help) -> Answer | SeatRequest:
        own = self._own_bookings(message)
        match request:
            case Status():
                return self._informing.status(message, own)
            case Quota():
                return self._informing.quota(message, own)
            case Help():
                return self._informing.help_(message, own)

    def _lead(self, message: Message, request: Begin | Misread) -> Answer | SeatRequest:
        own = self._own_bookings(message)
        return self._led(message, self._guiding.lead(message, request, own)) or self._informing.help_(message, own)

    def _understand(self, message: Message) -> Answer | SeatRequest:
        """Return the answer to a message in which there is no request."""
        kind = fallbacks.answer_to(message.type) or Kind.HELP
        if kind is not Kind.HELP:
            # Below a picture too somebody may tell of a lost passport.
            return self._informing.case(message) or Answer(kind)
        own = self._own_bookings(message)
        return self._answered(message, own) or self._informing.case(message) or self._informing.help_(message, own)

    def _answered(self, message: Message, own: Collection[Booking]) -> Answer | SeatRequest | None:
        """Return what follows where a typed text answers a question of ours, None where nothing was asked."""
        return self._led(message, self._guiding.answer(message, own)) if message.type in {"text", "edit"} else None

    def _led(self, message: Message, led: Answer | Registration | None) -> Answer | SeatRequest | None:
        """Return what somebody is told who is led: the registration at the end counts as if he had typed it."""
        return self._handle(message, led) if isinstance(led, Registration) else led

    @property
    def _guiding(self) -> Guiding:
        return Guiding(self.office, self.key, self.bookings, self.days, self.dialogues, self.clock)

    @property
    def _informing(self) -> Informing:
        return Informing(self.office, self.key, self.days, self.clock)

    @property
    def _identity(self) -> Identity:
        return Identity(self.bookings)

    @property
    def _completing(self) -> Completing:
        return Completing(self.office, self.drafts, self._registering)

    @property
    def _registering(self) -> Registering:
        return Registering(self.office, self.key, self.bookings, self.days, self.clock)

    def _approve(self, message: Message, approval_code: str | None, shown: Registration | None) -> Answer | SeatRequest:
        own_bookings = self._own_bookings(message)
        if approval_code is None:
            # An echo that came after it is not what it approves.
            pending = (own for own in own_bookings if own.state is State.PENDING and own.sent_at <= message.sent_at)
            meant = self._first_meant(message, next(pending, None))
            return self._approved(message, meant) if meant else self._informing.help_(message, own_bookings)
        booking = next((own for own in own_bookings if own.approval_code == approval_code), None)
        if booking is None:
            # Eight digits may be a birth date as well, where one is asked for.
            if answer := self._answered(message, own_bookings):
                return answer
            code = self.bookings.code_behind(approval_code)
            found = self.bookings.get(code) if code else None
            if found is None or found.approval_code != approval_code:
                return Answer(Kind.CODE_UNKNOWN, answers.open_days(self.office, message.sent_at))
            if not found.was_of(message.sender, message.sent_at):
                return Answer(Kind.CODE_NOT_YOURS)
            booking = found
        if shown and shown != Registration(booking.name, booking.birth_date, booking.service_date):
            return self._handle(message, shown)  # the echo was corrected: what he approves is not what we have
        return self._approved(message, booking)

    def _approved(self, message: Message, booking: Booking) -> Answer | SeatRequest:
        """Return what somebody is told who approves a booking of his, or the request for its seat."""
        if booking.state is not State.PENDING:
            return Availability(self.office, self.key, self.days).about(booking, self.clock.now())
        if message.sent_at > booking.approve_by:
            return Answer(Kind.CODE_TOO_LATE, answers.details(booking))
        return SeatRequest.of(SeatAction.SEAT, booking, message)

    def _cancel(self, message: Message, booking_code: str | None) -> Answer | SeatRequest:
        booking = self.bookings.get(booking_code) if booking_code else self._meant(message)
        # What is being asked ends first. Of somebody with a seat nothing is asked: he means his seat.
        asked = booking_code is None and (booking is None or booking.state is not State.CONFIRMED)
        if asked and (ended := self._guiding.stop(message, [booking] if booking else [])):
            return ended
        meant = self._first_meant(message, booking)
        if meant is None and booking is not None:
            if booking_code:
                return Answer(Kind.CANCEL_NOT_YOURS)
            # It was to end a question that a later answer has taken on: what stands is told, and nothing ends.
            return Answer(Kind.SUPERSEDED, answers.details(booking))
        if meant is None:
            return Answer(Kind.NOTHING_TO_CANCEL, answers.open_days(self.office, message.sent_at))
        return SeatRequest.of(SeatAction.RELEASE, meant, message)

    def _take_to_another_day(self, message: Message, request: Rescheduling | UnreadDay) -> Answer | SeatRequest:
        if self.office.gives_the_day:
            return Answer(Kind.OFFICE_GIVES_THE_DAY)
        if isinstance(request, Rescheduling):
            return self._reschedule(message, request.service_date, request.booking_code)
        if request.impossible is None:
            return self._informing.days_to_move_to(message, self._own_bookings(message))
        return answers.impossible_day(self.office, message.sent_at, request.impossible)

    def _reschedule(self, message: Message, day: date, booking_code: str | None) -> Answer | SeatRequest:
        booking = self._made_by(message)
        if booking is None:
            found = self.bookings.get(booking_code) if booking_code else self._meant(message)
            booking = self._first_meant(message, found)
            if booking is None and found is not None and booking_code:
                return Answer(Kind.RESCHEDULE_NOT_YOURS)
        if booking is None:
            return Answer(Kind.NOTHING_TO_RESCHEDULE, answers.open_days(self.office, message.sent_at))
        if day != booking.service_date and (refused := self._registering.refused_by_rule(message, day)):
            return answers.for_rescheduling(refused, self.office, message.sent_at)
        if booking.state is State.PENDING or booking.message_id == message.id:
            # There is no seat to move yet: it is a registration for the other day, with an echo of its own.
            asked = Registration(booking.name, booking.birth_date, day)
            return self._registering.register(message, asked, booking.photo)
        return SeatRequest.of(SeatAction.RESCHEDULE, booking, message, day)

    def _made_by(self, message: Message) -> Booking | None:
        """Return the booking that a #ubah has made of a pending one, None where it has made none."""
        made = self.bookings.get(codes.booking_code(self.key, self.office.code_prefix, message.id))
        return made if made is not None and made.message_id == message.id else None

    def _first_meant(self, message: Message, found: Booking | None) -> Booking | None:
        """Return the sender's booking that a message is about: delivered again, the one that it was about before."""
        own = found if found is not None and found.was_of(message.sender, message.sent_at) else None
        code = self.bookings.note_meaning(message.id, own.code if own else None, message.sent_at)
        return own if own and own.code == code else self.bookings.get(code) if code else None

    def _meant(self, message: Message) -> Booking | None:
        """Return the sender's booking that a message without a code means, None when there never was one."""

        def meant(booking: Booking) -> tuple[bool, bool, datetime]:
            # There are two where an account booked by its phone number and by its user id.
            overtook_this = booking.sent_at > message.sent_at
            stands = booking.state in {State.PENDING, State.CONFIRMED}
            return overtook_this, stands, booking.claims_until

        return max(self._own_bookings(message), key=meant, default=None)

    def _own_bookings(self, message: Message) -> Collection[Booking]:
        """Return the last booking of each of the sender's identities."""
        return self._identity.bookings_of(message)
