"""Reads the dates on which an office is closed although it is a weekday with hours, and holidays on which it serves."""

from collections.abc import Mapping
from datetime import date

from antrian.adapters.office_file.table import WEEKDAYS, OfficeTable
from antrian.domain.office import Session


def read_closed_dates(root: OfficeTable) -> dict[date, str]:
    """Return the dates in `[closed_dates]` with their reasons. Raises OfficeFileError."""
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


def read_open_dates(
    root: OfficeTable, closed_dates: Mapping[date, str], sessions: tuple[Session, ...]
) -> frozenset[date]:
    """Return the dates in `open_dates`, each of which has hours and is not closed as well. Raises OfficeFileError."""
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
