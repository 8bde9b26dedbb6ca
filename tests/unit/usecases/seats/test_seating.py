"""The one writer of a day's seats: order of approval, batches, repeats, other writers."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, timedelta

import pytest

from antrian.domain.answers import Kind
from antrian.domain.booking import Booking, Lapse, State
from antrian.domain.changes import Change, SeatAction, SeatRequest
from antrian.domain.decision import Decision
from antrian.domain.refusals import StaleRead, Unsettled
from antrian.domain.seats import Slot
from tests.builders import MONDAY, SITI, TUESDAY, message, office, wib
from tests.fakes import FakeStore
from tests.unit.usecases.world import A_SECOND, Interrupted, World, applicant, registration


@pytest.fixture
def world() -> World:
    return World()


def pending(world: World, count: int, day: date = MONDAY) -> list[Booking]:
    first = len(world.store.bookings)
    return [world.booking(world.register(applicant(first + n), day)) for n in range(count)]


def seat_request(
    booking: Booking, action: SeatAction = SeatAction.SEAT, after: timedelta = timedelta(minutes=5)
) -> SeatRequest:
    sent = message(at=booking.sent_at + after)
    return SeatRequest(action, booking.code, booking.service_date, sent.id, booking.sender, sent.sent_at)


def kinds(world: World, requests: Sequence[SeatRequest]) -> list[Kind]:
    return [world.outbox.answers[request.message_id].answer.kind for request in requests]


def test_numbers_go_out_in_the_order_of_approval_and_the_rest_are_told_that_the_day_is_full(world: World) -> None:
    bookings = pending(world, 6)
    requests = [seat_request(bookings[n]) for n in (3, 0, 5, 1, 4, 2)]
    names = world.seating.settle(MONDAY, requests)
    assert names == [Kind.TICKET] * 4 + [Kind.DAY_FULL] * 2
    assert kinds(world, requests) == names
    assert world.store.seats_of(MONDAY) == {
        n: bookings[i].code for n, i in zip((1, 2, 3, 4), (3, 0, 5, 1), strict=True)
    }
    refused = world.outbox.answers[requests[4].message_id].answer
    assert refused.fields["next_day"] == TUESDAY.isoformat()
    assert refused.fields["register_again"] == registration(bookings[4].name, TUESDAY)
    lapsed = world.store.bookings[bookings[4].code]
    assert (lapsed.state, lapsed.lapse) == (State.LAPSED, Lapse.DAY_FULL)


def test_who_was_told_that_the_day_is_full_may_register_for_the_next(world: World) -> None:
    late = pending(world, 1)[0]
    world.fill(MONDAY)
    world.say(late.approval_code, late.sender)
    again = world.say(button=registration(late.name, TUESDAY), sender=late.sender)
    assert again.kind is Kind.ECHO
    assert world.say(late.approval_code, late.sender).kind is Kind.DAY_FULL


def test_a_batch_is_one_transaction(world: World) -> None:
    rounds: list[int] = []

    class Counting(FakeStore):
        def settle(self, changes: Sequence[Change], answered: Collection[Decision] = ()) -> None:
            rounds.append(len(changes))
            super().settle(changes, answered)

    requests = [seat_request(booking) for booking in pending(world, 4)]
    world.days = Counting(**vars(world.store))
    world.seating.settle(MONDAY, requests)
    assert rounds == [4]


def test_requests_for_one_booking_in_one_batch_are_decided_one_after_another(world: World) -> None:
    (booking,) = pending(world, 1)
    requests = [
        seat_request(booking),
        seat_request(booking),
        seat_request(booking, SeatAction.RELEASE, timedelta(minutes=6)),
        seat_request(booking, SeatAction.RELEASE, timedelta(minutes=7)),
        seat_request(booking),
    ]
    world.seating.settle(MONDAY, requests)
    assert kinds(world, requests) == [
        Kind.TICKET,
        Kind.TICKET,
        Kind.CANCELLED,
        Kind.ALREADY_CANCELLED,
        Kind.CODE_CANCELLED,
    ]
    assert world.store.seats_of(MONDAY) == {}


def test_a_seat_given_back_goes_to_the_next_of_the_same_batch(world: World) -> None:
    waiting = world.booking(world.register(SITI))
    seated = world.fill(MONDAY)
    requests = [seat_request(seated[2], SeatAction.RELEASE), seat_request(waiting)]
    world.seating.settle(MONDAY, requests)
    assert kinds(world, requests) == [Kind.CANCELLED, Kind.TICKET]
    assert world.store.seats_of(MONDAY)[3] == waiting.code


@pytest.mark.parametrize(("seats", "asked"), [(1, SeatAction.RELEASE), (4, SeatAction.SEAT)])
def test_a_booking_ends_as_of_when_its_applicant_wrote_and_not_when_we_got_to_it(
    seats: int, asked: SeatAction, world: World
) -> None:
    (booking,) = pending(world, 1)
    world.fill(MONDAY, seats)
    request = seat_request(booking, asked)
    world.at(request.sent_at + timedelta(minutes=30))
    world.seating.settle(MONDAY, [request])
    assert {world.store.claims[key].until for key in booking.claims} == {request.sent_at}
    # Written while we were behind, and meant for after.
    again = message(registration(booking.name, TUESDAY), sender=booking.sender, at=request.sent_at + A_SECOND)
    world.reception.receive(again)
    assert world.answer_to(again).kind is Kind.ECHO


def test_a_repeated_batch_changes_nothing_and_answers_the_same(world: World) -> None:
    bookings = pending(world, 6)
    requests = [seat_request(booking) for booking in bookings] + [
        seat_request(bookings[0], SeatAction.RELEASE, timedelta(minutes=9))
    ]
    first = world.seating.settle(MONDAY, requests)
    stored, seats = dict(world.store.bookings), world.store.seats_of(MONDAY)
    answers = dict(world.outbox.answers)
    second = world.seating.settle(MONDAY, requests)
    # The approval of what was cancelled since has a new answer, under the id under which the ticket went out.
    assert second == [Kind.CODE_CANCELLED, *first[1:]]
    assert (world.store.bookings, world.store.seats_of(MONDAY)) == (stored, seats)
    assert world.outbox.answers == answers


def test_a_day_closed_after_the_registration_is_told_with_its_reason(world: World) -> None:
    (booking,) = pending(world, 1)
    world.office = office(closed_dates={MONDAY: "Banjir"})
    answer = world.say(booking.approval_code, booking.sender)
    assert answer.kind is Kind.OFFICE_CLOSED_NAMED
    assert answer.fields["reason"] == "Banjir"
    assert world.store.bookings[booking.code].lapse is Lapse.OFFICE_CLOSED
    assert world.store.days == {}
    assert world.say(booking.approval_code, booking.sender).kind is Kind.OFFICE_CLOSED_NAMED
    assert world.register(booking.sender, TUESDAY).kind is Kind.ECHO


def test_a_day_closed_and_opened_again_asks_for_a_new_registration(world: World) -> None:
    (booking,) = pending(world, 1)
    world.office = office(closed_dates={MONDAY: "Banjir"})
    world.say(booking.approval_code, booking.sender)
    world.office = office()
    assert world.say(booking.approval_code, booking.sender).kind is Kind.CODE_TOO_LATE


def test_a_day_keeps_the_seats_with_which_it_was_opened(world: World) -> None:
    world.book(SITI)
    world.office = office(counters=2, quota=8)
    requests = [seat_request(booking) for booking in pending(world, 4)]
    world.seating.settle(MONDAY, requests)
    assert kinds(world, requests) == [Kind.TICKET] * 3 + [Kind.DAY_FULL]


def test_no_seat_is_given_that_can_no_longer_be_reached(world: World) -> None:
    world.office = office(first_day=0)
    world.at(wib(MONDAY, 7, 29))
    bookings = pending(world, 2)
    # The door to the first slot, at 8.00, opens at 7.30.
    world.at(wib(MONDAY, 7, 30))
    world.seating.settle(MONDAY, [seat_request(bookings[0], after=A_SECOND)])
    world.at(wib(MONDAY, 7, 30) + A_SECOND)
    world.seating.settle(MONDAY, [seat_request(bookings[1], after=A_SECOND)])
    assert sorted(world.store.seats_of(MONDAY)) == [1, 3]


def test_a_closed_slot_gives_no_seats(world: World) -> None:
    world.book(SITI)
    world.store.close(MONDAY, wib(MONDAY, 8).astimezone(UTC), world.clock.moment)
    seat = world.book().seat
    assert seat is not None
    assert seat.number == 3


@pytest.mark.parametrize(
    ("kind", "asked"), [(Kind.CODE_UNKNOWN, SeatAction.SEAT), (Kind.NOTHING_TO_CANCEL, SeatAction.RELEASE)]
)
def test_a_booking_that_is_gone_is_answered_and_blocks_nobody(kind: Kind, asked: SeatAction, world: World) -> None:
    booking, other = pending(world, 2)
    del world.store.bookings[booking.code]
    requests = [seat_request(booking, asked), seat_request(other)]
    world.seating.settle(MONDAY, requests)
    assert kinds(world, requests) == [kind, Kind.TICKET]


def test_a_request_sent_after_the_approval_time_is_too_late(world: World) -> None:
    (booking,) = pending(world, 1)
    request = seat_request(booking, after=timedelta(minutes=60, seconds=1))
    assert world.seating.settle(MONDAY, [request]) == [Kind.CODE_TOO_LATE]
    assert world.store.bookings[booking.code].state is State.PENDING


def test_a_seat_that_another_writer_takes_is_not_given_twice(world: World) -> None:
    mine, theirs = pending(world, 2)
    store = Interrupted(**vars(world.store))
    store.interrupt(lambda: World(store=world.store, clock=world.clock).seating.settle(MONDAY, [seat_request(theirs)]))
    world.days = store
    request = seat_request(mine)
    world.seating.settle(MONDAY, [request])
    assert kinds(world, [request]) == [Kind.TICKET]
    assert world.store.seats_of(MONDAY) == {1: theirs.code, 2: mine.code}


def test_a_request_that_another_worker_decides_meanwhile_is_answered_the_same(world: World) -> None:
    (booking,) = pending(world, 1)
    request = seat_request(booking)
    store = Interrupted(**vars(world.store))
    store.interrupt(lambda: World(store=world.store, clock=world.clock).seating.settle(MONDAY, [request]))
    world.days = store
    assert world.seating.settle(MONDAY, [request]) == [Kind.TICKET]
    assert world.store.seats_of(MONDAY) == {1: booking.code}


def test_a_registration_that_replaces_what_is_being_approved_leaves_no_seat_behind(world: World) -> None:
    (booking,) = pending(world, 1)
    request = seat_request(booking)
    store = Interrupted(**vars(world.store))
    store.interrupt(lambda: world.register(booking.sender, TUESDAY))
    world.days = store
    assert world.seating.settle(MONDAY, [request]) == [Kind.CODE_REPLACED]
    assert world.store.seats_of(MONDAY) == {}


def test_a_day_that_never_settles_gives_up_so_that_the_requests_come_again(world: World) -> None:
    class Contested(FakeStore):
        def settle(self, *_: object) -> None:
            raise StaleRead

    requests = [seat_request(booking) for booking in pending(world, 2)]
    world.days = Contested(**vars(world.store))
    with pytest.raises(Unsettled):
        world.seating.settle(MONDAY, requests)
    assert not {request.message_id for request in requests} & world.outbox.answers.keys()


def test_two_workers_open_a_day_once(world: World) -> None:
    class Overtaken(FakeStore):
        def open(self, day: date, slots: object) -> None:
            wider = office(counters=2, quota=8)
            super().open(day, [Slot.planned(plan) for plan in wider.slots(day)])
            super().open(day, slots)  # type: ignore[arg-type]

    booked = [seat_request(booking) for booking in pending(world, 5)]
    world.days = Overtaken(**vars(world.store))
    world.seating.settle(MONDAY, booked)
    assert kinds(world, booked) == [Kind.TICKET] * 5
