"""A slot as it is stored: seats that are taken and seats that cool in one place, and all of it in 1 KB."""

import string
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pynamodb.attributes import UTCDateTimeAttribute

from antrian.adapters.office_file.service import LONGEST_COOLING, MOST_SEATS_A_SLOT, MOST_SLOTS_A_DAY
from antrian.adapters.table.slot_item import SlotItem, format_cooling, is_cooling, parse_cooling
from antrian.domain import codes
from antrian.domain.message import Sender
from antrian.domain.seats import Cooling, Slot, cooling, fingerprints
from tests.builders import KEY, MONDAY, NOW, office

MINUTES = st.integers(0, 50 * 366 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
MARKS = st.frozensets(st.text(string.ascii_lowercase + "234567", min_size=4, max_size=4), max_size=3)
COOLINGS = st.builds(
    lambda at, minutes, fingerprints: Cooling(at, at + timedelta(minutes=minutes), fingerprints),
    MINUTES,
    st.integers(0, LONGEST_COOLING + 1),
    MARKS,
)


@settings(deadline=None)
@given(COOLINGS)
def test_how_a_seat_is_held_back_is_read_as_it_was_written(held_back: Cooling) -> None:
    assert parse_cooling(format_cooling(held_back)) == held_back
    assert is_cooling(format_cooling(held_back))


@settings(deadline=None)
@given(st.text(codes.ALPHABET, min_size=3, max_size=3), st.text())
def test_no_booking_code_is_taken_for_a_seat_that_cools(prefix: str, message_id: str) -> None:
    assert not is_cooling(codes.booking_code(KEY, prefix, message_id))


def size(value: dict[str, Any]) -> int:
    """Return how many bytes DynamoDB counts for a value."""
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return (len(content.strip("-0.")) + 1) // 2 + 1
        case "M":
            return 3 + sum(1 + len(key) + size(item) for key, item in content.items())
        case "L":
            return 3 + sum(1 + size(item) for item in content)
        case _:
            raise AssertionError(kind)


@pytest.mark.parametrize("taken", [0, MOST_SEATS_A_SLOT // 2, MOST_SEATS_A_SLOT])
def test_the_largest_slot_stays_under_one_kilobyte_however_many_of_its_seats_cool(taken: int) -> None:
    """Above it, each write of the slot would cost twice as much."""
    last = MOST_SLOTS_A_DAY * MOST_SEATS_A_SLOT
    numbers = range(last - MOST_SEATS_A_SLOT + 1, last + 1)
    slot = Slot(NOW.astimezone(UTC), numbers[0], MOST_SEATS_A_SLOT)
    item = SlotItem.of(MONDAY, slot, timedelta(days=3650))
    both = fingerprints(KEY, Sender("6281234567890", "ID.ENT." + "9" * 30))
    held_back = cooling(office(cooling_minutes=(719, 720)), KEY, "wamid.1", both, NOW.astimezone(UTC))
    assert held_back is not None
    for position, number in enumerate(numbers):
        code = codes.booking_code(KEY, "CTH", f"wamid.{number}")
        item.seats[str(number)] = code if position < taken else format_cooling(held_back)
    for name, attribute in SlotItem.get_attributes().items():
        if isinstance(attribute, UTCDateTimeAttribute):
            setattr(item, name, NOW.astimezone(UTC))
    item.reopened = 12
    stored = item.serialize()
    assert stored.keys() == SlotItem.get_attributes().keys()
    assert len(stored["seats"]["M"]) == MOST_SEATS_A_SLOT
    assert sum(len(name) + size(value) for name, value in stored.items()) <= 1024
