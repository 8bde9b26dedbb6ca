"""What WhatsApp tells about an answer: in any order, more than once, and where the process dies in between."""

from itertools import permutations

import pytest

from antrian.domain.answers import Answer, Kind
from antrian.domain.delivery import Outgoing
from antrian.domain.receipt import Receipt
from antrian.usecases.delivery.receipts import Receipts
from tests.builders import BUDI, MONDAY, NOW, TUESDAY, booking
from tests.fakes import FakeSentLog, FakeStore

CODE = "CTH00000000"


def ticket(id_: str = "wamid.1", day: str = MONDAY.isoformat()) -> Outgoing:
    return Outgoing(id_, BUDI, Answer(Kind.TICKET, {"booking_code": CODE, "service_date": day}))


@pytest.fixture
def store() -> FakeStore:
    return FakeStore(bookings={CODE: booking(code=CODE)})


@pytest.fixture
def log() -> FakeSentLog:
    return FakeSentLog()


def receive(log: FakeSentLog, store: FakeStore, receipt: Receipt, id_: str = "wamid.1") -> None:
    Receipts(log, store).receive(id_, receipt, "out.1", NOW, (131026,) if receipt is Receipt.FAILED else ())


def undelivered(store: FakeStore) -> bool:
    return store.bookings[CODE].ticket_undelivered


@pytest.mark.parametrize("order", list(permutations([Receipt.SENT, Receipt.DELIVERED, Receipt.READ])))
def test_whatever_their_order_the_furthest_counts(log: FakeSentLog, store: FakeStore, order: list[Receipt]) -> None:
    log.add(ticket(), "out.1", NOW)
    for receipt in order:
        receive(log, store, receipt)
    record = log.find("wamid.1")
    assert record is not None
    assert record.receipt is Receipt.READ
    assert not undelivered(store)


@pytest.mark.parametrize("order", list(permutations([Receipt.SENT, Receipt.FAILED])))
def test_a_late_sent_does_not_hide_that_a_ticket_failed(
    log: FakeSentLog, store: FakeStore, order: list[Receipt]
) -> None:
    log.add(ticket(), "out.1", NOW)
    for receipt in order:
        receive(log, store, receipt)
    record = log.find("wamid.1")
    assert record is not None
    assert (record.receipt, record.errors) == (Receipt.FAILED, (131026,))
    assert undelivered(store)


def test_a_failed_answer_that_is_no_ticket_is_recorded_and_shows_nowhere(log: FakeSentLog, store: FakeStore) -> None:
    log.add(Outgoing("wamid.1", BUDI, Answer(Kind.ECHO, {"booking_code": CODE})), "out.1", NOW)
    receive(log, store, Receipt.FAILED)
    assert log.records["wamid.1"].receipt is Receipt.FAILED
    assert not undelivered(store)


@pytest.mark.parametrize("arrival", [Receipt.DELIVERED, Receipt.READ, Receipt.PLAYED])
@pytest.mark.parametrize("events", list(permutations(["first failed", "second arrived", "first failed again"])))
def test_a_repeated_ticket_that_arrives_clears_the_desk_in_whatever_order_it_is_told(
    log: FakeSentLog, store: FakeStore, arrival: Receipt, events: list[str]
) -> None:
    log.add(ticket("wamid.1"), "out.1", NOW)
    log.add(ticket("wamid.2"), "out.2", NOW)
    for event in events:
        if event == "second arrived":
            receive(log, store, arrival, "wamid.2")
        else:
            receive(log, store, Receipt.FAILED, "wamid.1")
    assert not undelivered(store)


def test_what_became_of_a_ticket_for_another_day_does_not_count(log: FakeSentLog, store: FakeStore) -> None:
    log.add(ticket("wamid.1", TUESDAY.isoformat()), "out.1", NOW)
    log.add(ticket("wamid.2"), "out.2", NOW)
    receive(log, store, Receipt.FAILED, "wamid.2")
    receive(log, store, Receipt.DELIVERED, "wamid.1")
    assert undelivered(store)


def test_a_ticket_whose_booking_is_gone_disturbs_nobody(log: FakeSentLog) -> None:
    log.add(ticket(), "out.1", NOW)
    receive(log, FakeStore(), Receipt.FAILED)
    assert log.records["wamid.1"].receipt is Receipt.FAILED


@pytest.mark.parametrize("receipt", [Receipt.FAILED, Receipt.DELIVERED])
def test_a_death_before_the_desk_was_told_is_made_good_by_the_same_receipt(
    log: FakeSentLog, store: FakeStore, receipt: Receipt
) -> None:
    class Dying(FakeStore):
        def note_ticket(self, *_: object, **__: object) -> None:
            raise ConnectionError

    log.add(ticket(), "out.1", NOW)
    with pytest.raises(ConnectionError):
        receive(log, Dying(), receipt)
    receive(log, store, receipt)
    booked = store.bookings[CODE]
    assert (booked.ticket_missed_for, booked.ticket_arrived_for) == (
        (MONDAY, None) if receipt is Receipt.FAILED else (None, MONDAY)
    )
