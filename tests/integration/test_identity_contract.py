"""Rows of the write table in docs/data-model.md about who writes: which ids are one account's, and how much comes.

On the table and on the fake of the unit tests alike, so that the fake cannot be kinder than DynamoDB.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from antrian.adapters.table.booking_item import BookingItem
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.rate_limit import TableRateLimit
from antrian.adapters.table.table import Table
from antrian.domain.booking import FormerIds, Lapse, Move, State
from antrian.domain.changes import Cancel, LetLapse, Retirement
from antrian.domain.claims import Claim, ClaimKey
from antrian.domain.message import Sender
from antrian.domain.ports import RateLimit
from antrian.domain.refusals import ClaimsHeld, StaleRead
from tests.builders import BUDI, SITI, booking
from tests.fakes import FakeStore
from tests.integration.conftest import TABLE
from tests.integration.store import LATER, SENT, Store

BOTH = Sender(BUDI.phone, "ID.1")


# Who goes by which ids


def test_a_booking_goes_by_another_id_too(store: Store) -> None:
    first = store.register(booking(claims=(ClaimKey("PHONE#628110000001"), ClaimKey("PERSON#abc"))))
    claims = (*first.claims, ClaimKey("USER#ID.1"))
    store.bookings.rename(first, BOTH, claims, LATER)
    assert store.get(first.code) == replace(first, sender=BOTH, claims=claims, former=(FormerIds(first.ids, LATER),))
    assert store.bookings.held_by([ClaimKey("USER#ID.1")]) == [
        Claim(ClaimKey("USER#ID.1"), first.code, first.claims_until)
    ]


def test_a_booking_knows_every_id_by_which_it_went(store: Store) -> None:
    first = store.register(booking())
    store.bookings.rename(first, BOTH, BOTH.identities, LATER)
    linked = store.get(first.code)
    store.bookings.rename(linked, Sender(user_id="ID.2"), (ClaimKey("USER#ID.2"),), LATER + timedelta(minutes=1))
    former = ((first.ids, LATER), (frozenset(BOTH.identities), LATER + timedelta(minutes=1)))
    assert store.get(first.code).former == former


def test_a_booking_from_before_that_was_known_goes_by_another_id_too(table: Table, bookings: TableBookings) -> None:
    first = booking()
    bookings.register(first, ())
    table.model(BookingItem).key(first.code).update([BookingItem.former.remove()])
    bookings.rename(first, BOTH, (*first.claims, ClaimKey("USER#ID.1")), LATER)
    renamed = bookings.get(first.code)
    assert renamed is not None
    assert renamed.former == ((first.ids, LATER),)


def test_a_booking_leaves_the_ids_that_are_no_longer_its_sender_s(store: Store) -> None:
    first = store.register(
        booking(
            BOTH,
            claims=(ClaimKey("PHONE#628110000001"), ClaimKey("USER#ID.1"), ClaimKey("PERSON#abc")),
        )
    )
    store.bookings.rename(first, Sender(user_id="ID.2"), (ClaimKey("PERSON#abc"), ClaimKey("USER#ID.2")), LATER)
    moved = store.get(first.code)
    assert (moved.sender, moved.claims) == (
        Sender(user_id="ID.2"),
        (ClaimKey("PERSON#abc"), ClaimKey("USER#ID.2")),
    )
    assert (
        store.holder_of(ClaimKey("PHONE#628110000001")) == store.holder_of(ClaimKey("USER#ID.1")) == (first.code, LATER)
    )
    assert (
        store.holder_of(ClaimKey("USER#ID.2"))
        == store.holder_of(ClaimKey("PERSON#abc"))
        == (first.code, first.claims_until)
    )
    # The number is free for what its next owner writes, and not for what was written before.
    with pytest.raises(ClaimsHeld):
        store.register(booking(sent_at=SENT))
    assert store.register(booking(sent_at=LATER)).state is State.PENDING


def test_a_booking_takes_no_id_for_which_another_one_stands(store: Store) -> None:
    first, other = store.register(booking()), store.register(booking(SITI, claims=(ClaimKey("USER#ID.1"),)))
    with pytest.raises(StaleRead):
        store.bookings.rename(first, BOTH, (*first.claims, ClaimKey("USER#ID.1")), LATER)
    assert store.get(first.code) == first
    assert store.holder_of(ClaimKey("USER#ID.1"))[0] == other.code


@pytest.mark.parametrize(("seconds", "taken"), [(-1, False), (0, True)])
def test_a_booking_takes_an_id_that_was_free_by_then(store: Store, seconds: int, taken: bool) -> None:
    store.register(booking(SITI, claims=(ClaimKey("USER#ID.1"),), claims_until=LATER))
    first = store.register(booking())
    at = LATER + timedelta(seconds=seconds)
    if taken:
        store.bookings.rename(first, BOTH, (*first.claims, ClaimKey("USER#ID.1")), at)
        assert store.holder_of(ClaimKey("USER#ID.1")) == (first.code, first.claims_until)
    else:
        with pytest.raises(StaleRead):
            store.bookings.rename(first, BOTH, (*first.claims, ClaimKey("USER#ID.1")), at)


def test_a_booking_that_has_ended_goes_by_no_other_id(store: Store) -> None:
    first = store.register(booking())
    store.days.settle([LetLapse(first, Lapse.DAY_FULL, Move(LATER))])
    with pytest.raises(StaleRead):
        store.bookings.rename(first, BOTH, (*first.claims, ClaimKey("USER#ID.1")), LATER)
    assert store.bookings.held_by([ClaimKey("USER#ID.1")]) == []


@pytest.mark.parametrize(
    "stale",
    [
        {"claims": (ClaimKey("PHONE#628110000001"), ClaimKey("USER#ID.0"))},
        {"claims_until": LATER},
        {"sender": SITI},
        {"sender": Sender(BUDI.phone, "ID.0")},
        {"sender": Sender(user_id="ID.0")},
    ],
)
def test_a_booking_that_is_not_as_it_was_read_goes_by_no_other_id(store: Store, stale: dict[str, Any]) -> None:
    """Its claims hold until the end of its day, and what it leaves must be what it had."""
    first = store.register(booking())
    read = replace(first, **stale)
    with pytest.raises(StaleRead):
        store.bookings.rename(read, BOTH, (*read.claims, ClaimKey("USER#ID.1")), LATER)
    assert store.get(first.code) == first


def test_a_booking_ends_only_with_the_claims_that_were_read(store: Store) -> None:
    """Else one that was linked meanwhile would stand for a booking that is over."""
    pending, confirmed = store.register(booking()), store.confirm(booking(SITI), number=1)
    for read, user_id in ((pending, "ID.1"), (confirmed, "ID.2")):
        linked = Sender(read.sender.phone, user_id)
        store.bookings.rename(read, linked, (*read.claims, ClaimKey(f"USER#{user_id}")), LATER)
    assert confirmed.seat is not None
    void = confirmed.seat.void_after + timedelta(seconds=1)
    ways: tuple[Callable[[], None], ...] = (
        lambda: store.days.settle([LetLapse(pending, Lapse.DAY_FULL, Move(LATER, "wamid.approval"))]),
        lambda: store.days.settle([Cancel(pending, Move(LATER, "wamid.batal"))]),
        lambda: store.days.settle([Cancel(confirmed, Move(LATER, "wamid.batal"))]),
        lambda: store.bookings.register(booking(sent_at=LATER), [Retirement(pending)]),
        lambda: store.bookings.expire(confirmed, void),
    )
    for refused in ways:
        with pytest.raises(StaleRead):
            refused()
    assert [store.get(read.code).state for read in (pending, confirmed)] == [State.PENDING, State.CONFIRMED]
    store.bookings.expire(store.get(confirmed.code), void)
    assert store.holder_of(ClaimKey("USER#ID.2")) == (confirmed.code, void)


def test_an_id_that_was_given_up_books_nothing_for_what_was_written_before(store: Store) -> None:
    store.bookings.vacate([ClaimKey("PHONE#628110000001"), ClaimKey("USER#ID.1")], LATER)
    with pytest.raises(ClaimsHeld) as refused:
        store.register(booking(BOTH, claims=BOTH.identities, sent_at=LATER - timedelta(seconds=1)))
    assert {claim.until for claim in refused.value.claims} == {LATER}
    assert store.bookings.get_all({claim.booking_code for claim in refused.value.claims}) == {}
    assert store.register(booking(sent_at=LATER)).state is State.PENDING


def test_an_id_is_not_given_up_while_a_booking_stands_for_it_nor_before_it_was(store: Store) -> None:
    first = store.register(booking())
    ended = store.register(booking(SITI, claims=(ClaimKey("USER#ID.1"),), claims_until=LATER + timedelta(hours=1)))
    store.bookings.vacate([ClaimKey("PHONE#628110000001"), ClaimKey("USER#ID.1")], LATER)
    assert store.holder_of(ClaimKey("PHONE#628110000001")) == (first.code, first.claims_until)
    assert store.holder_of(ClaimKey("USER#ID.1")) == (ended.code, LATER + timedelta(hours=1))
    store.bookings.vacate([ClaimKey("USER#ID.1")], LATER + timedelta(hours=2))
    assert store.holder_of(ClaimKey("USER#ID.1"))[1] == LATER + timedelta(hours=2)


# How much somebody writes


@pytest.fixture(params=["table", "fake"])
def rate_limit(request: pytest.FixtureRequest) -> RateLimit:
    if request.param == "fake":
        return FakeStore()
    return TableRateLimit(request.getfixturevalue("table"))


def test_messages_are_counted_up_to_the_most_each_once(rate_limit: RateLimit) -> None:
    places = [rate_limit.count(BUDI, SENT, id_, 3) for id_ in ("a", "b", "a", "c", "d", "a", "c", "d", "e")]
    assert places == [1, 2, 1, 3, None, 1, 3, None, None]


def test_each_sender_and_each_window_has_a_tally_of_its_own(rate_limit: RateLimit) -> None:
    assert rate_limit.count(BUDI, SENT, "a", 1) == 1
    assert rate_limit.count(BUDI, SENT, "b", 1) is None
    assert rate_limit.count(SITI, SENT, "b", 1) == 1
    assert rate_limit.count(Sender(user_id="ID.1"), SENT, "b", 1) == 1
    assert rate_limit.count(BUDI, SENT + timedelta(minutes=10), "b", 1) == 1


def test_the_longest_rate_limit_costs_one_unit_to_write_and_is_removed_after_messages_can_come_again(
    table: Table,
) -> None:
    longest = Sender(user_id="ID.ENT." + "Z" * 128)
    for number in range(41):
        TableRateLimit(table).count(longest, SENT, f"wamid.{number}", 41)
    (item,) = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    # Names count, texts count their bytes, lists and each of their entries a few bytes more.
    entries = item["messages"]["L"]
    size = sum(len(name) for name in item) + sum(len(item[name]["S"]) for name in ("pk", "sk")) + 16
    assert size + 3 + sum(len(entry["S"]) + 1 for entry in entries) <= 1024
    assert int(item["expires_at"]["N"]) >= (SENT + timedelta(days=8)).timestamp()
