"""Where seats are free, as of now."""

from datetime import date, timedelta

import pytest

from antrian.usecases.seats.availability import Availability
from tests.builders import KEY, MONDAY, NOW, SITI, TUESDAY, office, wib
from tests.unit.usecases.world import A_SECOND, World

FRIDAY = date(2026, 12, 4)


@pytest.fixture
def world() -> World:
    return World()


def availability(world: World) -> Availability:
    return Availability(office=world.office, key=KEY, days=world.store)


def test_a_day_that_nobody_opened_has_the_planned_seats(world: World) -> None:
    assert [(slot.first_number, slot.capacity) for slot in availability(world).slots(MONDAY)] == [(1, 2), (3, 2)]
    assert availability(world).has_seat(MONDAY, NOW, SITI)
    assert world.store.days == {}


def test_an_opened_day_has_the_seats_with_which_it_was_opened_in_the_order_of_its_hours(world: World) -> None:
    world.fill(MONDAY, 3)
    slots = availability(world).slots(MONDAY)
    assert [sorted(slot.seats) for slot in slots] == [[1, 2], [3]]


def test_a_day_has_no_seat_once_all_are_taken_and_has_one_again_after_a_cancellation(world: World) -> None:
    booked = world.fill(MONDAY)
    assert not availability(world).has_seat(MONDAY, NOW, SITI)
    world.say("#batal", booked[1].sender)
    assert availability(world).has_seat(MONDAY, NOW, SITI)


def test_a_closed_day_has_no_seat(world: World) -> None:
    assert not availability(world).has_seat(date(2026, 11, 28), NOW, SITI)


@pytest.mark.parametrize(("late", "has_seat"), [(timedelta(0), True), (A_SECOND, False)])
def test_a_seat_is_free_while_one_can_still_be_there_in_time(late: timedelta, has_seat: bool, world: World) -> None:
    assert availability(world).has_seat(MONDAY, wib(MONDAY, 8) + late, SITI) is has_seat


def test_the_next_day_is_the_first_later_one_with_a_seat(world: World) -> None:
    world.fill(TUESDAY)
    assert availability(world).next_day(MONDAY, NOW, SITI) == date(2026, 11, 25)


def test_without_a_later_day_the_first_earlier_one_is_offered(world: World) -> None:
    assert availability(world).next_day(FRIDAY, NOW, SITI) == MONDAY


def test_without_any_seat_there_is_no_next_day() -> None:
    world = World(office(last_day=3))
    world.fill(TUESDAY)
    assert availability(world).next_day(MONDAY, NOW, SITI) is None
