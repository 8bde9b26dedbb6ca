"""Reads `offices/<id>.toml` and refuses what cannot be right, naming file, key, value and what would be right."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

from antrian.adapters.office_table import OfficeFileError, OfficeTable
from antrian.domain.cases import Case
from antrian.domain.codes import PREFIX_PATTERN
from antrian.domain.office import Format, Office, Session

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A day is opened in one transaction, which takes 100 items: one says that the day is open.
MOST_SLOTS_A_DAY = 99
# A slot's item stays under 1 KB, the unit that a write is billed by, with this many seats, all of them cooling.
MOST_SEATS_A_SLOT = 36
LONGEST_COOLING = 720
# Nobody is to be woken up, or reminded in the morning of the morning after.
EARLIEST_REMINDER, LATEST_REMINDER = time(12), time(21)
# The caption below a QR image takes 1,024 characters, and the documents stand in it with everything else.
MOST_DOCUMENTS = 8
LONGEST_DOCUMENT = 80
LONGEST_DOCUMENTS = 500
# The answers that may come long after somebody wrote, with the usual names of the templates that stand for them.
TEMPLATES = {
    "expired": "antrian_hangus",
    "reminder": "antrian_pengingat",
    "day_closed": "antrian_tutup",
    "day_closed_full": "antrian_tutup_penuh",
}
# Texts know these zones' short names; there are no others in Indonesia.
ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")


def load_office(path: Path, holidays: Mapping[date, str] | None = None) -> Office:
    """Read and check one office file; its name without `.toml` is the office's id.

    `holidays` are national holidays, on which the office is closed unless it lists the date in `open_dates`.
    Raises OfficeFileError.
    """
    file = path.name
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", path.stem):
        raise OfficeFileError(
            f"{file}: the file's name is the office's id: small letters and dashes, as in jakarta-pusat.toml"
        )
    try:
        # With or without the mark that Windows editors put before UTF-8.
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise OfficeFileError(
            f"{file}: there is no such file in {path.parent.name}/; add it or correct the office's id"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise OfficeFileError(f"{file}: this is not TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise OfficeFileError(f"{file}: byte {error.start + 1} is not UTF-8: save the file as UTF-8") from None
    root = OfficeTable(file, "", content)
    registration = root.table("registration", "a table of when and how one may register")
    service = root.table("service", "a table of the hours and the counters")
    opens, closes = _hours(registration)
    first_day, last_day = _horizon(registration)
    sessions = _sessions(service)
    slot_minutes = service.number("slot_minutes", 5, 240, "the minutes of one slot")
    _check_sessions(service, sessions, slot_minutes)
    counters = service.number("counters", 1, 100, "the counters that interview at the same time")
    interview_minutes = service.number("interview_minutes", 1, 240, "the estimated minutes of one interview")
    seats = counters * slot_minutes // interview_minutes
    if not 1 <= seats <= MOST_SEATS_A_SLOT:
        raise service.refuse(
            "slot_minutes",
            slot_minutes,
            f"{counters} counters with interviews of {interview_minutes} minutes make {seats} seats a slot; "
            f"choose a length that makes 1 to {MOST_SEATS_A_SLOT}",
        )
    closed_dates = _closed_dates(root)
    not_here = _cases(service, "not_here", "who cannot book over WhatsApp")
    come_directly = _cases(service, "come_directly", "who may come without booking")
    if both := [case for case in come_directly if case in not_here]:
        raise service.refuse("come_directly", both[0], "a case that does not stand in not_here as well")
    format_ = _format(registration)
    office = Office(
        id=path.stem,
        name=root.text(
            "name",
            "the office's name, as applicants know it, of at most 60 characters and none of * _ ~ `",
            matches=r"(?=.*\S)[^*_~`\x00-\x1f]{1,60}",
        ),
        code_prefix=root.text(
            "code_prefix",
            "three characters of 0-9 and A-Z without I, L, O, U, no other office's: they begin each booking code",
            matches=PREFIX_PATTERN,
        ),
        zone=_zone(root),
        whatsapp_number=root.text(
            "whatsapp_number",
            'digits and spaces, as people dial it, such as "0811 1100 333"',
            matches=r"0(?: ?[0-9]){8,13}",
        ),
        opens=opens,
        closes=closes,
        first_day=first_day,
        last_day=last_day,
        format=format_,
        photo=registration.flag("photo", "whether a registration needs a photo of the e-KTP or birth certificate"),
        approval=_approval(registration, format_),
        approval_minutes=registration.number(
            # At most half a day, because the echo names the end by its hour alone.
            "approval_minutes",
            5,
            720,
            "the minutes for which an approval code is good",
        ),
        one_code_per_person=registration.flag(
            "one_code_per_person", "whether a name with a birth date may hold one code only, from whichever number"
        ),
        # Each message that counts is kept in one item, which costs one unit to write up to about this many.
        messages_per_window=registration.number(
            "messages_per_window", 0, 40, "the messages that one sender may write in a window (0 is any number)"
        ),
        # At most two hours, because the answer names the end by its hour alone.
        window_minutes=registration.number("window_minutes", 1, 120, "the minutes of such a window"),
        sessions=sessions,
        slot_minutes=slot_minutes,
        counters=counters,
        interview_minutes=interview_minutes,
        quota=service.number("quota", 1, 5000, "the most people a day"),
        # The door lets people in from then until their hour: without these minutes, it never would.
        come_early_minutes=service.number("come_early_minutes", 5, 240, "how many minutes before the hour to come"),
        grace_minutes=service.number("grace_minutes", 0, 240, "the minutes after the hour before a code is void"),
        cooling_minutes=_cooling(service),
        reminder_at=_reminder_at(service),
        documents=_documents(service),
        not_here=not_here,
        come_directly=come_directly,
        closed_dates={**(holidays or {}), **closed_dates},
        open_dates=_open_dates(root, closed_dates, sessions),
        retention_days=root.number(
            "retention_days", 1, 3650, "the days for which a booking is kept after its service date"
        ),
        texts=_texts(root),
        templates=_templates(root),
    )
    for table in (root, registration, service):
        table.finish()
    return office


def load_offices(folder: Path) -> dict[str, Office]:
    """Read every office of a folder by id, with the national holidays in its `holidays.json` where there is one.

    Raises OfficeFileError, also when two offices share a code prefix.
    """
    holidays_file = folder / "holidays.json"
    holidays = (
        {date.fromisoformat(day): name for day, name in json.loads(holidays_file.read_text(encoding="utf-8")).items()}
        if holidays_file.exists()
        else {}
    )
    offices: dict[str, Office] = {}
    prefixes: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        office = load_office(path, holidays)
        if office.code_prefix in prefixes:
            raise OfficeFileError(
                f'{path.name}: code_prefix = "{office.code_prefix}" is not right: '
                f"{prefixes[office.code_prefix]}.toml has it already; choose another"
            )
        prefixes[office.code_prefix] = office.id
        offices[office.id] = office
    return offices


def _zone(root: OfficeTable) -> ZoneInfo:
    right = "Asia/Jakarta or Asia/Pontianak (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)"
    name = root.text("time_zone", right)
    if name not in ZONES:
        raise root.refuse("time_zone", name, right)
    return ZoneInfo(name)


def _hours(registration: OfficeTable) -> tuple[time | None, time | None]:
    opens, closes = registration.hour("opens", optional=True), registration.hour("closes", optional=True)
    if (opens is None) != (closes is None):
        raise registration.missing(
            "closes" if closes is None else "opens", "opens and closes stand together, or neither does"
        )
    if opens is not None and closes is not None and opens >= closes:
        raise registration.refuse("closes", f"{closes:%H:%M}", f"later than opens, {opens:%H:%M}")
    return opens, closes


def _horizon(registration: OfficeTable) -> tuple[int, int]:
    first_day = registration.number("first_day", 0, 60, "how many days ahead the first bookable day is (1 is tomorrow)")
    last_day = registration.number("last_day", 0, 60, "how many days ahead the last bookable day is")
    if last_day < first_day:
        raise registration.refuse("last_day", last_day, f"at least first_day, {first_day}")
    return first_day, last_day


def _format(registration: OfficeTable) -> Format:
    right = (
        f'"{Format.NAME_BIRTH_DAY}" (#Nama#TglLahir#TglLayanan, the applicant chooses the day) or '
        f'"{Format.NAME_BIRTH_ADDRESS}" (Nama#TglLahir#Alamat, the office gives the earliest day)'
    )
    value = registration.take("format", right)
    if value not in list(Format):
        raise registration.refuse("format", value, right)
    return Format(value)


def _approval(registration: OfficeTable, format_: Format) -> bool:
    approval = registration.flag("approval", "whether an applicant approves the echo before getting a seat")
    if approval and format_ is Format.NAME_BIRTH_ADDRESS:
        # The echo would name a day that may be full when it is approved.
        raise registration.refuse("approval", approval, "false where the office gives the day with the seat")
    return approval


def _sessions(service: OfficeTable) -> tuple[Session, ...]:
    sessions = []
    for table in service.tables("sessions", "one or more [[service.sessions]] with weekdays, starts and ends"):
        weekdays = table.entries(
            "weekdays",
            f"a list of {', '.join(WEEKDAYS)}",
            lambda item: isinstance(item, str) and item in WEEKDAYS,
            least=1,
        )
        starts, ends = table.hour("starts"), table.hour("ends")
        if starts is None or ends is None or starts >= ends:
            raise table.refuse("ends", f"{ends:%H:%M}", f"later than starts, {starts:%H:%M}")
        table.finish()
        sessions.append(Session(frozenset(WEEKDAYS.index(day) for day in weekdays), starts, ends))
    return tuple(sorted(sessions, key=lambda session: session.starts))


def _check_sessions(service: OfficeTable, sessions: tuple[Session, ...], slot_minutes: int) -> None:
    for weekday, name in enumerate(WEEKDAYS):
        before: Session | None = None
        slots = 0
        for session in (session for session in sessions if weekday in session.weekdays):
            if before is not None and session.starts < before.ends:
                raise service.refuse(
                    "sessions",
                    f"{name} {session.starts:%H:%M} to {session.ends:%H:%M}",
                    f"sessions of one day must not overlap, and {before.starts:%H:%M} to {before.ends:%H:%M} does",
                )
            before = session
            minutes = (session.ends.hour - session.starts.hour) * 60 + session.ends.minute - session.starts.minute
            if minutes % slot_minutes:
                raise service.refuse(
                    "slot_minutes",
                    slot_minutes,
                    f"the session {session.starts:%H:%M} to {session.ends:%H:%M} has {minutes} minutes; "
                    "choose a length that divides it without remainder",
                )
            slots += minutes // slot_minutes
        if slots > MOST_SLOTS_A_DAY:
            raise service.refuse(
                "slot_minutes", slot_minutes, f"longer: {name} would have {slots} slots, at most {MOST_SLOTS_A_DAY}"
            )


def _cases(service: OfficeTable, key: str, who: str) -> tuple[Case, ...]:
    right = f"{who}: a list of {', '.join(Case)}, each once"
    known = service.entries(key, right, lambda item: isinstance(item, str) and item in set(Case), least=1)
    if len(set(known)) < len(known):
        raise service.refuse(key, known, right)
    return tuple(Case(case) for case in known)


def _cooling(service: OfficeTable) -> tuple[int, int]:
    right = (
        "the minutes between which a seat that was given back cools, such as [15, 60]: whole numbers from 0 to "
        f"{LONGEST_COOLING}, the second larger than the first; [0, 0] lets it be booked at once"
    )
    bounds = service.entries("cooling_minutes", right, _is_cooling, least=2)
    low, high = bounds if len(bounds) == 2 else (0, 0)
    if len(bounds) != 2 or not (low < high or low == high == 0):
        raise service.refuse("cooling_minutes", bounds, right)
    return low, high


def _is_cooling(item: object) -> bool:
    return isinstance(item, int) and not isinstance(item, bool) and 0 <= item <= LONGEST_COOLING


def _reminder_at(service: OfficeTable) -> time | None:
    at = service.hour("reminder_at", optional=True)
    if at is not None and not EARLIEST_REMINDER <= at <= LATEST_REMINDER:
        bounds = f"from {EARLIEST_REMINDER:%H:%M} to {LATEST_REMINDER:%H:%M}"
        raise service.refuse("reminder_at", f"{at:%H:%M}", f"{bounds}, on the day before; leave it out for none")
    return at


def _templates(root: OfficeTable) -> dict[str, str]:
    right = "a name of small letters, digits and _, at most 512, that no other template of the office has"
    table = root.table("templates", "a table of the names of the office's templates at WhatsApp", optional=True)
    names: dict[str, str] = {}
    for answer, usual in TEMPLATES.items():
        name = table.take(answer, right, default=usual)
        if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9_]{1,512}", name) or name in names.values():
            raise table.refuse(answer, name, right)
        names[answer] = name
    table.finish()
    return names


def _texts(root: OfficeTable) -> dict[str, str]:
    table = root.table("texts", "a table of answers in the office's own words", optional=True)
    for name, text in table.items().items():
        if not isinstance(text, str) or not text.strip():
            raise table.refuse(name, text, "the text of this answer, as in layers/common/src/antrian/texts/id.toml")
    return {name: text.strip() for name, text in table.items().items()}


def _documents(service: OfficeTable) -> tuple[str, ...]:
    right = (
        f"the documents to bring, a list of at most {MOST_DOCUMENTS} texts of one line and at most {LONGEST_DOCUMENT} "
        f"characters, and {LONGEST_DOCUMENTS} characters together"
    )
    documents = [text.strip() for text in service.entries("documents", right, _is_document, least=1)]
    if len(documents) > MOST_DOCUMENTS:
        raise service.refuse("documents", f"{len(documents)} texts", right)
    if (length := sum(map(len, documents))) > LONGEST_DOCUMENTS:
        raise service.refuse("documents", f"{length} characters together", right)
    return tuple(documents)


def _is_document(item: object) -> bool:
    return isinstance(item, str) and bool(item.strip()) and item.isprintable() and len(item) <= LONGEST_DOCUMENT


def _open_dates(root: OfficeTable, closed_dates: Mapping[date, str], sessions: tuple[Session, ...]) -> frozenset[date]:
    dates = root.entries(
        "open_dates",
        "a list of dates such as 2026-12-24, on which the office serves although it is a holiday",
        lambda item: type(item) is date,
    )
    weekdays = frozenset().union(*(session.weekdays for session in sessions))
    for position, day in enumerate(dates, start=1):
        key = f"open_dates[{position}]"
        if day in closed_dates:
            raise root.refuse(key, day, "closed_dates closes this day; let it stand in one of the two")
        if day.weekday() not in weekdays:
            name = WEEKDAYS[day.weekday()]
            raise root.refuse(key, day, f"this is a {name}, and no session is on {name}; give it hours, or take it out")
    return frozenset(dates)


def _closed_dates(root: OfficeTable) -> dict[date, str]:
    table = root.table(
        "closed_dates", 'a table of dates with the reason, such as 2026-12-24 = "Cuti bersama"', optional=True
    )
    dates: dict[date, str] = {}
    for key, reason in table.items().items():
        try:
            day = date.fromisoformat(key)
        except ValueError:
            day = None
        if day is None or day.isoformat() != key:
            raise table.refuse(key, reason, 'a key that is a date, such as 2026-12-24 = "Cuti bersama"')
        if not isinstance(reason, str) or not reason.isprintable() or not 0 < len(reason.strip()) <= 80:
            raise table.refuse(key, reason, "the reason that applicants are told, one line of at most 80 characters")
        dates[day] = reason.strip()
    return dates
