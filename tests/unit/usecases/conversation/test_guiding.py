"""People who do not manage the format are led to their registration, one question at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import State
from antrian.domain.delivery import MOST_ROWS
from antrian.domain.dialogue import ANSWERED_WITHIN, Dialogue
from antrian.domain.message import Message, Photo, Sender
from antrian.domain.office import Format
from antrian.domain.refusals import StaleRead, Unsettled
from antrian.usecases.retry import MOST_TRIES
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY, message, office, wib
from tests.fakes import FakeStore
from tests.unit.usecases.world import A_SECOND, World, registration, text_of


@pytest.fixture
def world() -> World:
    """Provide an office where nobody has written yet."""
    return World()


def kinds(world: World, *texts: str, sender: Sender = BUDI) -> list[Kind]:
    """Say these one after the other, and return the names of the answers."""
    return [world.say(text, sender).kind for text in texts]


def again(world: World, sent: Message) -> Answer:
    """Let a message be delivered again whose answer was lost, and return its answer now."""
    del world.outbox.answers[sent.id]
    world.reception.receive(sent)
    world.settle()
    return world.answer_to(sent)


LED = ["daftar", "Budi Santoso", "25-01-1987"]


# The way to the echo


def test_whoever_is_led_ends_at_the_echo_of_what_they_would_have_typed(world: World) -> None:
    assert kinds(world, *LED) == [Kind.ASK_NAME, Kind.ASK_BIRTH_DATE, Kind.ASK_DAY]
    led = world.say("23-11-2026")
    typed = World().say(registration("Budi Santoso"), at=world.clock.moment)
    codes = {"booking_code", "approval_code"}
    assert led.kind is typed.kind is Kind.ECHO
    assert {k: v for k, v in led.fields.items() if k not in codes} == {
        k: v for k, v in typed.fields.items() if k not in codes
    }
    assert world.approve(led).kind is Kind.TICKET


def test_the_days_are_a_list_whose_rows_are_whole_registrations(world: World) -> None:
    kinds(world, *LED)
    asked = world.outbox.answers[list(world.outbox.answers)[-1]].answer
    days, ids, seats = (asked.fields[f"row_{part}"] for part in ("day", "id", "seats"))
    assert (days[0], ids[0], seats[0]) == ("2026-11-23", "#Budi Santoso#25011987#23112026", "4")
    assert len(ids) == MOST_ROWS
    # Also when the dialogue is over: a row needs nobody who remembers.
    echo = world.say(button=ids[1], at=NOW + timedelta(days=1))
    assert (echo.kind, echo.fields["service_date"]) == (Kind.ECHO, "2026-11-24")


def test_a_day_tapped_in_the_list_of_days_with_seats_is_the_last_answer(world: World) -> None:
    kinds(world, *LED)
    tapped = world.say(button=world.say("#kuota").fields["row_id"][1])
    assert (tapped.kind, tapped.fields["name"], tapped.fields["service_date"]) == (
        Kind.ECHO,
        "Budi Santoso",
        "2026-11-24",
    )


def test_a_registration_that_cannot_be_read_is_no_name(world: World) -> None:
    world.say("daftar")
    misread = world.say("#Budi Santoso#25-1-87#23-11-26")
    assert misread.kind is Kind.MISREAD
    assert (misread.fields["name"], misread.fields["asks"]) == ("Budi Santoso", "birth_date")


def test_an_answer_corrected_by_editing_counts(world: World) -> None:
    kinds(world, "daftar", "Budi Santoso")
    world.at(world.clock.moment + A_SECOND)
    edited = replace(message("25011987", at=world.clock.moment), type="edit")
    world.reception.receive(edited)
    assert world.answer_to(edited).kind is Kind.ASK_DAY


def test_full_days_are_not_offered(world: World) -> None:
    world.fill()
    kinds(world, *LED)
    asked = world.outbox.answers[list(world.outbox.answers)[-1]].answer
    assert asked.fields["row_day"][0] == TUESDAY.isoformat()


def test_where_no_day_has_a_seat_it_is_told_in_the_place_of_the_list() -> None:
    world = World(office(quota=1, first_day=2, last_day=2))
    world.book(SITI)
    assert kinds(world, *LED)[-1] is Kind.QUOTA_FULL
    closed = World(office(first_day=1, last_day=1))
    assert kinds(closed, *LED)[-1] is Kind.NO_DAY_OPEN


def test_a_day_of_the_quota_begins_with_it_chosen(world: World) -> None:
    row = world.say("kuota").fields["row_id"][1]
    assert world.say(button=row).kind is Kind.ASK_NAME
    assert kinds(world, "Budi Santoso") == [Kind.ASK_BIRTH_DATE]
    echo = world.say("25-01-1987")
    assert (echo.kind, echo.fields["service_date"]) == (Kind.ECHO, "2026-11-24")


@pytest.mark.parametrize(
    ("typed", "answers", "last"),
    [
        ("#Budi#250187#23112026", ["25011987"], Kind.MISREAD),
        ("#Budi#31021987#23112026", ["25 Januari 1987"], Kind.ASK_BIRTH_DATE_AGAIN),
        ("#Budi#25011987", ["23112026"], Kind.ASK_DAY),
        ("#Budi#25011987#31112026", ["23-11-2026"], Kind.ASK_DAY_AGAIN),
        ("#Budi2#25011987#23112026", ["#Budi"], Kind.MISREAD),
        ("#Budi", ["25011987", "23-11-2026"], Kind.MISREAD),
        ("#", ["Budi", "25011987", "23-11-2026"], Kind.MISREAD),
    ],
)
def test_after_a_misread_registration_only_what_is_missing_is_asked_for(
    typed: str, answers: list[str], last: Kind, world: World
) -> None:
    assert world.say(typed).kind is last
    echo = [world.say(answer) for answer in answers][-1]
    assert echo.kind is Kind.ECHO
    assert (echo.fields["name"], echo.fields["birth_date"], echo.fields["service_date"]) == (
        "Budi",
        "1987-01-25",
        "2026-11-23",
    )


def test_a_misread_registration_in_which_everything_was_understood_is_one(world: World) -> None:
    assert world.say("#Budi#25011987#23112026#Bogor").kind is Kind.ECHO


def test_where_the_office_gives_the_day_the_address_comes_last() -> None:
    world = World(office(format=Format.NAME_BIRTH_ADDRESS, approval=False))
    assert kinds(world, *LED)[-1] is Kind.ASK_ADDRESS
    assert world.say("12").kind is Kind.ASK_ADDRESS_AGAIN
    ticket = world.say("Jl. Merdeka 10")
    assert ticket.kind is Kind.TICKET
    assert world.booking(ticket).address == "Jl. Merdeka 10"


def test_where_a_photo_is_needed_it_is_asked_for_after_the_last_answer() -> None:
    world = World(office(format=Format.NAME_BIRTH_ADDRESS, approval=False, photo=True))
    assert kinds(world, *LED, "Jl. Merdeka 10")[-2:] == [Kind.ASK_ADDRESS, Kind.PHOTO_MISSING]
    # Nothing is asked any more: this is no other address.
    assert world.say("sebentar ya, saya cari fotonya").kind is Kind.HELP
    assert world.say(photo=Photo("1234567890", "image/jpeg")).kind is Kind.TICKET


def test_a_photo_that_came_before_the_questions_counts() -> None:
    world = World(office(format=Format.NAME_BIRTH_ADDRESS, approval=False, photo=True))
    assert world.say("#Budi Santoso#250187", photo=Photo("1234567890", "image/jpeg")).kind is Kind.MISREAD
    assert kinds(world, "25-01-1987", "Jl. Merdeka 10") == [Kind.ASK_ADDRESS, Kind.TICKET]


# Wrong answers


def test_a_wrong_answer_repeats_the_question_with_what_is_wrong(world: World) -> None:
    assert kinds(world, "daftar", "123", "Budi") == [Kind.ASK_NAME, Kind.ASK_NAME_AGAIN, Kind.ASK_BIRTH_DATE]
    wrong = world.say("31-02-1987")
    assert (wrong.kind, wrong.fields["written"]) == (Kind.ASK_BIRTH_DATE_AGAIN, "31-02-1987")
    assert world.say("25-01-1987").kind is Kind.ASK_DAY
    wrong = world.say("22-11-2026")
    assert (wrong.kind, wrong.fields["written"]) == (Kind.ASK_DAY_AGAIN, "22-11-2026")
    assert wrong.fields["row_day"]
    assert world.say("23-11-2026").kind is Kind.ECHO


def test_eight_digits_are_the_birth_date_where_one_is_asked_for(world: World) -> None:
    assert kinds(world, "daftar", "Budi", "25011987")[-1] is Kind.ASK_DAY
    assert world.say("25011987", SITI).kind is Kind.CODE_UNKNOWN


def test_an_approval_code_of_one_s_own_approves_also_while_something_is_asked(world: World) -> None:
    echo = world.register()
    assert world.say("daftar").kind is Kind.ASK_NAME
    assert world.approve(echo).kind is Kind.TICKET


@pytest.mark.parametrize(("command", "kind"), [("bantuan", Kind.HELP), ("#status", Kind.HELP), ("kuota", Kind.QUOTA)])
def test_commands_are_no_answers_and_end_nothing(command: str, kind: Kind, world: World) -> None:
    assert kinds(world, "daftar", command, "Budi") == [Kind.ASK_NAME, kind, Kind.ASK_BIRTH_DATE]


def test_a_name_is_a_name_whatever_it_means(world: World) -> None:
    """`Hilang` is also what people write of a passport."""
    assert kinds(world, "daftar", "Hilang Ramadhan") == [Kind.ASK_NAME, Kind.ASK_BIRTH_DATE]
    assert world.say("#Sakit Hilang#25011987#23112026", SITI).kind is Kind.ECHO


# The end of it


def test_a_registration_typed_at_any_time_wins(world: World) -> None:
    assert kinds(world, "daftar", "Siti Aminah") == [Kind.ASK_NAME, Kind.ASK_BIRTH_DATE]
    echo = world.register()
    assert (echo.kind, echo.fields["name"]) == (Kind.ECHO, "Budi Santoso")
    # What comes now answers no question any more.
    assert world.say("25-01-1987").kind is Kind.HELP_PENDING


def test_batal_ends_what_is_asked_and_costs_nobody_their_booking(world: World) -> None:
    echo = world.register()
    assert kinds(world, "daftar", "#batal") == [Kind.ASK_NAME, Kind.DIALOGUE_ENDED]
    assert world.booking(echo).state is State.PENDING
    assert kinds(world, "Budi") == [Kind.HELP_PENDING]
    assert kinds(world, "#batal") == [Kind.CANCELLED]


def test_a_button_cancels_what_it_says_also_while_something_is_asked(world: World) -> None:
    echo = world.register()
    world.say("daftar")
    assert world.say(button=f"#batal {echo.fields['booking_code']}").kind is Kind.CANCELLED


def test_the_same_batal_ends_nothing_more_when_it_comes_again_after_another_dialogue(world: World) -> None:
    echo = world.register()
    world.say("daftar")
    stop = world.send("#batal")
    assert again(world, stop).kind is Kind.DIALOGUE_ENDED
    world.say("daftar")
    assert again(world, stop).kind is Kind.DIALOGUE_ENDED
    assert world.booking(echo).state is State.PENDING
    assert world.say("Budi").kind is Kind.ASK_BIRTH_DATE


def test_a_batal_whose_question_is_being_answered_tells_what_stands(world: World) -> None:
    echo = world.register()
    world.say("daftar")

    class AnsweredMeanwhile(FakeStore):
        def go_on(self, sender: Sender, dialogue: Dialogue, before: Dialogue | None) -> None:
            later = replace(dialogue, message_id="wamid.later", sent_at=dialogue.sent_at + A_SECOND, ended=False)
            super().go_on(sender, later, before)
            raise StaleRead

    world.dialogues = AnsweredMeanwhile(**vars(world.store))
    assert world.say("#batal").kind is Kind.SUPERSEDED
    assert world.booking(echo).state is State.PENDING


def test_who_has_a_seat_is_asked_nothing(world: World) -> None:
    world.book()
    assert kinds(world, "daftar", "#Budi#1", "#daftar#24112026") == [Kind.ALREADY_BOOKED] * 3
    assert world.say("#batal").kind is Kind.CANCELLED


def test_a_seat_that_comes_while_something_is_asked_ends_the_asking(world: World) -> None:
    echo = world.register()
    world.say("daftar")
    assert world.approve(echo).kind is Kind.TICKET
    assert world.say("Siti Aminah").kind is Kind.HELP_BOOKED
    # Now it means the seat, and not the question of before.
    assert world.say("#batal").kind is Kind.CANCELLED


def test_nobody_is_asked_outside_the_hours_in_which_one_may_register() -> None:
    world = World(office(opens=wib(MONDAY, 7).time(), closes=wib(MONDAY, 9).time()))
    assert kinds(world, "daftar", "#Budi#1") == [Kind.OUTSIDE_HOURS] * 2
    assert world.store.dialogues == {}


def test_the_rules_are_those_of_the_last_message() -> None:
    world = World(office(opens=wib(MONDAY, 7).time(), closes=wib(MONDAY, 10, 1).time()))
    kinds(world, *LED)
    assert world.say("23-11-2026", at=NOW + timedelta(minutes=3)).kind is Kind.OUTSIDE_HOURS


def test_a_dialogue_with_which_nobody_goes_on_ends_by_itself(world: World) -> None:
    kinds(world, *LED)
    assert world.say("23-11-2026", at=world.clock.moment + ANSWERED_WITHIN + A_SECOND).kind is Kind.HELP
    assert world.say("daftar").kind is Kind.ASK_NAME


def test_daftar_begins_anew(world: World) -> None:
    assert kinds(world, *LED, "daftar") == [Kind.ASK_NAME, Kind.ASK_BIRTH_DATE, Kind.ASK_DAY, Kind.ASK_NAME]


# Twice, late, and at the same time


def test_an_answer_that_comes_again_gets_the_same_question_and_changes_nothing(world: World) -> None:
    world.say("daftar")
    name = world.send("Budi Santoso")
    stored = dict(world.store.dialogues)
    assert again(world, name).kind is Kind.ASK_BIRTH_DATE
    assert world.store.dialogues == stored
    assert world.say("25-01-1987").kind is Kind.ASK_DAY


@pytest.mark.parametrize("words", ["daftar", "#Budi Santoso#1"])
def test_what_a_booking_stood_in_the_way_of_begins_nothing_when_it_comes_again_after_that_ended(
    words: str, world: World
) -> None:
    world.book()
    sent = world.send(words)
    assert world.answer_to(sent).kind is Kind.ALREADY_BOOKED
    world.say("#batal")
    again(world, sent)
    assert world.store.dialogues == {}


@pytest.mark.parametrize(("words", "kind"), [("#batal", Kind.CANCELLED), ("Agus Salim", Kind.HELP_BOOKED)])
def test_what_was_about_a_booking_touches_no_question_when_it_comes_again_after_that_ended(
    words: str, kind: Kind, world: World
) -> None:
    """One account that was asked under its user id before it was known that the booking is its own."""
    user = Sender(user_id="ID.1")
    world.book()
    world.say("daftar", user)
    asked = dict(world.store.dialogues)
    sent = world.send(words, Sender(BUDI.phone, user.user_id))
    world.settle()
    assert world.answer_to(sent).kind is kind
    world.say("#batal")
    again(world, sent)
    assert world.store.dialogues == asked


def test_the_last_answer_that_comes_again_gets_the_same_echo(world: World) -> None:
    kinds(world, *LED)
    day = world.send("23-11-2026")
    echo = world.answer_to(day)
    assert again(world, day) == echo
    assert len(world.store.bookings) == 1


def test_an_answer_that_was_overtaken_is_told_what_is_asked_now(world: World) -> None:
    world.say("daftar")
    late = message("Siti Aminah", at=world.clock.moment + A_SECOND)
    world.say("Budi Santoso", at=world.clock.moment + 2 * A_SECOND)
    world.reception.receive(late)
    assert world.answer_to(late).kind is Kind.ASK_BIRTH_DATE
    assert world.say("25-01-1987").fields["name"] == "Budi Santoso"


def test_of_two_in_the_same_second_the_second_answers_nothing(world: World) -> None:
    """Nobody has read the question in that second."""
    world.say("daftar")
    at = world.clock.moment + A_SECOND
    assert world.say("Budi Santoso", at=at).kind is Kind.ASK_BIRTH_DATE
    assert world.say("25-01-1987", at=at).kind is Kind.ASK_BIRTH_DATE


def test_a_beginning_that_comes_after_the_registration_begins_nothing(world: World) -> None:
    late = [message(text, at=world.clock.moment) for text in ("daftar", "#Budi#1", "Budi")]
    world.register()
    for sent in late:
        world.reception.receive(sent)
    assert [world.answer_to(sent).kind for sent in late] == [Kind.HELP_PENDING] * 3
    assert world.store.dialogues == {}


def test_of_two_answers_at_the_same_time_one_counts(world: World) -> None:
    world.say("daftar")

    others = [message("Siti Aminah", at=world.clock.moment + 2 * A_SECOND)]

    class Late(FakeStore):
        """Dialogues in which another message is handled between reading and writing."""

        def go_on(self, sender: Sender, dialogue: Dialogue, before: Dialogue | None) -> None:
            if others:
                world.reception.receive(others.pop())
            super().go_on(sender, dialogue, before)

    world.dialogues = Late(**vars(world.store))
    first = world.send("Budi Santoso")
    assert world.answer_to(first).kind is Kind.ASK_BIRTH_DATE
    assert world.say("25-01-1987", at=world.clock.moment + 3 * A_SECOND).fields["name"] == "Siti Aminah"


def test_who_is_refused_time_and_again_has_to_come_again(world: World) -> None:
    class Contested(FakeStore):
        tries = 0

        def go_on(self, *_: object) -> None:
            Contested.tries += 1
            raise StaleRead

    world.dialogues = Contested()
    sent = message("daftar")
    with pytest.raises(Unsettled) as raised:
        world.reception.receive(sent)
    assert Contested.tries == MOST_TRIES
    assert sent.id not in str(raised.value)


def test_each_message_is_one_write_at_the_most(world: World) -> None:
    class Counting(FakeStore):
        writes = 0

        def go_on(self, sender: Sender, dialogue: Dialogue, before: Dialogue | None) -> None:
            Counting.writes += 1
            super().go_on(sender, dialogue, before)

    world.dialogues = Counting()
    for text in [*LED[:2], "besok", LED[2], "bantuan"]:
        world.say(text)
    assert Counting.writes == 3
    echo = world.say("23-11-2026")
    assert Counting.writes == 4
    assert text_of(echo.fields, "name") == "Budi Santoso"
