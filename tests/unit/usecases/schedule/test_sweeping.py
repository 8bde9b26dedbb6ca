"""The sweep: when a code is void, who is told, and that nothing is done twice or never."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from antrian.domain.answers import Kind
from antrian.domain.booking import Move, State
from antrian.domain.delivery import Outgoing
from antrian.domain.refusals import StaleRead
from antrian.domain.seats import Slot
from tests.builders import BUDI, MONDAY, SITI, TUESDAY, office, wib
from tests.fakes import FakeOutbox, FakeStore
from tests.unit.usecases.world import A_SECOND, World, applicant

VOID_AT = wib(MONDAY, 8, 15)


@pytest.fixture
def world() -> World:
    return World()


def expiries(world: World) -> list[str]:
    return [id_ for id_ in world.outbox.answers if id_.startswith("expired:")]


def test_a_slot_is_swept_only_after_the_last_moment_of_its_grace(world: World) -> None:
    booked = world.book()
    assert world.sweep(VOID_AT) == 0
    assert world.store.bookings[booked.code].state is State.CONFIRMED
    assert {slot.closed_at for slot in world.store.slots(MONDAY).values()} == {None}
    assert world.sweep(VOID_AT + A_SECOND) == 1
    assert world.store.bookings[booked.code].state is State.EXPIRED
    assert world.store.bookings[booked.code].moves[-1] == (State.EXPIRED, Move(world.clock.moment))


def test_who_did_not_come_is_told_that_the_code_is_void_and_how_to_register_again(world: World) -> None:
    booked = world.book()
    world.sweep(VOID_AT + A_SECOND)
    notice = world.outbox.answers[f"expired:{booked.code}"]
    assert notice.to == BUDI
    assert notice.answer.kind is Kind.EXPIRED
    assert notice.answer.fields["booking_code"] == booked.code
    assert notice.answer.fields["starts_at"] == wib(MONDAY, 8).astimezone(UTC).isoformat()
    assert notice.answer.fields["example"] == "#Budi#25011987#24112026"


def test_a_swept_slot_is_closed_and_finished_and_its_neighbour_is_not(world: World) -> None:
    world.fill(MONDAY)
    assert world.sweep(VOID_AT + A_SECOND) == 2
    first, second = (slot for _, slot in sorted(world.store.slots(MONDAY).items()))
    assert first.closed_at == first.finished_at == world.clock.moment
    assert (second.closed_at, second.finished_at) == (None, None)
    assert sorted(b.seat.number for b in world.store.bookings.values() if b.state is State.EXPIRED and b.seat) == [1, 2]


def test_sweeping_again_tells_nobody_again(world: World) -> None:
    world.fill(MONDAY)
    world.sweep(VOID_AT + A_SECOND)
    told = dict(world.outbox.answers)
    assert world.sweep(VOID_AT + timedelta(minutes=1)) == 0
    assert world.outbox.answers == told


def test_who_was_let_in_or_cancelled_is_not_told_anything(world: World) -> None:
    came = world.book()
    world.book(SITI)
    world.say("#batal", SITI)
    world.at(wib(MONDAY, 7, 45))
    world.scan(came.code)
    assert world.sweep(VOID_AT + A_SECOND) == 0
    assert expiries(world) == []
    assert world.store.bookings[came.code].state is State.CHECKED_IN


def test_a_booking_voided_by_its_own_sender_s_next_registration_is_told_as_well(world: World) -> None:
    booked = world.book()
    world.register(day=TUESDAY, at=VOID_AT + A_SECOND)
    world.sweep(VOID_AT + timedelta(minutes=1))
    assert expiries(world) == [f"expired:{booked.code}"]


@pytest.mark.parametrize(("days", "swept"), [(1, 1), (7, 1), (8, 0)])
def test_a_schedule_that_stood_still_makes_up_for_a_week(days: int, swept: int, world: World) -> None:
    world.book()
    assert world.sweep(wib(MONDAY, 12) + timedelta(days=days)) == swept


def test_a_late_sweep_releases_the_claims_as_of_when_the_code_became_void(world: World) -> None:
    booked = world.book()
    world.sweep(wib(TUESDAY, 9))
    assert {world.store.claims[key].until for key in booked.claims} == {VOID_AT + A_SECOND}


def test_the_day_of_the_office_counts_where_its_day_begins_before_the_one_in_utc() -> None:
    # 7.30 in Jayapura is 22.30 UTC of the day before.
    jayapura = office(zone=ZoneInfo("Asia/Jayapura"))
    world = World(jayapura)
    booked = world.book()
    assert booked.seat is not None
    assert booked.seat.starts_at.date() == date(2026, 11, 22)
    assert world.sweep(booked.seat.void_after + A_SECOND) == 1


def test_a_grace_that_was_shortened_voids_nobody_before_the_time_that_they_were_told(world: World) -> None:
    booked = world.book()
    world.office = office(grace_minutes=5)
    assert world.sweep(wib(MONDAY, 8, 6)) == 0
    slot = world.store.slots(MONDAY)[wib(MONDAY, 8).astimezone(UTC)]
    assert slot.closed_at is not None
    assert slot.finished_at is None
    assert world.sweep(VOID_AT + A_SECOND) == 1
    assert expiries(world) == [f"expired:{booked.code}"]


def test_a_slot_is_not_finished_while_somebody_in_it_changes(world: World) -> None:
    booked = world.book()

    class AtTheDoor(FakeStore):
        def expire(self, *_: object) -> None:
            raise StaleRead

    world.bookings = AtTheDoor(**vars(world.store))
    assert world.sweep(VOID_AT + A_SECOND) == 0
    world.bookings = world.store
    assert world.sweep(VOID_AT + timedelta(minutes=1)) == 1
    assert world.store.bookings[booked.code].state is State.EXPIRED


def test_a_seat_given_while_the_sweep_begins_is_swept_too(world: World) -> None:
    world.book(SITI)
    late = world.booking(world.register())

    class Hurried(FakeStore):
        def close(self, day: date, starts_at: datetime, now: datetime) -> Slot:
            world.days = world.store
            world.say(late.approval_code, at=late.sent_at + A_SECOND)  # a writer whose clock is behind
            world.at(now)
            return super().close(day, starts_at, now)

    world.days = Hurried(**vars(world.store))
    assert world.sweep(VOID_AT + A_SECOND) == 2


def test_nobody_is_told_of_a_registration_that_was_never_approved(world: World) -> None:
    world.book(SITI)
    world.register()
    world.sweep(VOID_AT + A_SECOND)
    assert len(expiries(world)) == 1


def test_a_failing_outbox_leaves_the_slot_unfinished_for_the_next_minute(world: World) -> None:
    bookings = [world.book(applicant(number)) for number in range(2)]

    class Down(FakeOutbox):
        def put(self, _: object) -> None:
            raise ConnectionError

    world.to_applicants = Down()
    with pytest.RaisesGroup(ConnectionError):
        world.sweep(VOID_AT + A_SECOND)
    world.to_applicants = world.outbox
    assert world.sweep(VOID_AT + timedelta(minutes=1)) == 2
    assert sorted(expiries(world)) == sorted(f"expired:{booking.code}" for booking in bookings)


def test_a_fault_in_one_slot_does_not_stop_the_slots_after_it(world: World) -> None:
    bookings = [world.book(applicant(number)) for number in range(3)]
    first_slot = {booking.code for booking in bookings[:2]}

    class PartlyDown(FakeOutbox):
        def put(self, outgoing: Outgoing) -> None:
            if outgoing.id.removeprefix("expired:") in first_slot:
                raise ConnectionError
            world.outbox.put(outgoing)

    world.to_applicants = PartlyDown()
    with pytest.RaisesGroup(ConnectionError):
        world.sweep(VOID_AT + timedelta(hours=1))
    assert expiries(world) == [f"expired:{bookings[2].code}"]
