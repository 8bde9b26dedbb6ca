"""A conflict is not a refusal. No emulator reports one, so PynamoDB's error for it is raised by hand here."""

from typing import Any

import pytest
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError

from antrian.adapters.table import writes
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.table import Table
from antrian.domain.refusals import ClaimsHeld
from tests.builders import booking


def cancelled(*codes: str) -> TransactWriteError:
    """Return PynamoDB's error for a transaction that DynamoDB cancelled for these reasons."""
    response: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": ", ".join(codes)},
        "ResponseMetadata": {},
    }
    reasons = [None if code == "None" else CancellationReason(code) for code in codes]
    cause = VerboseClientError(response, "TransactWriteItems", cancellation_reasons=reasons)
    return TransactWriteError("Failed to write transaction items", cause)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Provide the longest waits between tries, which take no time here."""
    chosen: list[float] = []

    def choose(_: float, longest: float) -> float:
        chosen.append(longest)
        return 0.0

    monkeypatch.setattr("random.uniform", choose)
    return chosen


@pytest.fixture
def conflicts(table: Table, monkeypatch: pytest.MonkeyPatch) -> list[TransactWriteError]:
    """Provide a list of errors that transactions meet before they get through."""
    errors: list[TransactWriteError] = []
    write = table.connection.transact_write_items

    def meet(*arguments: Any, **more: Any) -> Any:
        if errors:
            raise errors.pop(0)
        return write(*arguments, **more)

    monkeypatch.setattr(table.connection, "transact_write_items", meet)
    return errors


def test_a_conflict_is_tried_again_with_growing_waits(
    bookings: TableBookings, conflicts: list[TransactWriteError], waits: list[float]
) -> None:
    conflicts += [cancelled("None", "TransactionConflict", "None")] * 3
    new = booking()
    bookings.register(new, [])
    assert bookings.get(new.code) is not None
    assert waits == [0.02, 0.04, 0.08]


def test_a_conflict_that_does_not_end_is_a_fault_and_no_refusal(
    bookings: TableBookings, conflicts: list[TransactWriteError], waits: list[float]
) -> None:
    conflicts += [cancelled("TransactionConflict", "None", "None")] * writes.CONFLICT_TRIES
    new = booking()
    with pytest.raises(TransactWriteError):
        bookings.register(new, [])
    assert bookings.get(new.code) is None
    assert len(waits) == writes.CONFLICT_TRIES - 1


def test_a_refusal_beside_a_conflict_is_told_at_once(
    bookings: TableBookings, conflicts: list[TransactWriteError], waits: list[float]
) -> None:
    bookings.register(booking(), [])
    with pytest.raises(ClaimsHeld):
        bookings.register(booking(), [])
    assert waits == []


def test_another_reason_is_a_fault(
    bookings: TableBookings, conflicts: list[TransactWriteError], waits: list[float]
) -> None:
    conflicts.append(cancelled("ThrottlingError", "None", "None"))
    with pytest.raises(TransactWriteError):
        bookings.register(booking(), [])
    assert waits == []
