"""What TTL removes follows a booking to its new day: nothing of it goes before its visit, or stays for longer."""

from collections.abc import Callable
from datetime import timedelta

import boto3
import pytest

from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.adapters.table.decisions import TableDecisions
from antrian.adapters.table.door import TableDoor
from antrian.domain.booking import Move
from antrian.domain.changes import Change, Postpone, Reschedule
from antrian.domain.claims import ClaimKey
from antrian.domain.seats import seat
from tests.builders import MONDAY, TUESDAY, booking, office
from tests.integration.conftest import TABLE
from tests.integration.store import LATER, Store

CLAIMS = (ClaimKey("PHONE#628110000001"), ClaimKey("PERSON#abc"))
RETENTION = timedelta(days=90)


@pytest.fixture
def table(bookings: TableBookings, days: TableDays, door: TableDoor, decisions: TableDecisions) -> Store:
    return Store(bookings, days, door, decisions)


def removed_at(code: str) -> set[int]:
    """Return when TTL may remove a booking and its claims."""
    stored = {item["pk"]["S"]: item for item in boto3.client("dynamodb").scan(TableName=TABLE)["Items"]}
    return {int(stored[key]["expires_at"]["N"]) for key in (f"BOOKING#{code}", *(f"CLAIM#{key}" for key in CLAIMS))}


def moved(table: Store) -> tuple[str, Change]:
    confirmed = table.confirm(booking(claims=CLAIMS))
    move, given = Move(LATER, "wamid.ubah", TUESDAY), seat(office(), table.open(TUESDAY)[0], 1)
    return confirmed.code, Reschedule(confirmed, given, office().end_of(TUESDAY), move)


def postponed(table: Store) -> tuple[str, Change]:
    pending = table.register(booking(claims=CLAIMS))
    return pending.code, Postpone(pending, TUESDAY, office().last_call(TUESDAY), office().end_of(TUESDAY))


@pytest.mark.parametrize("takes_to_tuesday", [moved, postponed])
def test_a_booking_and_its_claims_are_kept_until_the_retention_of_their_new_day_is_over(
    table: Store, takes_to_tuesday: Callable[[Store], tuple[str, Change]]
) -> None:
    code, change = takes_to_tuesday(table)
    assert removed_at(code) == {int((office().end_of(MONDAY) + RETENTION).timestamp())}
    table.days.settle([change])
    assert removed_at(code) == {int((office().end_of(TUESDAY) + RETENTION).timestamp())}
