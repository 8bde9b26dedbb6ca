"""Two offices in one process: each has a table of its own, and what is written in one is not in the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Lock
from typing import Any

import boto3
import botocore.session
import pytest

from antrian.adapters.table.booking_item import BookingItem
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.adapters.table.decisions import TableDecisions
from antrian.adapters.table.dialogues import TableDialogues
from antrian.adapters.table.door import TableDoor
from antrian.adapters.table.drafts import TableDrafts
from antrian.adapters.table.rate_limit import TableRateLimit
from antrian.adapters.table.sent import TableSentLog
from antrian.adapters.table.table import Table
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import State
from antrian.domain.claims import ClaimKey
from antrian.domain.decision import Decision
from antrian.domain.delivery import Outgoing
from antrian.domain.dialogue import Dialogue
from antrian.domain.door import Outcome, ScanRecord
from antrian.domain.draft import Draft, SentPhoto
from antrian.domain.message import Photo
from tests.builders import BUDI, MONDAY, booking, scan
from tests.integration.conftest import REGION, create_table
from tests.integration.store import SENT, Store

KEPT = timedelta(days=90)


@pytest.fixture
def tables(aws: None) -> tuple[Table, Table]:
    """Provide the tables of two offices."""
    for name in ("bogor", "batam"):
        create_table(name)
    return Table("bogor", REGION), Table("batam", REGION)


@pytest.fixture
def stores(tables: tuple[Table, Table]) -> tuple[Store, Store]:
    """Provide the stores of both offices, which are all made before the first of them is used."""
    bogor, batam = (
        Store(TableBookings(t, KEPT), TableDays(t, KEPT), TableDoor(t, KEPT), TableDecisions(t)) for t in tables
    )
    return bogor, batam


def keys_in(name: str) -> set[str]:
    return {item["pk"]["S"] for item in boto3.client("dynamodb").scan(TableName=name)["Items"]}


def test_a_booking_in_one_office_is_not_in_the_other(stores: tuple[Store, Store]) -> None:
    bogor, batam = stores
    new = bogor.register(booking())
    assert batam.bookings.get(new.code) is None
    assert batam.bookings.get_all([new.code]) == {}
    assert batam.bookings.held_by(new.claims) == []
    assert keys_in("batam") == set()
    assert bogor.bookings.get_all([new.code]) == {new.code: new}
    assert bogor.holder_of(new.claims[0]) == (new.code, new.claims_until)


def test_the_same_booking_has_the_same_seat_at_both_offices_and_is_let_in_at_one(stores: tuple[Store, Store]) -> None:
    """A transaction that met the other office's items would be refused by their conditions."""
    new = booking()
    for store in stores:
        confirmed_booking = store.confirm(new)
        assert confirmed_booking.state is State.CONFIRMED
        assert [slot.seats for slot in store.open()] == [{1: new.code}, {}]
    assert confirmed_booking.seat is not None
    bogor, _ = stores
    bogor.door.check_in(new.code, scan(at=confirmed_booking.seat.opens_at), "digest")
    assert [store.get(new.code).state for store in stores] == [State.CHECKED_IN, State.CONFIRMED]
    assert keys_in("bogor") - keys_in("batam") == {"SCAN#nonce-0001"}


def test_single_writes_go_to_their_own_table_too(tables: tuple[Table, Table]) -> None:
    bogor, batam = tables
    TableSentLog(batam).add(Outgoing("wamid.1", BUDI, Answer(Kind.HELP)), "", SENT)
    TableDialogues(batam).go_on(BUDI, Dialogue("wamid.1", SENT), None)
    TableDrafts(batam).keep(BUDI, Draft(photo=SentPhoto(Photo("1", "image/jpeg"), "wamid.1", SENT)))
    TableRateLimit(batam).count(BUDI, SENT, "wamid.1", 3)
    TableDecisions(batam).decide(Decision("wamid.1", SENT, Answer(Kind.HELP)))
    TableDoor(batam, KEPT).keep(ScanRecord(scan(), Outcome.UNKNOWN, "digest"))
    assert (len(keys_in("batam")), keys_in("bogor")) == (6, set())
    assert TableSentLog(bogor).find("wamid.1") is None
    assert TableDialogues(bogor).dialogue_with(BUDI) is None
    assert TableDoor(bogor, KEPT).record_of("nonce-0001") is None


def test_threads_write_side_by_side_each_in_its_own_table(
    tables: tuple[Table, Table], stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = Lock()  # moto is right with one request at a time only

    def in_turn(request: Callable[..., Any]) -> Callable[..., Any]:
        def wait_and_request(*arguments: Any, **more: Any) -> Any:
            with lock:
                return request(*arguments, **more)

        return wait_and_request

    for table in tables:
        monkeypatch.setattr(table.connection, "dispatch", in_turn(table.connection.dispatch))
    codes = [[f"{prefix}{number:08d}" for number in range(8)] for prefix in ("BGR", "BTM")]
    work = [(store, code) for store, own in zip(stores, codes, strict=True) for code in own]
    together = Barrier(len(work), timeout=10)

    def register(store: Store, code: str) -> str:
        new = booking(code=code, approval_code=code, claims=(ClaimKey(f"PERSON#{code}"),))
        together.wait()
        return store.register(new).code

    with ThreadPoolExecutor(len(work)) as pool:
        registered = list(pool.map(register, *zip(*work, strict=True)))
    assert registered == [code for _, code in work]
    for name, own in zip(("bogor", "batam"), codes, strict=True):
        assert keys_in(name) == {f"{kind}#{code}" for kind in ("BOOKING", "APPROVAL") for code in own} | {
            f"CLAIM#PERSON#{code}" for code in own
        }


def test_all_items_of_a_table_share_one_client_which_is_made_by_the_first_request(
    tables: tuple[Table, Table], stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    create = botocore.session.Session.create_client

    def note(session: Any, service: str, *arguments: Any, **more: Any) -> Any:
        made.append(service)
        return create(session, service, *arguments, **more)

    monkeypatch.setattr(botocore.session.Session, "create_client", note)
    for store, table, count in zip(stores, tables, (1, 2), strict=True):
        store.confirm(booking())
        TableSentLog(table).find("wamid.1")
        assert made == ["dynamodb"] * count


def test_an_item_has_one_model_in_each_table_and_none_outside_of_them(tables: tuple[Table, Table]) -> None:
    bogor, batam = tables
    assert bogor.model(BookingItem) is bogor.model(BookingItem) is not batam.model(BookingItem)
    with pytest.raises(AttributeError, match="BookingItem"):
        BookingItem.read("BGR00000001")


def test_a_day_that_one_office_opened_is_not_open_at_the_other(stores: tuple[Store, Store]) -> None:
    bogor, batam = stores
    assert len(bogor.open()) == 2
    assert batam.days.slots(MONDAY) == {}
    assert batam.days.reminded_at(MONDAY) is None
