"""Reads `[registration]` of an office file: who may register, when, and how."""

from datetime import time

from antrian.adapters.office_file.table import OfficeTable
from antrian.domain.office import Format, RegistrationRules


def read_registration(table: OfficeTable) -> RegistrationRules:
    """Return the rules in this table. Raises OfficeFileError."""
    opens, closes = _hours(table)
    first_day, last_day = _horizon(table)
    format_ = _format(table)
    rules = RegistrationRules(
        opens=opens,
        closes=closes,
        first_day=first_day,
        last_day=last_day,
        format=format_,
        photo=table.flag("photo", "whether a registration needs a photo of the e-KTP or birth certificate"),
        approval=_approval(table, format_),
        # At most half a day, because the echo names the end by its hour alone.
        approval_minutes=table.number("approval_minutes", 5, 720, "the minutes for which an approval code is good"),
        one_code_per_person=table.flag(
            "one_code_per_person", "whether a name with a birth date may hold one code only, from whichever number"
        ),
        # Each message that counts is kept in one item, which costs one unit to write up to about this many.
        messages_per_window=table.number(
            "messages_per_window", 0, 40, "the messages that one sender may write in a window (0 is any number)"
        ),
        # At most two hours, because the answer names the end by its hour alone.
        window_minutes=table.number("window_minutes", 1, 120, "the minutes of such a window"),
    )
    table.finish()
    return rules


def _hours(table: OfficeTable) -> tuple[time | None, time | None]:
    opens, closes = table.hour("opens", optional=True), table.hour("closes", optional=True)
    if (opens is None) != (closes is None):
        raise table.missing("closes" if closes is None else "opens", "opens and closes stand together, or neither does")
    if opens is not None and closes is not None and opens >= closes:
        raise table.refuse("closes", f"{closes:%H:%M}", f"later than opens, {opens:%H:%M}")
    return opens, closes


def _horizon(table: OfficeTable) -> tuple[int, int]:
    first_day = table.number("first_day", 0, 60, "how many days ahead the first bookable day is (1 is tomorrow)")
    last_day = table.number("last_day", 0, 60, "how many days ahead the last bookable day is")
    if last_day < first_day:
        raise table.refuse("last_day", last_day, f"at least first_day, {first_day}")
    return first_day, last_day


def _format(table: OfficeTable) -> Format:
    right = (
        f'"{Format.NAME_BIRTH_DAY}" (#Nama#TglLahir#TglLayanan, the applicant chooses the day) or '
        f'"{Format.NAME_BIRTH_ADDRESS}" (Nama#TglLahir#Alamat, the office gives the earliest day)'
    )
    value = table.take("format", right)
    if value not in list(Format):
        raise table.refuse("format", value, right)
    return Format(value)


def _approval(table: OfficeTable, format_: Format) -> bool:
    approval = table.flag("approval", "whether an applicant approves the echo before getting a seat")
    if approval and format_ is Format.NAME_BIRTH_ADDRESS:
        # The echo would name a day that may be full when it is approved.
        raise table.refuse("approval", approval, "false where the office gives the day with the seat")
    return approval
