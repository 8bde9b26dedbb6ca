"""Leads people who do not manage the format of a registration: one question at a time.

What somebody has answered so far is a value, and each message makes the next one of it. Nothing here asks a clock.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from antrian.domain.cases import cases_in
from antrian.domain.message import Message
from antrian.domain.office import Office
from antrian.domain.request import OLDEST_AGE, Misread, Registration, read_address, read_date, read_name, shown_date

# Whoever does not answer for so long has let it go, and what he writes then is something new.
ANSWERED_WITHIN = timedelta(minutes=30)


# What people write in the place of a name, and no name.
_GREETING = re.compile(
    r"(?:hal+o+|hai|hi|hello|permisi|as+alam\w*|(?:selamat )?(?:pagi|siang|sore|malam)|terima kasih|oke?|baik|ya)"
    r"[ ,.]*(?:pak|bu|kak|min|mas|mbak|admin)?\.?",
    re.IGNORECASE,
)


class Question(StrEnum):
    """Name what is asked for; the value is the part of a registration that the answer gives."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    DAY = "service_date"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Hold what a sender has answered, up to and with this message of his, sent at `sent_at`.

    `ended` is set where that message broke the dialogue off.
    """

    message_id: str
    sent_at: datetime
    name: str | None = None
    birth_date: date | None = None
    address: str | None = None
    service_date: date | None = None
    ended: bool = False

    def question(self, office: Office) -> Question | None:
        """Return what is to be asked next at this office, None when everything is known."""
        last = Question.ADDRESS if office.gives_the_day else Question.DAY
        questions = (Question.NAME, Question.BIRTH_DATE, last)
        return next((question for question in questions if getattr(self, question) is None), None)

    def is_open(self, office: Office, sent_at: datetime) -> bool:
        """Tell whether something is still asked for when a message is sent at this moment."""
        in_time = sent_at <= self.sent_at + ANSWERED_WITHIN
        return in_time and not self.ended and self.question(office) is not None

    def stopped(self, message: Message) -> "Dialogue":
        """Return the dialogue after the message that broke it off. What was answered is forgotten."""
        return Dialogue(message.id, message.sent_at, ended=True)

    @property
    def registration(self) -> Registration | None:
        """Return the registration that it comes to, None before name and birth date are known."""
        if self.name is None or self.birth_date is None:
            return None
        return Registration(self.name, self.birth_date, self.service_date, self.address)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Stand for a text that is no answer to the question; `written` is the date in it that cannot be taken."""

    written: str = ""


def begun(message: Message, office: Office, service_date: date | None = None) -> Dialogue:
    """Return a dialogue that begins with this message, with the day where one that can be booked was chosen."""
    return Dialogue(message.id, message.sent_at, service_date=_bookable(service_date, office, message))


def understood(misread: Misread, message: Message, office: Office, before: Dialogue | None) -> Dialogue:
    """Return the dialogue after a registration that could not be read: what was understood of it, and before it."""
    known = before or begun(message, office)
    return replace(
        known,
        message_id=message.id,
        sent_at=message.sent_at,
        name=misread.name or known.name,
        birth_date=_born(read_date(misread.birth_date or ""), office, message) or known.birth_date,
        address=misread.address or known.address,
        service_date=_bookable(read_date(misread.service_date or ""), office, message) or known.service_date,
    )


def answered(dialogue: Dialogue, message: Message, office: Office) -> Dialogue | Unanswered | None:
    """Return the dialogue after the answer to its question, or what is wrong with the answer.

    None where a date is asked for, and the text tells of a case in which one does not book here.
    """
    text = message.text or ""
    so_far = replace(dialogue, message_id=message.id, sent_at=message.sent_at)
    read = read_date(text)
    match dialogue.question(office):
        case Question.NAME if (name := read_name(text)) and not _GREETING.fullmatch(name):
            return replace(so_far, name=name)
        case Question.BIRTH_DATE if born := _born(read, office, message):
            return replace(so_far, birth_date=born)
        case Question.ADDRESS if address := read_address(text):
            return replace(so_far, address=address)
        case Question.DAY if day := _bookable(read, office, message):
            return replace(so_far, service_date=day)
    asks_for_a_date = dialogue.question(office) in {Question.BIRTH_DATE, Question.DAY}
    if asks_for_a_date and not {*office.not_here, *office.come_directly}.isdisjoint(cases_in(text)):
        return None
    return Unanswered(shown_date(read) if isinstance(read, date) else read or "")


def _born(read: date | str | None, office: Office, message: Message) -> date | None:
    today = office.local(message.sent_at).date()
    return read if isinstance(read, date) and today - OLDEST_AGE <= read <= today else None


def _bookable(read: date | str | None, office: Office, message: Message) -> date | None:
    return read if isinstance(read, date) and read in office.bookable_days(message.sent_at) else None
