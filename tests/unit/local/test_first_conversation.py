"""When `make up` can register, whatever the hour of whoever types it."""

from datetime import datetime, time, timedelta

import pytest

from antrian.domain.office import Office
from local.conversation import next_registration
from local.errors import LocalSystemError
from tests.builders import MONDAY, TUESDAY, WIB, office

MORNINGS = office(opens=time(7, 30), closes=time(10))


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(MONDAY.year, MONDAY.month, MONDAY.day, hour, minute, tzinfo=WIB)


@pytest.mark.parametrize(
    ("here", "now", "then"),
    [
        (office(), at(3), at(3)),
        (MORNINGS, at(3), at(7, 30)),
        (MORNINGS, at(7, 30), at(7, 30)),
        (MORNINGS, at(9, 59), at(9, 59)),
        (MORNINGS, at(10, 1), at(7, 30) + timedelta(days=1)),
        (office(last_day=1, closed_dates={TUESDAY: "Libur"}), at(9), at(0) + timedelta(days=1)),
    ],
)
def test_it_is_now_or_at_the_next_opening_with_a_day_to_book(here: Office, now: datetime, then: datetime) -> None:
    assert next_registration(here, now) == then


def test_an_office_that_never_serves_is_told() -> None:
    with pytest.raises(LocalSystemError, match="serves on no day"):
        next_registration(office(sessions=()), at(9))
