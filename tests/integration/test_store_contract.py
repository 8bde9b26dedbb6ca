"""Every row of the write table in docs/data-model.md: what each write allows, and what its refusal says.

The same tests run on the table and on the fake of the unit tests, so that the fake cannot be kinder than DynamoDB.
"""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from pynamodb.exceptions import UpdateError

from antrian.adapters.table.sent import TableSentLog
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking, Lapse, Move, Seat, State, StateChange
from antrian.domain.changes import Cancel, Confirm, LetLapse, Reschedule, Retirement
from antrian.domain.claims import ClaimKey
from antrian.domain.delivery import Outgoing
from antrian.domain.message import Sender
from antrian.domain.office import Session
from antrian.domain.ports import SentLog
from antrian.domain.receipt import Receipt, SentRecord, Ticket
from antrian.domain.refusals import BookingExists, ClaimsHeld, StaleRead
from antrian.domain.seats import Cooling, Slot, seat
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY, booking, office, scan
from tests.fakes import FakeSentLog
from tests.integration.store import LATER, SENT, Store


def test_a_registered_booking_is_stored_as_it_was_given(store: Store) -> None:
    new = booking(claims=(ClaimKey("PHONE#628110000001"), ClaimKey("PERSON#abc")))
    stored = store.register(new)
    assert stored == replace(new, moves=(StateChange(State.PENDING, Move(new.sent_at, new.message_id)),))
    assert store.holder_of(ClaimKey("PERSON#abc")) == (new.code, new.claims_until)
    assert store.bookings.code_behind(new.approval_code) == new.code


def test_a_booking_code_is_never_given_to_another_booking(store: Store) -> None:
    first = store.register(booking())
    with pytest.raises(BookingExists) as refused:
        store.register(booking(SITI, code=first.code))
    assert refused.value.booking == first
    assert store.bookings.held_by([ClaimKey("PHONE#628110000002")]) == []


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
    assert store.holder_of(ClaimKey("PHONE#628110000001"))[0] == second.code


def test_a_pending_booking_is_replaced_and_leaves_no_claim_behind(store: Store) -> None:
    first = store.register(booking(claims=(ClaimKey("PHONE#1"), ClaimKey("PERSON#misspelt"))))
    second = store.register(
        booking(claims=(ClaimKey("PHONE#1"), ClaimKey("PERSON#right")), sent_at=LATER), Retirement(first)
    )
    assert store.get(first.code).state is State.REPLACED
    assert store.holder_of(ClaimKey("PHONE#1")) == (second.code, second.claims_until)
    assert store.holder_of(ClaimKey("PERSON#misspelt")) == (first.code, LATER)


def test_a_confirmed_booking_is_not_replaced(store: Store) -> None:
    first = booking()
    pending = replace(store.confirm(first), state=State.PENDING)
    second = booking(sent_at=LATER)
    with pytest.raises(StaleRead):
        store.register(second, Retirement(pending))
    assert store.get(first.code).state is State.CONFIRMED
    assert store.bookings.get(second.code) is None


def test_a_newer_booking_is_not_replaced_by_an_older_message(store: Store) -> None:
    newer = store.register(booking(sent_at=LATER))
    with pytest.raises(StaleRead):
        store.register(booking(sent_at=SENT), Retirement(newer))


@pytest.mark.parametrize(("minutes", "lapses"), [(120, False), (121, True)])
def test_a_booking_lapses_for_another_only_when_no_approval_can_be_waiting(
    store: Store, minutes: int, lapses: bool
) -> None:
    first = store.register(booking(claims=(ClaimKey("PERSON#abc"),)))
    second = booking(SITI, claims=(ClaimKey("PERSON#abc"),), sent_at=SENT + timedelta(minutes=minutes))
    if lapses:
        store.register(second, Retirement(first, Lapse.TOO_LATE))
        assert store.get(first.code).state is State.LAPSED
        assert store.get(first.code).lapse is Lapse.TOO_LATE
    else:
        with pytest.raises(StaleRead):
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
        1, MONDAY, slot.starts_at, slot.starts_at - timedelta(minutes=30), slot.starts_at + timedelta(minutes=15)
    )
    assert confirmed.moves[-1] == (State.CONFIRMED, Move(LATER, "wamid.approval"))
    assert slot.seats == {1: confirmed.code}


def test_a_taken_seat_refuses_the_whole_round(store: Store) -> None:
    store.confirm(booking())
    slots = store.open()
    second, third = store.register(booking(SITI)), store.register(booking(claims=(ClaimKey("PHONE#3"),)))
    changes = [
        Confirm(second, seat(office(), slots[0], 1), Move(LATER)),
        Confirm(third, seat(office(), slots[1], 3), Move(LATER)),
    ]
    with pytest.raises(StaleRead):
        store.days.settle(changes)
    assert {store.get(second.code).state, store.get(third.code).state} == {State.PENDING}
    assert store.open()[1].seats == {}


def test_ten_bookings_are_seated_in_one_round_over_several_slots(store: Store) -> None:
    pending = [store.register(booking(claims=(ClaimKey(f"PHONE#{n}"),))) for n in range(4)]
    slots = store.open()
    given = [seat(office(), slots[n // 2], n + 1) for n in range(4)]
    store.days.settle([Confirm(b, s, Move(LATER)) for b, s in zip(pending, given, strict=True)])
    assert [slot.seats for slot in store.open()] == [
        {1: pending[0].code, 2: pending[1].code},
        {3: pending[2].code, 4: pending[3].code},
    ]


def test_a_booking_that_is_not_pending_gets_no_seat(store: Store) -> None:
    confirmed = store.confirm(booking())
    again = Confirm(replace(confirmed, state=State.PENDING), seat(office(), store.open()[0], 2), Move(LATER))
    with pytest.raises(StaleRead):
        store.days.settle([again])
    assert store.open()[0].seats == {1: confirmed.code}


def test_a_closed_slot_gives_no_seat_and_takes_seats_back(store: Store) -> None:
    confirmed = store.confirm(booking())
    slot = store.open()[0]
    assert store.days.close(MONDAY, slot.starts_at, LATER).seats == {1: confirmed.code}
    second = store.register(booking(SITI))
    with pytest.raises(StaleRead):
        store.days.settle([Confirm(second, seat(office(), slot, 2), Move(LATER))])
    store.days.settle([Cancel(confirmed, Move(LATER, "wamid.batal"))])
    assert store.open()[0].seats == {}


def test_closing_twice_keeps_the_first_time_and_finishing_is_recorded(store: Store) -> None:
    slot = store.open()[0]
    store.days.close(MONDAY, slot.starts_at, SENT)
    closed = store.days.close(MONDAY, slot.starts_at, LATER)
    assert closed.closed_at == SENT
    store.days.finish(MONDAY, closed, LATER)
    assert store.open()[0].finished_at == LATER


def test_that_a_day_was_reminded_is_recorded_with_the_first_time(store: Store) -> None:
    assert store.days.reminded_at(MONDAY) is None
    store.open()
    assert store.days.reminded_at(MONDAY) is None
    store.days.note_reminded(MONDAY, SENT)
    store.days.note_reminded(MONDAY, LATER)
    assert store.days.reminded_at(MONDAY) == SENT
    assert store.days.reminded_at(TUESDAY) is None
    assert len(store.open()) == 2


def test_a_day_that_nobody_opened_is_not_marked_as_reminded_and_can_be_opened(store: Store) -> None:
    """The mark alone would make it look open, without a seat."""
    with pytest.raises((UpdateError, AssertionError)):
        store.days.note_reminded(MONDAY, LATER)
    assert store.days.reminded_at(MONDAY) is None
    assert [slot.capacity for slot in store.open()] == [2, 2]


def test_a_slot_that_is_open_is_not_finished(store: Store) -> None:
    slot = store.open()[0]
    store.days.finish(MONDAY, slot, LATER)
    assert store.open()[0].finished_at is None


def test_a_cancelled_booking_gives_back_its_seat_and_its_claims(store: Store) -> None:
    confirmed = store.confirm(booking(claims=(ClaimKey("PHONE#1"), ClaimKey("PERSON#abc"))))
    store.days.settle([Cancel(confirmed, Move(LATER, "wamid.batal"))])
    cancelled = store.get(confirmed.code)
    assert cancelled.state is State.CANCELLED
    assert cancelled.moves[-1] == (State.CANCELLED, Move(LATER, "wamid.batal"))
    assert store.open()[0].seats == {}
    assert store.holder_of(ClaimKey("PERSON#abc")) == (confirmed.code, LATER)


def test_a_booking_that_the_office_calls_off_says_so_and_leaves_its_seat_free_at_once(store: Store) -> None:
    confirmed = store.confirm(booking(claims=(ClaimKey("PHONE#1"), ClaimKey("PERSON#abc"))))
    call_off = Cancel(confirmed, Move(LATER, "closed:1"), lapse=Lapse.OFFICE_CLOSED)
    store.days.settle([call_off])
    called_off = store.get(confirmed.code)
    assert (called_off.state, called_off.lapse) == (State.CANCELLED, Lapse.OFFICE_CLOSED)
    assert called_off.was_cancelled_by("closed:1")
    assert (store.open()[0].seats, store.open()[0].cooling) == ({}, {})
    assert store.holder_of(ClaimKey("PHONE#1")) == (confirmed.code, LATER)
    with pytest.raises(StaleRead):
        store.days.settle([call_off])


def test_a_seat_given_back_can_be_taken_in_the_same_round(store: Store) -> None:
    confirmed, second = store.confirm(booking()), store.register(booking(SITI))
    given = seat(office(), store.open()[0], 1)
    store.days.settle([Cancel(confirmed, Move(LATER, "wamid.batal")), Confirm(second, given, Move(LATER))])
    assert store.open()[0].seats == {1: second.code}


# Cooling

COOLING = Cooling(SENT, SENT + timedelta(minutes=20), frozenset({"ab2c", "xyz7"}))


def cooled(store: Store) -> Seat:
    """Let number 1 be given up and cool, and return it."""
    given_up = store.confirm(booking())
    assert given_up.seat is not None
    store.days.settle([Cancel(given_up, Move(LATER, "wamid.batal"), COOLING)])
    return given_up.seat


def test_a_seat_that_was_given_up_cools_in_its_slot(store: Store) -> None:
    cooled(store)
    assert [(slot.seats, slot.cooling) for slot in store.open()] == [({}, {1: COOLING}), ({}, {})]


@pytest.mark.parametrize(
    "as_read",
    [
        None,
        replace(COOLING, until=COOLING.until + timedelta(minutes=1)),
        replace(COOLING, fingerprints=frozenset({"ab2c"})),
    ],
    ids=["not cooling", "another time", "another giver"],
)
def test_a_seat_whose_cooling_is_not_as_it_was_read_is_not_taken(store: Store, as_read: Cooling | None) -> None:
    free = cooled(store)
    second = store.register(booking(SITI))
    with pytest.raises(StaleRead):
        store.days.settle([Confirm(second, free, Move(LATER), as_read)])
    assert store.get(second.code).state is State.PENDING
    assert store.open()[0].cooling == {1: COOLING}


def test_a_seat_that_never_cooled_is_not_taken_by_who_read_that_it_had(store: Store) -> None:
    second = store.register(booking(SITI))
    with pytest.raises(StaleRead):
        store.days.settle([Confirm(second, seat(office(), store.open()[0], 1), Move(LATER), COOLING)])


def test_a_seat_that_has_cooled_is_taken_and_cools_no_more(store: Store) -> None:
    free = cooled(store)
    second = store.register(booking(SITI))
    store.days.settle([Confirm(second, free, Move(LATER), COOLING)])
    slot = store.open()[0]
    assert (slot.seats, slot.cooling) == ({1: second.code}, {})


def test_closing_a_slot_shows_what_cools_in_it(store: Store) -> None:
    free = cooled(store)
    assert store.days.close(MONDAY, free.starts_at, LATER).cooling == {1: COOLING}


# Another day


def moved(store: Store, confirmed: Booking, number: int = 1, **changes: Any) -> Reschedule:
    """Return the change that moves a booking to this number of Tuesday."""
    slot = store.open(TUESDAY)[0]
    move = Move(LATER, "wamid.ubah", TUESDAY)
    new_seat = seat(office(), slot, number)
    return replace(Reschedule(confirmed, new_seat, office().end_of(TUESDAY), move, cooling=COOLING), **changes)


def test_a_booking_moves_with_its_seat_and_its_claims_and_leaves_its_old_seat_to_cool(store: Store) -> None:
    confirmed = store.confirm(booking(claims=(ClaimKey("PHONE#1"), ClaimKey("PERSON#abc"))))
    change = moved(store, confirmed)
    store.days.settle([change])
    until = office().end_of(TUESDAY)
    assert store.get(confirmed.code) == replace(
        confirmed,
        service_date=TUESDAY,
        seat=change.seat,
        claims_until=until,
        moves=(*confirmed.moves, StateChange(State.CONFIRMED, change.move)),
    )
    assert (store.open()[0].seats, store.open()[0].cooling) == ({}, {1: COOLING})
    assert store.open(TUESDAY)[0].seats == {1: confirmed.code}
    assert [store.holder_of(key) for key in confirmed.claims] == [(confirmed.code, until)] * 2


def test_a_booking_is_not_moved_onto_a_seat_that_somebody_has_and_keeps_its_own(store: Store) -> None:
    first, second = store.confirm(booking()), store.confirm(booking(SITI), number=2)
    store.days.settle([moved(store, first)])
    with pytest.raises(StaleRead):
        store.days.settle([moved(store, second, move=Move(LATER, "wamid.other", TUESDAY))])
    assert store.get(second.code) == second
    assert store.open()[0].seats == {2: second.code}
    assert store.holder_of(ClaimKey("PHONE#628110000002")) == (second.code, second.claims_until)


@pytest.mark.parametrize("read", [None, COOLING])
def test_a_booking_is_moved_onto_a_seat_as_it_was_read_alone(store: Store, read: Cooling | None) -> None:
    giver, mover = store.confirm(booking()), store.confirm(booking(SITI), number=2)
    first = moved(store, giver)
    store.days.settle([first])
    store.days.settle([Cancel(store.get(giver.code), Move(LATER, "wamid.batal"), COOLING)])
    change = moved(store, mover, move=Move(LATER, "wamid.other", TUESDAY), cooled=read)
    if read is None:
        with pytest.raises(StaleRead):
            store.days.settle([change])
        assert store.get(mover.code) == mover
    else:
        store.days.settle([change])
        assert store.open(TUESDAY)[0].seats == {1: mover.code}


def test_a_closed_slot_gives_no_seat_to_who_moves_and_takes_one_back(store: Store) -> None:
    confirmed = store.confirm(booking())
    store.days.close(MONDAY, store.open()[0].starts_at, LATER)
    store.open(TUESDAY)
    store.days.close(TUESDAY, store.open(TUESDAY)[0].starts_at, LATER)
    with pytest.raises(StaleRead):
        store.days.settle([moved(store, confirmed)])
    second_slot = seat(office(), store.open(TUESDAY)[1], 3)
    store.days.settle([moved(store, confirmed, seat=second_slot)])
    assert store.open()[0].seats == {}


def test_a_booking_that_is_not_confirmed_any_more_is_not_moved(store: Store) -> None:
    confirmed = store.confirm(booking())
    assert confirmed.seat is not None
    store.door.check_in(confirmed.code, scan(at=confirmed.seat.opens_at), "digest")
    with pytest.raises(StaleRead):
        store.days.settle([moved(store, confirmed)])
    assert store.open()[0].seats == {1: confirmed.code}
    assert store.open(TUESDAY)[0].seats == {}


def test_a_booking_is_moved_from_the_seat_that_it_was_read_with(store: Store) -> None:
    confirmed = store.confirm(booking())
    store.days.settle([moved(store, confirmed)])
    again = moved(store, replace(confirmed, claims_until=office().end_of(TUESDAY)), number=2)
    with pytest.raises(StaleRead):
        store.days.settle([replace(again, move=Move(LATER, "wamid.other", TUESDAY))])
    assert store.open(TUESDAY)[0].seats == {1: confirmed.code}


def test_a_booking_without_a_seat_is_not_moved(store: Store) -> None:
    pending = store.register(booking())
    with pytest.raises(StaleRead):
        store.days.settle([moved(store, replace(pending, state=State.CONFIRMED))])


def test_what_was_read_before_a_move_ends_nothing_after_it(store: Store) -> None:
    """Its claims would end as of the old day."""
    confirmed = store.confirm(booking())
    assert confirmed.seat is not None
    store.days.settle([moved(store, confirmed)])
    with pytest.raises(StaleRead):
        store.days.settle([Cancel(confirmed, Move(LATER, "wamid.batal"))])
    with pytest.raises(StaleRead):
        store.bookings.expire(confirmed, confirmed.seat.void_after + timedelta(days=3))
    assert store.get(confirmed.code).state is State.CONFIRMED


def test_a_booking_that_stands_for_another_id_by_now_is_not_moved_without_it(store: Store) -> None:
    """The claim that was not read would end with the old day."""
    confirmed = store.confirm(booking())
    store.bookings.rename(confirmed, Sender(BUDI.phone, "ID.1"), (*confirmed.claims, ClaimKey("USER#ID.1")), LATER)
    with pytest.raises(StaleRead):
        store.days.settle([moved(store, confirmed)])
    assert store.holder_of(ClaimKey("USER#ID.1")) == (confirmed.code, confirmed.claims_until)


def test_a_booking_whose_person_has_another_by_now_is_not_moved(store: Store) -> None:
    first = store.confirm(booking(claims_until=LATER))
    second = store.register(booking(sent_at=LATER))
    with pytest.raises(StaleRead):
        store.days.settle([moved(store, first)])
    assert store.holder_of(ClaimKey("PHONE#628110000001")) == (second.code, second.claims_until)


def test_a_booking_that_was_moved_expires_by_its_new_day(store: Store) -> None:
    confirmed = store.confirm(booking())
    store.days.settle([moved(store, confirmed)])
    on_tuesday = store.get(confirmed.code)
    assert confirmed.seat is not None
    assert on_tuesday.seat is not None
    with pytest.raises(StaleRead):
        store.bookings.expire(on_tuesday, confirmed.seat.void_after + timedelta(hours=1))
    store.bookings.expire(on_tuesday, on_tuesday.seat.void_after + timedelta(hours=1))
    assert store.get(confirmed.code).state is State.EXPIRED


def test_a_booking_cancelled_in_another_state_than_read_is_refused(store: Store) -> None:
    first = booking()
    as_pending = replace(store.confirm(first), state=State.PENDING, seat=None)
    with pytest.raises(StaleRead):
        store.days.settle([Cancel(as_pending, Move(LATER, "wamid.batal"))])
    assert store.get(first.code).state is State.CONFIRMED


def test_a_lapsed_booking_says_why_and_releases_its_claims(store: Store) -> None:
    pending = store.register(booking())
    store.days.settle([LetLapse(pending, Lapse.DAY_FULL, Move(LATER, "wamid.approval"))])
    assert store.get(pending.code).lapse is Lapse.DAY_FULL
    assert store.holder_of(ClaimKey("PHONE#628110000001")) == (pending.code, LATER)


def test_ending_a_booking_leaves_the_claim_of_its_successor_alone(store: Store) -> None:
    first = store.confirm(booking(claims_until=LATER))
    second = store.register(booking(sent_at=LATER))
    store.days.settle([Cancel(first, Move(LATER + timedelta(days=3), "wamid.batal"))])
    assert store.get(first.code).state is State.CANCELLED
    assert store.holder_of(ClaimKey("PHONE#628110000001")) == (second.code, second.claims_until)


@pytest.mark.parametrize(("seconds", "expires"), [(0, False), (1, True)])
def test_a_booking_expires_only_after_its_grace(store: Store, seconds: int, expires: bool) -> None:
    confirmed = store.confirm(booking())
    assert confirmed.seat is not None
    now = confirmed.seat.void_after + timedelta(seconds=seconds)
    if expires:
        store.bookings.expire(confirmed, now)
        assert store.get(confirmed.code).state is State.EXPIRED
        assert store.holder_of(ClaimKey("PHONE#628110000001")) == (confirmed.code, now)
    else:
        with pytest.raises(StaleRead):
            store.bookings.expire(confirmed, now)
        assert store.get(confirmed.code).state is State.CONFIRMED


def test_an_expired_booking_releases_its_claims_as_of_when_it_became_void(store: Store) -> None:
    confirmed = store.confirm(booking())
    assert confirmed.seat is not None
    store.bookings.expire(confirmed, confirmed.seat.void_after + timedelta(hours=1))
    void_from = confirmed.seat.void_after + timedelta(seconds=1)
    assert store.holder_of(ClaimKey("PHONE#628110000001")) == (confirmed.code, void_from)


def test_a_pending_booking_does_not_expire(store: Store) -> None:
    pending = store.register(booking())
    with pytest.raises(StaleRead):
        store.bookings.expire(pending, SENT + timedelta(days=9))
    assert store.get(pending.code).state is State.PENDING


def test_a_change_without_a_seat_does_not_open_a_day(store: Store) -> None:
    pending = store.register(booking())
    store.days.settle([LetLapse(pending, Lapse.OFFICE_CLOSED, Move(LATER))])
    assert store.days.slots(MONDAY) == {}
    assert len(store.open()) == 2


def test_a_checked_in_booking_does_not_expire(store: Store) -> None:
    confirmed = store.confirm(booking())
    assert confirmed.seat is not None
    store.door.check_in(confirmed.code, scan(at=confirmed.seat.opens_at), "digest")
    with pytest.raises(StaleRead):
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
    return TableSentLog(request.getfixturevalue("table"))


TICKET = Outgoing("wamid.t", BUDI, Answer(Kind.TICKET, {"booking_code": "CTH1", "service_date": MONDAY.isoformat()}))


def test_an_answer_is_found_once_it_went_out_or_was_given_up(sent_log: SentLog) -> None:
    out, given_up, waiting = (Outgoing(f"wamid.{n}", BUDI, Answer(Kind.HELP)) for n in range(3))
    assert sent_log.add(out, "", NOW) == SentRecord("help")  # WhatsApp did not tell its id
    assert sent_log.give_up(given_up, "NotThisWay:131026", NOW) == SentRecord("help", failure="NotThisWay:131026")
    sent_log.give_up_unread("sqs-1", NOW)
    assert [sent_log.find(outgoing.id) for outgoing in (out, given_up, waiting)] == [
        SentRecord("help"),
        SentRecord("help", failure="NotThisWay:131026"),
        None,
    ]
    assert sent_log.find("sqs-1") == SentRecord("unread", failure="unread")


def test_what_is_known_of_an_answer_only_rises(sent_log: SentLog) -> None:
    sent_log.add(TICKET, "out.1", SENT)
    ticket = Ticket("CTH1", MONDAY)
    known = [
        sent_log.receive("wamid.t", receipt, "out.1", SENT + timedelta(seconds=second), errors)
        for second, (receipt, errors) in enumerate(
            [
                (Receipt.DELIVERED, ()),
                (Receipt.SENT, ()),
                (Receipt.READ, ()),
                (Receipt.PLAYED, ()),
                (Receipt.FAILED, (131026, 131000)),
                (Receipt.DELIVERED, ()),
            ]
        )
    ]
    delivered = SentRecord("ticket", ticket, "out.1", None, Receipt.DELIVERED, SENT)
    read = replace(delivered, receipt=Receipt.READ, receipt_at=SENT + timedelta(seconds=2))
    failed = replace(read, receipt=Receipt.FAILED, receipt_at=SENT + timedelta(seconds=4), errors=(131026, 131000))
    assert known == [delivered, delivered, read, read, failed, failed]
    assert sent_log.find("wamid.t") == failed


def test_a_receipt_may_come_before_our_own_record_and_neither_erases_the_other(sent_log: SentLog) -> None:
    alone = sent_log.receive("wamid.t", Receipt.FAILED, "out.1", SENT, (131026,))
    assert alone == SentRecord("", None, "out.1", None, Receipt.FAILED, SENT, (131026,))
    assert sent_log.find("wamid.t") == alone
    both = replace(alone, kind="ticket", ticket=Ticket("CTH1", MONDAY))
    assert sent_log.add(TICKET, "", LATER) == both
    assert sent_log.add(TICKET, "out.2", LATER) == replace(both, whatsapp_id="out.2")
    assert sent_log.receive("wamid.t", Receipt.SENT, "out.3", LATER, ()) == replace(both, whatsapp_id="out.2")


def test_the_desk_sees_that_a_ticket_did_not_arrive_until_one_does(store: Store) -> None:
    confirmed = store.confirm(booking())
    ticket = Ticket(confirmed.code, MONDAY)
    assert not store.get(confirmed.code).ticket_undelivered
    for _ in range(2):
        store.bookings.note_ticket(ticket, arrived=False)
        assert store.get(confirmed.code).ticket_undelivered
    store.bookings.note_ticket(ticket, arrived=True)
    store.bookings.note_ticket(ticket, arrived=False)
    assert not store.get(confirmed.code).ticket_undelivered


def test_a_ticket_for_another_day_or_of_no_booking_changes_nothing(store: Store) -> None:
    confirmed = store.confirm(booking())
    store.bookings.note_ticket(Ticket(confirmed.code, TUESDAY), arrived=False)
    store.bookings.note_ticket(Ticket("CTH99999999", MONDAY), arrived=False)
    assert store.get(confirmed.code) == confirmed
    assert store.bookings.get("CTH99999999") is None
