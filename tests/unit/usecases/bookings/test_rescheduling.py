"""Moving a booking to another day: the old seat is kept until the new one is certain, and every refusal says why."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from antrian.domain import qr
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import MOST_RESCHEDULES, Booking, Move, State
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.message import Message, Sender
from antrian.domain.request import typed_date
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY, message, office, wib
from tests.fakes import FakeStore
from tests.unit.usecases.world import A_SECOND, Interrupted, World, applicant, registration, text_of

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def world() -> World:
    return World()


def ubah(day: date) -> str:
    return f"#ubah#{typed_date(day)}"


def stored(world: World, booking: Booking) -> Booking:
    return world.store.bookings[booking.code]


# Moved


def test_a_moved_booking_keeps_its_code_and_gets_the_ticket_of_its_new_day(world: World) -> None:
    world.book(SITI, TUESDAY)
    booked = world.book()
    ticket = world.say(ubah(TUESDAY))
    assert ticket.kind is Kind.TICKET
    assert ticket.fields["booking_code"] == booked.code
    assert (ticket.fields["service_date"], ticket.fields["queue_number"]) == (TUESDAY.isoformat(), "2")
    assert ticket.fields["starts_at"] == wib(TUESDAY, 8).astimezone(UTC).isoformat()
    assert ticket.fields["documents"] == world.office.service.documents
    # The QR code is made of these two.
    assert qr.unsigned(booked.code, TUESDAY).endswith(".20261124")
    assert world.store.seats_of(MONDAY) == {}
    assert world.store.seats_of(TUESDAY)[2] == booked.code
    moved = stored(world, booked)
    assert moved.seat is not None
    assert (moved.service_date, moved.seat.service_date, moved.seat.number) == (TUESDAY, TUESDAY, 2)
    assert moved.moves[-1] == (State.CONFIRMED, Move(world.clock.moment, moved.moves[-1][1].message_id, TUESDAY))


def test_its_claims_hold_until_the_end_of_the_new_day(world: World) -> None:
    booked = world.book()
    assert world.say(ubah(TUESDAY)).kind is Kind.TICKET
    until = world.office.end_of(TUESDAY)
    assert len(booked.claims) == 2  # the number and the person
    assert {world.store.claims[key].until for key in booked.claims} == {until} == {stored(world, booked).claims_until}
    # On the day of the visit before the move, Budi still has a booking.
    assert world.register(BUDI, WEDNESDAY, at=wib(TUESDAY, 6)).kind is Kind.ALREADY_BOOKED


def test_it_can_be_moved_to_an_earlier_day_and_back(world: World) -> None:
    booked = world.book(day=TUESDAY)
    assert world.say(ubah(MONDAY)).fields["queue_number"] == "1"
    assert {world.store.claims[key].until for key in booked.claims} == {world.office.end_of(MONDAY)}
    assert world.say(ubah(TUESDAY)).fields["queue_number"] == "1"


def test_a_button_may_carry_it_with_the_code_of_its_booking(world: World) -> None:
    booked = world.book()
    assert world.say(button=f"{ubah(TUESDAY)}#{booked.code}").kind is Kind.TICKET
    assert stored(world, booked).service_date == TUESDAY


def test_a_button_under_an_old_message_does_not_move_a_newer_booking(world: World) -> None:
    old = world.book()
    world.say("#batal")
    newer = world.book(day=TUESDAY)
    assert world.say(button=f"{ubah(WEDNESDAY)}#{old.code}").kind is Kind.NOTHING_TO_RESCHEDULE
    assert stored(world, newer).service_date == TUESDAY


def test_at_the_door_it_counts_for_its_new_day_alone(world: World) -> None:
    booked = world.book()
    world.say(ubah(TUESDAY))
    world.at(wib(MONDAY, 8))
    assert world.scan(booked.code).outcome == "WRONG_DAY"
    assert [expected.code for expected in world.attendance.of(MONDAY)] == []
    assert [expected.code for expected in world.attendance.of(TUESDAY)] == [booked.code]
    world.at(wib(TUESDAY, 8))
    assert world.scan(booked.code, "nonce-0002").outcome == "OK"


def test_the_sweep_of_the_day_that_it_left_does_not_void_it(world: World) -> None:
    booked = world.book()
    world.book(SITI)
    world.say(ubah(TUESDAY))
    assert world.sweep(wib(MONDAY, 9)) == 1  # Siti's
    assert stored(world, booked).state is State.CONFIRMED
    assert world.sweep(wib(TUESDAY, 9)) == 1
    assert stored(world, booked).state is State.EXPIRED


def test_whoever_lists_the_day_between_the_two_days_does_not_see_it_twice(world: World) -> None:
    """The slot of the old day was read before the move, the booking after it."""
    booked = world.book()
    before = world.store.slots(MONDAY)
    world.say(ubah(TUESDAY))

    class Late(FakeStore):
        def slots(self, day: date) -> dict[datetime, object]:  # type: ignore[override]
            return dict(before) if day == MONDAY else dict(super().slots(day))

    world.days = Late(**vars(world.store))  # type: ignore[assignment]
    assert world.attendance.of(MONDAY) == []
    assert [expected.code for expected in world.attendance.of(TUESDAY)] == [booked.code]


def test_several_people_leave_one_slot_for_another_in_one_batch(world: World) -> None:
    booked = world.fill(MONDAY)
    for holder in booked:
        world.send(ubah(TUESDAY), holder.sender)
    world.settle()
    assert world.store.seats_of(MONDAY) == {}
    assert world.store.seats_of(TUESDAY) == {number: holder.code for number, holder in enumerate(booked, start=1)}


# A pending booking


def test_before_the_approval_it_is_a_registration_for_the_other_day_with_an_echo_of_its_own(world: World) -> None:
    first = world.register()
    echo = world.say(ubah(TUESDAY))
    assert echo.kind is Kind.ECHO
    assert (echo.fields["name"], echo.fields["service_date"]) == ("Budi Santoso", TUESDAY.isoformat())
    assert world.booking(first).state is State.REPLACED
    assert world.approve(first).kind is Kind.CODE_REPLACED
    assert world.approve(echo).fields["service_date"] == TUESDAY.isoformat()


def test_before_the_approval_the_same_day_again_shows_the_same_code(world: World) -> None:
    first = world.register()
    assert world.say(ubah(MONDAY)).fields["approval_code"] == first.fields["approval_code"]


def test_before_the_approval_a_full_day_is_told_as_to_everybody_and_the_first_echo_stands(world: World) -> None:
    first = world.register()
    world.fill(TUESDAY)
    full = world.say(ubah(TUESDAY))
    assert (full.kind, full.fields["register_again"]) == (Kind.DAY_FULL, registration("Budi Santoso", WEDNESDAY))
    assert world.approve(first).kind is Kind.TICKET


def test_where_no_approval_is_asked_for_it_is_moved_all_the_same() -> None:
    world = World(office(approval=False))
    booked = world.booking(world.register())
    assert world.say(ubah(TUESDAY)).kind is Kind.TICKET
    assert stored(world, booked).service_date == TUESDAY


# Full


def test_a_full_day_leaves_everything_as_it_is_and_offers_the_next_day_with_one_tap(world: World) -> None:
    booked = world.book()
    world.fill(TUESDAY)
    full = world.say(ubah(TUESDAY))
    assert full.kind is Kind.RESCHEDULE_FULL
    assert (full.fields["asked_day"], full.fields["next_day"]) == (TUESDAY.isoformat(), WEDNESDAY.isoformat())
    assert (full.fields["service_date"], full.fields["queue_number"]) == (MONDAY.isoformat(), "1")
    assert stored(world, booked) == booked
    ticket = world.say(button=text_of(full.fields, "reschedule_again"))
    assert (ticket.kind, ticket.fields["service_date"]) == (Kind.TICKET, WEDNESDAY.isoformat())


def test_the_day_that_one_has_is_never_offered() -> None:
    world = World(office(last_day=3))
    world.book()
    world.fill(TUESDAY)
    assert world.say(ubah(TUESDAY)).kind is Kind.RESCHEDULE_ALL_FULL


# Refused by rule


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 20), Kind.SERVICE_DATE_PAST),
        (date(2026, 11, 28), Kind.OFFICE_CLOSED_WEEKDAY),
        (TUESDAY, Kind.OFFICE_CLOSED_NAMED),
        (date(2027, 1, 4), Kind.BEYOND_HORIZON),
    ],
)
def test_a_day_on_which_nobody_can_be_booked_is_refused_with_how_to_ask_for_another(
    day: date, kind: Kind, world: World
) -> None:
    booked = world.book()
    world.office = office(closed_dates={TUESDAY: "Banjir"})
    refused = world.say(ubah(day))
    assert (refused.kind, refused.fields["service_date"]) == (kind, day.isoformat())
    assert refused.fields["example"] == "#ubah#23112026"
    assert stored(world, booked) == booked


def test_a_day_that_is_too_near_is_refused(world: World) -> None:
    world.book()
    world.office = office(first_day=4)
    assert world.say(ubah(TUESDAY)).kind is Kind.SERVICE_DATE_TOO_SOON


def test_outside_the_hours_nothing_is_moved(world: World) -> None:
    booked = world.book()
    world.office = office(opens=time(7, 30), closes=time(9))
    assert world.say(ubah(TUESDAY)).kind is Kind.OUTSIDE_HOURS
    assert stored(world, booked) == booked


def test_a_day_that_is_closed_while_the_request_waits_is_told_so(world: World) -> None:
    booked = world.book()
    sent = world.send(ubah(TUESDAY))
    world.office = office(closed_dates={TUESDAY: "Banjir"})
    world.settle()
    assert world.answer_to(sent).kind is Kind.OFFICE_CLOSED_NAMED
    assert world.answer_to(sent).fields["example"] == "#ubah#23112026"
    assert stored(world, booked) == booked


def test_a_day_that_is_closed_is_told_in_the_same_words_when_the_request_comes_again(world: World) -> None:
    world.book()
    sent = world.send(ubah(TUESDAY))
    world.office = office(closed_dates={TUESDAY: "Banjir"})
    world.settle()
    told = world.outbox.answers.pop(sent.id).answer
    world.at(NOW + timedelta(days=2))
    world.reception.receive(sent)
    world.settle()
    assert world.answer_to(sent) == told


def test_the_day_that_one_has_is_told_with_its_hour(world: World) -> None:
    world.book()
    answer = world.say(ubah(MONDAY))
    assert (answer.kind, answer.fields["queue_number"]) == (Kind.ALREADY_THAT_DAY, "1")


def test_a_booking_is_moved_a_few_times_and_not_for_ever(world: World) -> None:
    booked = world.book()
    answers = [world.say(ubah(day)).kind for day in [TUESDAY, MONDAY] * MOST_RESCHEDULES]
    assert answers == [Kind.TICKET] * MOST_RESCHEDULES + [Kind.RESCHEDULED_TOO_OFTEN, Kind.ALREADY_THAT_DAY] * 2 + [
        Kind.RESCHEDULED_TOO_OFTEN
    ]
    assert stored(world, booked).service_date == TUESDAY


# Nothing to move


def test_without_a_booking_there_is_nothing_to_move(world: World) -> None:
    answer = world.say(ubah(TUESDAY))
    assert (answer.kind, answer.fields["example"]) == (Kind.NOTHING_TO_RESCHEDULE, "#Budi#25011987#23112026")


def test_a_cancelled_booking_is_not_moved(world: World) -> None:
    booked = world.book()
    world.say("#batal")
    assert world.say(ubah(TUESDAY)).kind is Kind.NOTHING_TO_RESCHEDULE
    assert stored(world, booked).state is State.CANCELLED


def test_another_numbers_booking_is_not_moved(world: World) -> None:
    booked = world.book()
    assert world.say(f"{ubah(TUESDAY)}#{booked.code}", SITI).kind is Kind.RESCHEDULE_NOT_YOURS
    assert stored(world, booked) == booked


def test_who_was_let_in_is_told_so(world: World) -> None:
    booked = world.book()
    world.at(wib(MONDAY, 8))
    world.scan(booked.code)
    assert world.say(ubah(TUESDAY)).kind is Kind.ALREADY_CHECKED_IN
    assert stored(world, booked).service_date == MONDAY


@pytest.mark.parametrize("swept", [True, False])
def test_who_was_late_is_told_so_whether_or_not_the_sweep_came_by(swept: bool, world: World) -> None:
    booked = world.book()
    if swept:
        world.sweep(wib(MONDAY, 8, 16))
    assert world.say(ubah(TUESDAY), at=wib(MONDAY, 8, 17)).kind is Kind.EXPIRED
    assert stored(world, booked).service_date == MONDAY
    assert world.store.seats_of(TUESDAY) == {}


def test_until_a_booking_is_void_it_can_be_moved(world: World) -> None:
    booked = world.book()
    assert world.say(ubah(TUESDAY), at=wib(MONDAY, 8, 15)).kind is Kind.TICKET
    assert world.sweep(wib(MONDAY, 8, 16)) == 0
    assert stored(world, booked).state is State.CONFIRMED


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("#ubah", Kind.DAYS_TO_MOVE_TO),
        ("#ubah#besok", Kind.DAYS_TO_MOVE_TO),
        ("#ubah#31112026", Kind.SERVICE_DATE_IMPOSSIBLE),
    ],
)
def test_a_day_that_cannot_be_read_is_told_with_an_example(text: str, kind: Kind, world: World) -> None:
    booked = world.book(day=TUESDAY)
    answer = world.say(text)
    assert (answer.kind, answer.fields["example"]) == (kind, "#ubah#23112026")
    assert stored(world, booked) == booked


# Twice, late, and out of order


def again(world: World, sent: Message) -> Answer:
    """Deliver a message again, and return its answer now, which does not go out, as its id has gone out before."""
    before = world.outbox.answers.pop(sent.id)
    world.reception.receive(sent)
    world.settle()
    answer = world.outbox.answers[sent.id].answer
    world.outbox.answers[sent.id] = before
    return answer


def said(world: World, text: str, sender: Sender = BUDI) -> Message:
    sent = world.send(text, sender)
    world.settle()
    return sent


def test_delivered_again_it_moves_nothing_and_says_the_same(world: World) -> None:
    booked = world.book()
    sent = said(world, ubah(TUESDAY))
    seats, moved = world.store.seats_of(TUESDAY), stored(world, booked)
    assert again(world, sent).kind is Kind.TICKET
    assert (world.store.seats_of(TUESDAY), stored(world, booked)) == (seats, moved)


def test_what_found_a_full_day_moves_nothing_when_it_comes_again_after_a_seat_came_free(world: World) -> None:
    booked = world.book()
    others = world.fill(TUESDAY)
    sent = said(world, ubah(TUESDAY))
    world.say("#batal", others[0].sender)
    assert again(world, sent).kind is Kind.RESCHEDULE_FULL
    assert stored(world, booked).service_date == MONDAY


def test_what_found_nothing_moves_nothing_when_it_comes_again_after_what_was_sent_before_it(world: World) -> None:
    at = world.clock.moment
    early = message(ubah(TUESDAY), at=at + timedelta(minutes=10))
    world.reception.receive(early)
    booked = world.book()
    assert booked.sent_at < early.sent_at
    assert again(world, early).kind is Kind.NOTHING_TO_RESCHEDULE
    assert stored(world, booked).service_date == MONDAY


def test_what_was_sent_before_the_last_move_has_been_overtaken(world: World) -> None:
    booked = world.book()
    early = message(ubah(WEDNESDAY), at=world.clock.moment + A_SECOND)
    world.say(ubah(TUESDAY), at=world.clock.moment + 5 * A_SECOND)
    world.reception.receive(early)
    world.settle()
    assert world.answer_to(early).kind is Kind.SUPERSEDED
    assert stored(world, booked).service_date == TUESDAY


def test_a_cancellation_from_before_the_last_move_has_been_overtaken_too(world: World) -> None:
    booked = world.book()
    early = message("#batal", at=world.clock.moment + A_SECOND)
    world.say(ubah(TUESDAY), at=world.clock.moment + 5 * A_SECOND)
    world.reception.receive(early)
    world.settle()
    assert world.answer_to(early).kind is Kind.SUPERSEDED
    assert stored(world, booked).state is State.CONFIRMED


def test_a_message_that_told_of_the_same_day_does_not_undo_a_later_move_when_it_comes_again(world: World) -> None:
    booked = world.book()
    same = said(world, ubah(MONDAY))
    early = message(ubah(TUESDAY), at=same.sent_at - A_SECOND)
    world.reception.receive(early)
    world.settle()
    assert stored(world, booked).service_date == TUESDAY
    again(world, same)
    assert stored(world, booked).service_date == TUESDAY


def test_what_became_an_echo_does_not_move_what_was_approved_since(world: World) -> None:
    """It found a pending booking first, and finds a confirmed one when it comes again."""
    first = world.register()
    world.fill(TUESDAY)
    sent = said(world, ubah(TUESDAY))
    assert world.answer_to(sent).kind is Kind.DAY_FULL
    booked = world.booking(world.approve(first))
    world.say("#batal", applicant(2))
    assert again(world, sent).kind is Kind.DAY_FULL
    assert stored(world, booked).service_date == MONDAY


# Crossing with others


def interrupted(world: World, meanwhile: Callable[[World], object]) -> None:
    """Let somebody else, who sees the same store at the same time, do this before the next round is written."""
    other = World(world.office, world.clock, world.store, outbox=world.outbox)
    store = Interrupted(**vars(world.store))
    store.interrupt(lambda: meanwhile(other))
    world.days = store


def test_a_cancellation_that_comes_first_leaves_no_seat_behind(world: World) -> None:
    booked = world.book()
    interrupted(world, lambda other: other.say("#batal"))
    sent = world.send(ubah(TUESDAY))
    world.settle()
    assert world.answer_to(sent).kind is Kind.NOTHING_TO_RESCHEDULE
    assert world.store.seats_of(MONDAY) == world.store.seats_of(TUESDAY) == {}
    assert stored(world, booked).state is State.CANCELLED


def test_a_cancellation_that_was_under_way_cancels_the_booking_on_its_new_day(world: World) -> None:
    booked = world.book()
    interrupted(world, lambda other: other.say(ubah(TUESDAY)))
    later = world.clock.moment + timedelta(minutes=1)
    request = SeatRequest(SeatAction.RELEASE, booked.code, MONDAY, "wamid.batal", BUDI, later)
    assert world.seating.settle(MONDAY, [request]) == [Kind.CANCELLED]
    assert world.store.seats_of(MONDAY) == world.store.seats_of(TUESDAY) == {}
    assert {world.store.claims[key].until for key in booked.claims} == {later}


def test_a_sweep_that_comes_first_is_told(world: World) -> None:
    booked = world.book()
    interrupted(world, lambda other: other.sweep(wib(MONDAY, 8, 16)))
    sent = message(ubah(TUESDAY), at=wib(MONDAY, 8, 15))
    world.at(sent.sent_at)
    world.reception.receive(sent)
    world.settle()
    assert world.answer_to(sent).kind is Kind.EXPIRED
    assert stored(world, booked).state is State.EXPIRED
    assert world.store.seats_of(TUESDAY) == {}


def test_a_check_in_that_comes_first_is_told(world: World) -> None:
    booked = world.book()
    world.at(wib(MONDAY, 7, 59))
    interrupted(world, lambda other: other.scan(booked.code))
    sent = world.send(ubah(TUESDAY))
    world.settle()
    assert world.answer_to(sent).kind is Kind.ALREADY_CHECKED_IN
    assert world.store.seats_of(MONDAY) == {1: booked.code}


def test_two_workers_with_the_same_message_move_once(world: World) -> None:
    booked = world.book()
    sent = world.send(ubah(TUESDAY))
    (request,) = world.day_queue.take()
    interrupted(world, lambda other: other.seating.settle(TUESDAY, [request]))
    assert world.seating.settle(TUESDAY, [request]) == [Kind.TICKET]
    assert world.answer_to(sent).kind is Kind.TICKET
    assert world.store.seats_of(TUESDAY) == {1: booked.code}
    assert len(stored(world, booked).reschedules) == 1


def test_one_worker_who_finds_the_day_full_and_one_who_does_not_agree(world: World) -> None:
    """One of them read before a seat came free, the other after it: only one of the two answers may be true."""
    booked = world.book()
    others = world.fill(TUESDAY)
    world.send(ubah(TUESDAY))
    (request,) = world.day_queue.take()

    def meanwhile(other: World) -> None:
        other.say("#batal", others[0].sender)
        other.seating.settle(TUESDAY, [request])

    interrupted(world, meanwhile)
    assert world.seating.settle(TUESDAY, [request]) == [Kind.TICKET]
    assert world.outbox.answers[request.message_id].answer.kind is Kind.TICKET
    assert stored(world, booked).service_date == TUESDAY


def test_two_messages_for_two_days_end_on_the_later_ones_day(world: World) -> None:
    booked = world.book()
    world.send(ubah(TUESDAY))
    world.send(ubah(WEDNESDAY))
    tuesday, wednesday = world.day_queue.take()
    assert world.seating.settle(WEDNESDAY, [wednesday]) == [Kind.TICKET]
    assert world.seating.settle(TUESDAY, [tuesday]) == [Kind.SUPERSEDED]
    assert stored(world, booked).service_date == WEDNESDAY
    assert world.store.seats_of(TUESDAY) == {}


def test_a_booking_that_is_gone_is_answered(world: World) -> None:
    booked = world.book()
    sent = world.send(ubah(TUESDAY))
    del world.store.bookings[booked.code]
    world.settle()
    assert world.answer_to(sent).kind is Kind.NOTHING_TO_RESCHEDULE


def test_a_booking_that_moved_can_be_cancelled_and_registered_anew(world: World) -> None:
    booked = world.book()
    world.say(ubah(TUESDAY))
    assert world.say("#batal").kind is Kind.CANCELLED
    assert world.store.seats_of(TUESDAY) == {}
    assert world.register(day=MONDAY).kind is Kind.ECHO
    assert stored(world, booked).state is State.CANCELLED
