"""What the directorate decides for one office: hours, days, counters, quota."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from antrian.domain.cases import Case

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of service, in the office's wall time, on the weekdays given (0 is Monday)."""

    weekdays: frozenset[int]
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """One slot as the configuration plans it: its hour and the queue numbers served in it."""

    starts_at: datetime
    first_number: int
    capacity: int


class Format(StrEnum):
    """The forms in which an applicant registers; the value is what the office's file says."""

    NAME_BIRTH_DAY = "name_birth_day"  # #Budi#25011987#23112026: the applicant chooses the day
    NAME_BIRTH_ADDRESS = "name_birth_address"  # Budi#25011987#Jl. Merdeka 10: the office gives the earliest day


class ClosureKind(StrEnum):
    """The kinds of reasons for which an office serves nobody on a day."""

    WEEKDAY = "weekday"  # it never serves on this weekday
    NAMED = "named"  # a holiday, or a date that the office closed


@dataclass(frozen=True, slots=True)
class Closure:
    """Why an office serves nobody on a day; `reason` is the holiday or the office's words, empty for a weekday."""

    kind: ClosureKind
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RegistrationRules:
    """Who may register, when, and how: `[registration]` in the office's file.

    Lengths of time are whole minutes or days, as the field's name says. `opens` and `closes` bound the hours in which
    one may register; both are None where one may register at any time. `photo` is whether a registration needs one.
    `messages_per_window` is 0 where everybody may write as much as they like.
    """

    opens: time | None
    closes: time | None
    first_day: int
    last_day: int
    format: Format
    photo: bool
    approval: bool
    approval_minutes: int
    one_code_per_person: bool
    messages_per_window: int
    window_minutes: int

    @property
    def gives_the_day(self) -> bool:
        """Tell whether the office chooses the service date, and not the applicant."""
        return self.format is Format.NAME_BIRTH_ADDRESS


@dataclass(frozen=True, slots=True)
class ServiceRules:
    """The hours, the counters, and how people come: `[service]` in the office's file.

    Lengths of time are whole minutes. A seat that was given back cools for longer than the first of `cooling_minutes`
    and not longer than the second; both are 0 where it can be booked at once. `reminder_at` is None where nobody is
    reminded. People in a case of `not_here` cannot book over WhatsApp; those in one of `come_directly` need not.
    """

    sessions: tuple[Session, ...]
    slot_minutes: int
    counters: int
    interview_minutes: int
    quota: int
    come_early_minutes: int
    grace_minutes: int
    cooling_minutes: tuple[int, int]
    reminder_at: time | None
    documents: tuple[str, ...]
    not_here: tuple[Case, ...]
    come_directly: tuple[Case, ...]

    @property
    def seats_per_slot(self) -> int:
        """Return how many people all counters together interview in one slot (directorate, 2017)."""
        return self.counters * self.slot_minutes // self.interview_minutes

    @property
    def come_early(self) -> timedelta:
        """Return how long before their hour people are to come."""
        return timedelta(minutes=self.come_early_minutes)

    @property
    def grace(self) -> timedelta:
        """Return how long after its hour a code is still good."""
        return timedelta(minutes=self.grace_minutes)


@dataclass(frozen=True, slots=True)
class Office:
    """One office as its file in `offices/` describes it; the commented example there explains each field.

    `closed_dates` are days on which it does not serve, each with the reason, `open_dates` holidays on which it does.
    `texts` are answers in the office's own words, by the answers' names. `templates` are the names of the messages that
    WhatsApp approves beforehand, by the answers for which they stand.
    """

    id: str
    name: str
    code_prefix: str
    zone: ZoneInfo
    whatsapp_number: str
    registration: RegistrationRules
    service: ServiceRules
    closed_dates: Mapping[date, str]
    open_dates: frozenset[date]
    retention_days: int
    texts: Mapping[str, str]
    templates: Mapping[str, str]

    def local(self, moment: datetime) -> datetime:
        """Return an aware moment in the office's own zone."""
        return moment.astimezone(self.zone)

    def start_of(self, day: date) -> datetime:
        """Return the midnight that begins a day at the office, in UTC."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Return the midnight that ends a day at the office, in UTC."""
        return self.start_of(day + timedelta(days=1))

    def reminded_at(self, day: date) -> datetime | None:
        """Return when people are reminded of a day, on the evening before it, in UTC; None where nobody is."""
        if self.service.reminder_at is None:
            return None
        return datetime.combine(day - timedelta(days=1), self.service.reminder_at, self.zone).astimezone(UTC)

    def accepts_registrations(self, sent_at: datetime) -> bool:
        """Tell whether a message sent at this moment came within the registration hours, both ends included."""
        opens, closes = self.registration.opens, self.registration.closes
        if opens is None or closes is None:
            return True
        return opens <= self.local(sent_at).time().replace(second=0, microsecond=0) <= closes

    def window(self, sent_at: datetime) -> tuple[datetime, datetime]:
        """Return begin and end, in UTC, of the window in which a message sent at this moment counts; end excluded."""
        length = timedelta(minutes=self.registration.window_minutes)
        since = sent_at - (sent_at - _EPOCH) % length
        return since.astimezone(UTC), (since + length).astimezone(UTC)

    def closure(self, day: date) -> Closure | None:
        """Return why the office is closed on a day, or None when it serves."""
        if day in self.closed_dates and day not in self.open_dates:
            return Closure(ClosureKind.NAMED, self.closed_dates[day])
        if not any(day.weekday() in session.weekdays for session in self.service.sessions):
            return Closure(ClosureKind.WEEKDAY)
        return None

    def bookable_days(self, sent_at: datetime) -> list[date]:
        """Return the days on which this office serves and for which one may register at this moment, earliest first."""
        today = self.local(sent_at).date()
        ahead = range(self.registration.first_day, self.registration.last_day + 1)
        horizon = (today + timedelta(days=days) for days in ahead)
        return [day for day in horizon if self.closure(day) is None and sent_at <= self.last_call(day)]

    def last_bookable_day(self, sent_at: datetime) -> date:
        """Return the last day of the booking horizon, whether or not the office serves on it."""
        return self.local(sent_at).date() + timedelta(days=self.registration.last_day)

    def last_call(self, day: date) -> datetime:
        """Return the last moment at which a seat of a day on which the office serves can still be reached in time."""
        return self.slots(day)[-1].starts_at - self.service.come_early

    def slots(self, day: date) -> tuple[SlotPlan, ...]:
        """Return the slots of a day in order, seats numbered 1 to quota through them; empty when closed.

        The quota cuts the last seats off.
        """
        if self.closure(day) is not None:
            return ()
        plans: list[SlotPlan] = []
        number = 1
        for starts_at in self._starts(day):
            capacity = min(self.service.seats_per_slot, self.service.quota - number + 1)
            if capacity <= 0:
                break
            plans.append(SlotPlan(starts_at, number, capacity))
            number += capacity
        return tuple(plans)

    def _starts(self, day: date) -> Iterator[datetime]:
        for session in self.service.sessions:
            if day.weekday() not in session.weekdays:
                continue
            at = datetime.combine(day, session.starts, self.zone)
            ends = datetime.combine(day, session.ends, self.zone)
            while at + timedelta(minutes=self.service.slot_minutes) <= ends:
                yield at.astimezone(UTC)
                at += timedelta(minutes=self.service.slot_minutes)
