"""Builds what tests talk about: an office, a moment, a message, a booking."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from antrian.domain.booking import Booking, State
from antrian.domain.cases import Case
from antrian.domain.claims import ClaimKey
from antrian.domain.message import Message, Photo, Sender
from antrian.domain.office import Format, Office, RegistrationRules, ServiceRules, Session
from antrian.domain.scan import Scan

WIB = ZoneInfo("Asia/Jakarta")
KEY = b"a key for tests, which protects nobody"
# A Saturday: Monday the 23rd is the first day on which an office serves.
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=WIB)
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
BUDI = Sender(phone="628110000001")
SITI = Sender(phone="628110000002")

_ids = count(1)


def office(**changes: Any) -> Office:
    """Return a small office: two slots a day of two seats each, at 8.00 and 8.30 WIB, Mondays to Fridays.

    `changes` are fields of the office or of its rules, by their names.
    """
    small = Office(
        id="contoh",
        name="Kantor Imigrasi Contoh",
        code_prefix="CTH",
        zone=WIB,
        whatsapp_number="0811 0000 0000",
        registration=RegistrationRules(
            opens=None,
            closes=None,
            first_day=1,
            last_day=14,
            format=Format.NAME_BIRTH_DAY,
            photo=False,
            approval=True,
            approval_minutes=60,
            one_code_per_person=True,
            messages_per_window=0,
            window_minutes=10,
        ),
        service=ServiceRules(
            sessions=(Session(frozenset(range(5)), time(8), time(9)),),
            slot_minutes=30,
            counters=1,
            interview_minutes=15,
            quota=4,
            come_early_minutes=30,
            grace_minutes=15,
            cooling_minutes=(0, 0),
            reminder_at=None,
            documents=("e-KTP asli", "Kartu Keluarga asli"),
            not_here=(Case.LOST, Case.DAMAGED),
            come_directly=(Case.MIGRANT_WORKER, Case.SICK, Case.ELDERLY),
        ),
        closed_dates={},
        open_dates=frozenset(),
        retention_days=90,
        texts={},
        templates={
            "expired": "antrian_hangus",
            "reminder": "antrian_pengingat",
            "day_closed": "antrian_tutup",
            "day_closed_full": "antrian_tutup_penuh",
        },
    )
    return changed(small, **changes)


def changed(office: Office, **changes: Any) -> Office:
    """Return an office with some of its fields, or of the fields of its rules, changed."""

    def take(rules: type) -> dict[str, Any]:
        return {field.name: changes.pop(field.name) for field in fields(rules) if field.name in changes}

    registration = replace(office.registration, **take(RegistrationRules))
    service = replace(office.service, **take(ServiceRules))
    return replace(office, registration=registration, service=service, **changes)


def wib(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment at a WIB office."""
    return datetime.combine(day, time(hour, minute), WIB)


def message(
    text: str | None = None,
    *,
    sender: Sender = BUDI,
    at: datetime = NOW,
    id: str | None = None,  # noqa: A002 - it is what WhatsApp calls it
    button: str | None = None,
    photo: Photo | None = None,
) -> Message:
    """Return a message with an id of its own; the text of one with a photo is its caption."""
    kind = "interactive" if button else "image" if photo else "text" if text else "sticker"
    return Message(id or f"wamid.test{next(_ids)}", sender, at.astimezone(UTC), kind, text, button, photo=photo)


def booking(sender: Sender = BUDI, **changes: Any) -> Booking:
    """Return a pending booking for Monday, sent now."""
    number = next(_ids)
    return replace(
        Booking(
            code=f"CTH{number:07d}0",
            state=State.PENDING,
            approval_code=f"{number:08d}",
            message_id=f"wamid.built{number}",
            sender=sender,
            name="Budi Santoso",
            birth_date=date(1987, 1, 25),
            service_date=MONDAY,
            sent_at=NOW.astimezone(UTC),
            approve_by=(NOW + timedelta(minutes=60)).astimezone(UTC),
            claims=(ClaimKey(f"PHONE#{sender.phone}"),),
            claims_until=office().end_of(MONDAY),
        ),
        **changes,
    )


def scan(nonce: str = "nonce-0001", at: datetime = NOW, **changes: Any) -> Scan:
    """Return a scan of which the server heard when it happened."""
    moment = at.astimezone(UTC)
    return replace(Scan(nonce, "officer-1", "device-1", moment, moment), **changes)
