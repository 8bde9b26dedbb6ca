"""A message decides once: no effect without an answer, no answer without its effect, whatever the world has become."""

from collections.abc import Callable
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Lapse, State
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.decision import Decision
from antrian.domain.message import Message, Photo
from antrian.domain.office import Format
from antrian.domain.request import typed_date
from antrian.domain.scan import Undoing
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY, message, office, wib
from tests.fakes import FakeDayQueue, FakeStore
from tests.unit.usecases.world import A_SECOND, World, applicant, registration

AT_THE_DOOR = wib(MONDAY, 7, 45)
VOID = wib(MONDAY, 8, 16)
WORDS = "Budi Santoso#25011987#Jl. Merdeka No. 10"
KTP, AKTA = Photo("1001", "image/jpeg"), Photo("1002", "image/jpeg")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def no_approval() -> World:
    return World(office(approval=False))


@pytest.fixture
def batam() -> World:
    """Provide an office that asks for a photo, gives the day, and has two days."""
    like_batam = office(format=Format.NAME_BIRTH_ADDRESS, photo=True, approval=False, last_day=3)
    return World(like_batam)


def comes_again(world: World, sent: Message) -> None:
    """Let a message be delivered once more, and settled."""
    world.reception.receive(sent)
    world.settle()


def told(world: World, sent: Message) -> Answer:
    return world.outbox.answers[sent.id].answer


def ubah(day: date = TUESDAY) -> str:
    return f"#ubah#{typed_date(day)}"


def scan_told_late(world: World, code: str, nonce: str = "nonce-0001") -> None:
    """Let a phone without a network tell now of a scan at the door."""
    now = world.clock.moment
    world.at(AT_THE_DOOR)
    assert world.scan(code, nonce).outcome.value == "OK"
    world.at(now)


def undo(world: World, nonce: str = "nonce-0001") -> None:
    undoing = Undoing("officer-1", "device-1", "salah pindai", world.clock.moment)
    world.admission.undo(nonce, undoing, supervisor=True)


class Failing(FakeDayQueue):
    """Fail once, as a queue does that does not answer."""

    fails = 1

    def put(self, request: SeatRequest) -> None:
        if self.fails:
            self.fails -= 1
            raise ConnectionError
        super().put(request)


# The same message handled twice at one moment


class Twice(FakeStore):
    """Let another worker handle a message before this one has decided on it."""

    def other_worker(self, receive: Callable[[], object]) -> None:
        self._receive = [receive]

    def decision_on(self, message_id: str) -> Decision | None:
        found = super().decision_on(message_id)
        while self._receive:
            self._receive.pop()()
        return found


@pytest.mark.parametrize("text", [registration("Budi Santoso"), "#status", "daftar", "#batal"])
@pytest.mark.parametrize("rules", [{}, {"approval": False}, {"approval": False, "quota": 1}])
def test_two_workers_with_one_message_decide_once(text: str, rules: dict[str, Any]) -> None:
    world = World(office(**rules))
    sent = message(text, at=world.clock.moment)
    other, decisions = world.reception, Twice(**vars(world.store))

    def handled_meanwhile() -> None:
        other.receive(sent)
        world.settle()

    decisions.other_worker(handled_meanwhile)
    world.decisions = decisions
    world.reception.receive(sent)
    world.settle()
    assert len(world.store.decisions) == len(world.outbox.answers) == 1
    assert len(world.store.bookings) <= 1


# A refused #batal (2)


def test_a_batal_that_was_refused_at_the_door_cancels_nothing_after_an_undo(world: World) -> None:
    booked = world.book()
    world.at(AT_THE_DOOR)
    world.scan(booked.code)
    sent = world.send("#batal")
    world.settle()
    assert told(world, sent).kind is Kind.ALREADY_CHECKED_IN
    undo(world)
    comes_again(world, sent)
    assert world.store.bookings[booked.code].state is State.CONFIRMED
    assert world.outbox.answers[sent.id].answer.kind is Kind.ALREADY_CHECKED_IN


def test_a_batal_that_was_refused_as_expired_cancels_nothing_after_a_late_scan_was_undone(world: World) -> None:
    booked = world.book()
    sent = message("#batal", at=wib(MONDAY, 8, 10))
    world.sweep(VOID)
    world.reception.receive(sent)
    world.settle()
    assert told(world, sent).kind is Kind.EXPIRED
    scan_told_late(world, booked.code)
    undo(world)
    comes_again(world, sent)
    assert world.store.bookings[booked.code].state is State.CONFIRMED


# Words and photo (3)


def test_a_photo_that_made_a_booking_makes_the_same_when_another_photo_took_its_place(batam: World) -> None:
    words = batam.send(WORDS)
    first = batam.send(photo=KTP)
    assert told(batam, words).kind is Kind.PHOTO_MISSING
    batam.send(photo=AKTA, at=batam.clock.moment + timedelta(minutes=61))
    comes_again(batam, first)
    assert told(batam, first).kind is Kind.TICKET
    assert batam.booking(told(batam, first)).state is State.CONFIRMED


def test_a_request_for_a_seat_that_got_lost_is_made_again_when_another_photo_took_its_place(batam: World) -> None:
    batam.to_days = batam.day_queue = Failing()
    batam.send(WORDS)
    first = message(photo=KTP, at=batam.clock.moment.replace(microsecond=0) + A_SECOND)
    with pytest.raises(ConnectionError):
        batam.reception.receive(first)
    batam.send(photo=AKTA, at=batam.clock.moment + timedelta(minutes=61))
    comes_again(batam, first)
    assert told(batam, first).kind is Kind.TICKET
    assert [booking.state for booking in batam.store.bookings.values()] == [State.CONFIRMED]


class Forgetting(FakeStore):
    """Fail once where a decision is to be recorded."""

    fails = 1

    def decide(self, decision: Decision) -> Decision:
        if self.fails:
            self.fails -= 1
            raise ConnectionError
        return super().decide(decision)


def test_the_other_half_of_what_became_a_booking_is_told_of_it_on_days_that_are_full_by_then() -> None:
    batam = World(office(format=Format.NAME_BIRTH_ADDRESS, photo=True, approval=False, last_day=3, quota=1))
    assert batam.say(f"{name(0)}#25011987#Jl. Merdeka No. 1", applicant(0), photo=AKTA).kind is Kind.TICKET
    batam.decisions = Forgetting(**vars(batam.store))
    words = message(WORDS, at=batam.clock.moment.replace(microsecond=0))
    with pytest.raises(ConnectionError):
        batam.reception.receive(words)
    assert batam.say(photo=KTP).kind is Kind.TICKET
    comes_again(batam, words)
    assert told(batam, words).kind is Kind.TICKET
    assert len(batam.store.bookings) == 2


# A dialogue that was overtaken (5)


def test_answers_that_came_before_their_question_register_nobody_when_they_come_again(no_approval: World) -> None:
    world = no_approval
    texts = ("daftar", "Budi Santoso", "25-01-1987", "23-11-2026")
    begin, *rest = [message(text, at=NOW + n * A_SECOND) for n, text in enumerate(texts)]
    world.at(NOW + timedelta(seconds=9))
    for sent in rest:  # what began it has failed
        comes_again(world, sent)
    assert [told(world, sent).kind for sent in rest] == [Kind.HELP] * 3
    comes_again(world, begin)
    for sent in rest:
        comes_again(world, sent)
    assert world.store.bookings == {}
    assert [told(world, sent).kind for sent in (begin, *rest)] == [Kind.ASK_NAME] + [Kind.HELP] * 3


# Days that are closed, and opened again (6)


@pytest.mark.parametrize("closes_on_the_way", [False, True])
def test_an_ubah_that_was_refused_as_closed_moves_nothing_once_the_day_is_open_again(
    world: World, closes_on_the_way: bool
) -> None:
    booked = world.book()
    if not closes_on_the_way:
        world.closes(TUESDAY)
    sent = world.send(ubah())
    world.closes(TUESDAY)
    world.settle()
    assert told(world, sent).kind is Kind.OFFICE_CLOSED_NAMED
    world.closes()
    comes_again(world, sent)
    assert world.store.bookings[booked.code].service_date == MONDAY


def test_a_registration_that_was_refused_as_closed_takes_no_seat_once_the_day_is_open_again(no_approval: World) -> None:
    no_approval.closes(MONDAY)
    sent = no_approval.send(registration("Budi Santoso"))
    assert told(no_approval, sent).kind is Kind.OFFICE_CLOSED_NAMED
    no_approval.closes()
    comes_again(no_approval, sent)
    assert no_approval.store.bookings == {}


def test_a_ticket_that_got_lost_is_not_the_last_word_to_who_has_moved_on_since(world: World) -> None:
    world.book()
    first = world.send(ubah())
    world.settle()
    del world.outbox.answers[first.id]  # as if the function had died before it told
    wednesday = TUESDAY + timedelta(days=1)
    assert world.say(ubah(wednesday)).kind is Kind.TICKET
    comes_again(world, first)
    assert told(world, first).kind is Kind.TICKET
    assert told(world, first).fields["service_date"] == wednesday.isoformat()


def test_an_approval_of_what_has_a_seat_already_is_told_how_that_stands(world: World) -> None:
    booked = world.book()
    request = SeatRequest(SeatAction.SEAT, booked.code, MONDAY, "wamid.again", BUDI, booked.sent_at)
    for kind in (Kind.TICKET, Kind.CODE_CANCELLED):
        world.seating.settle(MONDAY, [request])
        assert world.outbox.answers.pop("wamid.again").answer.kind is kind
        world.say("#batal")
    assert world.store.answers_to(["wamid.again"]) == {}


# A booking that was overtaken (4)


def overtaken_at_midnight(batam: World) -> list[SeatRequest]:
    """Let three wait past their day, the first of whom books again after midnight; return their requests."""
    for number in range(3):
        batam.say(f"{name(number)}#25011987#Jl. Merdeka No. {number + 1}", applicant(number))
    for number in range(3):
        batam.send(photo=Photo(f"{number}", "image/jpeg"), sender=applicant(number))
    waiting = batam.day_queue.take()
    batam.at(wib(TUESDAY, 0, 1))
    batam.say(f"{name(0)}#25011987#Jl. Merdeka No. 1", applicant(0))
    batam.say(photo=KTP, sender=applicant(0))
    return waiting


def name(number: int) -> str:
    return "Pemohon " + "ABC"[number]


def test_a_postponement_whose_claims_have_passed_on_lapses_and_takes_nobody_along(batam: World) -> None:
    batam.office = office(format=Format.NAME_BIRTH_ADDRESS, photo=True, approval=False, last_day=5)
    waiting = overtaken_at_midnight(batam)
    assert len(waiting) == 3
    batam.seating.settle(MONDAY, waiting)
    batam.settle()
    kinds = [batam.outbox.answers[request.message_id].answer.kind for request in waiting]
    assert kinds == [Kind.SUPERSEDED, Kind.TICKET, Kind.TICKET]
    batam.seating.settle(MONDAY, waiting)
    batam.settle()
    overtaken = batam.store.bookings[waiting[0].booking_code]
    assert (overtaken.state, overtaken.lapse) == (State.LAPSED, Lapse.IN_THE_WAY)
    (standing,) = [b for b in batam.store.bookings.values() if b.sender == applicant(0) and b.state is State.CONFIRMED]
    assert [batam.store.claims[key].booking_code for key in standing.claims] == [standing.code] * 2


def booked_anew_after_an_undo(world: World) -> tuple[str, str]:
    """Let a booking expire, its holder book again, and a scan that is told late be taken back; return both codes."""
    first = world.book()
    world.sweep(VOID)
    second = world.book(day=TUESDAY)
    scan_told_late(world, first.code)
    undo(world)
    assert {world.store.bookings[code].state for code in (first.code, second.code)} == {State.CONFIRMED}
    return first.code, second.code


def test_a_late_ubah_on_an_undone_booking_whose_person_has_booked_again_is_told_so(world: World) -> None:
    first, second = booked_anew_after_an_undo(world)
    day = TUESDAY + timedelta(days=1)
    request = SeatRequest(SeatAction.RESCHEDULE, first, day, "wamid.late", BUDI, wib(MONDAY, 8, 1).astimezone(UTC))
    other = world.book(SITI, TUESDAY)
    behind = SeatRequest(SeatAction.RESCHEDULE, other.code, day, "wamid.behind", SITI, world.clock.moment)
    world.seating.settle(day, [request, behind])
    assert world.outbox.answers["wamid.late"].answer.kind is Kind.SUPERSEDED
    assert world.store.bookings[first].service_date == MONDAY
    assert world.store.bookings[other.code].service_date == day
    assert world.store.bookings[second].service_date == TUESDAY


def test_of_two_bookings_between_an_undo_and_the_sweep_one_opens_the_door(world: World) -> None:
    first, second = booked_anew_after_an_undo(world)
    claims = dict(world.store.claims)
    assert world.scan(first, "nonce-late").outcome.value == "EXPIRED"
    world.sweep(VOID + timedelta(minutes=1))
    assert world.store.bookings[first].state is State.EXPIRED
    # What ends leaves alone what has passed to the other one.
    assert world.store.claims == claims
    world.at(wib(TUESDAY, 7, 45))
    assert world.scan(second, "nonce-second").outcome.value == "OK"


# An answer that a fault held back


def test_an_echo_that_was_held_back_tells_how_its_booking_stands_by_then(world: World) -> None:
    sent = world.send(registration("Budi Santoso"))
    assert told(world, sent).kind is Kind.ECHO
    del world.outbox.answers[sent.id]  # it was decided, and never delivered
    world.say(ubah())
    comes_again(world, sent)
    assert told(world, sent).kind is Kind.CODE_REPLACED
