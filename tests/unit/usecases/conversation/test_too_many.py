"""Too many messages: one answer, then silence until the window is over, and nothing booked or lost by it."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from antrian.domain.answers import Kind
from antrian.domain.booking import State
from antrian.domain.delivery import Outgoing
from antrian.domain.message import Sender
from tests.builders import BUDI, NOW, SITI, message, office
from tests.fakes import FakeOutbox
from tests.unit.usecases.world import A_SECOND, World, registration

MOST = 3


@pytest.fixture
def world() -> World:
    return World(office(messages_per_window=MOST, window_minutes=10))


def test_one_answer_says_until_when_and_then_there_is_silence_until_it_has_passed(world: World) -> None:
    kinds = [world.answer_to(world.send("Halo")).kind for _ in range(MOST)]
    assert kinds == [Kind.HELP] * MOST
    told = world.answer_to(world.send("Halo"))
    assert told.kind is Kind.TOO_MANY
    assert told.fields == {"until": (NOW + timedelta(minutes=10)).astimezone(UTC).isoformat()}
    for _ in range(50):
        world.send("Halo")
    world.send("Halo", at=NOW + timedelta(minutes=10) - A_SECOND)
    assert len(world.outbox.answers) == MOST + 1
    assert world.say("Halo", at=NOW + timedelta(minutes=10)).kind is Kind.HELP


def test_others_are_not_silenced(world: World) -> None:
    for _ in range(9):
        world.send("Halo")
    assert world.say("Halo", SITI).kind is Kind.HELP
    assert world.say("Halo", Sender(user_id="ID.1")).kind is Kind.HELP


def test_what_was_too_much_books_nothing_and_ends_nothing(world: World) -> None:
    booked = world.book()
    for _ in range(MOST):
        world.send("Halo")
    for words in ("#batal", booked.approval_code, registration("Budi Lain")):
        world.send(words)
    world.settle()
    assert [booking.state for booking in world.store.bookings.values()] == [State.CONFIRMED]
    assert world.say("#batal", at=NOW + timedelta(minutes=10)).kind is Kind.CANCELLED


def test_a_message_that_comes_again_is_counted_once_and_keeps_its_place(world: World) -> None:
    sent = [world.send("Paspor saya hilang") for _ in range(2)]
    for again in sent * 5:
        world.reception.receive(again)
    echo = world.send(registration("Budi Santoso"))
    assert world.answer_to(echo).kind is Kind.ECHO
    over = [world.send("Paspor saya hilang") for _ in range(3)]
    answers = {id_: outgoing.answer.kind for id_, outgoing in world.outbox.answers.items()}
    # Also when its answer was lost on the way: nobody is told that their registration was one message too many.
    world.outbox.answers.clear()
    for again in [*over, echo, *sent]:
        world.reception.receive(again)
    assert {id_: outgoing.answer.kind for id_, outgoing in world.outbox.answers.items()} == answers


def test_a_message_that_failed_is_handled_when_it_comes_again_however_much_came_meanwhile(world: World) -> None:
    class Broken(FakeOutbox):
        def put(self, _: Outgoing) -> None:
            raise ConnectionError

    failed = message(registration("Budi Santoso"))
    world.to_applicants = Broken()
    with pytest.raises(ConnectionError):
        world.reception.receive(failed)
    world.to_applicants = world.outbox
    for _ in range(9):
        world.send("Halo")
    world.reception.receive(failed)
    echo = world.answer_to(failed)
    assert echo.kind is Kind.ECHO
    assert world.approve(echo, at=NOW + timedelta(minutes=11)).kind is Kind.TICKET


def test_what_is_never_answered_is_not_counted(world: World) -> None:
    for kind in ("reaction", "revoke", "edit"):
        for _ in range(9):
            world.reception.receive(replace(message(), type=kind))
    world.reception.receive(replace(message(), type="system", moved_to=BUDI))
    assert world.store.rate_limit == {}


def test_each_message_is_counted_in_the_window_in_which_it_was_sent(world: World) -> None:
    yesterday = [message("Halo", at=NOW - timedelta(days=1)) for _ in range(MOST + 2)]
    for late in yesterday:
        world.reception.receive(late)
    assert [world.answer_to(late).kind for late in yesterday[:-1]] == [Kind.HELP] * MOST + [Kind.TOO_MANY]
    assert world.say("Halo").kind is Kind.HELP


def test_an_office_may_let_everybody_write_as_much_as_they_like() -> None:
    world = World(office(messages_per_window=0))
    for _ in range(60):
        world.send("Halo")
    assert world.outbox.kinds() == [Kind.HELP] * 60
    assert world.store.rate_limit == {}
