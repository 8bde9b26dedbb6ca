"""A day that the office closes although people have seats on it: each is told once, and nobody is at a disadvantage."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking, Lapse, Move, State
from antrian.domain.changes import SeatRequest
from antrian.domain.door import Outcome
from antrian.domain.seats import Slot
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY, changed, office, wib
from tests.fakes import FakeDayQueue, FakeStore
from tests.unit.usecases.world import World, applicant, registration

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def world() -> World:
    return World(office(cooling_minutes=(15, 60), last_day=4))


def notices(world: World) -> list[str]:
    return sorted(id_ for id_ in world.outbox.answers if id_.startswith("closed:"))


def notice(world: World, booked: Booking) -> Answer:
    return world.outbox.answers[f"closed:{booked.code}:{booked.service_date}"].answer


def now(world: World, booked: Booking) -> Booking:
    return world.store.bookings[booked.code]


def test_who_has_a_seat_on_a_day_that_is_closed_is_told_why_and_which_days_have_seats(world: World) -> None:
    booked = world.book()
    world.closes(MONDAY)
    assert world.call_off() == 1
    told = world.outbox.answers[f"closed:{booked.code}:2026-11-23"]
    assert told.to == BUDI
    assert told.answer.kind is Kind.DAY_CLOSED
    assert told.answer.fields["reason"] == "Banjir"
    assert told.answer.fields["next_days"] == ("2026-11-24", "2026-11-25")
    assert told.answer.fields["register_again"] == "#Budi Santoso#25011987#24112026"


def test_the_booking_ends_by_the_office_and_gives_its_seat_back_without_cooling(world: World) -> None:
    booked = world.book()
    world.closes(MONDAY)
    world.call_off()
    ended = now(world, booked)
    assert (ended.state, ended.lapse) == (State.CANCELLED, Lapse.OFFICE_CLOSED)
    assert ended.moves[-1] == (State.CANCELLED, Move(world.clock.moment, f"closed:{booked.code}:2026-11-23"))
    assert world.store.seats_of(MONDAY) == {}
    assert [slot.cooling for slot in world.store.slots(MONDAY).values()] == [{}, {}]


def test_the_holder_may_register_again_in_the_same_second_with_one_tap(world: World) -> None:
    booked = world.book()
    world.closes(MONDAY)
    world.at(world.clock.moment + timedelta(milliseconds=400))
    world.call_off()
    again = notice(world, booked).fields["register_again"]
    assert isinstance(again, str)
    echo = world.say(button=again, at=world.clock.moment)
    assert echo.kind is Kind.ECHO
    assert world.approve(echo).kind is Kind.TICKET


def test_everybody_of_the_day_is_told_once_however_often_the_minute_comes(world: World) -> None:
    booked = world.fill()
    world.closes(MONDAY)
    assert world.call_off() == 4
    told = dict(world.outbox.answers)
    assert notices(world) == sorted(f"closed:{booking.code}:2026-11-23" for booking in booked)
    assert [world.call_off() for _ in range(3)] == [0, 0, 0]
    assert world.outbox.answers == told


def test_a_request_that_comes_again_repeats_its_notice_under_the_same_id(world: World) -> None:
    booked = world.book()
    world.closes(MONDAY)
    world.closing.close()
    asked = world.day_queue.take()
    assert world.seating.settle(MONDAY, asked) == ["day_closed"]
    before = world.outbox.answers.pop(notices(world)[0]), now(world, booked)
    assert world.seating.settle(MONDAY, asked) == ["day_closed"]
    assert (world.outbox.answers[notices(world)[0]], now(world, booked)) == before


def test_other_days_are_left_alone(world: World) -> None:
    booked = world.book(SITI, TUESDAY)
    world.book()
    world.closes(MONDAY)
    world.call_off()
    assert now(world, booked).state is State.CONFIRMED
    assert len(notices(world)) == 1


def test_a_day_without_people_needs_nothing(world: World) -> None:
    world.closes(MONDAY, TUESDAY)
    assert world.call_off() == 0


def test_a_weekday_that_the_office_gives_up_is_a_closed_day_too(world: World) -> None:
    booked = world.book()
    tuesdays = [replace(session, weekdays=frozenset({1})) for session in world.office.service.sessions]
    world.office = changed(world.office, sessions=tuple(tuesdays))
    world.call_off()
    assert now(world, booked).state is State.CANCELLED
    assert notice(world, booked).fields["reason"] == ""


def test_where_no_other_day_has_a_seat_nothing_is_offered(world: World) -> None:
    booked = world.book()
    world.closes(MONDAY, TUESDAY, WEDNESDAY)
    world.call_off()
    assert notice(world, booked).kind is Kind.DAY_CLOSED_FULL


def test_whoever_has_only_registered_is_told_when_they_approve_and_not_before(world: World) -> None:
    echo = world.register()
    world.fill(seats=1)
    world.closes(MONDAY)
    assert world.call_off() == 1
    assert world.approve(echo).kind is Kind.OFFICE_CLOSED_NAMED


def test_who_was_let_in_stays_let_in(world: World) -> None:
    booked, absent = world.book(), world.book(SITI)
    world.at(wib(MONDAY, 7, 45))
    world.scan(booked.code)
    world.closes(MONDAY)
    assert world.call_off() == 1
    assert now(world, booked).state is State.CHECKED_IN
    assert now(world, absent).state is State.CANCELLED


def test_who_cancelled_or_moved_away_while_the_request_was_waiting_hears_nothing(world: World) -> None:
    cancelled, moved = world.book(), world.book(SITI)
    world.closes(MONDAY)
    world.closing.close()
    requests = world.day_queue.take()
    world.say("#batal")
    assert world.say("#ubah#24112026", SITI).kind is Kind.TICKET
    assert world.seating.settle(MONDAY, requests) == ["nothing", "nothing"]
    assert now(world, cancelled).lapse is None
    assert now(world, moved).state is State.CONFIRMED
    assert notices(world) == []


def test_whoever_moved_from_a_closed_day_to_one_that_closes_too_hears_of_their_own_day_alone(world: World) -> None:
    booked = world.book()
    world.closes(MONDAY)
    world.closing.close()
    requests = world.day_queue.take()
    world.say("#ubah#24112026")
    world.closes(MONDAY, TUESDAY)
    assert world.seating.settle(MONDAY, requests) == ["nothing"]
    assert world.call_off() == 1
    assert notices(world) == [f"closed:{booked.code}:2026-11-24"]


def test_the_last_day_for_which_one_may_book_is_looked_at_too(world: World) -> None:
    last = world.office.last_bookable_day(world.clock.moment)
    booked = world.book(day=last)
    world.closes(last)
    assert world.call_off() == 1
    assert now(world, booked).lapse is Lapse.OFFICE_CLOSED


def test_a_day_that_was_opened_again_before_its_writer_got_to_it_is_not_called_off(world: World) -> None:
    booked = world.book()
    world.closes(MONDAY)
    world.closing.close()
    world.closes()
    world.settle()
    assert now(world, booked).state is State.CONFIRMED
    assert notices(world) == []


def test_a_day_that_is_opened_again_takes_bookings_again_also_of_who_was_called_off(world: World) -> None:
    world.fill()
    world.closes(MONDAY)
    world.call_off()
    world.closes()
    again = [world.book(applicant(number)) for number in range(4)]
    assert sorted(world.store.seats_of(MONDAY).values()) == sorted(booking.code for booking in again)
    world.closes(MONDAY)
    assert world.call_off() == 4
    assert len(notices(world)) == 8


def test_the_door_says_of_such_a_code_that_it_was_cancelled(world: World) -> None:
    booked = world.book()
    world.closes(MONDAY)
    world.call_off()
    ended_at = world.clock.moment
    world.at(wib(MONDAY, 7, 45))
    decision = world.scan(booked.code)
    assert decision.outcome is Outcome.CANCELLED
    assert decision.booking is not None
    assert decision.booking.ended_at == ended_at


def test_whoever_writes_about_it_is_told_that_the_office_closed_the_day(world: World) -> None:
    echo = world.register()
    booked = world.booking(world.approve(echo))
    world.closes(MONDAY)
    world.call_off()
    assert world.approve(echo).kind is Kind.OFFICE_CLOSED_NAMED
    assert world.say(f"#batal {booked.code}").kind is Kind.OFFICE_CLOSED_NAMED
    assert now(world, booked).state is State.CANCELLED
    world.closes()
    assert world.say(f"#batal {booked.code}").kind is Kind.ALREADY_CANCELLED


def test_a_registration_from_before_the_notice_does_not_take_the_claims_that_it_released(world: World) -> None:
    world.book()
    before = world.clock.moment
    world.closes(MONDAY)
    world.at(NOW + timedelta(minutes=5))
    world.call_off()
    assert world.register(day=TUESDAY, at=before).kind is Kind.SUPERSEDED


def test_nobody_is_called_too_late_on_a_day_that_the_office_has_closed(world: World) -> None:
    """Closed on the day itself, while whoever should have called them off stands still."""
    booked = world.book()
    world.closes(MONDAY)
    assert world.sweep(wib(MONDAY, 9)) == 0
    world.at(wib(TUESDAY, 9))
    assert world.call_off() == 1
    assert (now(world, booked).state, now(world, booked).lapse) == (State.CANCELLED, Lapse.OFFICE_CLOSED)


def test_who_was_too_late_before_the_office_closed_stays_so(world: World) -> None:
    booked, waiting = world.fill(seats=3)[0], world.store.bookings
    world.sweep(wib(MONDAY, 8, 16))
    world.closes(MONDAY)
    assert world.call_off() == 1
    assert now(world, booked).state is State.EXPIRED
    assert sorted(booking.state for booking in waiting.values()) == [State.CANCELLED, State.EXPIRED, State.EXPIRED]


def test_one_day_that_cannot_be_read_does_not_stop_the_others(world: World) -> None:
    class Unreadable(FakeStore):
        def slots(self, day: date) -> dict[datetime, Slot]:
            if day == MONDAY:
                raise ConnectionError
            return dict(super().slots(day))

    booked = world.book(day=TUESDAY)
    world.days = Unreadable(**vars(world.store))
    world.closes(MONDAY, TUESDAY)
    with pytest.RaisesGroup(ConnectionError):
        world.closing.close()
    world.settle()
    assert notices(world) == [f"closed:{booked.code}:2026-11-24"]


class Death(BaseException):
    """The end of a function in the middle; nothing catches it, as nothing catches the real one."""


@pytest.mark.parametrize("after", [False, True])
def test_a_death_at_any_call_leaves_nobody_untold_and_nobody_told_twice(after: bool) -> None:
    def burn(world: World, burns_at: int) -> bool:
        calls = 0

        class Guarded:
            def __init__(self, port: object) -> None:
                self.port = port

            def __getattr__(self, name: str) -> object:
                def call(*arguments: object) -> object:
                    nonlocal calls
                    calls += 1
                    if calls == burns_at and not after:
                        raise Death
                    result = getattr(self.port, name)(*arguments)
                    if calls == burns_at:
                        raise Death
                    return result

                return call

        world.bookings = world.days = Guarded(world.store)  # type: ignore[assignment] # it has all that the store has
        world.to_days = Guarded(world.day_queue)  # type: ignore[assignment]
        world.to_applicants = Guarded(world.outbox)  # type: ignore[assignment]
        waiting: list[SeatRequest] = []
        for _ in range(3):
            try:
                world.closing.close()
                waiting = list(world.day_queue.requests)
                world.settle()
            except Death:
                # What the day queue had handed over it hands over again.
                handed = [request for request in waiting if request not in world.day_queue.requests]
                world.day_queue.requests[:0] = handed
        world.settle()
        return calls >= burns_at

    burns_at = 1
    while True:
        world = World(office(), day_queue=FakeDayQueue())
        booked = world.fill()
        world.closes(MONDAY)
        burnt = burn(world, burns_at)
        assert notices(world) == sorted(f"closed:{booking.code}:2026-11-23" for booking in booked), burns_at
        assert {now(world, booking).lapse for booking in booked} == {Lapse.OFFICE_CLOSED}
        assert world.store.seats_of(MONDAY) == {}
        if not burnt:
            break
        burns_at += 1
    assert burns_at > 10


def test_a_day_on_which_nobody_may_come_any_more_is_not_offered(world: World) -> None:
    booked = world.book()
    world.closes(MONDAY, TUESDAY)
    world.call_off()
    assert notice(world, booked).fields["next_day"] == "2026-11-25"
    assert registration("Budi Santoso", WEDNESDAY) == notice(world, booked).fields["register_again"]


def test_a_registration_that_comes_again_after_the_office_closed_its_day_gets_what_was_decided(world: World) -> None:
    first = world.send(registration("Budi Santoso", MONDAY))
    echo = world.answer_to(first)
    world.office = office(closed_dates={MONDAY: "Cuti bersama"})
    world.outbox.answers.clear()
    world.reception.receive(first)
    assert (world.answer_to(first).kind, echo.kind) == (Kind.ECHO, Kind.ECHO)
