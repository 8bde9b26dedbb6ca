"""Reads what an applicant typed or tapped: a registration, an approval, another command, or something else.

The id of a button is the text that the applicant could have typed instead, so both are read here, in one way.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from antrian.domain.codes import read_booking_code
from antrian.domain.office import Format
from antrian.domain.plain_text import LONGEST_TEXT, counted_length, decomposed, plain_text

# WhatsApp lets a button's id have 256 characters, and a registration must fit into one.
LONGEST_NAME = 60
LONGEST_ADDRESS = 120
# Fewer are no street and no village: what stands there then is a date or a number.
LEAST_LETTERS_OF_ADDRESS = 4
OLDEST_AGE = timedelta(days=120 * 366)

# All patterns see plain text, in which no two characters of white space follow each other.
# What a text begins with that asks for something; the rest says for what.
_CANCEL = re.compile(r"(?P<hash>#?)\s?(?:batal(?:kan|in)?|cancel)\b[\s#.!]*", re.IGNORECASE)
_RESCHEDULE = re.compile(r"(?P<hash>#?)\s?ubah(?![a-z])(?:\ske(?![a-z]))?", re.IGNORECASE)
_BEGIN = re.compile(r"#?\s?daftar\b(?:\s(?:antrian|antri|baru|lagi|paspor)\b)?[\s#.!]*", re.IGNORECASE)
# What is typed alone, with its # or without, and stands for itself.
_COMMAND = re.compile(r"#?\s?(?P<word>status|tiket|kuota|bantuan|help|menu)[\s#.!?]*", re.IGNORECASE)
_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agu": 8, "ags": 8, "aug": 8}
_MONTHS |= {"sep": 9, "okt": 10, "oct": 10, "nov": 11, "des": 12, "dec": 12}
_DATE_WITH_MONTH = re.compile(r"(\d{1,2}) ?([a-z]{3})[a-z]*\.? ?(\d{4})", re.IGNORECASE | re.ASCII)
# As our own lists show a day: `Senin, 23-11-2026`, `Sen 23-11`.
_WEEKDAY = re.compile(
    r"(?:hari )?(?:sen(?:in)?|sel(?:asa)?|rabu?|kam(?:is)?|jum(?:'?at)?|sab(?:tu)?|min(?:ggu)?|ahad)\b[ ,]*",
    re.IGNORECASE,
)
_DATE_WITH_SEPARATORS = re.compile(r"(\d{1,2}) ?[-/. ] ?(\d{1,2}) ?[-/. ] ?(\d{4})")
# What stands before a part in our own echo; and behind the last one, there and where people are polite.
_LABEL = re.compile(r"^(?:nama|tgl|tanggal|alamat)[a-z. ]*:", re.IGNORECASE)
_BEHIND_THE_DATE = re.compile(
    r"(\d)[^\w?]+(?:(?:(?:terima ?|ma)kasih|banyak|sebelumnya|trims|thanks|ya|pak|bapak|bu|ibu|kak|min|mas|mbak|"
    r"admin|mohon|dibantu|senin|selasa|rabu|kamis|jum'?at|sabtu|minggu)\b[^\w?]*)*$",
    re.IGNORECASE,
)
# What a text begins with that is written before a registration. Anything else there may be a part of it:
# `Siti#Aminah#25011987#23112026`.
_BEFORE = re.compile(
    r"\W*(?:nama|hal+o+|hai|hi|hello|permisi|as+alam\w*|salam|selamat|pagi|siang|sore|malam|maaf|mohon|tolong|mau|ingin|"
    r"saya|daftar|pak|bapak|bu|ibu|kak|min|admin)\b",
    re.IGNORECASE,
)
_AGREED = re.compile(
    r"#?\s?(?:(?:ya|iya|oke?|baik|saya)[\s,.]+)?setuju(?:[\s,.]+(?:ya|pak|bu|kak|min|mas|mbak|admin))?[\s.!#]*",
    re.IGNORECASE,
)
# Eight digits, perhaps in groups, and no digit beside them: a telephone number has more.
_APPROVAL = re.compile(r"(?<!\d)(?<!\d[ .-])\d(?:[ .-]?\d){7}(?![ .-]?\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Registration:
    """A request for a place: who, and on which day. Dates are real calendar dates, nothing more.

    `service_date` is None where the office gives the day; there an `address` is told instead.
    """

    name: str
    birth_date: date
    service_date: date | None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Misread:
    """An attempt to register that could not be read.

    Each part is what was understood as text, or None where nothing was. `impossible` names the first part that is
    written like a date and is none (31-02-1987): `birth_date`, `service_date`, or None.
    """

    name: str | None
    birth_date: str | None
    service_date: str | None
    impossible: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """The approval of the registration whose echo showed this approval code of eight digits.

    `code` is None for the word on the button, which people without buttons type: it means the sender's own. `shown` is
    what stands in an echo that was sent back whole, perhaps corrected.
    """

    code: str | None
    shown: Registration | None = None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A request to withdraw a booking: the one with this booking code, or whichever the sender has."""

    booking_code: str | None


@dataclass(frozen=True, slots=True)
class Rescheduling:
    """A request for another day for a booking: the one with this booking code, or whichever the sender has."""

    service_date: date
    booking_code: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadDay:
    """An attempt to ask for another day that could not be read.

    `impossible` is what is written like a date and is none (31-11-2026), None where there is nothing like one.
    """

    impossible: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The question what the sender has: the ticket again, or what they have to do."""


@dataclass(frozen=True, slots=True)
class Quota:
    """The question on which days there are seats."""


@dataclass(frozen=True, slots=True)
class Begin:
    """The wish to be led to a registration, for this day where one was chosen already."""

    service_date: date | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """The question what can be written here."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """Words that are longer than WhatsApp lets them be: nobody reads them."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Everything else: a greeting, a question, a sticker."""


Request = (
    Registration
    | Misread
    | Approval
    | Cancellation
    | Rescheduling
    | UnreadDay
    | Status
    | Quota
    | Begin
    | Help
    | TooLong
    | Unknown
)

_COMMANDS: Mapping[str, Request] = {
    "status": Status(),
    "tiket": Status(),
    "kuota": Quota(),
    "bantuan": Help(),
    "help": Help(),
    "menu": Help(),
}


def read_request(text: str | None, format_: Format = Format.NAME_BIRTH_DAY) -> Request:
    """Read what was typed or tapped, at an office where one registers in this format.

    A registration is forgiven spaces, case, a missing first `#`, a trailing `#`, separators in dates and line breaks.
    """
    if text is None:
        return Unknown()
    # No part of it is read: a #batal whose booking code was cut off would end another booking.
    if counted_length(text) > LONGEST_TEXT:
        return TooLong()
    text = plain_text(text)
    if not text:
        return Unknown()
    if command := _read_command(text):
        return command
    if (begin := _BEGIN.match(text)) and re.search(r"[#\n]", text):
        text = f"#{text[begin.end() :]}"  # a registration behind the word
    text = _without_greeting(text)
    if format_ is Format.NAME_BIRTH_ADDRESS:
        return _read_with_address(text)
    parts = _parts(text)
    read = _read_registration(parts)
    if isinstance(read, Registration):
        return read
    approval = _approval_in(text)
    # Also `#00002681`: whoever learnt the format of a registration writes the code in the same way.
    if approval and len(parts) == 1 and _APPROVAL.fullmatch(parts[0]):
        return approval
    # Where there is a #, it was meant to be a registration; `Setuju #00002681` was not.
    if text.startswith("#") or ("#" in text and (len(parts) >= 3 or isinstance(_read_date(parts[-1]), date))):
        return read
    labelled = _read_labelled(text)
    if approval and not isinstance(labelled, Misread):
        return replace(approval, shown=labelled)
    if labelled:
        return labelled
    return read if "#" in text or read.birth_date or read.service_date else Unknown()


def _without_greeting(text: str) -> str:
    """Return a registration without what stands before its first #: `Selamat pagi #Budi#25011987#23112026`."""
    greeting, *parts = text.split("#")
    follows = len(parts) >= 3 and _is_name(" ".join(parts[0].split()))
    return text[len(greeting) :] if follows and _BEFORE.match(greeting) else text


def normalised_name(name: str) -> str:
    """Return a name without case, accents, punctuation and double spaces: what makes two spellings one person."""
    letters = decomposed(name.casefold())
    return " ".join("".join(c if c.isalpha() else " " for c in letters if not unicodedata.combining(c)).split())


def read_name(text: str) -> str | None:
    """Return the name that was typed alone, None where it cannot be one."""
    name = " ".join(plain_text(text).strip("#").split())
    return name if _is_name(name) else None


def read_date(text: str) -> date | str | None:
    """Return the date that was typed alone, the text of what is written like one and is none, else None."""
    return _read_date(" ".join(plain_text(text).strip("# .!").split()))


def read_address(text: str) -> str | None:
    """Return the address that was typed alone, None where it cannot be one."""
    address = " ".join(plain_text(text).strip("#").split())
    return address if _is_address(address) else None


def shown_date(day: date) -> str:
    """Return a date in the way of the echo: `20-11-1967`."""
    # Not %Y: of the year 26, which is what 23110026 says, it shows `26` and hides the mistake.
    return f"{day:%d-%m}-{day.year:04d}"


def typed_date(day: date) -> str:
    """Return a date in the way in which applicants type it: `20111967`."""
    return f"{day:%d%m}{day.year:04d}"


def _read_command(text: str) -> Request | None:
    """Return what is asked for by a word, None for everything else."""
    if (cancel := _CANCEL.match(text)) and (cancellation := _read_cancellation(cancel)):
        return cancellation
    if (reschedule := _RESCHEDULE.match(text)) and (rescheduling := _read_rescheduling(reschedule)):
        return rescheduling
    if _AGREED.fullmatch(text):
        return Approval(None)
    if command := _COMMAND.fullmatch(text):
        return _COMMANDS[command["word"].lower()]
    if begin := _BEGIN.match(text):
        rest = text[begin.end() :]
        day = _read_date(" ".join(rest.split()).strip("# .!"))
        return Begin(day if isinstance(day, date) else None) if day or not rest else None
    return None


def _read_cancellation(match: re.Match[str]) -> Cancellation | None:
    """Return the cancellation, or None for a sentence that only begins with the word: a seat is lost too easily."""
    rest = match.string[match.end() :]
    code = read_booking_code(rest.strip("# .!"))
    return Cancellation(code) if match["hash"] or code or not rest else None


def _read_rescheduling(match: re.Match[str]) -> Rescheduling | UnreadDay | None:
    """Return what day is asked for, or None for a sentence that only begins with the word."""
    rest = match.string[match.end() :]
    day_text, code_text, more = ([part.strip(" .:!") for part in _split(rest)] + [""] * 3)[:3]
    day, code = _read_date(day_text), read_booking_code(code_text)
    if isinstance(day, date) and not more and (code or not code_text):
        return Rescheduling(day, code)
    if match["hash"] or day or not rest.strip("# .!"):
        return UnreadDay(day if isinstance(day, str) else None)
    return None


def _approval_in(text: str) -> Approval | None:
    """Return the approval code in a text, or None where there is none or more than one.

    The whole echo sent back is an approval too, so what is written like 25-01-1987 does not count.
    """
    found = {
        re.sub(r"\D", "", digits) for digits in _APPROVAL.findall(text) if not _DATE_WITH_SEPARATORS.fullmatch(digits)
    }
    return Approval(found.pop()) if len(found) == 1 else None


def _read_labelled(text: str) -> Registration | Misread | None:
    """Read the lines with name and dates of our own echo, which people send back and correct; None without them."""
    lines = [_part(line) for line in text.splitlines() if _LABEL.match(line.strip())]
    return _read_registration(lines) if len(lines) == 3 else None


def _parts(text: str) -> list[str]:
    parts, lines = _split(text), _split(text.replace("\n", "#"))
    if len(parts) < 3 and isinstance(_read_registration(lines), Registration):
        return lines
    # A name may be broken over two lines; only where there are no # at all do lines stand for them.
    return parts if text.strip("#").count("#") else lines


def _split(text: str) -> list[str]:
    return [_part(part) for part in text.split("#") if part.strip()]


def _part(text: str) -> str:
    return " ".join(_LABEL.sub("", text.strip()).split())


def _read_registration(parts: list[str]) -> Registration | Misread:
    name_text, birth_text, service_text = (*parts, "", "", "")[:3]
    name = name_text if _is_name(name_text) else None
    birth, service = _read_date(birth_text), _read_date(_BEHIND_THE_DATE.sub(r"\1", service_text))
    if len(parts) == 3 and name and isinstance(birth, date) and isinstance(service, date):
        return Registration(name, birth, service)
    impossible = None
    if len(parts) == 3 and name:
        impossible = "birth_date" if isinstance(birth, str) else "service_date" if isinstance(service, str) else None
    return Misread(name, _understood(birth), _understood(service), impossible)


def _read_with_address(text: str) -> Registration | Misread | Unknown:
    """Read a registration with an address, in which anything may stand, a # too."""
    attempted, text = "#" in text, text.strip("# \n")
    parts = text.split("#", 2) if text.count("#") >= 2 else re.split(r"[#\n]", text, maxsplit=2)
    name_text, birth_text, address_text = ([_part(part) for part in parts] + ["", ""])[:3]
    name = name_text if _is_name(name_text) else None
    birth = _read_date(birth_text)
    # With another part before it, what is left holds more than an address.
    is_whole = birth is not None or text.count("#") <= 2
    address = address_text if is_whole and _is_address(address_text) else None
    if name and isinstance(birth, date) and address:
        return Registration(name, birth, None, address)
    if not attempted and birth is None:
        return Unknown()
    impossible = "birth_date" if name and address and isinstance(birth, str) else None
    return Misread(name, _understood(birth), None, impossible, address)


def _is_address(text: str) -> bool:
    # Counted as WhatsApp counts a button's id, for the same reason as a name's length.
    return counted_length(text) <= LONGEST_ADDRESS and sum(c.isalpha() for c in text) >= LEAST_LETTERS_OF_ADDRESS


def _is_name(text: str) -> bool:
    return (
        2 <= len(text) <= LONGEST_NAME
        and sum(c.isalpha() for c in text) >= 2
        and all(c.isalpha() or unicodedata.combining(c) or c in " .,'-" for c in text)
    )


def _read_date(text: str) -> date | str | None:
    """Return a date, the text of what is written like a date and is none, or None for anything else."""
    if weekday := _WEEKDAY.match(text):
        text = text[weekday.end() :]
    if match := _DATE_WITH_SEPARATORS.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    elif re.fullmatch(r"\d{8}", digits := text.replace(" ", "")):
        day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    elif (match := _DATE_WITH_MONTH.fullmatch(text)) and match[2].lower() in _MONTHS:
        day, month, year = int(match[1]), _MONTHS[match[2].lower()], int(match[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return f"{day:02d}-{month:02d}-{year:04d}"


def _understood(value: date | str | None) -> str | None:
    return shown_date(value) if isinstance(value, date) else value
