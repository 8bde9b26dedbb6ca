"""Seats that were given up are of no use to people who trade in them, and are not lost to anybody else."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antrian.domain.answers import Kind
from antrian.domain.booking import Move, State
from antrian.domain.changes import Cancel, SeatAction, SeatRequest
from antrian.domain.message import Sender
from antrian.domain.request import typed_date
from antrian.usecases.seats.availability import Availability
from tests.builders import BUDI, KEY, MONDAY, NOW, SITI, TUESDAY, office, wib
from tests.unit.usecases.world import World, applicant

LONGEST = timedelta(minutes=60)
SHORTEST = timedelta(minutes=15)
WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def world() -> World:
    """Provide an office whose seats cool for between a quarter of an hour and an hour."""
    return World(office(cooling_minutes=(15, 60), last_day=4))


def has_seat(world: World, sender: Sender, day: date = MONDAY) -> bool:
    return Availability(office=world.office, key=KEY, days=world.store).has_seat(day, world.clock.moment, sender)


def give_up_the_last_seat(world: World) -> datetime:
    """Let Budi have the last seat of Monday and cancel it, and return when."""
    world.fill(MONDAY, 3)
    world.book()
    assert world.say("#batal").kind is Kind.CANCELLED
    return world.clock.moment


def test_a_seat_that_was_given_up_is_had_by_nobody_at_once_and_by_anybody_else_within_the_hour(world: World) -> None:
    given_up_at = give_up_the_last_seat(world)
    for moment in (given_up_at, given_up_at + SHORTEST):
        world.at(moment)
        assert not has_seat(world, SITI)
    world.at(given_up_at + LONGEST)
    assert has_seat(world, SITI)
    assert world.book(SITI).seat is not None


def test_while_it_cools_the_day_is_full_now_in_the_same_words_for_all(world: World) -> None:
    """Whoever could tell a day with a cooling seat from a full one would know when to come for the seat."""
    give_up_the_last_seat(world)
    cools = [world.register(sender) for sender in (BUDI, SITI)]
    world.fill(WEDNESDAY)
    full = [world.register(sender, WEDNESDAY) for sender in (applicant(91), applicant(92))]
    assert [answer.kind for answer in (*cools, *full)] == [Kind.DAY_FULL] * 4
    assert {tuple(sorted(answer.fields)) for answer in cools} == {tuple(sorted(answer.fields)) for answer in full}
    assert {answer.fields["next_day"] for answer in cools} == {TUESDAY.isoformat()}


def test_who_gave_it_up_is_told_no_more_than_before(world: World) -> None:
    """Nothing that says whether, when and by whom the seat can be had."""
    cooling, at_once = world, World(office(last_day=4))
    for here in (cooling, at_once):
        here.book()
    assert cooling.say("#batal").fields.keys() == at_once.say("#batal").fields.keys()


def test_who_gave_it_up_does_not_have_it_that_day_under_whatever_name(world: World) -> None:
    given_up_at = give_up_the_last_seat(world)
    assert world.register(name="Agus Salim", at=given_up_at + LONGEST).kind is Kind.DAY_FULL
    # Still on that day, long after it has cooled; and then on the next.
    assert world.register(name="Joko Susilo", at=wib(NOW.date(), 23, 59)).kind is Kind.DAY_FULL
    assert world.register(name="Rudi Hartono", at=wib(NOW.date() + timedelta(days=1), 0)).kind is Kind.ECHO


def test_it_is_kept_from_the_ids_that_asked_and_from_those_of_the_booking(world: World) -> None:
    """Their number may have changed while the cancellation waited in the queue."""
    world.fill(MONDAY, 3)
    booked, asks = world.book(), Sender(user_id="ID.1")
    world.seating.settle(
        MONDAY, [SeatRequest(SeatAction.RELEASE, booked.code, MONDAY, "wamid.batal", asks, world.clock.moment)]
    )
    world.at(world.clock.moment + LONGEST)
    assert [has_seat(world, sender) for sender in (BUDI, asks, SITI)] == [False, False, True]


def test_who_gave_a_seat_up_may_have_another_at_once(world: World) -> None:
    world.book()
    world.say("#batal")
    seat = world.book().seat
    assert seat is not None
    assert seat.number == 2


def test_an_approval_finds_the_day_full_while_what_is_left_cools(world: World) -> None:
    world.fill(MONDAY, 3)
    echo = world.register(SITI)
    world.book()
    world.say("#batal")
    assert world.approve(echo, SITI).kind is Kind.DAY_FULL


def test_a_seat_that_was_left_for_another_day_cools_too(world: World) -> None:
    world.fill(MONDAY, 3)
    world.book()
    assert world.say(f"#ubah#{typed_date(TUESDAY)}").kind is Kind.TICKET
    assert not has_seat(world, SITI)
    world.at(world.clock.moment + LONGEST)
    assert has_seat(world, SITI)
    assert not has_seat(world, BUDI)
    assert world.say(f"#ubah#{typed_date(MONDAY)}").kind is Kind.RESCHEDULE_FULL


def test_what_the_office_cancels_cools_for_nobody_and_keeps_nobody_out(world: World) -> None:
    world.fill(MONDAY, 3)
    booked = world.book()
    world.store.settle([Cancel(booked, Move(world.clock.moment, "closed"))])
    assert has_seat(world, SITI)
    assert has_seat(world, BUDI)


def test_a_repeat_of_the_cancellation_does_not_begin_anew(world: World) -> None:
    world.book()
    sent = world.send("#batal")
    world.settle()
    cooling = world.store.cooling_of(MONDAY)
    world.at(world.clock.moment + SHORTEST)
    world.reception.receive(sent)
    world.settle()
    assert world.store.cooling_of(MONDAY) == cooling


def test_no_two_seats_cool_for_the_same_time_by_a_rule(world: World) -> None:
    for n in range(4):
        world.book(applicant(n))
    for n in range(4):
        world.say("#batal", applicant(n))
    lengths = {held_back.until - held_back.given_up_at for held_back in world.store.cooling_of(MONDAY).values()}
    assert len(lengths) > 1


# No seat is lost

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("books"), st.integers(0, 9), st.sampled_from([MONDAY, TUESDAY])),
        st.tuples(st.just("books"), st.integers(0, 9), st.sampled_from([MONDAY, TUESDAY])),
        st.tuples(st.just("registers"), st.integers(0, 9), st.sampled_from([MONDAY, TUESDAY])),
        st.tuples(st.just("cancels"), st.integers(0, 9), st.none()),
        st.tuples(st.just("moves"), st.integers(0, 9), st.sampled_from([MONDAY, TUESDAY])),
        st.tuples(st.just("waits"), st.sampled_from([1, 15, 30, 60, 600, 1500]), st.none()),
    ),
    min_size=1,
    max_size=30,
)


def play(world: World, does: str, who: int, day: date | None) -> None:
    sender = applicant(who)
    match does, day:
        case "books", date():
            echo = world.register(sender, day)
            if echo.kind is Kind.ECHO:
                world.approve(echo, sender)
        case "registers", date():
            world.register(sender, day)
        case "cancels", _:
            world.say("#batal", sender)
        case "moves", date():
            world.say(f"#ubah#{typed_date(day)}", sender)
        case _:
            world.at(world.clock.moment + timedelta(minutes=who))


def free_seats(world: World, day: date) -> int:
    """Count, by the rule's words, the seats of a day that a stranger can have now."""
    now, free = world.clock.moment, 0
    for slot in Availability(office=world.office, key=KEY, days=world.store).slots(day):
        if slot.closed_at is None and now <= slot.starts_at - world.office.service.come_early:
            for number in range(slot.first_number, slot.first_number + slot.capacity):
                cools = number in slot.cooling and now < slot.cooling[number].until
                free += number not in slot.seats and not cools
    return free


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_every_seat_that_is_neither_taken_nor_cooling_can_be_booked(steps: list[tuple[str, int, date | None]]) -> None:
    world = World(office(first_day=0, cooling_minutes=(15, 60)))
    for does, who, day in steps:
        play(world, does, who, day)
    for day in (MONDAY, TUESDAY):
        free, later = free_seats(world, day), deepcopy(world)
        assert has_seat(world, applicant(1000), day) == (free > 0)
        booked = 0
        for n in range(free + 1):
            stranger, now = applicant(1000 + n), world.clock.moment
            answer = later.register(stranger, day, at=now)
            booked += answer.kind is Kind.ECHO and later.approve(answer, stranger, at=now).kind is Kind.TICKET
        assert booked == free
        # None stays away for longer than the office wants, either.
        later = deepcopy(world)
        later.at(world.clock.moment + LONGEST)
        taken = sum(
            booking.seat is not None and booking.service_date == day and booking.state is State.CONFIRMED
            for booking in later.store.bookings.values()
        )
        if later.clock.moment <= wib(day, 7, 30).astimezone(UTC):
            assert free_seats(later, day) == 4 - taken


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_nobody_has_a_seat_before_it_has_cooled_or_again_on_the_day_on_which_they_gave_it_up(
    steps: list[tuple[str, int, date | None]],
) -> None:
    world = World(office(cooling_minutes=(15, 60)))
    given_up: list[tuple[str, date, int, datetime]] = []
    for does, who, day in steps:
        before = seated(world)
        play(world, does, who, day)
        after, now = seated(world), world.clock.moment
        given_up += [(before[seat], *seat, now) for seat in before.keys() - after.keys()]
        for seat in after.keys() - before.keys():
            for giver, given_day, number, at in given_up:
                if (given_day, number) == seat:
                    assert now - at > SHORTEST
                    if giver == after[seat] and giver == last_giver(given_up, seat):
                        assert world.office.local(now).date() > world.office.local(at).date()


def seated(world: World) -> dict[tuple[date, int], str]:
    """Return whose name is on each seat."""
    return {
        (day, number): world.store.bookings[code].name
        for day in (MONDAY, TUESDAY)
        for number, code in world.store.seats_of(day).items()
    }


def last_giver(given_up: list[tuple[str, date, int, datetime]], seat: tuple[date, int]) -> str:
    return [giver for giver, day, number, _ in given_up if (day, number) == seat][-1]
