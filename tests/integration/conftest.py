"""One AWS in the process for each test. moto is right with one thread only, and these tests have one."""

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws
from pynamodb.connection import Connection

from antrian.adapters.table import items
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays

REGION = "ap-southeast-3"
TABLE = "bookings"


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
