"""Every row of the write table in docs/data-model.md: what each write allows, and what its refusal says.

The same tests run on the table and on the fake of the unit tests, so that the fake cannot be kinder than DynamoDB.
"""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from antrian.adapters.table.sent import TableSentLog
from antrian.domain.answer import Answer, Kind
from antrian.domain.booking import Lapse, Move, Seat, State
from antrian.domain.office import Session
from antrian.domain.ports import (
    BookingExists,
    Cancel,
    ClaimsHeld,
    Confirm,
    LetLapse,
    Moved,
    Outgoing,
    Retirement,
    SentLog,
)
from antrian.domain.seats import Slot, seat
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY, booking, office, scan
from tests.fakes import FakeSentLog
from tests.integration.store import LATER, SENT, Store


def test_a_registered_booking_is_stored_as_it_was_given(store: Store) -> None:
    new = booking(claims=("PHONE#628110000001", "PERSON#abc"))
    stored = store.register(new)
    assert stored == replace(new, moves=((State.PENDING, Move(new.sent_at, new.message_id)),))
    assert store.holder_of("PERSON#abc") == (new.code, new.claims_until)
    assert store.bookings.code_behind(new.approval_code) == new.code


def test_a_booking_code_is_never_given_to_another_booking(store: Store) -> None:
    first = store.register(booking())
    with pytest.raises(BookingExists) as refused:
        store.register(booking(SITI, code=first.code))
    assert refused.value.booking == first
    assert store.bookings.held_by(["PHONE#628110000002"]) == []


def test_a_registration_that_was_turned_away_is_stored_and_holds_nothing(store: Store) -> None:
    refused = booking(state=State.LAPSED, lapse=Lapse.DAY_FULL, claims=())
    store.bookings.turn_away(refused)
    assert store.get(refused.code) == replace(
        refused, moves=((State.LAPSED, Move(refused.sent_at, refused.message_id)),)
    )
    assert store.bookings.held_by(["PHONE#628110000001"]) == []


def test_what_was_decided_for_a_message_first_stands(store: Store) -> None:
    first, refused = booking(), booking(SITI, state=State.LAPSED, lapse=Lapse.IN_THE_WAY, claims=())
    store.register(first)
    store.bookings.turn_away(refused)
    with pytest.raises(BookingExists) as raised:
        store.bookings.turn_away(replace(refused, code=first.code))
    assert raised.value.booking == store.get(first.code)
    with pytest.raises(BookingExists) as raised:
        store.bookings.register(booking(SITI, code=refused.code), ())
    assert raised.value.booking.lapse is Lapse.IN_THE_WAY
    assert store.bookings.held_by(["PHONE#628110000002"]) == []


def test_a_held_claim_refuses_and_says_whose_it_is(store: Store) -> None:
    first = store.register(booking())
    second = booking(sent_at=LATER)
    with pytest.raises(ClaimsHeld) as refused:
        store.register(second)
    assert [claim.booking_code for claim in refused.value.claims] == [first.code]
    assert store.bookings.get(second.code) is None


def test_a_claim_is_free_once_its_time_has_passed(store: Store) -> None:
    store.register(booking(claims_until=LATER))
    with pytest.raises(ClaimsHeld):
        store.register(booking(sent_at=LATER - timedelta(seconds=1)))
    second = store.register(booking(sent_at=LATER))
    assert store.holder_of("PHONE#628110000001")[0] == second.code


def test_a_pending_booking_is_replaced_and_leaves_no_claim_behind(store: Store) -> None:
    first = store.register(booking(claims=("PHONE#1", "PERSON#misspelt")))
    second = store.register(booking(claims=("PHONE#1", "PERSON#right"), sent_at=LATER), Retirement(first))
    assert store.get(first.code).state is State.REPLACED
    assert store.holder_of("PHONE#1") == (second.code, second.claims_until)
    assert store.holder_of("PERSON#misspelt") == (first.code, LATER)


def test_a_confirmed_booking_is_not_replaced(store: Store) -> None:
    first = booking()
    pending = replace(store.confirm(first), state=State.PENDING)
    second = booking(sent_at=LATER)
    with pytest.raises(Moved):
        store.register(second, Retirement(pending))
    assert store.get(first.code).state is State.CONFIRMED
    assert store.bookings.get(second.code) is None


def test_a_newer_booking_is_not_replaced_by_an_older_message(store: Store) -> None:
    newer = store.register(booking(sent_at=LATER))
    with pytest.raises(Moved):
        store.register(booking(sent_at=SENT), Retirement(newer))


@pytest.mark.parametrize(("minutes", "lapses"), [(120, False), (121, True)])
def test_a_booking_lapses_for_another_only_when_no_approval_can_be_waiting(
    store: Store, minutes: int, lapses: bool
) -> None:
    first = store.register(booking(claims=("PERSON#abc",)))
    second = booking(SITI, claims=("PERSON#abc",), sent_at=SENT + timedelta(minutes=minutes))
    if lapses:
        store.register(second, Retirement(first, Lapse.TOO_LATE))
        assert store.get(first.code).state is State.LAPSED
        assert store.get(first.code).lapse is Lapse.TOO_LATE
    else:
        with pytest.raises(Moved):
            store.register(second, Retirement(first, Lapse.TOO_LATE))
        assert store.get(first.code).state is State.PENDING


def test_a_day_is_opened_once_and_keeps_the_numbers_of_its_opening(store: Store) -> None:
    store.open()
    wider = [Slot.planned(plan) for plan in office(counters=3, quota=12).slots(MONDAY)]
    store.days.open(MONDAY, wider)
    assert [(slot.first_number, slot.capacity) for slot in store.open()] == [(1, 2), (3, 2)]
    assert store.days.slots(TUESDAY) == {}


def test_a_day_is_opened_once_also_by_an_office_that_has_changed_its_hours(store: Store) -> None:
    store.open()
    later = office(sessions=(Session(frozenset(range(5)), time(8, 15), time(9, 15)),))
    store.days.open(MONDAY, [Slot.planned(plan) for plan in later.slots(MONDAY)])
    assert [slot.starts_at for slot in store.open()] == [plan.starts_at for plan in office().slots(MONDAY)]


def test_a_seat_goes_to_one_booking_with_its_times(store: Store) -> None:
    confirmed = store.confirm(booking())
    slot = store.open()[0]
    assert confirmed.state is State.CONFIRMED
    assert confirmed.seat == Seat(
        1, slot.starts_at, slot.starts_at - timedelta(minutes=30), slot.starts_at + timedelta(minutes=15)
    )
    assert confirmed.moves[-1] == (State.CONFIRMED, Move(LATER, "wamid.approval"))
    assert slot.seats == {1: confirmed.code}


def test_a_taken_seat_refuses_the_whole_round(store: Store) -> None:
    store.confirm(booking())
    slots = store.open()
    second, third = store.register(booking(SITI)), store.register(booking(claims=("PHONE#3",)))
    changes = [
        Confirm(second, seat(office(), slots[0], 1), Move(LATER)),
        Confirm(third, seat(office(), slots[1], 3), Move(LATER)),
    ]
    with pytest.raises(Moved):
        store.days.settle(MONDAY, changes)
    assert {store.get(second.code).state, store.get(third.code).state} == {State.PENDING}
    assert store.open()[1].seats == {}


def test_ten_bookings_are_seated_in_one_round_over_several_slots(store: Store) -> None:
    pending = [store.register(booking(claims=(f"PHONE#{n}",))) for n in range(4)]
    slots = store.open()
    given = [seat(office(), slots[n // 2], n + 1) for n in range(4)]
    store.days.settle(MONDAY, [Confirm(b, s, Move(LATER)) for b, s in zip(pending, given, strict=True)])
    assert [slot.seats for slot in store.open()] == [
        {1: pending[0].code, 2: pending[1].code},
        {3: pending[2].code, 4: pending[3].code},
    ]


def test_a_booking_that_is_not_pending_gets_no_seat(store: Store) -> None:
    confirmed = store.confirm(booking())
    again = Confirm(replace(confirmed, state=State.PENDING), seat(office(), store.open()[0], 2), Move(LATER))
    with pytest.raises(Moved):
        store.days.settle(MONDAY, [again])
    assert store.open()[0].seats == {1: confirmed.code}


def test_a_closed_slot_gives_no_seat_and_takes_seats_back(store: Store) -> None:
    confirmed = store.confirm(booking())
    slot = store.open()[0]
    assert store.days.close(MONDAY, slot.starts_at, LATER).seats == {1: confirmed.code}
    second = store.register(booking(SITI))
    with pytest.raises(Moved):
        store.days.settle(MONDAY, [Confirm(second, seat(office(), slot, 2), Move(LATER))])
    store.days.settle(MONDAY, [Cancel(confirmed, Move(LATER, "wamid.batal"))])
    assert store.open()[0].seats == {}


def test_closing_twice_keeps_the_first_time_and_finishing_is_recorded(store: Store) -> None:
    slot = store.open()[0]
    store.days.close(MONDAY, slot.starts_at, SENT)
    closed = store.days.close(MONDAY, slot.starts_at, LATER)
    assert closed.closed_at == SENT
    store.days.finish(MONDAY, closed, LATER)
    assert store.open()[0].finished_at == LATER


def test_a_slot_that_is_open_is_not_finished(store: Store) -> None:
    slot = store.open()[0]
    store.days.finish(MONDAY, slot, LATER)
    assert store.open()[0].finished_at is None


def test_a_cancelled_booking_gives_back_its_seat_and_its_claims(store: Store) -> None:
    confirmed = store.confirm(booking(claims=("PHONE#1", "PERSON#abc")))
    store.days.settle(MONDAY, [Cancel(confirmed, Move(LATER, "wamid.batal"))])
    cancelled = store.get(confirmed.code)
    assert cancelled.state is State.CANCELLED
    assert cancelled.moves[-1] == (State.CANCELLED, Move(LATER, "wamid.batal"))
    assert store.open()[0].seats == {}
    assert store.holder_of("PERSON#abc") == (confirmed.code, LATER)


def test_a_message_cancels_one_booking_and_is_known_by_it(store: Store) -> None:
    first, second = store.confirm(booking()), store.confirm(booking(SITI), number=2)
    store.days.settle(MONDAY, [Cancel(first, Move(LATER, "wamid.batal"))])
    with pytest.raises(Moved):
        store.days.settle(MONDAY, [Cancel(second, Move(LATER, "wamid.batal"))])
    assert store.get(second.code).state is State.CONFIRMED
    assert store.bookings.withdrawn_by(["wamid.batal", "wamid.other"]) == {"wamid.batal": first.code}


def test_a_message_that_found_nothing_to_cancel_cancels_nothing_later(store: Store) -> None:
    store.bookings.withdraw_nothing("wamid.batal", SENT)
    store.bookings.withdraw_nothing("wamid.batal", SENT)
    pending = store.register(booking())
    with pytest.raises(Moved):
        store.days.settle(MONDAY, [Cancel(pending, Move(LATER, "wamid.batal"))])
    assert store.get(pending.code).state is State.PENDING
    assert list(store.bookings.withdrawn_by(["wamid.batal"])) == ["wamid.batal"]


def test_a_seat_given_back_can_be_taken_in_the_same_round(store: Store) -> None:
    confirmed, second = store.confirm(booking()), store.register(booking(SITI))
    given = seat(office(), store.open()[0], 1)
    store.days.settle(MONDAY, [Cancel(confirmed, Move(LATER, "wamid.batal")), Confirm(second, given, Move(LATER))])
    assert store.open()[0].seats == {1: second.code}


def test_a_booking_cancelled_in_another_state_than_read_is_refused(store: Store) -> None:
    first = booking()
    as_pending = replace(store.confirm(first), state=State.PENDING, seat=None)
    with pytest.raises(Moved):
        store.days.settle(MONDAY, [Cancel(as_pending, Move(LATER, "wamid.batal"))])
    assert store.get(first.code).state is State.CONFIRMED


def test_a_lapsed_booking_says_why_and_releases_its_claims(store: Store) -> None:
    pending = store.register(booking())
    store.days.settle(MONDAY, [LetLapse(pending, Lapse.DAY_FULL, Move(LATER, "wamid.approval"))])
    assert store.get(pending.code).lapse is Lapse.DAY_FULL
    assert store.holder_of("PHONE#628110000001") == (pending.code, LATER)


def test_ending_a_booking_leaves_the_claim_of_its_successor_alone(store: Store) -> None:
    first = store.confirm(booking(claims_until=LATER))
    second = store.register(booking(sent_at=LATER))
    store.days.settle(MONDAY, [Cancel(first, Move(LATER + timedelta(days=3), "wamid.batal"))])
    assert store.get(first.code).state is State.CANCELLED
    assert store.holder_of("PHONE#628110000001") == (second.code, second.claims_until)


@pytest.mark.parametrize(("seconds", "expires"), [(0, False), (1, True)])
def test_a_booking_expires_only_after_its_grace(store: Store, seconds: int, expires: bool) -> None:
    confirmed = store.confirm(booking())
    assert confirmed.seat is not None
    now = confirmed.seat.void_after + timedelta(seconds=seconds)
    if expires:
        store.bookings.expire(confirmed, now)
        assert store.get(confirmed.code).state is State.EXPIRED
        assert store.holder_of("PHONE#628110000001") == (confirmed.code, now)
    else:
        with pytest.raises(Moved):
            store.bookings.expire(confirmed, now)
        assert store.get(confirmed.code).state is State.CONFIRMED


def test_an_expired_booking_releases_its_claims_as_of_when_it_became_void(store: Store) -> None:
    confirmed = store.confirm(booking())
    assert confirmed.seat is not None
    store.bookings.expire(confirmed, confirmed.seat.void_after + timedelta(hours=1))
    void_from = confirmed.seat.void_after + timedelta(seconds=1)
    assert store.holder_of("PHONE#628110000001") == (confirmed.code, void_from)


def test_a_pending_booking_does_not_expire(store: Store) -> None:
    pending = store.register(booking())
    with pytest.raises(Moved):
        store.bookings.expire(pending, SENT + timedelta(days=9))
    assert store.get(pending.code).state is State.PENDING


def test_a_change_without_a_seat_does_not_open_a_day(store: Store) -> None:
    pending = store.register(booking())
    store.days.settle(MONDAY, [LetLapse(pending, Lapse.OFFICE_CLOSED, Move(LATER))])
    assert store.days.slots(MONDAY) == {}
    assert len(store.open()) == 2


def test_a_checked_in_booking_does_not_expire(store: Store) -> None:
    confirmed = store.confirm(booking())
    assert confirmed.seat is not None
    store.door.check_in(confirmed.code, scan(at=confirmed.seat.opens_at), "digest")
    with pytest.raises(Moved):
        store.bookings.expire(confirmed, confirmed.seat.void_after + timedelta(hours=1))
    assert store.get(confirmed.code).state is State.CHECKED_IN


def test_many_bookings_are_read_at_once_and_unknown_ones_left_out(store: Store) -> None:
    first, second = store.register(booking(BUDI)), store.register(booking(SITI))
    found = store.bookings.get_all([first.code, second.code, "CTH99999999"])
    assert found == {first.code: first, second.code: second}


@pytest.fixture(params=["table", "fake"])
def sent_log(request: pytest.FixtureRequest) -> SentLog:
    if request.param == "fake":
        return FakeSentLog()
    request.getfixturevalue("aws")
    return TableSentLog()


def test_an_answer_counts_as_sent_once_it_went_out_or_was_given_up(sent_log: SentLog) -> None:
    out, given_up, waiting = (Outgoing(f"wamid.{n}", BUDI, Answer(Kind.HELP)) for n in range(3))
    sent_log.add(out, "", NOW)  # WhatsApp did not tell its id
    sent_log.give_up(given_up, "NotThisWay:131026", NOW)
    assert [sent_log.has(outgoing.id) for outgoing in (out, given_up, waiting)] == [True, True, False]
