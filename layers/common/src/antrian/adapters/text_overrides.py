"""Checks the texts with which an office overrides the usual answers, before anybody reads them."""

import string
from collections.abc import Mapping
from datetime import date, timedelta
from difflib import get_close_matches

from antrian.adapters.office_file.table import OfficeTable
from antrian.adapters.texts import Texts
from antrian.domain.answers import Answer, Kind
from antrian.domain.cases import Case
from antrian.domain.delivery import MOST_ROWS, Rendered
from antrian.domain.office import Office
from antrian.domain.plain_text import LONGEST_TEXT, counted_length
from antrian.domain.request import LONGEST_ADDRESS, LONGEST_NAME, Approval, read_request

FILE = "layers/common/src/antrian/texts/id.toml"
FORMATS_OF_SEVERAL = frozenset({"list", "days", "cases"})
# The values that an answer exists to tell: without them nobody could go on.
INDISPENSABLE = frozenset({"approval_code", "booking_code", "queue_number", "starts_at", "example", "reason"})

_DAY, _MOMENT = "2026-11-24", "2026-11-24T05:30:00+00:00"  # a Selasa, of which no weekday's name is longer
_NAME = "𠮷" * LONGEST_NAME  # two units of UTF-16 each; no way of counting a text's length gives more
# The longest that each value can be, wherever an answer shows it.
LONGEST: Mapping[str, str | tuple[str, ...]] = {
    "name": _NAME,
    "whatsapp_number": "ID.ENT." + "Z" * 128,
    "booking_code": "CTH00000000",
    "approval_code": "00000000",
    "queue_number": "5000",
    "reason": "R" * 80,
    "written": "belum terbaca",  # the words for nothing, which are longer than a date
    "birth_date_read": "31-02-1987",
    "service_date_read": "31-02-1987",
    "address_read": "J" * LONGEST_ADDRESS,
    "example": "Budi#25011987#Jl. Merdeka No. 10",
    "opens": "07.30",
    "closes": "10.00",
    "most": "99",
    "register_again": f"#{_NAME}#25011987#{'J' * LONGEST_ADDRESS}",
    "reschedule_again": "#ubah#24112026#CTH00000000",
    "next_days": (_DAY,) * 3,
    "asks": "name",
    "cases": tuple(Case),
    "row_id": tuple(f"#{_NAME}#25011987#241120{number}" for number in range(26, 26 + MOST_ROWS)),
    "row_day": (_DAY,) * MOST_ROWS,
    "row_seats": ("5000",) * MOST_ROWS,
    **dict.fromkeys(("birth_date", "service_date", "asked_day", "next_day"), _DAY),
    **dict.fromkeys(("approve_by", "starts_at", "opens_at", "void_after", "free_at", "until"), _MOMENT),
}


def check_text_overrides(office: Office) -> None:
    """Check an office's texts: that their answers, values and formats exist, and that none is too long.

    Raises OfficeFileError, which names file, key, value and what would be right.
    """
    table = OfficeTable(f"{office.id}.toml", "texts.", office.texts)
    for name, text in office.texts.items():
        if wrong := _what_is_wrong(office, name, text):
            shown = text if len(text) <= 60 else f"{text[:60]}…"
            raise table.refuse(name, shown, wrong)


def check_all_text_overrides(offices: Mapping[str, Office]) -> None:
    """Check the texts of each office. Raises OfficeFileError."""
    for office in offices.values():
        check_text_overrides(office)


def longest_answer(office: Office, kind: Kind) -> Answer:
    """Return an answer of this office whose values are as long as they can be."""
    days = (
        date.fromisoformat(_DAY) + timedelta(days=ahead)
        for ahead in range(office.registration.last_day - office.registration.first_day + 1)
    )
    own = {"documents": office.service.documents, "open_days": tuple(day.isoformat() for day in days)}
    return Answer(kind, {**LONGEST, **own})


def most_characters(kind: Kind, rendered: Rendered) -> int:
    """Return the longest text that WhatsApp takes for an answer, in units of UTF-16."""
    return 1024 if kind is Kind.TICKET or rendered.buttons else LONGEST_TEXT


def fields_of(text: str) -> list[tuple[str, str]]:
    """Return the values that a text shows, each with its format. Raises ValueError for braces that do not fit."""
    found = []
    for _, name, format_spec, conversion in string.Formatter().parse(text):
        if name is not None:
            if conversion or "{" in (format_spec or ""):
                raise ValueError(f"{{{name}}} is followed by something else than a format")
            found.append((name, format_spec or ""))
    return found


def _what_is_wrong(office: Office, name: str, text: str) -> str | None:
    if name not in {*Kind}:
        near = get_close_matches(name, list(Kind), 1)
        return f"a name of an answer in {FILE}" + (f"; {near[0]} is one" if near else "")
    kind = Kind(name)
    texts, answer = Texts(office), longest_answer(office, kind)
    usual = dict.fromkeys(field for field, _ in fields_of(texts.usual(kind)))
    known = {*texts.office_values, *usual}
    try:
        shown = fields_of(text)
        if unknown := {field for field, _ in shown} - known:
            return f"{{{min(unknown)}}} is no value of this answer, which has {', '.join(sorted(known))}"
        if missing := [field for field in usual if field in INDISPENSABLE.difference(field for field, _ in shown)]:
            return f"it has to show {{{missing[0]}}}, as in {FILE}"
        for field, format_ in shown:
            values = answer.fields.get(field, texts.office_values.get(field))
            if isinstance(values, tuple) is not (format_ in FORMATS_OF_SEVERAL):
                return f"{{{field}}} in another format: {format_ or 'none'} does not show what it is, see {FILE}"
        rendered = texts.render(answer)
    except ValueError as error:
        return f"texts and {{values}} with formats as {FILE} explains them ({error})"
    if kind is Kind.ECHO and office.registration.approval and not isinstance(read_request(rendered.text), Approval):
        return f"a text that approves when it is sent back: with the lines Nama, Tgl Lahir and Tgl layanan as in {FILE}"
    if (longest := counted_length(rendered.text)) > (most := most_characters(kind, rendered)):
        return f"shorter: with the longest values it has {longest} characters, and WhatsApp takes {most}"
    return None
