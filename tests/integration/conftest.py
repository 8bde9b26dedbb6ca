"""One AWS in the process for each test. moto is right with one thread only, and these tests have one."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import botocore.loaders
import pytest
from moto import mock_aws

from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.adapters.table.decisions import TableDecisions
from antrian.adapters.table.door import TableDoor
from antrian.adapters.table.sent import TableSentLog
from antrian.adapters.table.table import Table

# Powertools reads these when a handler is imported; in AWS the stack sets them.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Antrian")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "tests")

from antrian.domain.booking import Booking, Move
from antrian.domain.changes import Confirm
from antrian.domain.seats import Slot, seat
from tests.builders import MONDAY, booking, office
from tests.fakes import FakeStore
from tests.integration.door import code_of
from tests.integration.stack import HANDLERS, Logs, Stack, build_stack
from tests.integration.store import Store

REGION = "ap-southeast-3"
TABLE = "bookings"


@pytest.fixture(scope="session", autouse=True)
def _descriptions_read_once() -> Iterator[None]:
    """Let all clients share what they read of the AWS services; reading it anew takes longer than most tests."""
    shared = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", lambda _data_path: shared)
        yield


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Provide an AWS with an empty table."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        create_table(TABLE)
        yield


def create_table(name: str) -> None:
    """Create an empty table as the stack does."""
    boto3.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def table(aws: None) -> Table:
    """Provide the office's table."""
    return Table(TABLE, REGION)


@pytest.fixture
def bookings(table: Table) -> TableBookings:
    """Provide the bookings in the table."""
    return TableBookings(table, timedelta(days=90))


@pytest.fixture
def days(table: Table) -> TableDays:
    """Provide the days in the table."""
    return TableDays(table, timedelta(days=90))


@pytest.fixture
def door(table: Table) -> TableDoor:
    """Provide what happens at the door, in the table."""
    return TableDoor(table, timedelta(days=90))


@pytest.fixture
def decisions(table: Table) -> TableDecisions:
    """Provide what each message decided, in the table."""
    return TableDecisions(table)


@pytest.fixture
def sent_log(table: Table) -> TableSentLog:
    """Provide the record of what went out, in the table."""
    return TableSentLog(table)


@pytest.fixture(params=["table", "fake"])
def store(request: pytest.FixtureRequest) -> Store:
    """Provide the store: first DynamoDB's table, then the fake of the unit tests."""
    if request.param == "fake":
        fake = FakeStore()
        return Store(fake, fake, fake, fake)
    return Store(*(request.getfixturevalue(name) for name in ("bookings", "days", "door", "decisions")))


@pytest.fixture
def stack(aws: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stack]:
    """Provide the queues, secrets and office files around the handlers, and a clock that stands still."""
    built = build_stack(TABLE, tmp_path)
    for name, value in built.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("antrian.runtime.clock_from", lambda _environ: built.clock)
    built.forget()
    yield built
    built.forget()


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Logs:
    """Provide everything that the handlers and what they use write into the log."""
    stream = io.StringIO()
    for handler in HANDLERS:
        monkeypatch.setattr(handler.telemetry.logger.registered_handler, "stream", stream)
    return Logs(stream, caplog)


@pytest.fixture
def pending_booking(bookings: TableBookings) -> Booking:
    """Provide a registration of Budi Santoso's for Monday that waits for its approval."""
    new = booking(code=code_of(1), name="Budi Santoso")
    bookings.register(new, ())
    return new


@pytest.fixture
def confirmed_booking(pending_booking: Booking, bookings: TableBookings, days: TableDays) -> Booking:
    """Provide that booking with the first number of Monday, at 8.00."""
    days.open(MONDAY, [Slot.planned(plan) for plan in office().slots(MONDAY)])
    first = min(days.slots(MONDAY).items())[1]
    days.settle([Confirm(pending_booking, seat(office(), first, 1), Move(pending_booking.sent_at))])
    found = bookings.get(pending_booking.code)
    assert found is not None
    return found
