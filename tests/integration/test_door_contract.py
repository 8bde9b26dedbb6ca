"""The rows of the write table in docs/data-model.md that happen at the door, on the table and on the fake alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from antrian.adapters.table.door import ScanItem, TableDoor
from antrian.adapters.table.table import Table
from antrian.domain.booking import Booking, Move, Seat, State
from antrian.domain.changes import Cancel
from antrian.domain.door import Outcome, ScanRecord
from antrian.domain.refusals import NotLetIn, Scanned, StaleRead
from antrian.domain.scan import Scan, Undoing
from tests.builders import MONDAY, NOW, SITI, booking, scan
from tests.integration.store import LATER, SENT, Store

DIGEST = "d1ge57"


def seat_of(confirmed: Booking) -> Seat:
    assert confirmed.seat is not None
    return confirmed.seat


def in_time(confirmed: Booking, nonce: str = "nonce-0001") -> Scan:
    return scan(nonce, seat_of(confirmed).opens_at)


def undoing(at: datetime = LATER) -> Undoing:
    return Undoing("officer-1", "device-1", "salah pindai", at)


@pytest.mark.parametrize(
    ("minutes", "late", "opens"),
    [
        (-31, False, False),
        (-31, True, False),
        (-30, False, True),
        (0, False, True),
        (1, False, False),
        (1, True, True),
        (15, True, True),
        (16, True, False),
    ],
)
def test_the_door_opens_in_the_window_only(store: Store, minutes: int, late: bool, opens: bool) -> None:
    confirmed = store.confirm(booking())
    asked = scan(at=seat_of(confirmed).starts_at + timedelta(minutes=minutes), admits_late=late)
    if opens:
        let_in = store.door.check_in(confirmed.code, asked, DIGEST)
        assert (let_in.state, let_in.seat, let_in.check_in) == (State.CHECKED_IN, confirmed.seat, asked)
        assert let_in.moves[-1] == (State.CHECKED_IN, Move(asked.at))
        assert store.get(confirmed.code) == let_in
        assert store.door.record_of(asked.nonce) == ScanRecord(asked, Outcome.OK, DIGEST, confirmed.code)
    else:
        with pytest.raises(NotLetIn) as refused:
            store.door.check_in(confirmed.code, asked, DIGEST)
        assert refused.value.booking == confirmed
        assert store.get(confirmed.code) == confirmed
        assert store.door.record_of(asked.nonce) is None


def test_the_door_opens_once_and_says_who_was_first(store: Store) -> None:
    confirmed = store.confirm(booking())
    first = in_time(confirmed)
    store.door.check_in(confirmed.code, first, DIGEST)
    with pytest.raises(NotLetIn) as refused:
        store.door.check_in(confirmed.code, in_time(confirmed, "nonce-0002"), DIGEST)
    assert refused.value.booking is not None
    assert refused.value.booking.check_in == first


def test_scans_go_with_the_retention(table: Table, door: TableDoor) -> None:
    told_late = scan(at=NOW, learnt_at=(NOW + timedelta(days=3)).astimezone(UTC))
    door.keep(ScanRecord(told_late, Outcome.UNKNOWN, DIGEST))
    item = table.model(ScanItem).get("SCAN#nonce-0001", "SCAN")
    assert item.expires_at == told_late.learnt_at + timedelta(days=90)


def test_a_scan_is_decided_once_and_says_what_was_decided(store: Store) -> None:
    confirmed, other = store.confirm(booking()), store.confirm(booking(SITI), 2)
    store.door.check_in(confirmed.code, in_time(confirmed), DIGEST)
    for code in (confirmed.code, other.code):
        with pytest.raises(Scanned) as refused:
            store.door.check_in(code, replace(in_time(confirmed), officer="officer-2"), DIGEST)
        assert refused.value.record == ScanRecord(in_time(confirmed), Outcome.OK, DIGEST, confirmed.code)
    assert store.get(other.code) == other


def test_a_scan_that_let_nobody_in_lets_nobody_in_later(store: Store) -> None:
    confirmed = store.confirm(booking())
    early = ScanRecord(in_time(confirmed), Outcome.EARLY, DIGEST)
    assert store.door.keep(early) == early
    with pytest.raises(Scanned) as refused:
        store.door.check_in(confirmed.code, in_time(confirmed), DIGEST)
    assert refused.value.record == early
    assert store.get(confirmed.code) == confirmed


def test_the_first_record_of_a_nonce_stands(store: Store) -> None:
    first = ScanRecord(scan(), Outcome.EARLY, DIGEST)
    assert store.door.keep(first) == first
    assert store.door.keep(ScanRecord(scan(officer="officer-2"), Outcome.UNKNOWN, DIGEST)) == first
    assert store.door.record_of("nonce-0001") == first


def test_the_door_stays_shut_for_a_code_that_nobody_has(store: Store) -> None:
    with pytest.raises(NotLetIn) as refused:
        store.door.check_in("CTH00000000", scan(), DIGEST)
    assert refused.value.booking is None
    assert store.bookings.get("CTH00000000") is None


def pending(store: Store) -> Booking:
    return store.register(booking())


def cancelled(store: Store) -> Booking:
    confirmed = store.confirm(booking())
    store.days.settle([Cancel(confirmed, Move(LATER, "wamid.batal"))])
    return store.get(confirmed.code)


@pytest.mark.parametrize("made", [pending, cancelled])
@pytest.mark.parametrize("late", [False, True])
def test_the_door_stays_shut_for_what_has_no_seat(store: Store, made: Callable[[Store], Booking], late: bool) -> None:
    held = made(store)
    with pytest.raises(NotLetIn) as refused:
        store.door.check_in(held.code, scan(at=SENT + timedelta(days=2), admits_late=late), DIGEST)
    assert refused.value.booking == held


def test_who_came_in_time_is_let_in_though_the_booking_expired_before_the_scan_was_told(store: Store) -> None:
    confirmed = store.confirm(booking())
    swept_at = seat_of(confirmed).void_after + timedelta(minutes=1)
    store.bookings.expire(confirmed, swept_at)
    late = replace(in_time(confirmed, "nonce-0002"), at=seat_of(confirmed).starts_at + timedelta(seconds=1))
    with pytest.raises(NotLetIn):
        store.door.check_in(confirmed.code, late, DIGEST)
    told = replace(in_time(confirmed), learnt_at=swept_at)
    assert store.door.check_in(confirmed.code, told, DIGEST).check_in == told


def test_a_check_in_is_taken_back_once_and_its_slot_is_looked_at_again(store: Store) -> None:
    confirmed = store.confirm(booking())
    starts_at = seat_of(confirmed).starts_at
    let_in = store.door.check_in(confirmed.code, in_time(confirmed), DIGEST)
    seen_inside = store.days.close(MONDAY, starts_at, LATER)
    store.days.finish(MONDAY, seen_inside, LATER)
    record = store.door.record_of("nonce-0001")
    assert record is not None
    undone = store.door.undo(let_in, record, undoing())
    assert (undone.state, undone.check_in, undone.seat) == (State.CONFIRMED, None, confirmed.seat)
    assert undone.moves == (*let_in.moves, (State.CONFIRMED, Move(LATER)))
    assert store.get(confirmed.code) == undone
    assert store.door.record_of("nonce-0001") == replace(record, undoing=undoing())
    slot = store.days.slots(MONDAY)[starts_at]
    assert (slot.finished_at, slot.closed_at, slot.reopened) == (None, LATER, 1)
    store.days.finish(MONDAY, seen_inside, LATER)
    assert store.days.slots(MONDAY)[starts_at].finished_at is None
    store.days.finish(MONDAY, slot, LATER)
    assert store.days.slots(MONDAY)[starts_at].finished_at == LATER
    with pytest.raises(StaleRead):
        store.door.undo(let_in, record, undoing(LATER + timedelta(minutes=1)))
    assert store.door.record_of("nonce-0001") == replace(record, undoing=undoing())


def test_undoing_one_scan_leaves_alone_who_came_in_by_another(store: Store) -> None:
    confirmed = store.confirm(booking())
    let_in = store.door.check_in(confirmed.code, in_time(confirmed), DIGEST)
    first = store.door.record_of("nonce-0001")
    assert first is not None
    store.door.undo(let_in, first, undoing())
    again = store.door.check_in(confirmed.code, in_time(confirmed, "nonce-0002"), DIGEST)
    with pytest.raises(StaleRead):
        store.door.undo(again, first, undoing())
    assert store.get(confirmed.code) == again


def test_who_was_undone_expires_like_who_never_came(store: Store) -> None:
    confirmed = store.confirm(booking())
    let_in = store.door.check_in(confirmed.code, in_time(confirmed), DIGEST)
    record = store.door.record_of("nonce-0001")
    assert record is not None
    undone = store.door.undo(let_in, record, undoing())
    store.bookings.expire(undone, seat_of(confirmed).void_after + timedelta(seconds=1))
    assert store.get(confirmed.code).state is State.EXPIRED
