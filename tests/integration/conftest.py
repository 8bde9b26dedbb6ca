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
from pynamodb.connection import Connection

from antrian.adapters.table import items
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays

# Powertools reads these when a handler is imported; in AWS the stack sets them.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Antrian")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "tests")

from tests.integration.stack import HANDLERS, Logs, Stack, build_stack

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
        boto3.client("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        items.bind(TABLE, REGION)
        yield


@pytest.fixture
def connection(aws: None) -> Connection:
    """Provide PynamoDB's connection to the table."""
    return Connection(region=REGION)


@pytest.fixture
def bookings(connection: Connection) -> TableBookings:
    """Provide the bookings in the table."""
    return TableBookings(connection, timedelta(days=90))


@pytest.fixture
def days(connection: Connection) -> TableDays:
    """Provide the days in the table."""
    return TableDays(connection, timedelta(days=90))


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
        monkeypatch.setattr(handler.logger.registered_handler, "stream", stream)
    return Logs(stream, caplog)
