"""Brings together what is written and the photo, at an office that wants both, and then registers."""

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
    """Registrations that come in two halves, at one office.

    A half is kept with its sender, in one write that tells the other half: of two that are handled at the same time,
    one finds the other. Both stay after they have made a booking, until their time is over: a corrected text needs no
    second photo.
    """

    office: Office
    drafts: Drafts
    registering: Registering

    def register(self, message: Message, asked: Registration, own: Collection[Booking]) -> Outcome | Decision:
        """Register where the photo is there, else keep what was written and return what is missing. Raises Unsettled.

        `own` are the sender's last bookings.
        """
        stored = self.keep(message, asked)
        if pair := stored.complete:
            return self._register(message, pair)
        if refused := self._refused(message, own, asked):
            return refused
        if message.photo is not None:
            return Answer(Kind.PHOTO_UNFIT)
        fields = {"name": asked.name, "birth_date": asked.birth_date.isoformat()}
        return Answer(Kind.PHOTO_MISSING, {**fields, **self._until(message)})

    def receive_photo(self, message: Message, own: Collection[Booking]) -> Outcome | Decision:
        """Register where the words are there, else keep the photo and return what is missing. Raises Unsettled."""
        if message.photo is None or not message.photo.is_fit:
            return Answer(Kind.PHOTO_UNFIT)
        if pair := self.keep(message).complete:
            return self._register(message, pair)
        days = answers.open_days(self.office, message.sent_at)
        return self._refused(message, own, None) or Answer(Kind.WORDS_MISSING, {**days, **self._until(message)})

    def keep(self, message: Message, asked: Registration | None = None) -> Draft:
        """Keep what this message brings of a registration, and return it with what is stored of the other half."""
        words = SentWords(asked, message.id, message.sent_at) if asked else None
        fit = message.photo if message.photo and message.photo.is_fit else None
        photo = SentPhoto(fit, message.id, message.sent_at) if fit else None
        return self.drafts.keep(message.sender, Draft(words, photo)) if words or photo else Draft()

    def _register(self, message: Message, pair: CompleteDraft) -> Outcome | Decision:
        # What is decided is this message's: the other half's own has told what was missing.
        whole = Submission(pair.id, message.sender, pair.completed_at, completed_by=message.id)
        return self.registering.register(whole, pair.words.asked, pair.photo.photo, begun_at=pair.begun_at)

    def _refused(self, message: Message, own: Collection[Booking], asked: Registration | None) -> Answer | None:
        """Return why nobody need look for the other half."""
        if holder := answers.standing(own, message.sent_at):
            return answers.in_the_way(holder)
        return self.registering.refused(Submission.of(message), asked)

    def _until(self, message: Message) -> dict[str, str]:
        return {"until": (message.sent_at + COMPLETED_WITHIN).isoformat()}
