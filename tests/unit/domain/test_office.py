"""Hours, days and seats, as the office's own wall clock has them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antrian.domain.office import Closure, ClosureKind, Office, Session
from tests.builders import MONDAY, NOW, TUESDAY, WIB, office, wib

# A busy machine is no defect.
UNHURRIED = settings(deadline=None)

WITA = ZoneInfo("Asia/Makassar")
WIT = ZoneInfo("Asia/Jayapura")
WORKDAYS = frozenset(range(5))
SATURDAY, SUNDAY = date(2026, 11, 21), date(2026, 11, 22)


# Windows of messages


@pytest.mark.parametrize(
    ("minute", "second", "since", "until"),
    [(0, 0, (10, 0), (10, 10)), (9, 59, (10, 0), (10, 10)), (10, 0, (10, 10), (10, 20)), (59, 59, (10, 50), (11, 0))],
)
def test_a_window_begins_by_the_clock_and_ends_where_the_next_begins(
    minute: int, second: int, since: tuple[int, int], until: tuple[int, int]
) -> None:
    sent_at = wib(MONDAY, 10, minute).replace(second=second)
    assert office(window_minutes=10).window(sent_at) == (wib(MONDAY, *since), wib(MONDAY, *until))


# Registration hours


@pytest.mark.parametrize(
    ("hour", "accepted"),
    [
        (time(7, 29, 59), False),
        (time(7, 30), True),
        (time(9, 59, 59), True),
        (time(10, 0, 59), True),  # "until 10.00" includes what the phone sent while it showed 10.00
        (time(10, 1), False),
        (time(0), False),
    ],
)
def test_registrations_are_taken_within_the_hours_alone(hour: time, accepted: bool) -> None:
    batam = office(opens=time(7, 30), closes=time(10))
    assert batam.accepts_registrations(datetime.combine(MONDAY, hour, WIB)) is accepted


def test_without_hours_registrations_are_taken_at_any_time() -> None:
    assert all(office().accepts_registrations(wib(SUNDAY, hour)) for hour in range(24))


@pytest.mark.parametrize(("zone", "utc_hour"), [(WIB, 0), (WITA, 23), (WIT, 22)])
def test_the_hours_are_those_of_the_offices_zone(zone: ZoneInfo, utc_hour: int) -> None:
    opens_at = datetime.combine(SUNDAY if utc_hour else MONDAY, time(utc_hour, 30), UTC)
    here = office(zone=zone, opens=time(7, 30), closes=time(10))
    assert here.accepts_registrations(opens_at)
    assert not here.accepts_registrations(opens_at - timedelta(seconds=1))
    assert here.accepts_registrations(opens_at + timedelta(hours=2, minutes=30))
    assert not here.accepts_registrations(opens_at + timedelta(hours=2, minutes=31))


# Days


def test_an_office_serves_on_the_weekdays_of_its_sessions() -> None:
    assert office().closure(MONDAY) is None
    assert office().closure(SUNDAY) == Closure(ClosureKind.WEEKDAY)


def test_a_closed_date_says_why_even_on_a_weekday_without_service() -> None:
    closed = office(closed_dates={MONDAY: "Cuti bersama", SUNDAY: "Hari Raya"})
    assert closed.closure(MONDAY) == Closure(ClosureKind.NAMED, "Cuti bersama")
    assert closed.closure(SUNDAY) == Closure(ClosureKind.NAMED, "Hari Raya")


def test_an_open_date_overrides_a_holiday_but_makes_no_session() -> None:
    opened = office(closed_dates={MONDAY: "Cuti bersama"}, open_dates=frozenset({MONDAY, SUNDAY}))
    assert opened.closure(MONDAY) is None
    assert opened.closure(SUNDAY) == Closure(ClosureKind.WEEKDAY)


def test_bookable_days_run_from_the_first_day_to_the_last_and_leave_out_closed_ones() -> None:
    here = office(first_day=1, last_day=5, closed_dates={TUESDAY: "Cuti bersama"})
    assert here.bookable_days(NOW) == [MONDAY, MONDAY + timedelta(days=2), MONDAY + timedelta(days=3)]
    assert here.last_bookable_day(NOW) == date(2026, 11, 26)


def test_the_last_bookable_day_counts_days_on_which_nobody_serves() -> None:
    assert office(last_day=1).last_bookable_day(NOW) == SUNDAY
    assert office(last_day=1).bookable_days(NOW) == []


def test_first_day_0_lets_today_be_booked() -> None:
    assert office(first_day=0, last_day=0).bookable_days(wib(MONDAY, 6)) == [MONDAY]


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        (WIB, datetime(2026, 11, 22, 17, tzinfo=UTC)),
        (WITA, datetime(2026, 11, 22, 16, tzinfo=UTC)),
        (WIT, datetime(2026, 11, 22, 15, tzinfo=UTC)),
    ],
)
def test_tomorrow_begins_at_the_offices_own_midnight(zone: ZoneInfo, midnight: datetime) -> None:
    here = office(zone=zone, first_day=1, last_day=1)
    assert here.bookable_days(midnight - timedelta(seconds=1)) == [MONDAY]
    assert here.bookable_days(midnight) == [TUESDAY]
    assert here.end_of(SUNDAY) == midnight
    assert here.local(midnight).date() == MONDAY


def test_today_is_offered_until_its_last_seat_can_no_longer_be_reached_in_time() -> None:
    here = office(first_day=0, last_day=0, come_early_minutes=30)
    assert here.last_call(MONDAY) == wib(MONDAY, 8)
    assert here.bookable_days(wib(MONDAY, 8)) == [MONDAY]
    assert here.bookable_days(wib(MONDAY, 8) + timedelta(seconds=1)) == []


# Seats


def test_a_slot_seats_as_many_as_the_counters_interview_in_it() -> None:
    here = office(counters=5, slot_minutes=30, interview_minutes=10, quota=1000)
    assert [plan.capacity for plan in here.slots(MONDAY)] == [15, 15]


def test_an_interview_that_would_not_end_in_its_slot_makes_no_seat() -> None:
    assert [plan.capacity for plan in office(counters=1, interview_minutes=20, quota=9).slots(MONDAY)] == [1, 1]
    assert [plan.capacity for plan in office(counters=2, interview_minutes=20, quota=9).slots(MONDAY)] == [3, 3]


@pytest.mark.parametrize(("quota", "capacities"), [(1, [1]), (2, [2]), (3, [2, 1]), (4, [2, 2]), (5, [2, 2])])
def test_the_quota_cuts_off_the_last_seats(quota: int, capacities: list[int]) -> None:
    assert [plan.capacity for plan in office(quota=quota).slots(MONDAY)] == capacities


def test_a_closed_day_has_no_slots() -> None:
    assert office().slots(SUNDAY) == ()
    assert office(closed_dates={MONDAY: "Cuti bersama"}).slots(MONDAY) == ()


def test_sessions_of_other_weekdays_are_not_mixed_in() -> None:
    here = office(
        quota=9,
        sessions=(Session(frozenset({0}), time(8), time(9)), Session(frozenset({1}), time(10), time(10, 30))),
    )
    assert [plan.starts_at for plan in here.slots(MONDAY)] == [wib(MONDAY, 8), wib(MONDAY, 8, 30)]
    assert [plan.starts_at for plan in here.slots(TUESDAY)] == [wib(TUESDAY, 10)]


def test_a_rest_that_is_shorter_than_a_slot_is_no_slot() -> None:
    here = office(sessions=(Session(WORKDAYS, time(8), time(8, 59)),))
    assert [plan.starts_at for plan in here.slots(MONDAY)] == [wib(MONDAY, 8)]


@pytest.mark.parametrize(("zone", "hours_ahead"), [(WIB, 7), (WITA, 8), (WIT, 9)])
def test_a_slots_hour_is_the_offices_wall_time_in_utc(zone: ZoneInfo, hours_ahead: int) -> None:
    first, last = office(zone=zone, quota=4).slots(MONDAY)
    assert first.starts_at == datetime(2026, 11, 23, 8, tzinfo=UTC) - timedelta(hours=hours_ahead)
    assert last.starts_at - first.starts_at == timedelta(minutes=30)
    assert first.starts_at.tzinfo is UTC


@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
def test_slots_at_the_edges_of_a_day_stay_on_that_day(zone: ZoneInfo) -> None:
    edges = (Session(frozenset({0}), time(0), time(1)), Session(frozenset({0}), time(22, 59), time(23, 59)))
    here = office(zone=zone, sessions=edges, quota=99)
    shown = [here.local(plan.starts_at) for plan in here.slots(MONDAY)]
    assert [f"{at:%a %H:%M}" for at in shown] == ["Mon 00:00", "Mon 00:30", "Mon 22:59", "Mon 23:29"]


@st.composite
def offices(draw: st.DrawFn) -> Office:
    """Draw an office such as the file's checks let through."""
    slot_minutes = draw(st.integers(5, 240))
    counters = draw(st.integers(1, 100))
    lengths = draw(st.lists(st.integers(1, 1440 // slot_minutes - 1), min_size=1, max_size=3))
    sessions, minute = [], draw(st.integers(0, 60))
    for slots in lengths:
        ends = minute + slots * slot_minutes
        if ends >= 1440:
            break
        sessions.append(Session(WORKDAYS, time(minute // 60, minute % 60), time(ends // 60, ends % 60)))
        minute = ends + draw(st.integers(0, 90))
    return office(
        zone=draw(st.sampled_from([WIB, WITA, WIT])),
        sessions=tuple(sessions),
        slot_minutes=slot_minutes,
        counters=counters,
        interview_minutes=draw(st.integers(1, min(240, counters * slot_minutes))),
        quota=draw(st.integers(1, 5000)),
    )


@UNHURRIED
@given(offices(), st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_seats_are_numbered_from_1_without_gap_or_overlap_and_stay_within_the_quota(here: Office, day: date) -> None:
    plans = here.slots(day)
    numbers = [n for plan in plans for n in range(plan.first_number, plan.first_number + plan.capacity)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) <= here.service.quota
    per_slot = here.service.counters * here.service.slot_minutes // here.service.interview_minutes
    assert all(1 <= plan.capacity <= per_slot for plan in plans)
    hours = [plan.starts_at for plan in plans]
    assert all(later - earlier >= timedelta(minutes=here.service.slot_minutes) for earlier, later in pairwise(hours))
    assert all(here.local(at).date() == day for at in hours)
    if day.weekday() in WORKDAYS and here.service.sessions:
        assert plans
    minutes = sum(
        (session.ends.hour - session.starts.hour) * 60 + session.ends.minute - session.starts.minute
        for session in here.service.sessions
        if day.weekday() in session.weekdays
    )
    assert len(numbers) == min(here.service.quota, minutes // here.service.slot_minutes * per_slot)
