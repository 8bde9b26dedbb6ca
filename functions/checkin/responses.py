"""Makes the answers to an officer's phone from decisions and days: see `docs/openapi.yaml`."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from antrian.domain import codes
from antrian.domain.booking import Booking, State
from antrian.domain.door import Outcome
from antrian.domain.office import Office
from antrian.usecases.door.admission import Decision

LAST_DIGITS = 4


def decision(decided: Decision, office: Office) -> dict[str, Any]:
    """Return a decision as the phone gets it; moments are in the office's zone."""
    content: dict[str, Any] = {"outcome": decided.outcome}
    if decided.office_name is not None:
        content["office"] = decided.office_name
    if (booking := decided.booking) is None:
        return content
    content |= {"code": codes.shown(booking.code), "service_date": booking.service_date.isoformat()}
    content |= _seat(booking, office)
    if decided.outcome is Outcome.OK:
        scan = decided.record.scan
        content["checked_in_at"] = _moment(scan.at, office)
        if scan.admits_late and booking.seat is not None and scan.at > booking.seat.starts_at:
            content["admitted_late"] = True
    if decided.outcome is Outcome.USED and booking.check_in is not None:
        content["checked_in_at"] = _moment(booking.check_in.at, office)
    if decided.outcome is Outcome.CANCELLED and booking.ended_at is not None:
        content["cancelled_at"] = _moment(booking.ended_at, office)
    if decided.record.undoing is not None:
        content["undone_at"] = _moment(decided.record.undoing.at, office)
    return content


def listed(bookings: Sequence[Booking], office: Office) -> list[dict[str, Any]]:
    """Return a day's bookings as a phone keeps them: with a hash in place of each code."""
    return [
        {"hash": hashlib.sha256(booking.code.encode()).hexdigest(), **_attendance(booking, office)}
        for booking in bookings
    ]


def day_list(day: date, bookings: list[dict[str, Any]], now: datetime, office: Office) -> dict[str, Any]:
    """Return a day's list as of now."""
    return {"office": office.name, "date": day.isoformat(), "now": _moment(now, office), "bookings": bookings}


def found(bookings: Sequence[Booking], office: Office) -> list[dict[str, Any]]:
    """Return bookings as a supervisor needs them to let their holders in, or to take that back."""
    content = []
    for booking in bookings:
        entry = {"code": codes.shown(booking.code), **_attendance(booking, office)}
        if booking.sender.phone:
            entry["phone"] = f"•••{booking.sender.phone[-LAST_DIGITS:]}"
        if booking.check_in is not None:
            entry["nonce"] = booking.check_in.nonce
        content.append(entry)
    return content


def _attendance(booking: Booking, office: Office) -> dict[str, Any]:
    content = {**_seat(booking, office), "state": booking.state}
    if booking.state is State.CHECKED_IN and booking.check_in is not None:
        content["checked_in_at"] = _moment(booking.check_in.at, office)
    if booking.ticket_undelivered:
        content["ticket_undelivered"] = True
    return content


def _seat(booking: Booking, office: Office) -> dict[str, Any]:
    if booking.seat is None:
        return {"name": booking.masked_name}
    return {
        "name": booking.masked_name,
        "queue_number": booking.seat.number,
        "starts_at": _moment(booking.seat.starts_at, office),
        "opens_at": _moment(booking.seat.opens_at, office),
        "void_after": _moment(booking.seat.void_after, office),
    }


def _moment(at: datetime, office: Office) -> str:
    return office.local(at).isoformat(timespec="seconds")
