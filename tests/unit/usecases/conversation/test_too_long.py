"""Words that are too long to be read: whoever sent them hears that, and nothing is booked, ended or lost by them."""

from dataclasses import replace

import pytest

from antrian.domain.answers import Kind
from antrian.domain.booking import State
from tests.builders import BUDI, MONDAY, SITI, message, wib
from tests.unit.usecases.conversation.test_completing import KTP, WORDS, like_batam
from tests.unit.usecases.world import World, registration

MUCH = " " * 4096


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("text", ["Halo", "setuju", "#batal", "#ubah#24112026", registration("Budi Lain")])
def test_it_is_said_and_what_stands_is_kept(world: World, text: str) -> None:
    booked = world.book()
    told = world.say(text + MUCH)
    assert told.kind is Kind.TOO_LONG
    assert told.fields["example"]
    assert world.store.get(booked.code) == booked
    assert world.say(text + MUCH, SITI).kind is Kind.TOO_LONG


def test_a_question_goes_on(world: World) -> None:
    assert world.say("daftar").kind is Kind.ASK_NAME
    assert world.say("Budi" + MUCH).kind is Kind.TOO_LONG
    assert world.say("Budi").kind is Kind.ASK_BIRTH_DATE


def test_also_of_an_edited_message(world: World) -> None:
    edited = replace(message(), type="edit", too_long=True)
    world.reception.receive(edited)
    assert world.answer_to(edited).kind is Kind.TOO_LONG


def test_a_photo_counts_below_which_too_much_is_written() -> None:
    world = World(like_batam())
    world.at(wib(MONDAY, 8))
    sent = replace(message(photo=KTP, at=wib(MONDAY, 8)), too_long=True)
    world.reception.receive(sent)
    assert world.answer_to(sent).kind is Kind.TOO_LONG
    assert world.say(WORDS, BUDI).kind is Kind.TICKET
    (booking,) = world.store.bookings.values()
    assert booking.state is State.CONFIRMED
