"""The earliest free seat goes first, and its number is its hour."""

from datetime import UTC, timedelta

import pytest

from antrian.domain.office import SlotPlan
from antrian.domain.seats import Slot, earliest_free, seat
from tests.builders import MONDAY, office, wib

EIGHT = wib(MONDAY, 8).astimezone(UTC)
HALF_PAST = wib(MONDAY, 8, 30).astimezone(UTC)
HALF_AN_HOUR = timedelta(minutes=30)
DAWN = wib(MONDAY, 5).astimezone(UTC)


def two_slots(first: dict[int, str] | None = None, second: dict[int, str] | None = None) -> list[Slot]:
    return [Slot(EIGHT, 1, 2, first or {}), Slot(HALF_PAST, 3, 2, second or {})]


def test_a_planned_slot_is_free() -> None:
    slot = Slot.planned(SlotPlan(EIGHT, 16, 3))
    assert list(slot.free_numbers()) == [16, 17, 18]
    assert slot.closed_at is None


def test_planned_slots_do_not_share_their_seats() -> None:
    one, other = Slot.planned(SlotPlan(EIGHT, 1, 2)), Slot.planned(SlotPlan(HALF_PAST, 3, 2))
    one.seats[1] = "CTH1"
    assert other.seats == {}


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [
        ({}, {}, 1),
        ({1: "a"}, {}, 2),
        ({2: "a"}, {}, 1),
        ({1: "a", 2: "b"}, {}, 3),
        ({1: "a", 2: "b"}, {3: "c"}, 4),
        ({2: "a"}, {3: "c", 4: "d"}, 1),
    ],
)
def test_the_earliest_free_seat_goes_first(first: dict[int, str], second: dict[int, str], number: int) -> None:
    free = earliest_free(two_slots(first, second), DAWN, HALF_AN_HOUR)
    assert free is not None
    slot, given = free
    assert given == number
    assert slot.starts_at == (EIGHT if number < 3 else HALF_PAST)


def test_a_full_day_has_no_free_seat() -> None:
    assert earliest_free(two_slots({1: "a", 2: "b"}, {3: "c", 4: "d"}), DAWN, HALF_AN_HOUR) is None
    assert earliest_free([], DAWN, HALF_AN_HOUR) is None


def test_a_closed_slot_gives_no_seat() -> None:
    slots = two_slots()
    slots[0].closed_at = DAWN
    free = earliest_free(slots, DAWN, HALF_AN_HOUR)
    assert free is not None
    assert free[1] == 3


def test_a_seat_is_given_only_while_one_can_still_be_there_as_early_as_asked() -> None:
    def number_at(hour: int, minute: int, second: int = 0) -> int | None:
        now = wib(MONDAY, hour, minute) + timedelta(seconds=second)
        free = earliest_free(two_slots(), now, HALF_AN_HOUR)
        return free and free[1]

    assert number_at(7, 30) == 1
    assert number_at(7, 30, 1) == 3
    assert number_at(8, 0) == 3
    assert number_at(8, 0, 1) is None


def test_a_seat_that_a_smaller_configuration_would_not_have_is_still_taken() -> None:
    """Slots are as they were opened: number 2 was given when there were two seats, and now there is one."""
    assert list(Slot(EIGHT, 1, 1, {2: "a"}).free_numbers()) == [1]


def test_a_seat_tells_when_its_door_opens_and_closes() -> None:
    given = seat(office(come_early_minutes=30, grace_minutes=15), two_slots()[1], 4)
    assert given.number == 4
    assert given.starts_at == wib(MONDAY, 8, 30)
    assert given.opens_at == wib(MONDAY, 8)
    assert given.void_after == wib(MONDAY, 8, 45)
