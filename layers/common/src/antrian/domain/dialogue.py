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

# Whoever does not answer for so long has let it go, and what they write then is something new.
ANSWERED_WITHIN = timedelta(minutes=30)


# What people write in the place of a name, and no name. `Selamat` alone is one.
_GREETING = re.compile(
    r"(?:(?:hal+o+|hai|hi|hello|permisi|as+alam\w*|alaikum|wr|wb|(?:selamat )?(?:pagi|siang|sore|malam)|"
    r"iya|ya|oke?|baik|siap|benar|betul|setuju|tes|test|stop|selesai|keluar|mulai|ulangi?|kembali|mohon|tolong|"
    r"bantuan(?:nya)?|pak|bapak|bu|ibu|kak|min|mas|mbak|admin)\b[ ,.'-]*)+",
    re.IGNORECASE,
)
# Words with which people ask or want something: whoever writes one gives neither a name nor an address.
_ASKS = re.compile(
    r"\b(?:apa(?:kah)?|bagaimana|gimana|berapa|di ?mana|kapan|kenapa|mengapa|(?:paspor|biaya|syarat)(?:nya)?|passport|"
    r"daftar|(?:di)?batal(?:kan|in)?|cancel|(?:terima ?|ma)kasih)\b",
    re.IGNORECASE,
)
# And words that stand in addresses, and that nobody is called.
_NAMELESS = re.compile(
    r"\b(?:saya|tidak|gak|ngg?ak|belum|bukan|(?:mau|numpang|ingin|boleh) (?:ber)?tanya|info|alamat|kantor|jadwal|"
    r"tanggal|kuota|antri(?:an)?|(?:mau|ingin|bisa) (?:ganti|pindah)|untuk|c?tki|lansia|hamil|bayi|balita)\b|"
    r"^(?:nama|ganti|pindah)\b",
    re.IGNORECASE,
)


class Question(StrEnum):
    """What is asked for; the value is the part of a registration that the answer gives."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    DAY = "service_date"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What a sender has answered, up to and with this message of theirs, sent at `sent_at`.

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
        last = Question.ADDRESS if office.registration.gives_the_day else Question.DAY
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
class InvalidAnswer:
    """A text that does not answer the question; `written` is the date in it that cannot be taken."""

    written: str = ""


def begun(message: Message) -> Dialogue:
    """Return a dialogue that begins with this message."""
    return Dialogue(message.id, message.sent_at)


def prefilled(misread: Misread, message: Message, office: Office, before: Dialogue | None) -> Dialogue:
    """Return the dialogue after a registration that could not be read: what was understood of it, and before it."""
    known = before or begun(message)
    return replace(
        known,
        message_id=message.id,
        sent_at=message.sent_at,
        name=_name(misread.name or "") or known.name,
        birth_date=_born(read_date(misread.birth_date or ""), office, message) or known.birth_date,
        address=misread.address or known.address,
        service_date=_bookable(read_date(misread.service_date or ""), office, message) or known.service_date,
    )


def answered(dialogue: Dialogue, message: Message, office: Office) -> Dialogue | InvalidAnswer | None:
    """Return the dialogue after the answer to its question, or what is wrong with the answer.

    None where it is no answer, and tells of a case in which one does not book here.
    """
    text = message.text or ""
    so_far = replace(dialogue, message_id=message.id, sent_at=message.sent_at)
    question = dialogue.question(office)
    read = _read_day(text, office, message) if question is Question.DAY else read_date(text)
    match question:
        case Question.NAME if name := _name(text):
            return replace(so_far, name=name)
        case Question.BIRTH_DATE if born := _born(read, office, message):
            return replace(so_far, birth_date=born)
        case Question.ADDRESS if (address := read_address(text)) and not _is_talk(address):
            return replace(so_far, address=address)
        case Question.DAY if day := _bookable(read, office, message):
            return replace(so_far, service_date=day)
    if not {*office.service.not_here, *office.service.come_directly}.isdisjoint(cases_in(text)):
        return None
    return InvalidAnswer(shown_date(read) if isinstance(read, date) else read or "")


def _name(text: str) -> str | None:
    """Return the name that was typed alone, None for a greeting or a question, which are written with letters too."""
    name = read_name(text)
    return None if name and (_is_talk(name) or _NAMELESS.search(name)) else name


def _is_talk(text: str) -> bool:
    """Tell whether a text greets or asks, whatever it would answer."""
    return bool(_GREETING.fullmatch(text) or _ASKS.search(text))


def _read_day(text: str, office: Office, message: Message) -> date | str | None:
    """Return the date that was typed alone as `read_date` does, the next of this name where the year is left out."""
    if (read := read_date(text)) is not None:
        return read
    today = office.local(message.sent_at).date()
    this_year, next_year = (read_date(f"{text} {year}") for year in (today.year, today.year + 1))
    return next_year if isinstance(this_year, date) and this_year < today else this_year


def _born(read: date | str | None, office: Office, message: Message) -> date | None:
    today = office.local(message.sent_at).date()
    return read if isinstance(read, date) and today - OLDEST_AGE <= read <= today else None


def _bookable(read: date | str | None, office: Office, message: Message) -> date | None:
    return read if isinstance(read, date) and read in office.bookable_days(message.sent_at) else None
