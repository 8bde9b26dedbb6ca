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

_CANCEL = re.compile(r"#?\s*batal\b[\s#]*(?P<code>.*)", re.IGNORECASE | re.DOTALL)
_DATE_WITH_SEPARATORS = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})")
# Eight digits, perhaps in groups, and no digit beside them.
_APPROVAL = re.compile(r"(?<!\d)\d(?:[ \u00a0.-]?\d){7}(?![ \u00a0.-]?\d)")


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
    """Approve the registration whose echo showed this approval code of eight digits."""

    code: str


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
    text = unicodedata.normalize("NFKC", text).strip()
    if cancel := _CANCEL.fullmatch(text):
        return Cancellation(read_booking_code(cancel["code"]))
    parts = _parts(text)
    if len(parts) >= 3 or text.startswith("#"):
        return _read_registration(parts)
    if len(approvals := _APPROVAL.findall(text)) == 1:
        return Approval(re.sub(r"\D", "", approvals[0]))
    return _read_registration(parts) if len(parts) == 2 else Unknown()


def normalised_name(name: str) -> str:
    """Return a name without case, accents, punctuation and double spaces: what makes two spellings one person."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c if c.isalpha() else " " for c in letters if not unicodedata.combining(c)).split())


def shown_date(day: date) -> str:
    """Return a date in the way of the echo: `20-11-1967`."""
    return f"{day:%d-%m-%Y}"


def typed_date(day: date) -> str:
    """Return a date in the way in which applicants type it: `20111967`."""
    return f"{day:%d%m%Y}"


def _parts(text: str) -> list[str]:
    # A name may be broken over two lines; only where there are no # at all do lines stand for them.
    separator = "#" if text.strip("#").count("#") >= 1 else r"[#\n]"
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
        and all(c.isalpha() or unicodedata.combining(c) or c in " .,'\u2019-" for c in text)
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
