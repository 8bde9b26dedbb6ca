"""The earliest free seat goes first, and its number is its hour."""

from datetime import UTC, timedelta

import pytest

from antrian.domain.message import Sender
from antrian.domain.office import SlotPlan
from antrian.domain.seats import Cooling, Slot, cooling, earliest_free, fingerprints, seat
from tests.builders import BUDI, KEY, MONDAY, NOW, SITI, office, wib

EIGHT = wib(MONDAY, 8).astimezone(UTC)
HALF_PAST = wib(MONDAY, 8, 30).astimezone(UTC)
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
    free = earliest_free(office(), two_slots(first, second), DAWN)
    assert free is not None
    slot, given = free
    assert given == number
    assert slot.starts_at == (EIGHT if number < 3 else HALF_PAST)


def test_a_full_day_has_no_free_seat() -> None:
    assert earliest_free(office(), two_slots({1: "a", 2: "b"}, {3: "c", 4: "d"}), DAWN) is None
    assert earliest_free(office(), [], DAWN) is None


def test_a_closed_slot_gives_no_seat() -> None:
    slots = two_slots()
    slots[0].closed_at = DAWN
    free = earliest_free(office(), slots, DAWN)
    assert free is not None
    assert free[1] == 3


def test_a_seat_is_given_only_while_one_can_still_be_there_as_early_as_asked() -> None:
    def number_at(hour: int, minute: int, second: int = 0) -> int | None:
        now = wib(MONDAY, hour, minute) + timedelta(seconds=second)
        free = earliest_free(office(), two_slots(), now)
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


# Cooling

COOLS = office(cooling_minutes=(15, 60))
BUDIS = fingerprints(KEY, BUDI)
GIVEN_UP_AT = NOW.astimezone(UTC)


def cooling_slot(until: timedelta = timedelta(minutes=20)) -> Slot:
    """Return a slot of which number 1 was given up by Budi, and the other is taken."""
    return Slot(EIGHT, 1, 2, {2: "a"}, cooling={1: Cooling(GIVEN_UP_AT, GIVEN_UP_AT + until, BUDIS)})


def number_for(sender: Sender, after: timedelta, slot: Slot) -> int | None:
    free = earliest_free(office(), [slot], GIVEN_UP_AT + after, fingerprints(KEY, sender))
    return free and free[1]


def test_a_seat_that_was_given_up_is_nobodys_until_it_has_cooled() -> None:
    slot, cooled = cooling_slot(), timedelta(minutes=20)
    assert number_for(SITI, cooled - timedelta(seconds=1), slot) is None
    assert number_for(SITI, cooled, slot) == 1


def test_who_gave_a_seat_up_does_not_have_it_again_before_the_next_day_at_the_office() -> None:
    slot = cooling_slot()
    midnight = wib(NOW.date() + timedelta(days=1), 0) - NOW
    assert number_for(BUDI, midnight - timedelta(seconds=1), slot) is None
    assert number_for(BUDI, midnight, slot) == 1


def test_who_gives_a_seat_up_as_a_day_begins_does_not_have_it_on_that_day() -> None:
    midnight = wib(NOW.date(), 0).astimezone(UTC)
    slot = Slot(EIGHT, 1, 2, {2: "a"}, cooling={1: Cooling(midnight, midnight, BUDIS)})
    assert number_for(BUDI, timedelta(0), slot) is None
    assert number_for(SITI, timedelta(0), slot) == 1


def test_whoever_gave_a_seat_up_is_known_by_each_of_their_ids() -> None:
    both = Sender("628110000001", "ID.1")
    slot = cooling_slot()
    slot.cooling[1] = Cooling(GIVEN_UP_AT, GIVEN_UP_AT, fingerprints(KEY, both))
    for sender in (both, Sender(phone="628110000001"), Sender(user_id="ID.1"), Sender("628110000001", "ID.2")):
        assert number_for(sender, timedelta(hours=1), slot) is None
    assert number_for(Sender(user_id="ID.2"), timedelta(hours=1), slot) == 1


def test_a_seat_that_cools_over_midnight_is_kept_from_everybody_until_it_has_cooled() -> None:
    slot = cooling_slot(timedelta(hours=14, minutes=30))
    for sender in (BUDI, SITI):
        assert number_for(sender, timedelta(hours=14, minutes=29), slot) is None
        assert number_for(sender, timedelta(hours=14, minutes=30), slot) == 1


def test_marks_show_nobody_and_differ_by_office_and_sender() -> None:
    assert {len(mark) for mark in BUDIS | fingerprints(KEY, SITI)} == {4}
    assert fingerprints(KEY, SITI) != BUDIS
    assert fingerprints(b"another office's", BUDI) != BUDIS
    assert fingerprints(KEY, BUDI, SITI) == BUDIS | fingerprints(KEY, SITI)


@pytest.mark.parametrize("second", [0, 1, 59])
def test_a_seat_cools_for_a_time_within_the_bounds_that_only_its_message_decides(second: int) -> None:
    now = GIVEN_UP_AT + timedelta(seconds=second)

    def lasts(n: int) -> timedelta:
        held_back = cooling(COOLS, KEY, f"wamid.{n}", BUDIS, now)
        assert held_back is not None
        assert held_back.given_up_at == GIVEN_UP_AT
        assert held_back == cooling(COOLS, KEY, f"wamid.{n}", BUDIS, now)
        return held_back.until - now

    times = [lasts(n) for n in range(1000)]
    assert all(timedelta(minutes=15) < time <= timedelta(minutes=60) for time in times)
    # As likely short as long: nobody knows when to come.
    assert len(set(times)) == 45
    by_third = [sum(low < time.total_seconds() / 60 <= low + 15 for time in times) for low in (15, 30, 45)]
    assert all(250 < count < 420 for count in by_third)


def test_the_time_cannot_be_had_without_the_offices_key() -> None:
    times = [cooling(COOLS, key, "wamid.1", BUDIS, GIVEN_UP_AT) for key in (KEY, b"b", b"c", b"d")]
    assert len({held_back.until for held_back in times if held_back}) > 1


def test_an_office_may_let_seats_be_booked_again_at_once() -> None:
    assert cooling(office(cooling_minutes=(0, 0)), KEY, "wamid.1", BUDIS, GIVEN_UP_AT) is None
