"""Reads `offices/<id>.toml`; an error names file, key, value and what would be right."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from antrian.adapters.office_file.calendar import read_closed_dates, read_open_dates
from antrian.adapters.office_file.registration import read_registration
from antrian.adapters.office_file.service import read_service
from antrian.adapters.office_file.table import OfficeFileError, OfficeTable
from antrian.domain.codes import PREFIX_PATTERN
from antrian.domain.office import Office

# The answers that we may send long after somebody wrote, with the usual names of the templates that stand for them.
TEMPLATES = {
    "expired": "antrian_hangus",
    "reminder": "antrian_pengingat",
    "day_closed": "antrian_tutup",
    "day_closed_full": "antrian_tutup_penuh",
}
# All time zones of Indonesia; the texts have their short names.
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
        # With or without the byte order mark that Windows editors write.
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
    registration = read_registration(root.table("registration", "a table of when and how one may register"))
    service = read_service(root.table("service", "a table of the hours and the counters"))
    closed_dates = read_closed_dates(root)
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
        registration=registration,
        service=service,
        closed_dates={**(holidays or {}), **closed_dates},
        open_dates=read_open_dates(root, closed_dates, service.sessions),
        retention_days=root.number(
            "retention_days", 1, 3650, "the days for which a booking is kept after its service date"
        ),
        texts=_texts(root),
        templates=_templates(root),
    )
    root.finish()
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
