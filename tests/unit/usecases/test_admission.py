"""What the door decides, by name: each outcome of the officers' guide, and that a code opens it once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from antrian.domain import codes
from antrian.domain.booking import State
from antrian.domain.door import Outcome
from antrian.usecases.admission import Decision
from tests.builders import KEY, MONDAY, NOW, SITI, TUESDAY, office, wib
from tests.unit.usecases.world import A_SECOND, World

OPENS = wib(MONDAY, 7, 30)
HOUR = wib(MONDAY, 8)
VOID_AFTER = wib(MONDAY, 8, 15)


@pytest.fixture
def world() -> World:
    return World()


def scan(world: World, code: str, nonce: str = "nonce-0001", officer: str = "officer-1") -> Decision:
    return world.admission.check_in(code, nonce, officer)


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        (wib(MONDAY, 0), Outcome.EARLY),
        (OPENS - A_SECOND, Outcome.EARLY),
        (OPENS, Outcome.OK),
        (HOUR, Outcome.OK),
        (HOUR + A_SECOND, Outcome.LATE_GRACE),
        (VOID_AFTER, Outcome.LATE_GRACE),
        (VOID_AFTER + A_SECOND, Outcome.EXPIRED),
        (wib(TUESDAY, 8), Outcome.EXPIRED),
        (wib(MONDAY, 0) - A_SECOND, Outcome.WRONG_DAY),
    ],
)
def test_a_confirmed_code_is_judged_by_its_window_also_while_no_sweep_runs(
    moment: datetime, outcome: Outcome, world: World
) -> None:
    booked = world.book()
    world.at(moment)
    decision = scan(world, booked.code)
    assert decision.outcome is outcome
    assert decision.booking is not None
    assert decision.booking.code == booked.code
    let_in = State.CHECKED_IN if outcome is Outcome.OK else State.CONFIRMED
    assert world.store.bookings[booked.code].state is let_in


def test_who_is_let_in_is_recorded_with_the_officer_the_scan_and_the_moment(world: World) -> None:
    booked = world.book()
    world.at(OPENS)
    decision = scan(world, booked.code)
    recorded = world.store.check_ins[booked.code]
    assert (recorded.nonce, recorded.officer, recorded.at) == ("nonce-0001", "officer-1", OPENS.astimezone(UTC))
    assert decision.check_in == recorded


def test_the_same_scan_sent_again_is_the_same_success_and_another_one_finds_the_code_used(world: World) -> None:
    booked = world.book()
    world.at(OPENS)
    first = scan(world, booked.code)
    world.at(OPENS + timedelta(hours=3))
    again, other = scan(world, booked.code), scan(world, booked.code, "nonce-0002", "officer-2")
    assert (again.outcome, again.check_in) == (Outcome.OK, first.check_in)
    assert (other.outcome, other.check_in) == (Outcome.USED, first.check_in)


def test_an_early_scan_consumes_nothing(world: World) -> None:
    booked = world.book()
    world.at(OPENS - A_SECOND)
    assert scan(world, booked.code).outcome is Outcome.EARLY
    world.at(OPENS)
    assert scan(world, booked.code).outcome is Outcome.OK


def test_a_bad_code_does_not_keep_the_next_good_one_out(world: World) -> None:
    good, bad = world.book(), codes.booking_code(KEY, "CTH", "wamid.nobody")
    world.at(OPENS)
    outcomes = [
        scan(world, code, nonce).outcome
        for code, nonce in [
            (bad, "nonce-0001"),
            (good.code, "nonce-0002"),
            (bad, "nonce-0003"),
            (good.code, "nonce-0002"),
        ]
    ]
    assert outcomes == [Outcome.UNKNOWN, Outcome.OK, Outcome.UNKNOWN, Outcome.OK]


def test_a_cancelled_code_is_told_as_cancelled_and_when(world: World) -> None:
    booked = world.book()
    world.say("#batal")
    world.at(OPENS)
    decision = scan(world, booked.code)
    assert decision.outcome is Outcome.CANCELLED
    assert decision.booking is not None
    assert decision.booking.ended_at == NOW.astimezone(UTC) + 3 * A_SECOND


def test_a_replaced_registration_is_told_as_cancelled(world: World) -> None:
    first = world.booking(world.register())
    world.register(day=TUESDAY)
    assert scan(world, first.code).outcome is Outcome.CANCELLED


def test_a_registration_that_was_not_approved_does_not_open_the_door(world: World) -> None:
    pending = world.booking(world.register())
    world.at(OPENS)
    assert scan(world, pending.code).outcome is Outcome.UNCONFIRMED


def test_a_registration_that_lapsed_does_not_open_the_door(world: World) -> None:
    pending = world.booking(world.register())
    world.fill(MONDAY)
    world.say(pending.approval_code)
    assert scan(world, pending.code).outcome is Outcome.UNCONFIRMED


def test_a_swept_code_is_expired(world: World) -> None:
    booked = world.book()
    world.sweep(VOID_AFTER + A_SECOND)
    assert scan(world, booked.code).outcome is Outcome.EXPIRED


def test_another_office_s_code_names_that_office(world: World) -> None:
    decision = scan(world, codes.booking_code(KEY, "BGR", "wamid.1"))
    assert (decision.outcome, decision.office_name, decision.booking) == (Outcome.WRONG_OFFICE, "Kanim Bogor", None)


@pytest.mark.parametrize(
    "text", ["", "halo", "CTH-0000-0000", codes.booking_code(KEY, "ABC", "wamid.1"), "💥" * 20, "\x00"]
)
def test_what_is_no_code_of_any_office_is_unknown(text: str, world: World) -> None:
    assert scan(world, text).outcome is Outcome.UNKNOWN


def test_a_code_may_be_typed_as_it_is_shown(world: World) -> None:
    booked = world.book()
    world.at(OPENS)
    assert scan(world, f" {codes.shown(booked.code).lower()} ").outcome is Outcome.OK


def test_the_day_is_the_office_s_own_where_it_is_already_tomorrow() -> None:
    # 23.59 in Jakarta is 1.59 of the next day in Jayapura: early there, not the wrong day.
    world = World(office(zone=ZoneInfo("Asia/Jayapura")))
    booked = world.book(SITI)
    world.at(wib(MONDAY, 0) - timedelta(minutes=1))
    assert scan(world, booked.code).outcome is Outcome.EARLY
