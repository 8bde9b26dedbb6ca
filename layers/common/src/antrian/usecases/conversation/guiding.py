"""Leads applicants who do not manage the format, by asking for one part of a registration after the other."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking
from antrian.domain.dialogue import Dialogue, InvalidAnswer, Question, answered, begun, prefilled
from antrian.domain.message import Message, trace
from antrian.domain.office import Office
from antrian.domain.ports import Clock, Days, Dialogues
from antrian.domain.request import Begin, Misread, Registration, read_name, shown_date, typed_date
from antrian.usecases.retry import retry
from antrian.usecases.seats.availability import Availability

# Takes the open dialogue, or None, and returns what the message makes of it; None where there is no dialogue then.
Transition = Callable[[Dialogue | None], Dialogue | InvalidAnswer | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guiding:
    """Dialogues that lead applicants to a registration at one office. `key` is the secret from which codes are derived.

    Each message takes its sender's dialogue on in one write, on condition that nothing else did since it was read. The
    answer follows from the dialogue as it then stands, so a message that comes again before its decision is recorded
    gets the same answer. `own` are the sender's last bookings; one that is newer than a dialogue has ended it. All
    methods raise Unsettled.
    """

    office: Office
    key: bytes
    days: Days
    dialogues: Dialogues
    clock: Clock

    def lead(
        self, message: Message, request: Begin | Misread, own: Collection[Booking]
    ) -> Answer | Registration | None:
        """Begin a dialogue, or take one on with what was understood of a registration, and return what is missing.

        None where the sender has registered since they wrote this.
        """
        if holder := answers.standing(own, message.sent_at):
            return answers.in_the_way(holder)
        if not self.office.accepts_registrations(message.sent_at):
            return answers.outside_hours(self.office)
        if isinstance(request, Misread):
            return self._misread(message, request, own)
        # A day that was tapped in the list of `#kuota` is one more answer; the word alone begins anew.
        chosen = Misread(None, None, shown_date(request.service_date)) if request.service_date else None
        reached = self._advance(
            message,
            own,
            lambda open_: prefilled(chosen, message, self.office, open_) if chosen else begun(message),
        )
        return self._reply(message, *reached) if reached else None

    def answer(self, message: Message, own: Collection[Booking]) -> Answer | Registration | None:
        """Return the next question to somebody who answers one, or their registration; None where nothing is asked."""
        if answers.standing(own, message.sent_at):
            return None

        def transition(open_: Dialogue | None) -> Dialogue | InvalidAnswer | None:
            return answered(open_, message, self.office) if open_ else None

        reached = self._advance(message, own, transition)
        return self._reply(message, *reached) if reached else None

    def stop(self, message: Message, own: Collection[Booking]) -> Answer | None:
        """Break off the open dialogue and confirm that; None where none is open."""

        def transition(open_: Dialogue | None) -> Dialogue | None:
            return open_.stopped(message) if open_ else None

        reached = self._advance(message, own, transition)
        if reached is None:
            return None
        dialogue, _ = reached
        if dialogue.message_id == message.id:
            return Answer(Kind.DIALOGUE_ENDED)
        # The #batal was meant to end a question that a later answer has taken on: nothing ends, and they are told so.
        return next((Answer(Kind.SUPERSEDED, answers.details(booking)) for booking in own), None)

    def _misread(self, message: Message, misread: Misread, own: Collection[Booking]) -> Answer | Registration | None:
        # `#Budi` answers the question for a name; `#Budi#25-1-87#23-11-26` is a new attempt to register.
        alone = misread.name is None or misread.name == read_name(message.text or "")
        one_part = alone and not (misread.birth_date or misread.service_date or misread.address)

        def transition(open_: Dialogue | None) -> Dialogue | InvalidAnswer | None:
            if open_ is not None and one_part:
                return answered(open_, message, self.office)
            return prefilled(misread, message, self.office, open_)

        reached = self._advance(message, own, transition)
        if reached is None:
            return None
        dialogue, wrong = reached
        question = dialogue.question(self.office)
        written = misread.birth_date if question is Question.BIRTH_DATE else misread.service_date
        if written and question in {Question.BIRTH_DATE, Question.DAY}:
            wrong = InvalidAnswer(written)
        if wrong or question is None or question is Question.DAY:
            return self._reply(message, dialogue, wrong)
        days = answers.open_days(self.office, message.sent_at)
        return Answer(Kind.MISREAD, {**_parts(dialogue), **days, "asks": question.value})

    def _advance(
        self, message: Message, own: Collection[Booking], transition: Transition
    ) -> tuple[Dialogue, InvalidAnswer | None] | None:
        """Return the dialogue after this message, and what is wrong with the message where it did not take it on.

        None where there is no dialogue. Raises Unsettled.
        """
        if any(booking.sent_at > message.sent_at for booking in own):
            return None

        def advance() -> tuple[Dialogue, InvalidAnswer | None] | None:
            stored = self.dialogues.dialogue_with(message.sender)
            if stored is not None and stored.message_id == message.id:
                return stored, None
            open_ = stored if stored is not None and self._is_open(stored, message, own) else None
            if stored is not None and message.sent_at <= stored.sent_at:
                # A later message, or one of the same second, came first: this one cannot answer what is asked now.
                return (open_, None) if open_ is not None else None
            reached = transition(open_)
            if isinstance(reached, InvalidAnswer) and open_ is not None:
                return open_, reached
            if not isinstance(reached, Dialogue):
                return None
            self.dialogues.go_on(message.sender, reached, stored)
            return reached, None

        return retry(advance, f"the answer in message {trace(message.id)}")

    def _is_open(self, dialogue: Dialogue, message: Message, own: Collection[Booking]) -> bool:
        booked_since = any(booking.sent_at > dialogue.sent_at for booking in own)
        return not booked_since and dialogue.is_open(self.office, message.sent_at)

    def _reply(self, message: Message, dialogue: Dialogue, wrong: InvalidAnswer | None) -> Answer | Registration | None:
        """Return the next question of a dialogue, or the registration that it came to."""
        if dialogue.ended:
            return Answer(Kind.DIALOGUE_ENDED)
        fields = {**_parts(dialogue), "written": wrong.written if wrong else ""}
        days = answers.open_days(self.office, message.sent_at)
        match dialogue.question(self.office):
            case Question.NAME:
                return Answer(Kind.ASK_NAME_AGAIN, days) if wrong else Answer(Kind.ASK_NAME)
            case Question.BIRTH_DATE:
                return Answer(Kind.ASK_BIRTH_DATE_AGAIN if wrong else Kind.ASK_BIRTH_DATE, fields)
            case Question.ADDRESS:
                return Answer(Kind.ASK_ADDRESS_AGAIN, days) if wrong else Answer(Kind.ASK_ADDRESS, fields)
            case Question.DAY:
                return self._ask_day(message, dialogue, Kind.ASK_DAY_AGAIN if wrong else Kind.ASK_DAY, fields)
        return dialogue.registration

    def _ask_day(self, message: Message, dialogue: Dialogue, kind: Kind, fields: answers.Fields) -> Answer:
        now = self.clock.now()
        days = Availability(office=self.office, key=self.key, days=self.days).days_with_seats(now, message.sender)
        if not days or dialogue.birth_date is None:
            return answers.no_seats(self.office, now)
        # Each row is a whole registration, so it also works when the dialogue is forgotten.
        who = f"#{dialogue.name}#{typed_date(dialogue.birth_date)}"
        return Answer(kind, {**fields, **answers.rows(days, lambda day: f"{who}#{typed_date(day)}")})


def _parts(dialogue: Dialogue) -> answers.Fields:
    """Return the parts that are known so far, as answers show them; empty for those that are not."""
    return {
        "name": dialogue.name or "",
        "birth_date_read": shown_date(dialogue.birth_date) if dialogue.birth_date else "",
        "service_date_read": shown_date(dialogue.service_date) if dialogue.service_date else "",
        "address_read": dialogue.address or "",
    }
