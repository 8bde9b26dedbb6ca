"""What people are told who ask: what they have, which days have seats, what can be written, who does not book here."""

from datetime import time, timedelta

import pytest

from antrian.domain.answers import Kind
from antrian.domain.cases import Case
from antrian.domain.delivery import MOST_ROWS
from antrian.domain.office import Format
from antrian.domain.request import read_request
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY, message, office, wib
from tests.unit.usecases.world import A_SECOND, World, applicant


@pytest.fixture
def world() -> World:
    """Provide an office where nobody has written yet."""
    return World()


# #status


@pytest.mark.parametrize("text", ["#status", "Status", " # STATUS ", "status?", "#tiket"])
def test_the_ticket_is_sent_again(text: str, world: World) -> None:
    booked = world.book()
    ticket = world.say(text)
    assert (ticket.kind, ticket.fields["booking_code"]) == (Kind.TICKET, booked.code)
    assert ticket.fields["documents"] == world.office.service.documents
    # It is a ticket to notify too, which signs its QR code.
    assert world.outbox.answers[list(world.outbox.answers)[-1]].ticket is not None


def test_the_echo_is_repeated_while_it_can_be_approved(world: World) -> None:
    echo = world.register()
    assert world.say("#status") == echo
    assert world.say("#status", at=NOW + timedelta(hours=2)).kind is Kind.HELP


def test_who_was_late_is_told_on_that_day_and_has_nothing_on_the_next(world: World) -> None:
    world.book()
    # Also before the sweep comes by: no ticket is sent that opens no door.
    assert world.say("#status", at=wib(MONDAY, 8, 16)).kind is Kind.EXPIRED
    world.sweep(wib(MONDAY, 8, 17))
    assert world.say("#status", at=wib(MONDAY, 9)).kind is Kind.EXPIRED
    assert world.say("#status", at=wib(TUESDAY, 9)).kind is Kind.HELP


def test_a_ticket_is_not_sent_again_once_it_is_void_however_early_it_was_asked_for(world: World) -> None:
    world.book()
    early = message("#status", at=wib(MONDAY, 8, 10))
    world.at(wib(MONDAY, 8, 16))
    world.reception.receive(early)
    assert world.answer_to(early).kind is Kind.EXPIRED


def test_who_was_let_in_is_told_so_on_that_day(world: World) -> None:
    booked = world.book()
    world.at(wib(MONDAY, 7, 45))
    world.scan(booked.code)
    assert world.say("#status").kind is Kind.ALREADY_CHECKED_IN
    assert world.say("#status", at=wib(TUESDAY, 9)).kind is Kind.HELP


def test_who_cancelled_or_never_wrote_has_nothing(world: World) -> None:
    assert world.say("#status").kind is Kind.HELP
    world.book()
    world.say("#batal")
    assert world.say("#status").kind is Kind.HELP


def test_whose_day_the_office_closed_is_told_so_until_it_is_over(world: World) -> None:
    world.book()
    world.closes(MONDAY, reason="Banjir")
    assert world.call_off() == 1
    told = world.say("#status")
    assert (told.kind, told.fields["reason"]) == (Kind.OFFICE_CLOSED_NAMED, "Banjir")
    assert world.say("#status", at=wib(TUESDAY, 0)).kind is Kind.HELP


def test_whoever_registers_again_after_the_office_closed_their_day_is_told_of_that(world: World) -> None:
    world.book()
    world.closes(MONDAY)
    world.call_off()
    world.register(day=TUESDAY)
    assert world.say("#status").kind is Kind.ECHO


def test_whoever_approved_when_their_day_was_full_is_told_so_with_the_next_one(world: World) -> None:
    echo = world.register()
    world.fill()
    assert world.approve(echo).kind is world.say("#status").kind is Kind.DAY_FULL


def test_where_no_approval_is_asked_for_a_seat_that_is_on_its_way_is_given(world: World) -> None:
    world.office = office(approval=False)
    world.send("#Budi Santoso#25011987#23112026")
    asked = world.send("#status")
    world.settle()
    assert world.answer_to(asked).kind is Kind.TICKET
    assert len(world.store.seats_of(MONDAY)) == 1


# #kuota


def test_the_days_with_seats_are_shown_with_how_many(world: World) -> None:
    world.fill(seats=3)
    world.fill(TUESDAY)
    quota = world.say("kuota")
    assert quota.kind is Kind.QUOTA
    shown = list(zip(quota.fields["row_day"], quota.fields["row_seats"], strict=True))
    assert shown[:2] == [("2026-11-23", "1"), ("2026-11-25", "4")]
    assert len(shown) == MOST_ROWS - 1  # of the ten days that are open one is full


def test_no_more_days_are_shown_than_a_list_has() -> None:
    assert len(World(office(last_day=60)).say("#kuota").fields["row_id"]) == MOST_ROWS


def test_a_seat_that_cools_is_not_counted() -> None:
    world = World(office(cooling_minutes=(15, 60), last_day=2))
    world.book(SITI)
    world.say("#batal", SITI)
    assert world.say("#kuota").fields["row_seats"] == ("3",)


def test_tapping_a_day_moves_who_is_booked(world: World) -> None:
    booked = world.book()
    quota = world.say("#kuota")
    assert quota.kind is Kind.DAYS_TO_MOVE_TO
    assert "2026-11-23" not in quota.fields["row_day"]
    ticket = world.say(button=quota.fields["row_id"][0])
    assert (ticket.kind, ticket.fields["booking_code"]) == (Kind.TICKET, booked.code)
    assert ticket.fields["service_date"] == "2026-11-24"


def test_tapping_a_day_changes_a_registration_that_waits_for_approval(world: World) -> None:
    world.register()
    echo = world.say(button=world.say("#kuota").fields["row_id"][0])
    assert (echo.kind, echo.fields["service_date"]) == (Kind.ECHO, "2026-11-24")


def test_a_row_of_an_old_list_moves_no_newer_booking(world: World) -> None:
    world.book()
    row = world.say("#ubah").fields["row_id"][1]
    world.say("#batal")
    newer = world.book()
    world.say(button=row)
    assert world.store.bookings[newer.code].service_date == MONDAY


def test_ubah_alone_shows_the_days_or_why_there_are_none(world: World) -> None:
    assert world.say("#ubah").kind is Kind.NOTHING_TO_RESCHEDULE
    booked = world.book()
    assert world.say("ubah").kind is Kind.DAYS_TO_MOVE_TO
    world.at(wib(MONDAY, 7, 45))
    world.scan(booked.code)
    assert world.say("#ubah").kind is Kind.ALREADY_CHECKED_IN


def test_where_every_other_day_is_full_the_booking_stands() -> None:
    world = World(office(first_day=2, last_day=3))
    world.book()
    world.fill(TUESDAY)
    assert world.say("#ubah").kind is world.say("#kuota").kind is Kind.NO_OTHER_DAY


def test_full_days_and_closed_days_are_told_apart() -> None:
    full = World(office(quota=1, first_day=2, last_day=2))
    full.book(SITI)
    assert full.say("#kuota").kind is Kind.QUOTA_FULL
    assert World(office(last_day=1)).say("#kuota").kind is Kind.NO_DAY_OPEN


def test_where_the_office_gives_the_day_the_next_one_is_told() -> None:
    quota = World(office(format=Format.NAME_BIRTH_ADDRESS)).say("#kuota")
    assert (quota.kind, quota.fields["service_date"]) == (Kind.NEXT_DAY, "2026-11-23")


@pytest.mark.parametrize("format_", Format)
def test_no_day_is_promised_when_nobody_can_register(format_: Format) -> None:
    """By the hour at which one can, the first day may be over."""
    mornings = office(format=format_, opens=time(7, 30), closes=time(9, 59))
    assert World(mornings).say("#kuota").kind is Kind.OUTSIDE_HOURS


# Help


@pytest.mark.parametrize("text", ["Selamat pagi", "Berapa biayanya?", "#bantuan", "Bantuan", "HELP", "menu", "👍"])
def test_help_fits_what_the_sender_has(text: str, world: World) -> None:
    assert world.say(text).kind is Kind.HELP
    echo = world.register()
    waiting = world.say(text)
    assert (waiting.kind, waiting.fields["approval_code"]) == (Kind.HELP_PENDING, echo.fields["approval_code"])
    ticket = world.approve(echo)
    booked = world.say(text)
    assert (booked.kind, booked.fields["queue_number"]) == (Kind.HELP_BOOKED, ticket.fields["queue_number"])
    world.at(wib(MONDAY, 7, 45))
    world.scan(str(ticket.fields["booking_code"]))
    assert world.say(text).kind is Kind.HELP_CHECKED_IN
    assert world.say(text, at=wib(TUESDAY, 8)).kind is Kind.HELP


def test_a_registration_that_can_no_longer_be_approved_is_nothing(world: World) -> None:
    world.register()
    assert world.say("Halo", at=NOW + timedelta(minutes=60) + 2 * A_SECOND).kind is Kind.HELP


def test_nobody_is_told_of_another_s_booking(world: World) -> None:
    world.book(SITI)
    assert world.say("#status", BUDI).kind is Kind.HELP


# Who does not book here


def test_who_writes_of_a_lost_passport_is_told_to_come(world: World) -> None:
    answer = world.say("Paspor saya hilang")
    assert (answer.kind, answer.fields["cases"]) == (Kind.NOT_HERE, ("lost",))


def test_who_need_not_book_is_told_so(world: World) -> None:
    answer = world.say("Saya TKI dan ibu saya lansia")
    assert (answer.kind, answer.fields["cases"]) == (Kind.COME_DIRECTLY, ("migrant_worker", "elderly"))


def test_what_cannot_be_booked_is_told_before_who_need_not(world: World) -> None:
    assert world.say("Ayah sakit, paspornya rusak").kind is Kind.NOT_HERE


def test_which_cases_there_are_is_the_office_s_business(world: World) -> None:
    assert world.say("mau ganti nama").kind is Kind.HELP
    world.office = office(not_here=(Case.CHANGED_DATA,))
    assert world.say("mau ganti nama").kind is Kind.NOT_HERE
    assert world.say("paspor hilang").kind is Kind.HELP


@pytest.mark.parametrize("text", ["#Hilang#25011987#23112026", "#batal", "#status", "kuota", "12345678", "daftar"])
def test_no_request_is_taken_for_a_case(text: str, world: World) -> None:
    assert not world.say(text).kind.startswith(("not_here", "come_directly"))


def test_the_case_of_somebody_who_is_asked_for_a_date_is_told_and_the_question_waits(world: World) -> None:
    for text in ("daftar", "Budi Santoso"):
        world.say(text)
    assert world.say("paspor saya hilang").kind is Kind.NOT_HERE
    assert world.say("25-01-1987").kind is Kind.ASK_DAY


def test_every_row_is_a_request_of_ours() -> None:
    world = World()
    rows = [row for text in ("#kuota", "#Budi#25011987") for row in world.say(text).fields["row_id"]]
    world.book(applicant(1))
    rows += world.say("#ubah", applicant(1)).fields["row_id"]
    assert {type(read_request(row)).__name__ for row in rows} == {"Begin", "Registration", "Rescheduling"}
