"""Who is expected on a day, and how officers find a booking whose code they cannot read."""

import pytest

from antrian.domain.booking import State
from antrian.domain.message import Sender
from tests.builders import BUDI, MONDAY, SITI, TUESDAY, wib
from tests.unit.usecases.world import A_SECOND, World


@pytest.fixture
def world() -> World:
    return World()


def test_a_day_lists_those_who_have_a_seat_in_the_order_of_their_numbers(world: World) -> None:
    first, second = world.book(SITI), world.book(BUDI)
    world.book(Sender(phone="628110000003"), TUESDAY)
    world.register(Sender(phone="628110000004"))
    assert [booking.code for booking in world.attendance.of(MONDAY)] == [first.code, second.code]


def test_a_number_that_was_given_back_and_again_stands_in_its_place(world: World) -> None:
    world.book(BUDI)
    second = world.book(SITI)
    world.say("#batal", BUDI)
    again = world.book(Sender(phone="628110000003"))
    assert [booking.code for booking in world.attendance.of(MONDAY)] == [again.code, second.code]


def test_a_day_that_nobody_has_booked_lists_nobody(world: World) -> None:
    assert world.attendance.of(TUESDAY) == []


def test_who_came_and_who_is_void_stay_on_the_list_and_who_cancelled_does_not(world: World) -> None:
    came, _late = world.book(SITI), world.book(BUDI)
    gone = Sender(phone="628110000003")
    world.book(gone)
    world.say("#batal", gone)
    world.at(wib(MONDAY, 8))
    world.scan(came.code)
    world.sweep(wib(MONDAY, 8, 15) + A_SECOND)
    assert [booking.state for booking in world.attendance.of(MONDAY)] == [State.CHECKED_IN, State.EXPIRED]


def test_who_cancels_while_the_day_is_read_is_not_listed(world: World) -> None:
    booked = world.book()
    slots = dict(world.store.slots(MONDAY))
    world.say("#batal")
    world.store.days[MONDAY] = slots
    assert world.store.seats_of(MONDAY) == {1: booked.code}
    assert world.attendance.of(MONDAY) == []


def test_a_booking_is_found_by_a_part_of_its_code_however_it_is_typed(world: World) -> None:
    booked = world.book()
    world.book(SITI)
    part = booked.code[3:9]
    for typed in (part, f"{part[:4]}-{part[4:]}".lower(), part.replace("0", "o")):
        assert [found.code for found in world.attendance.with_code_like(MONDAY, typed)] == [booked.code]
    assert world.attendance.with_code_like(TUESDAY, part) == []


def test_a_booking_is_found_by_the_last_digits_of_the_phone_number(world: World) -> None:
    booked = world.book(SITI)
    hidden = world.book(Sender(user_id="ID.1"), name="Adi Wijaya")
    assert [found.code for found in world.attendance.with_phone_ending(MONDAY, "0002")] == [booked.code]
    assert hidden.code not in {found.code for found in world.attendance.with_phone_ending(MONDAY, "1")}
