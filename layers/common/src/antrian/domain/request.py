"""Reads what an applicant typed or tapped: a registration, an approval, a cancellation, or something else.

The id of a button is the text that the applicant could have typed instead, so both are read here, in one way.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from antrian.domain.codes import read_booking_code

# WhatsApp lets a button's id have 256 characters, and a registration must fit into one.
LONGEST_NAME = 60
OLDEST_AGE = timedelta(days=120 * 366)

_CANCEL = re.compile(r"(?P<hash>#?)\s*batal(?:kan)?\b[\s#.!]*(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_DATE_WITH_SEPARATORS = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})")
_AGREED = re.compile(r"#?\s*setuju[\s.!#]*", re.IGNORECASE)
_LOOKALIKES = {
    **dict.fromkeys(map(ord, "`\u00b4\u2018\u2019\u201b\u02bc\u02bb"), "'"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    **dict.fromkeys(map(ord, "*_~"), None),  # WhatsApp's bold, italic and struck out
}
# Eight digits, perhaps in groups, and no digit beside them: a telephone number has more.
_APPROVAL = re.compile(r"(?<!\d)(?<!\d[ .-])\d(?:[ .-]?\d){7}(?![ .-]?\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Registration:
    """Ask for a place: who, and on which day. Dates are real calendar dates, nothing more."""

    name: str
    birth_date: date
    service_date: date


@dataclass(frozen=True, slots=True)
class Misread:
    """Hold an attempt to register that could not be read.

    Each part is what was understood as text, or None where nothing was. `impossible` names the first part that is
    written like a date and is none (31-02-1987): `birth_date`, `service_date`, or None.
    """

    name: str | None
    birth_date: str | None
    service_date: str | None
    impossible: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Approve the registration whose echo showed this approval code of eight digits.

    `code` is None for the word on the button, which people without buttons type: it means the sender's own.
    """

    code: str | None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Withdraw a booking: the one with this booking code, or whichever the sender has."""

    booking_code: str | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stand for everything else: a greeting, a question, a sticker."""


Request = Registration | Misread | Approval | Cancellation | Unknown


def read_request(text: str | None) -> Request:
    """Read what was typed or tapped.

    A registration is forgiven spaces, case, a missing first `#`, a trailing `#`, separators in dates and line breaks.
    """
    if text is None or not text.strip():
        return Unknown()
    text = _plain(text)
    if (cancel := _CANCEL.fullmatch(text)) and (cancellation := _read_cancellation(cancel)):
        return cancellation
    if _AGREED.fullmatch(text):
        return Approval(None)
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
    if approval:
        return approval
    return read if "#" in text or read.birth_date or read.service_date else Unknown()


def _plain(text: str) -> str:
    """Return a text with the marks that keyboards and copying add made plain: quotes, dashes, invisible characters."""
    text = unicodedata.normalize("NFKC", text.translate(_LOOKALIKES))
    return "".join(c for c in text if unicodedata.category(c) != "Cf").strip()


def normalised_name(name: str) -> str:
    """Return a name without case, accents, punctuation and double spaces: what makes two spellings one person."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c if c.isalpha() else " " for c in letters if not unicodedata.combining(c)).split())


def shown_date(day: date) -> str:
    """Return a date in the way of the echo: `20-11-1967`."""
    # Not %Y: of the year 26, which is what 23110026 says, it shows `26` and hides the mistake.
    return f"{day:%d-%m}-{day.year:04d}"


def typed_date(day: date) -> str:
    """Return a date in the way in which applicants type it: `20111967`."""
    return f"{day:%d%m}{day.year:04d}"


def _read_cancellation(match: re.Match[str]) -> Cancellation | None:
    """Return the cancellation, or None for a sentence that only begins with the word: a seat is lost too easily."""
    code = read_booking_code(match["rest"].strip("# .!"))
    return Cancellation(code) if match["hash"] or code or not match["rest"] else None


def _approval_in(text: str) -> Approval | None:
    """Return the approval code in a text, or None where there is none or more than one.

    The whole echo sent back is an approval too, so what is written like 25-01-1987 does not count.
    """
    found = {
        re.sub(r"\D", "", digits) for digits in _APPROVAL.findall(text) if not _DATE_WITH_SEPARATORS.fullmatch(digits)
    }
    return Approval(found.pop()) if len(found) == 1 else None


def _parts(text: str) -> list[str]:
    parts = _split(r"#", text)
    if len(parts) < 3 and isinstance(_read_registration(lines := _split(r"[#\n]", text)), Registration):
        return lines
    # A name may be broken over two lines; only where there are no # at all do lines stand for them.
    return parts if text.strip("#").count("#") else _split(r"[#\n]", text)


def _split(separator: str, text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(separator, text) if part.strip()]


def _read_registration(parts: list[str]) -> Registration | Misread:
    name_text, birth_text, service_text = (*parts, "", "", "")[:3]
    name = name_text if _is_name(name_text) else None
    birth, service = _read_date(birth_text), _read_date(service_text)
    if len(parts) == 3 and name and isinstance(birth, date) and isinstance(service, date):
        return Registration(name, birth, service)
    impossible = None
    if len(parts) == 3 and name:
        impossible = "birth_date" if isinstance(birth, str) else "service_date" if isinstance(service, str) else None
    return Misread(name, _understood(birth), _understood(service), impossible)


def _is_name(text: str) -> bool:
    return (
        2 <= len(text) <= LONGEST_NAME
        and sum(c.isalpha() for c in text) >= 2
        and all(c.isalpha() or unicodedata.combining(c) or c in " .,'-" for c in text)
    )


def _read_date(text: str) -> date | str | None:
    """Return a date, the text of what is written like a date and is none, or None for anything else."""
    if match := _DATE_WITH_SEPARATORS.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    elif re.fullmatch(r"\d{8}", digits := re.sub(r"\s", "", text)):
        day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return f"{day:02d}-{month:02d}-{year:04d}"


def _understood(value: date | str | None) -> str | None:
    return shown_date(value) if isinstance(value, date) else value
