"""Turns bookings and office rules into answers: which values each answer shows."""

from datetime import date, datetime

from antrian.domain.answer import Answer, Kind
from antrian.domain.booking import Booking, Lapse, State
from antrian.domain.office import Closure, ClosureKind, Office
from antrian.domain.request import typed_date


def details(booking: Booking) -> dict[str, str | tuple[str, ...]]:
    """Return the values of a booking that answers show. Seat values are present once there is a seat."""
    fields: dict[str, str | tuple[str, ...]] = {
        "name": booking.name,
        "birth_date": booking.birth_date.isoformat(),
        "service_date": booking.service_date.isoformat(),
        "booking_code": booking.code,
        "approval_code": booking.approval_code,
        "approve_by": booking.approve_by.isoformat(),
        "whatsapp_number": f"+{booking.sender.phone}" if booking.sender.phone else booking.sender.user_id or "",
    }
    if booking.seat is not None:
        fields |= {
            "queue_number": str(booking.seat.number),
            "starts_at": booking.seat.starts_at.isoformat(),
            "opens_at": booking.seat.opens_at.isoformat(),
            "void_after": booking.seat.void_after.isoformat(),
        }
    return fields


def about(booking: Booking, office: Office, now: datetime, next_day: date | None = None) -> Answer:
    """Return the answer to somebody who approves a booking, by the state in which it stands.

    `next_day` is the next day with a seat; only a booking that lapsed because its day was full shows it.
    """
    fields = details(booking)
    match booking.state:
        case State.PENDING:
            return Answer(Kind.ECHO, fields)
        case State.CONFIRMED:
            return Answer(Kind.TICKET, {**fields, "documents": office.documents})
        case State.CHECKED_IN:
            return Answer(Kind.ALREADY_CHECKED_IN, fields)
        case State.EXPIRED:
            return expired(booking, office, now)
        case State.CANCELLED:
            return Answer(Kind.CODE_CANCELLED, fields)
        case State.REPLACED:
            # Where no approval is asked for, nobody knows of a code.
            return Answer(Kind.CODE_REPLACED if office.approval else Kind.SUPERSEDED, fields)
        case State.LAPSED:
            return _lapsed(booking, office, now, next_day)


def in_the_way(holder: Booking) -> Answer:
    """Return the answer to the sender of a standing booking who registers once more."""
    kind = Kind.ALREADY_CHECKED_IN if holder.state is State.CHECKED_IN else Kind.ALREADY_BOOKED
    return Answer(kind, details(holder))


def closed(office: Office, day: date, closure: Closure, now: datetime) -> Answer:
    """Return the answer to somebody who wants to come on a day on which the office is closed."""
    kind = Kind.OFFICE_CLOSED_WEEKDAY if closure.kind is ClosureKind.WEEKDAY else Kind.OFFICE_CLOSED_NAMED
    return Answer(kind, {"service_date": day.isoformat(), "reason": closure.reason, **open_days(office, now)})


def _full(booking: Booking, next_day: date | None) -> Answer:
    fields = {"service_date": booking.service_date.isoformat()}
    if next_day is None:
        return Answer(Kind.ALL_DAYS_FULL, fields)
    again = f"#{booking.name}#{typed_date(booking.birth_date)}#{typed_date(next_day)}"
    return Answer(Kind.DAY_FULL, {**fields, "next_day": next_day.isoformat(), "register_again": again})


def help_(office: Office, now: datetime) -> Answer:
    """Return what can be written here, with an example for the first open day."""
    return Answer(Kind.HELP, open_days(office, now))


def open_days(office: Office, now: datetime) -> dict[str, str | tuple[str, ...]]:
    """Return the days for which one may register now, and an example filled in with the first of them."""
    days = office.bookable_days(now)
    return {
        "open_days": tuple(day.isoformat() for day in days),
        "example": f"#Budi#25011987#{typed_date(days[0])}" if days else "#Budi#25011987#ddmmyyyy",
    }


def _lapsed(booking: Booking, office: Office, now: datetime, next_day: date | None) -> Answer:
    closure = office.closure(booking.service_date)
    if booking.lapse is Lapse.OFFICE_CLOSED and closure is not None:
        return closed(office, booking.service_date, closure, now)
    if booking.lapse is Lapse.DAY_FULL:
        return _full(booking, next_day)
    return Answer(Kind.CODE_TOO_LATE, details(booking))


def expired(booking: Booking, office: Office, now: datetime) -> Answer:
    """Return the notice to somebody who did not come in time, with how to register again."""
    again = open_days(office, now)["example"]
    return Answer(Kind.EXPIRED, {**details(booking), "example": again})
