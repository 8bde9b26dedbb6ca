"""Every answer that an applicant can get: its name and the values that it shows. The words stand in `texts/`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from antrian.domain.booking import Booking, Lapse, State
from antrian.domain.office import Closure, ClosureKind, Office
from antrian.domain.request import typed_date


class Kind(StrEnum):
    """The names of all answers; the value is the key in the texts."""

    # What is asked for is done.
    ECHO = "echo"
    TICKET = "ticket"
    CANCELLED = "cancelled"
    # A registration is refused.
    MISREAD = "misread"
    BIRTH_DATE_IMPOSSIBLE = "birth_date_impossible"
    SERVICE_DATE_IMPOSSIBLE = "service_date_impossible"
    SERVICE_DATE_PAST = "service_date_past"
    SERVICE_DATE_TOO_SOON = "service_date_too_soon"
    BEYOND_HORIZON = "beyond_horizon"
    OFFICE_CLOSED_WEEKDAY = "office_closed_weekday"
    OFFICE_CLOSED_NAMED = "office_closed_named"
    OUTSIDE_HOURS = "outside_hours"
    DAY_FULL = "day_full"
    ALL_DAYS_FULL = "all_days_full"
    ALREADY_BOOKED = "already_booked"
    ALREADY_CHECKED_IN = "already_checked_in"
    PERSON_BOOKED = "person_booked"
    PERSON_PENDING = "person_pending"
    SUPERSEDED = "superseded"
    NO_DAY_OPEN = "no_day_open"
    # A registration is not complete.
    PHOTO_MISSING = "photo_missing"
    WORDS_MISSING = "words_missing"
    PHOTO_UNFIT = "photo_unfit"
    # An approval is refused.
    CODE_UNKNOWN = "code_unknown"
    CODE_TOO_LATE = "code_too_late"
    CODE_NOT_YOURS = "code_not_yours"
    CODE_REPLACED = "code_replaced"
    CODE_CANCELLED = "code_cancelled"
    # A cancellation is refused.
    NOTHING_TO_CANCEL = "nothing_to_cancel"
    CANCEL_NOT_YOURS = "cancel_not_yours"
    ALREADY_CANCELLED = "already_cancelled"
    # A move to another day is refused.
    RESCHEDULE_FULL = "reschedule_full"
    RESCHEDULE_ALL_FULL = "reschedule_all_full"
    ALREADY_THAT_DAY = "already_that_day"
    NOTHING_TO_RESCHEDULE = "nothing_to_reschedule"
    RESCHEDULE_NOT_YOURS = "reschedule_not_yours"
    RESCHEDULED_TOO_OFTEN = "rescheduled_too_often"
    OFFICE_GIVES_THE_DAY = "office_gives_the_day"
    # A booking that is over.
    EXPIRED = "expired"
    DAY_CLOSED = "day_closed"
    DAY_CLOSED_FULL = "day_closed_full"
    # A booking that stands, and nobody asked.
    REMINDER = "reminder"
    # An applicant is led to a registration.
    ASK_NAME = "ask_name"
    ASK_NAME_AGAIN = "ask_name_again"
    ASK_BIRTH_DATE = "ask_birth_date"
    ASK_BIRTH_DATE_AGAIN = "ask_birth_date_again"
    ASK_ADDRESS = "ask_address"
    ASK_ADDRESS_AGAIN = "ask_address_again"
    ASK_DAY = "ask_day"
    ASK_DAY_AGAIN = "ask_day_again"
    DIALOGUE_ENDED = "dialogue_ended"
    # Which days have seats.
    QUOTA = "quota"
    QUOTA_FULL = "quota_full"
    NEXT_DAY = "next_day"
    DAYS_TO_MOVE_TO = "days_to_move_to"
    NO_OTHER_DAY = "no_other_day"
    # Somebody cannot or need not book here.
    NOT_HERE = "not_here"
    COME_DIRECTLY = "come_directly"
    # Anything else.
    HELP = "help"
    HELP_PENDING = "help_pending"
    HELP_BOOKED = "help_booked"
    HELP_CHECKED_IN = "help_checked_in"
    ONLY_TEXT = "only_text"
    PHOTO_NOT_KEPT = "photo_not_kept"
    PHOTO_NOT_NEEDED = "photo_not_needed"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's name and the values that its text shows.

    Values are plain: dates and moments in ISO 8601 (moments with their offset), codes as they are stored. How they are
    shown is the texts' business.
    """

    kind: Kind
    fields: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


Fields = dict[str, str | tuple[str, ...]]


def details(booking: Booking) -> Fields:
    """Return the values of a booking that answers show; those of its seat are absent while it has none."""
    fields: Fields = {
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


# Finds the next day with a seat for the holder of a booking, as of now.
NextDay = Callable[[Booking, datetime], date | None]


def about(booking: Booking, office: Office, now: datetime, next_day: NextDay | None = None) -> Answer:
    """Return the answer about a booking, by its state.

    `next_day` is called only for a booking that lapsed because the day that its holder chose was full.
    """
    fields = details(booking)
    match booking.state:
        case State.PENDING:
            return Answer(Kind.ECHO, fields)
        case State.CONFIRMED:
            return Answer(Kind.TICKET, {**fields, "documents": office.service.documents})
        case State.CHECKED_IN:
            return Answer(Kind.ALREADY_CHECKED_IN, fields)
        case State.EXPIRED:
            return expired(booking, office, now)
        case State.CANCELLED:
            # Where the office asks for no approval, applicants know of no code.
            kind = Kind.CODE_CANCELLED if office.registration.approval else Kind.ALREADY_CANCELLED
            return closed_by_now(booking, office, now) or Answer(kind, fields)
        case State.REPLACED:
            return Answer(Kind.CODE_REPLACED if office.registration.approval else Kind.SUPERSEDED, fields)
        case State.LAPSED:
            return _lapsed(booking, office, now, next_day)


def in_the_way(holder: Booking) -> Answer:
    """Return the answer to somebody who has a booking and registers once more."""
    kind = Kind.ALREADY_CHECKED_IN if holder.state is State.CHECKED_IN else Kind.ALREADY_BOOKED
    return Answer(kind, details(holder))


def closed(office: Office, day: date, closure: Closure, now: datetime) -> Answer:
    """Return the answer to somebody who wants to come on a day on which the office is closed."""
    kind = Kind.OFFICE_CLOSED_WEEKDAY if closure.kind is ClosureKind.WEEKDAY else Kind.OFFICE_CLOSED_NAMED
    return Answer(kind, {"service_date": day.isoformat(), "reason": closure.reason, **open_days(office, now)})


def reminder(booking: Booking) -> Answer:
    """Return the reminder of a confirmed booking, for the evening before."""
    return Answer(Kind.REMINDER, details(booking))


def called_off(booking: Booking, office: Office, next_days: Sequence[date]) -> Answer:
    """Return the notice to somebody whose day the office has closed, with the next days that have a seat."""
    closure = office.closure(booking.service_date)
    fields = {**details(booking), "reason": closure.reason if closure else ""}
    if not next_days:
        return Answer(Kind.DAY_CLOSED_FULL, fields)
    shown = tuple(day.isoformat() for day in next_days)
    return Answer(Kind.DAY_CLOSED, {**fields, "next_days": shown, **_again(booking, next_days[0])})


def _again(booking: Booking, day: date) -> dict[str, str]:
    """Return a day that has a seat, and the message that registers the same person for it."""
    # Where the office gives the day, the same message as before is enough: the office then gives the earliest day.
    again = f"#{booking.name}#{typed_date(booking.birth_date)}#{booking.address or typed_date(day)}"
    return {"next_day": day.isoformat(), "register_again": again}


def _full(booking: Booking, next_day: date | None) -> Answer:
    fields = {"service_date": booking.service_date.isoformat()}
    if next_day is None:
        return Answer(Kind.ALL_DAYS_FULL, fields)
    return Answer(Kind.DAY_FULL, {**fields, **_again(booking, next_day)})


def no_other_day(booking: Booking, requested_day: date, next_day: date | None) -> Answer:
    """Return the answer to somebody who keeps their seat because the day that they ask for is full."""
    fields = {**details(booking), "asked_day": requested_day.isoformat()}
    if next_day is None:
        return Answer(Kind.RESCHEDULE_ALL_FULL, fields)
    # With the booking's code, so that the button below an old message cannot move a newer booking.
    again = f"#ubah#{typed_date(next_day)}#{booking.code}"
    return Answer(Kind.RESCHEDULE_FULL, {**fields, "next_day": next_day.isoformat(), "reschedule_again": again})


def impossible_day(office: Office, now: datetime, written: str) -> Answer:
    """Return the answer to somebody who asked to move to a date that no calendar has: how to ask for another day."""
    return Answer(Kind.SERVICE_DATE_IMPOSSIBLE, {"written": written, **days_to_move_to(office, now)})


def for_rescheduling(refused: Answer, office: Office, now: datetime) -> Answer:
    """Return the refusal of a registration's day as that of a move: its example shows how to ask for another day."""
    if "example" not in refused.fields:
        return refused
    return Answer(refused.kind, {**refused.fields, **days_to_move_to(office, now)})


def days_to_move_to(office: Office, now: datetime) -> Fields:
    """Return the days to which one may move a booking now, and an example filled in with the first of them."""
    days = office.bookable_days(now)
    example = f"#ubah#{typed_date(days[0])}" if days else "#ubah#ddmmyyyy"
    return {"open_days": tuple(day.isoformat() for day in days), "example": example}


def standing(bookings: Iterable[Booking], at: datetime) -> Booking | None:
    """Return the booking that is not over at this moment, with a seat or its holder let in; None if there is none."""
    for booking in bookings:
        void = booking.seat is not None and booking.seat.void_after < at
        inside = booking.state is State.CHECKED_IN and at < booking.claims_until
        if inside or (booking.state is State.CONFIRMED and not void):
            return booking
    return None


def outside_hours(office: Office) -> Answer:
    """Return the answer to somebody who registers outside the office's hours for it."""
    return Answer(
        Kind.OUTSIDE_HOURS,
        {"opens": f"{office.registration.opens:%H.%M}", "closes": f"{office.registration.closes:%H.%M}"},
    )


def no_seats(office: Office, now: datetime) -> Answer:
    """Return the answer to somebody who looks for a day when no day has a seat: all are full, or none is open."""
    return Answer(Kind.QUOTA_FULL if office.bookable_days(now) else Kind.NO_DAY_OPEN)


def rows(days: Iterable[tuple[date, int]], typed: Callable[[date], str]) -> Fields:
    """Return the rows of a list of days with their free seats; `typed` returns what a person would type for a day."""
    shown = [(typed(day), day.isoformat(), str(seats)) for day, seats in days]
    ids, dates, seats = zip(*shown, strict=True) if shown else ((), (), ())
    return {"row_id": ids, "row_day": dates, "row_seats": seats}


def help_(office: Office, now: datetime) -> Answer:
    """Return the help: what people can write here, with an example for the first open day."""
    return Answer(Kind.HELP, open_days(office, now))


def open_days(office: Office, now: datetime) -> Fields:
    """Return the days for which one may register now, and an example filled in with the first of them."""
    days = office.bookable_days(now)
    example = f"#Budi#25011987#{typed_date(days[0])}" if days else "#Budi#25011987#ddmmyyyy"
    if office.registration.gives_the_day:
        example = "Budi#25011987#Jl. Merdeka No. 10"
    return {"open_days": tuple(day.isoformat() for day in days), "example": example}


def closed_by_now(booking: Booking, office: Office, now: datetime) -> Answer | None:
    """Return the reason for a booking's end where the office closed its day and has not reopened it, else None."""
    closure = office.closure(booking.service_date)
    if booking.lapse is Lapse.OFFICE_CLOSED and closure is not None:
        return closed(office, booking.service_date, closure, now)
    return None


def _lapsed(booking: Booking, office: Office, now: datetime, next_day: NextDay | None) -> Answer:
    if answer := closed_by_now(booking, office, now):
        return answer
    if booking.lapse is Lapse.IN_THE_WAY:
        return Answer(Kind.SUPERSEDED, details(booking))
    if booking.lapse is Lapse.DAY_FULL:
        # Where the office gives the day, it has looked for another one already.
        return _full(booking, next_day(booking, now) if next_day and not office.registration.gives_the_day else None)
    return Answer(Kind.CODE_TOO_LATE, details(booking))


def expired(booking: Booking, office: Office, now: datetime) -> Answer:
    """Return the notice to somebody who did not come in time, with how to register again."""
    again = open_days(office, now)["example"]
    return Answer(Kind.EXPIRED, {**details(booking), "example": again})
