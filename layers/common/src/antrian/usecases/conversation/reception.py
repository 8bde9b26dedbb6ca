"""Receives applicants' messages: answers those that need no seat, and hands those that need one to the day queue."""

from collections.abc import Collection
from dataclasses import dataclass

from antrian.domain import answers, fallbacks
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking, State
from antrian.domain.changes import SeatRequest
from antrian.domain.decision import Decision, Outcome
from antrian.domain.delivery import Outgoing, Seen
from antrian.domain.message import Message
from antrian.domain.office import Office
from antrian.domain.outcomes import WebhookOutcome
from antrian.domain.ports import Bookings, Clock, DayQueue, Days, Decisions, Dialogues, Drafts, Outbox, RateLimit
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
    TooLong,
    Unknown,
    UnreadDay,
    read_request,
)
from antrian.domain.submission import Submission
from antrian.usecases.bookings.approving import Approving
from antrian.usecases.bookings.cancelling import Cancelling
from antrian.usecases.bookings.identity import Identity
from antrian.usecases.bookings.moving import Moving
from antrian.usecases.bookings.registering import Registering
from antrian.usecases.bookings.targets import Targets
from antrian.usecases.conversation.completing import Completing
from antrian.usecases.conversation.guiding import Guiding
from antrian.usecases.conversation.informing import Informing


@dataclass(frozen=True, slots=True)
class Reception:
    """The reception of messages at one office's number. `key` is the secret from which codes are derived."""

    office: Office
    key: bytes
    decisions: Decisions
    bookings: Bookings
    days: Days
    day_queue: DayQueue
    outbox: Outbox
    clock: Clock
    rate_limit: RateLimit
    drafts: Drafts
    dialogues: Dialogues

    def receive(self, message: Message) -> Kind | WebhookOutcome:
        """Handle one message and return the name of its answer, or what became of it where it has none at once.

        A message decides once, and its decision is recorded before it is delivered. If the message is handled again,
        the decision is delivered again, under the same id, and nothing else happens. (An echo or a ticket then tells
        how its booking stands by now.) Raises Unsettled, and whatever fault the outside has; then the message has to be
        delivered again.
        """
        if message.moved_to is not None:
            return self._identity.follow(Submission.of(message), message.moved_to)
        request = self._read(message)
        if isinstance(request, Unknown) and fallbacks.answer_to(message.type) is None:
            return WebhookOutcome.UNANSWERED
        if known := self.decisions.decision_on(message.id):
            return self._deliver(message, self._as_it_stands(message, known.outcome))
        written = self._count(message)
        if written is None:
            return WebhookOutcome.SILENCED
        seen = Seen(message.id, message.sender, message.sent_at)
        if seen.is_timely(self.clock.now()):
            self.outbox.show_seen(seen)
        return self._deliver(message, self._decide(message, request, written).outcome)

    def _as_it_stands(self, message: Message, outcome: Outcome) -> Outcome:
        """Return an outcome that is delivered again; if it tells that a booking stands, tell how it stands now.

        An echo that a fault held back must not be the last word to somebody who has moved or lost that booking since.
        """
        if isinstance(outcome, Answer) and outcome.kind in {Kind.ECHO, Kind.TICKET}:
            booking = self.bookings.get(str(outcome.fields["booking_code"]))
            if booking is not None:
                return self._registering.next_step(Submission.of(message), booking)
        return outcome

    def _deliver(self, message: Message, outcome: Outcome) -> Kind | WebhookOutcome:
        match outcome:
            case SeatRequest() as request:
                self.day_queue.put(request)
                return WebhookOutcome(f"asked_for_{request.action}")
            case Answer() as answer:
                self.outbox.put(Outgoing(message.id, message.sender, answer))
                return answer.kind

    def _read(self, message: Message) -> Request:
        if message.too_long:
            return TooLong()
        return read_request(message.button or message.text, self.office.registration.format)

    def _count(self, message: Message) -> int | None:
        """Return the message's place among those that the sender wrote in the window, from 1; 0 where nobody counts.

        None for all that come after the first one too many.
        """
        most = self.office.registration.messages_per_window
        since, _ = self.office.window(message.sent_at)
        return self.rate_limit.count(message.sender, since, message.id, most + 1) if most else 0

    def _decide(self, message: Message, request: Request, written: int) -> Decision:
        """Return the decision on a message, which is recorded from now on.

        If the same message is handled twice at the same moment, one of the two decides, and both return that decision.
        """
        result: Outcome | Decision
        if written > self.office.registration.messages_per_window:
            _, until = self.office.window(message.sent_at)
            result = Answer(Kind.TOO_MANY, {"until": until.isoformat()})
        else:
            result = self._dispatch(message, request)
        # The decision is recorded already if the message made a booking.
        if isinstance(result, Decision):
            return result
        return self.decisions.decide(Decision(message.id, message.sent_at, result))

    def _dispatch(self, message: Message, request: Request) -> Outcome | Decision:
        if isinstance(request, Cancellation | Rescheduling | UnreadDay | TooLong | Unknown):
            # For all other requests, what they read or write anyway links the ids.
            self._identity.link(Submission.of(message))
        if self.office.registration.photo and (result := self._complete(message, request)):
            return result
        match request:
            case Registration() as registration:
                return self._registering.register(Submission.of(message), registration)
            case Begin() | Misread():
                return self._lead(message, request)
            case Approval():
                return self._approve(message, request)
            case Cancellation(booking_code):
                return self._cancel(message, booking_code)
            case Status() | Quota() | Help():
                return self._inform(message, request)
            case Rescheduling() | UnreadDay():
                return self._move(message, request)
            case TooLong():
                return Answer(Kind.TOO_LONG, answers.open_days(self.office, message.sent_at))
            case Unknown():
                return self._understand(message)

    def _complete(self, message: Message, request: Request) -> Outcome | Decision | None:
        """Return the answer to words or photo of a registration, or both; None to everything else."""
        match request:
            case Registration() as registration:
                return self._completing.register(message, registration, self._own_bookings(message))
            case Unknown() if fallbacks.answer_to(message.type) is Kind.PHOTO_NOT_NEEDED:
                if (case := self._informing.case(message)) and case.kind is Kind.NOT_HERE:
                    return case
                return self._completing.receive_photo(message, self._own_bookings(message))
            case _:
                # The words get their own answer. The photo is kept, so that it need not be sent again.
                self._completing.keep(message)
        return None

    def _inform(self, message: Message, request: Status | Quota | Help) -> Outcome:
        own = self._own_bookings(message)
        match request:
            case Status():
                return self._informing.status(message, own)
            case Quota():
                return self._informing.quota(message, own)
            case Help():
                return self._informing.help_(message, own)

    def _approve(self, message: Message, approval: Approval) -> Outcome | Decision:
        own = self._own_bookings(message)
        is_ours = any(booking.approval_code == approval.code for booking in own)
        # Where the dialogue asks for a birth date, eight digits may be one.
        if approval.code is not None and not is_ours and (answer := self._answered(message, own)):
            return answer
        approved = self._approving.approve(Submission.of(message), approval, own)
        return self._led(message, approved) or self._informing.help_(message, own)

    def _cancel(self, message: Message, booking_code: str | None) -> Outcome:
        submission = Submission.of(message)
        found = self._targets.find(submission, booking_code)
        # An open dialogue ends first. Somebody who has a seat is in no dialogue, and means the seat.
        may_end_question = booking_code is None and (found is None or found.state is not State.CONFIRMED)
        if may_end_question and (ended := self._guiding.stop(message, [found] if found else [])):
            return ended
        return self._cancelling.cancel(submission, found)

    def _move(self, message: Message, request: Rescheduling | UnreadDay) -> Outcome | Decision:
        if self.office.registration.gives_the_day:
            return Answer(Kind.OFFICE_GIVES_THE_DAY)
        if isinstance(request, Rescheduling):
            return self._moving.move(Submission.of(message), request.service_date, request.booking_code)
        if request.impossible is None:
            return self._informing.days_to_move_to(message, self._own_bookings(message))
        return answers.impossible_day(self.office, message.sent_at, request.impossible)

    def _lead(self, message: Message, request: Begin | Misread) -> Outcome | Decision:
        own = self._own_bookings(message)
        return self._led(message, self._guiding.lead(message, request, own)) or self._informing.help_(message, own)

    def _understand(self, message: Message) -> Outcome | Decision:
        """Return the answer to a message in which there is no request."""
        kind = fallbacks.answer_to(message.type) or Kind.HELP
        if kind is not Kind.HELP:
            # The caption of a picture may tell of a lost passport too.
            return self._informing.case(message) or Answer(kind)
        own = self._own_bookings(message)
        return self._answered(message, own) or self._informing.case(message) or self._informing.help_(message, own)

    def _answered(self, message: Message, own: Collection[Booking]) -> Outcome | Decision | None:
        """Return what follows from a typed text that answers a question of ours, None where we asked nothing."""
        return self._led(message, self._guiding.answer(message, own)) if message.type in {"text", "edit"} else None

    def _led(self, message: Message, led_to: Outcome | Registration | None) -> Outcome | Decision | None:
        """Return the answer to somebody who is led. The registration at the end counts as if they had typed it."""
        return self._dispatch(message, led_to) if isinstance(led_to, Registration) else led_to

    def _own_bookings(self, message: Message) -> Collection[Booking]:
        """Return the last booking of each of the sender's identities."""
        return self._identity.bookings_of(Submission.of(message))

    @property
    def _identity(self) -> Identity:
        return Identity(bookings=self.bookings)

    @property
    def _targets(self) -> Targets:
        return Targets(bookings=self.bookings, identity=self._identity)

    @property
    def _registering(self) -> Registering:
        return Registering(
            office=self.office,
            key=self.key,
            bookings=self.bookings,
            days=self.days,
            identity=self._identity,
            clock=self.clock,
        )

    @property
    def _approving(self) -> Approving:
        return Approving(
            office=self.office,
            key=self.key,
            bookings=self.bookings,
            days=self.days,
            clock=self.clock,
        )

    @property
    def _cancelling(self) -> Cancelling:
        return Cancelling(office=self.office)

    @property
    def _moving(self) -> Moving:
        return Moving(
            office=self.office,
            registering=self._registering,
            targets=self._targets,
        )

    @property
    def _completing(self) -> Completing:
        return Completing(office=self.office, drafts=self.drafts, registering=self._registering)

    @property
    def _guiding(self) -> Guiding:
        return Guiding(
            office=self.office,
            key=self.key,
            days=self.days,
            dialogues=self.dialogues,
            clock=self.clock,
        )

    @property
    def _informing(self) -> Informing:
        return Informing(
            office=self.office, key=self.key, days=self.days, registering=self._registering, clock=self.clock
        )
