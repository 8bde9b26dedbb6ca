"""Brings words and photo together at an office that wants both, and then registers."""

from collections.abc import Collection
from dataclasses import dataclass

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking
from antrian.domain.decision import Decision, Outcome
from antrian.domain.draft import COMPLETED_WITHIN, CompleteDraft, Draft, SentPhoto, SentWords
from antrian.domain.message import Message
from antrian.domain.office import Office
from antrian.domain.ports import Drafts
from antrian.domain.request import Registration
from antrian.domain.submission import Submission
from antrian.usecases.bookings.registering import Registering


@dataclass(frozen=True, slots=True, kw_only=True)
class Completing:
    """Registrations at one office whose words and photo may come in two messages.

    Each part is kept in its sender's draft, in one write that returns the other part: of two that are handled at the
    same time, one finds the other. A draft stays for its time after it has made a booking, so that a corrected text
    needs no second photo.
    """

    office: Office
    drafts: Drafts
    registering: Registering

    def register(self, message: Message, registration: Registration, own: Collection[Booking]) -> Outcome | Decision:
        """Register if the photo is there, else keep the words and return what is missing. Raises Unsettled.

        `own` are the sender's last bookings.
        """
        stored = self.keep(message, registration)
        if pair := stored.complete:
            return self._register(message, pair)
        if refused := self._refused(message, own, registration):
            return refused
        if message.photo is not None:
            return Answer(Kind.PHOTO_UNFIT)
        fields = {"name": registration.name, "birth_date": registration.birth_date.isoformat()}
        return Answer(Kind.PHOTO_MISSING, {**fields, **self._until(message)})

    def receive_photo(self, message: Message, own: Collection[Booking]) -> Outcome | Decision:
        """Register if the words are there, else keep the photo and return what is missing. Raises Unsettled."""
        if message.photo is None or not message.photo.is_fit:
            return Answer(Kind.PHOTO_UNFIT)
        if pair := self.keep(message).complete:
            return self._register(message, pair)
        days = answers.open_days(self.office, message.sent_at)
        return self._refused(message, own, None) or Answer(Kind.WORDS_MISSING, {**days, **self._until(message)})

    def keep(self, message: Message, registration: Registration | None = None) -> Draft:
        """Keep what this message brings of a registration, and return the sender's draft as it is stored then."""
        words = SentWords(registration, message.id, message.sent_at) if registration else None
        fit = message.photo if message.photo and message.photo.is_fit else None
        photo = SentPhoto(fit, message.id, message.sent_at) if fit else None
        return self.drafts.keep(message.sender, Draft(words, photo)) if words or photo else Draft()

    def _register(self, message: Message, pair: CompleteDraft) -> Outcome | Decision:
        # The decision is the later message's; the answer to the earlier one has said what was missing.
        whole = Submission(pair.id, message.sender, pair.completed_at, completed_by=message.id)
        return self.registering.register(whole, pair.words.registration, pair.photo.photo, begun_at=pair.begun_at)

    def _refused(self, message: Message, own: Collection[Booking], registration: Registration | None) -> Answer | None:
        """Return why it is of no use to send the other part, None where it is."""
        if holder := answers.standing(own, message.sent_at):
            return answers.in_the_way(holder)
        return self.registering.refused(Submission.of(message), registration)

    def _until(self, message: Message) -> dict[str, str]:
        return {"until": (message.sent_at + COMPLETED_WITHIN).isoformat()}
