"""What an applicant is answered, and what becomes of the booking: one conversation a test."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from antrian.adapters.texts import Texts
from antrian.domain import codes, fallbacks
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import APPROVAL_MAY_WAIT, Booking, Lapse, Seat, State
from antrian.domain.changes import Retirement, SeatAction
from antrian.domain.claims import ClaimKey
from antrian.domain.decision import Decision
from antrian.domain.message import Sender
from antrian.domain.office import Session
from antrian.domain.refusals import BookingExists, Unsettled
from tests.builders import BUDI, KEY, MONDAY, NOW, SITI, TUESDAY, message, office, wib
from tests.fakes import FakeStore
from tests.unit.usecases.world import A_SECOND, BORN, World, applicant, registration, text_of

WEDNESDAY = date(2026, 11, 25)
SUNDAY = date(2026, 11, 22)
OPEN_DAYS = tuple(
    date(2026, *day).isoformat()
    for day in [(11, 23), (11, 24), (11, 25), (11, 26), (11, 27), (11, 30), (12, 1), (12, 2), (12, 3), (12, 4)]
)
HIDDEN = Sender(user_id="ID.13491208655302741918")
BOTH = Sender(phone=BUDI.phone, user_id=HIDDEN.user_id)


@pytest.fixture
def world() -> World:
    return World()


# Registering


def test_a_registration_is_echoed_with_an_approval_code_and_holds_its_sender_and_its_person(world: World) -> None:
    echo = world.register()
    booking = world.booking(echo)
    assert echo.kind is Kind.ECHO
    assert echo.fields == {
        "name": "Budi Santoso",
        "birth_date": "1987-01-25",
        "service_date": "2026-11-23",
        "booking_code": booking.code,
        "approval_code": booking.approval_code,
        "approve_by": (booking.sent_at + timedelta(minutes=60)).isoformat(),
        "whatsapp_number": "+628110000001",
    }
    assert booking.state is State.PENDING
    assert len(booking.approval_code) == 8
    assert [key.split("#")[0] for key in booking.claims] == ["PHONE", "PERSON"]
    assert {world.store.claims[key].until for key in booking.claims} == {world.office.end_of(MONDAY)}
    assert world.store.seats_of(MONDAY) == {}


@pytest.mark.parametrize(
    ("sender", "claims", "shown"),
    [
        (BUDI, [ClaimKey("PHONE#628110000001")], "+628110000001"),
        (HIDDEN, [ClaimKey(f"USER#{HIDDEN.user_id}")], HIDDEN.user_id),
        (
            BOTH,
            [ClaimKey("PHONE#628110000001"), ClaimKey(f"USER#{HIDDEN.user_id}")],
            "+628110000001",
        ),
    ],
)
def test_a_booking_is_held_for_every_identity_of_its_sender(sender: Sender, claims: list[str], shown: str) -> None:
    world = World(office(one_code_per_person=False))
    echo = world.register(sender)
    assert list(world.booking(echo).claims) == claims
    assert echo.fields["whatsapp_number"] == shown
    assert world.approve(echo, sender).kind is Kind.TICKET


@pytest.mark.parametrize(("first", "second"), [(BUDI, BOTH), (HIDDEN, BOTH), (BOTH, BUDI), (BOTH, HIDDEN)])
def test_who_shares_a_number_or_a_user_id_is_the_same_applicant(first: Sender, second: Sender, world: World) -> None:
    booked = world.book(first)
    refused = world.register(second, TUESDAY)
    assert refused.kind is Kind.ALREADY_BOOKED
    assert refused.fields["booking_code"] == booked.code
    assert world.say("#batal", second).kind is Kind.CANCELLED


def test_an_account_that_shows_both_ids_stands_for_the_bookings_of_each(world: World) -> None:
    by_phone, by_user_id = world.book(BUDI), world.book(HIDDEN, TUESDAY, name="Budi Hidayat")
    assert world.register(BOTH, WEDNESDAY, name="Budi Ketiga").kind is Kind.ALREADY_BOOKED
    assert [world.say("#batal", BOTH).kind for _ in range(2)] == [Kind.CANCELLED, Kind.CANCELLED]
    assert {world.store.bookings[code].state for code in (by_phone.code, by_user_id.code)} == {State.CANCELLED}


def test_a_corrected_registration_before_approving_replaces_the_first(world: World) -> None:
    first = world.register(name="Budi Santso")
    second = world.register()
    assert second.kind is Kind.ECHO
    assert world.booking(first).state is State.REPLACED
    outdated = world.approve(first)
    assert outdated.kind is Kind.CODE_REPLACED
    assert outdated.fields["approval_code"] == first.fields["approval_code"]
    assert world.approve(second).fields["name"] == "Budi Santoso"
    assert list(world.store.seats_of(MONDAY).values()) == [world.booking(second).code]
    # The misspelt person is free for whoever bears that name.
    assert world.register(SITI, TUESDAY, name="Budi Santso").kind is Kind.ECHO


def test_a_second_registration_is_refused_while_the_first_is_confirmed(world: World) -> None:
    booked = world.book()
    refused = world.register(day=TUESDAY)
    assert refused.kind is Kind.ALREADY_BOOKED
    assert booked.seat is not None
    assert refused.fields["booking_code"] == booked.code
    assert refused.fields["queue_number"] == "1"
    assert refused.fields["starts_at"] == booked.seat.starts_at.isoformat()
    assert world.store.seats_of(TUESDAY) == {}


def test_a_cancelled_booking_makes_room_for_the_next_registration(world: World) -> None:
    world.book()
    world.say("#batal")
    assert world.register(day=TUESDAY).kind is Kind.ECHO


def test_an_expired_booking_makes_room_for_the_next_registration(world: World) -> None:
    booked = world.book()
    assert booked.seat is not None
    world.sweep(booked.seat.void_after + A_SECOND)
    assert world.register(day=TUESDAY).kind is Kind.ECHO


def test_a_void_booking_makes_room_before_the_sweep_comes_by(world: World) -> None:
    booked = world.book()
    assert booked.seat is not None
    assert world.register(day=TUESDAY, at=booked.seat.void_after).kind is Kind.ALREADY_BOOKED
    assert world.register(day=TUESDAY).kind is Kind.ECHO
    assert world.store.bookings[booked.code].state is State.EXPIRED


def test_what_was_sent_to_a_void_booking_before_the_sweep_and_read_after_it_counts(world: World) -> None:
    booked = world.book()
    assert booked.seat is not None
    world.sweep(booked.seat.void_after + timedelta(seconds=50))
    late = message(registration("Budi Santoso", TUESDAY), at=booked.seat.void_after + A_SECOND)
    world.reception.receive(late)
    assert world.answer_to(late).kind is Kind.ECHO


def test_who_was_let_in_registers_again_after_the_end_of_the_service_date(world: World) -> None:
    booked = world.book()
    assert booked.seat is not None
    world.at(booked.seat.opens_at)
    world.scan(booked.code)
    refused = world.register(day=WEDNESDAY)
    assert refused.kind is Kind.ALREADY_CHECKED_IN
    assert refused.fields["booking_code"] == booked.code
    assert world.register(day=WEDNESDAY, at=wib(MONDAY, 23, 59)).kind is Kind.ALREADY_CHECKED_IN
    assert world.register(day=WEDNESDAY, at=wib(TUESDAY, 0)).kind is Kind.ECHO


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Makassar", datetime(2026, 11, 23, 16, tzinfo=UTC)),
        ("Asia/Jayapura", datetime(2026, 11, 23, 15, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_the_midnight_of_the_office(zone: str, midnight: datetime) -> None:
    world = World(office(zone=ZoneInfo(zone), grace_minutes=240, last_day=1))
    world.at(midnight - timedelta(days=1, hours=1))
    booked = world.book()
    assert booked.claims_until == midnight
    assert booked.seat is not None
    assert booked.seat.starts_at.astimezone(ZoneInfo(zone)).time() == time(8)
    world.at(booked.seat.opens_at)
    world.scan(booked.code)
    # Until midnight there, tomorrow is Tuesday; from midnight on, it is Wednesday.
    before, after = midnight - A_SECOND, midnight
    assert world.register(day=WEDNESDAY, at=before).kind is Kind.BEYOND_HORIZON
    assert world.register(day=TUESDAY, at=before).kind is Kind.ALREADY_CHECKED_IN
    assert world.register(day=TUESDAY, at=after).kind is Kind.SERVICE_DATE_TOO_SOON
    assert world.register(day=WEDNESDAY, at=after).kind is Kind.ECHO


# One code a person


def test_a_person_who_is_registered_from_another_number_is_told_until_when_to_wait(world: World) -> None:
    echo = world.register()
    refused = world.register(SITI, TUESDAY, name="BUDI  santoso")
    assert refused.kind is Kind.PERSON_PENDING
    assert refused.fields == {"free_at": (world.booking(echo).approve_by + APPROVAL_MAY_WAIT).isoformat()}


def test_a_person_who_is_booked_from_another_number_is_told_the_day_and_no_more(world: World) -> None:
    world.book()
    refused = world.register(SITI, TUESDAY, name="Budi Santoso")
    assert refused.kind is Kind.PERSON_BOOKED
    assert refused.fields == {"service_date": "2026-11-23"}


def test_a_person_whose_registration_was_never_approved_may_register_from_another_number(world: World) -> None:
    first = world.booking(world.register())
    # An approval that was sent in time may still be waiting in the day queue.
    in_time = world.register(SITI, TUESDAY, name="Budi Santoso", at=first.approve_by + APPROVAL_MAY_WAIT)
    assert in_time.kind is Kind.PERSON_PENDING
    assert world.register(SITI, TUESDAY, name="Budi Santoso").kind is Kind.ECHO
    lapsed = world.store.bookings[first.code]
    assert (lapsed.state, lapsed.lapse) == (State.LAPSED, Lapse.TOO_LATE)
    assert world.say(first.approval_code).kind is Kind.CODE_TOO_LATE


def test_a_namesake_with_another_birth_date_is_another_person(world: World) -> None:
    world.book()
    assert world.register(SITI, name="Budi Santoso", born=BORN + timedelta(days=1)).kind is Kind.ECHO


def test_an_office_may_let_one_person_hold_several_codes() -> None:
    world = World(office(one_code_per_person=False))
    world.book()
    assert world.book(SITI, name="Budi Santoso").state is State.CONFIRMED
    assert world.register(day=TUESDAY).kind is Kind.ALREADY_BOOKED


# Without approval


def test_an_office_without_approval_answers_a_registration_with_the_ticket() -> None:
    world = World(office(approval=False))
    sent = world.send(registration("Budi Santoso"))
    assert world.outbox.answers == {}
    (request,) = world.day_queue.requests
    assert (request.action, request.message_id, request.service_date) == (SeatAction.SEAT, sent.id, MONDAY)
    world.settle()
    ticket = world.answer_to(sent)
    assert ticket.kind is Kind.TICKET
    assert ticket.fields["queue_number"] == "1"
    assert ticket.fields["documents"] == ("e-KTP asli", "Kartu Keluarga asli")


def test_an_impatient_repeat_where_no_approval_is_asked_for_gets_one_seat_and_no_word_of_codes() -> None:
    world = World(office(approval=False))
    first, second = world.send(registration("Budi Santoso")), world.send(registration("Budi Santoso"))
    world.settle()
    assert world.answer_to(first).kind is Kind.SUPERSEDED
    assert world.answer_to(second).kind is Kind.TICKET
    assert len(world.store.seats_of(MONDAY)) == 1


# Refused by the calendar


@pytest.mark.parametrize(
    ("hour", "minute", "second", "kind"),
    [
        (7, 29, 59, Kind.OUTSIDE_HOURS),
        (7, 30, 0, Kind.ECHO),
        (10, 0, 59, Kind.ECHO),
        (10, 1, 0, Kind.OUTSIDE_HOURS),
    ],
)
def test_registrations_count_within_their_hours_by_when_they_were_sent(
    hour: int, minute: int, second: int, kind: Kind
) -> None:
    world = World(office(opens=time(7, 30), closes=time(10)))
    sent = message(registration("Budi Santoso"), at=wib(SUNDAY, hour, minute) + timedelta(seconds=second))
    world.at(wib(SUNDAY, 11))
    world.reception.receive(sent)
    answer = world.answer_to(sent)
    assert answer.kind is kind
    if kind is Kind.OUTSIDE_HOURS:
        assert answer.fields == {"opens": "07.30", "closes": "10.00"}


def test_approving_and_cancelling_need_no_registration_hours() -> None:
    world = World(office(opens=time(7, 30), closes=time(10, 5)))
    echo = world.register(at=NOW)
    assert world.approve(echo, at=NOW + timedelta(minutes=59)).kind is Kind.TICKET
    assert world.say("#batal").kind is Kind.CANCELLED


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 20), Kind.SERVICE_DATE_PAST),
        (date(2026, 11, 22), Kind.SERVICE_DATE_PAST),
        (date(2026, 11, 23), Kind.SERVICE_DATE_TOO_SOON),
        (date(2026, 11, 24), Kind.ECHO),
        (date(2026, 11, 28), Kind.OFFICE_CLOSED_WEEKDAY),
        (date(2026, 12, 7), Kind.ECHO),
        (date(2026, 12, 8), Kind.BEYOND_HORIZON),
    ],
)
def test_the_horizon_is_counted_in_days_from_the_day_of_sending(day: date, kind: Kind, world: World) -> None:
    answer = world.register(day=day, at=wib(MONDAY, 9))
    assert answer.kind is kind
    assert answer.fields["service_date"] == day.isoformat()
    if kind is not Kind.ECHO:
        open_days = answer.fields["open_days"]
        assert (open_days[0], open_days[-1]) == ("2026-11-24", "2026-12-07")
        assert answer.fields["example"] == "#Budi#25011987#24112026"
        assert world.store.bookings == {}


def test_an_office_that_books_for_today_stops_when_its_last_hour_can_no_longer_be_reached() -> None:
    # The last slot is at 8.30, and one has to be there at 8.00.
    world = World(office(first_day=0))
    assert world.register(at=wib(MONDAY, 8)).kind is Kind.ECHO
    over = world.register(SITI, at=wib(MONDAY, 8) + A_SECOND)
    assert over.kind is Kind.SERVICE_DATE_TOO_SOON
    assert over.fields["open_days"][0] == TUESDAY.isoformat()
    assert over.fields["example"] == "#Budi#25011987#24112026"


def test_an_approval_code_is_good_for_no_longer_than_a_seat_of_its_day_can_be_reached() -> None:
    world = World(office(first_day=0))
    echo = world.register(at=wib(MONDAY, 7, 30))
    assert echo.fields["approve_by"] == wib(MONDAY, 8).astimezone(UTC).isoformat()
    assert world.approve(echo, at=wib(MONDAY, 8) + A_SECOND).kind is Kind.CODE_TOO_LATE


def test_a_closed_date_is_refused_with_its_reason() -> None:
    world = World(office(closed_dates={MONDAY: "Cuti bersama"}))
    answer = world.register()
    assert answer.kind is Kind.OFFICE_CLOSED_NAMED
    assert answer.fields["reason"] == "Cuti bersama"
    assert answer.fields["open_days"] == OPEN_DAYS[1:]


@pytest.mark.parametrize("born", [date(2026, 11, 22), date(1900, 1, 1)])
def test_an_impossible_age_is_refused_with_the_date_as_it_was_read(born: date, world: World) -> None:
    answer = world.register(born=born)
    assert answer.kind is Kind.BIRTH_DATE_IMPOSSIBLE
    assert answer.fields["written"] == f"{born:%d-%m-%Y}"


def test_a_child_born_today_may_be_registered(world: World) -> None:
    assert world.register(born=NOW.date()).kind is Kind.ECHO


@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        ("#Budi#31021987#23112026", Kind.ASK_BIRTH_DATE_AGAIN, "31-02-1987"),
        ("#Budi#25011987#31112026", Kind.ASK_DAY_AGAIN, "31-11-2026"),
    ],
)
def test_a_date_that_no_calendar_has_is_named(text: str, kind: Kind, written: str, world: World) -> None:
    answer = world.say(text)
    assert answer.kind is kind
    assert answer.fields["written"] == written


def test_a_registration_that_cannot_be_read_shows_what_was_understood(world: World) -> None:
    answer = world.say("#Budi#250187#23112026")
    assert answer.kind is Kind.MISREAD
    assert answer.fields == {
        "name": "Budi",
        "birth_date_read": "",
        "address_read": "",
        "service_date_read": "23-11-2026",
        "asks": "birth_date",
        "open_days": OPEN_DAYS,
        "example": "#Budi#25011987#23112026",
    }


def test_anything_else_is_answered_with_how_to_register(world: World) -> None:
    answer = world.say("Selamat pagi")
    assert answer.kind is Kind.HELP
    assert answer.fields["open_days"] == OPEN_DAYS


@pytest.mark.parametrize(("kind", "answer"), [*fallbacks.ANSWERS.items(), ("from_the_future", Kind.ONLY_TEXT)])
def test_what_has_no_words_gets_what_the_table_says(kind: str, answer: Kind | None, world: World) -> None:
    sent = replace(message(), type=kind)
    world.reception.receive(sent)
    if answer is None:
        assert world.outbox.answers == {}
    else:
        assert world.answer_to(sent).kind is answer


@pytest.mark.parametrize("kind", ["image", "document", "edit"])
def test_words_below_a_picture_and_the_new_words_of_a_message_are_read_as_if_typed(kind: str, world: World) -> None:
    sent = replace(message(registration("Budi Santoso")), type=kind)
    world.reception.receive(sent)
    assert world.answer_to(sent).kind is Kind.ECHO


def test_an_edited_registration_takes_the_place_of_the_first(world: World) -> None:
    first = world.register(name="Budi Santso")
    edited = replace(message(registration("Budi Santoso"), at=world.clock.moment + A_SECOND), type="edit")
    world.reception.receive(edited)
    assert world.booking(first).state is State.REPLACED
    assert world.approve(world.answer_to(edited)).fields["name"] == "Budi Santoso"


def test_words_below_a_picture_that_mean_nothing_are_answered_as_the_picture(world: World) -> None:
    sent = replace(message("ini KTP saya"), type="image")
    world.reception.receive(sent)
    assert world.answer_to(sent).kind is Kind.PHOTO_NOT_NEEDED
    lost = replace(message("paspor saya hilang"), type="image")
    world.reception.receive(lost)
    assert world.answer_to(lost).kind is Kind.NOT_HERE
    edited = replace(message("ini KTP saya, Pak"), type="edit")
    world.reception.receive(edited)
    assert edited.id not in world.outbox.answers


def sent_back(world: World, echo: Answer, wrong: str = "", right: str = "") -> Answer:
    """Let the whole echo be sent back as it is read, with one text in it replaced by another."""
    return world.say(Texts(world.office).render(echo).text.replace(wrong, right))


def test_the_echo_sent_back_approves_it(world: World) -> None:
    assert sent_back(world, world.register()).kind is Kind.TICKET


@pytest.mark.parametrize(
    ("wrong", "right", "field", "value"),
    [
        ("Nama: Budi Santoso", "Nama: Budi Santosa", "name", "Budi Santosa"),
        ("25-01-1987", "25-01-1988", "birth_date", "1988-01-25"),
        ("23-11-2026 (Senin)", "24-11-2026", "service_date", "2026-11-24"),
    ],
)
def test_a_corrected_echo_sent_back_is_a_correction(
    wrong: str, right: str, field: str, value: str, world: World
) -> None:
    first = world.register(name="Budi Santoso")
    echo = sent_back(world, first, wrong, right)
    assert (echo.kind, echo.fields[field]) == (Kind.ECHO, value)
    assert world.booking(first).state is State.REPLACED
    assert world.approve(echo).fields[field] == value


def test_a_corrected_echo_of_somebody_with_a_seat_changes_nothing(world: World) -> None:
    echo = world.register(name="Budi Santoso")
    world.approve(echo)
    assert sent_back(world, echo, "Budi Santoso", "Budi Santosa").kind is Kind.ALREADY_BOOKED


# Full days


def test_a_full_day_offers_the_next_one_with_a_seat_by_a_button_that_registers(world: World) -> None:
    world.fill(MONDAY)
    world.fill(TUESDAY)
    refused = world.register()
    assert refused.kind is Kind.DAY_FULL
    assert refused.fields == {
        "service_date": "2026-11-23",
        "next_day": "2026-11-25",
        "register_again": "#Budi Santoso#25011987#25112026",
    }
    echo = world.say(button=text_of(refused.fields, "register_again"))
    assert echo.kind is Kind.ECHO
    assert echo.fields["service_date"] == "2026-11-25"


def test_the_last_day_of_the_horizon_being_full_offers_an_earlier_one(world: World) -> None:
    last = date(2026, 12, 4)
    world.fill(last)
    assert world.register(day=last).fields["next_day"] == "2026-11-23"


def test_when_all_days_are_full_no_day_is_offered() -> None:
    world = World(office(last_day=3))
    world.fill(MONDAY)
    world.fill(TUESDAY)
    refused = world.register()
    assert refused.kind is Kind.ALL_DAYS_FULL
    assert refused.fields == {"service_date": "2026-11-23"}


def test_whoever_has_a_seat_of_a_full_day_is_shown_their_booking_and_not_the_full_day(world: World) -> None:
    booked = world.book()
    world.fill(MONDAY, 3)
    again = world.register()
    assert again.kind is Kind.ALREADY_BOOKED
    assert again.fields["booking_code"] == booked.code
    assert world.register(SITI, name="Budi Santoso").kind is Kind.PERSON_BOOKED
    assert world.register(SITI).kind is Kind.DAY_FULL


def test_a_registration_that_was_turned_away_makes_no_booking_when_it_comes_again(world: World) -> None:
    booked = world.fill(MONDAY)
    sent = world.send(registration("Budi Santoso"))
    world.say("#batal", booked[0].sender)
    world.reception.receive(sent)
    assert world.answer_to(sent).kind is Kind.DAY_FULL
    assert world.store.held_by([ClaimKey("PHONE#628110000001")]) == []
    assert world.register().kind is Kind.ECHO


def test_a_registration_that_was_refused_makes_no_booking_once_the_other_one_has_ended(world: World) -> None:
    world.book()
    world.send("#batal")
    # Sent after the cancellation and read before it was settled.
    refused = world.send(registration("Budi Santoso", TUESDAY))
    world.settle()
    assert world.answer_to(refused).kind is Kind.ALREADY_BOOKED
    world.reception.receive(refused)
    assert State.PENDING not in {booking.state for booking in world.store.bookings.values()}
    assert world.register(day=TUESDAY).kind is Kind.ECHO


def test_a_refusal_whose_answer_was_lost_is_told_again_in_the_same_words(world: World) -> None:
    world.book()
    refused = world.send(registration("Budi Santoso", TUESDAY))
    told = world.outbox.answers.pop(refused.id)
    assert told.answer.kind is Kind.ALREADY_BOOKED
    # Ended as of before the message, by a cancellation that was settled after it.
    for key, claim in world.store.claims.items():
        world.store.claims[key] = replace(claim, until=refused.sent_at)
    world.reception.receive(refused)
    assert world.outbox.answers[refused.id] == told


def test_one_batal_delivered_again_does_not_cancel_the_other_booking_of_the_account(world: World) -> None:
    world.book(BUDI)
    world.book(HIDDEN, name="Budi Hidayat")
    sent = world.send("#batal", BOTH)
    world.settle()
    world.reception.receive(sent)
    world.settle()
    assert len(world.store.seats_of(MONDAY)) == 1


def test_a_registration_that_took_the_last_seat_is_not_told_that_the_day_is_full_when_it_comes_again() -> None:
    world = World(office(approval=False, quota=1))
    sent = world.send(registration("Budi Santoso"))
    world.settle()
    world.outbox.answers.clear()  # as if the seat had been given, and the function had died before it told
    world.reception.receive(sent)
    world.settle()
    assert world.answer_to(sent).kind is Kind.TICKET


def test_a_pending_registration_outlives_a_correction_for_a_full_day(world: World) -> None:
    echo = world.register()
    world.fill(TUESDAY)
    assert world.register(day=TUESDAY).kind is Kind.DAY_FULL
    assert world.approve(echo).kind is Kind.TICKET


# Approving


def test_an_approval_by_the_button_is_one_by_text(world: World) -> None:
    echo = world.register()
    assert world.say(button=text_of(echo.fields, "approval_code")).kind is Kind.TICKET


def test_an_approval_may_have_words_around_it(world: World) -> None:
    code = text_of(world.register().fields, "approval_code")
    assert world.say(f" ya, {code[:4]} {code[4:]} terima kasih ").kind is Kind.TICKET


def test_a_ticket_has_everything_that_the_door_asks_for(world: World) -> None:
    echo = world.register()
    ticket = world.approve(echo)
    first = wib(MONDAY, 8).astimezone(UTC)
    assert ticket.kind is Kind.TICKET
    assert ticket.fields == {
        **echo.fields,
        "queue_number": "1",
        "starts_at": first.isoformat(),
        "opens_at": (first - timedelta(minutes=30)).isoformat(),
        "void_after": (first + timedelta(minutes=15)).isoformat(),
        "documents": ("e-KTP asli", "Kartu Keluarga asli"),
    }


@pytest.mark.parametrize(("late", "kind"), [(timedelta(0), Kind.TICKET), (A_SECOND, Kind.CODE_TOO_LATE)])
def test_an_approval_counts_up_to_its_last_second(late: timedelta, kind: Kind, world: World) -> None:
    echo = world.register()
    answer = world.approve(echo, at=world.booking(echo).approve_by + late)
    assert answer.kind is kind
    assert answer.fields["approval_code"] == echo.fields["approval_code"]


def test_an_approval_sent_in_time_counts_when_it_arrives_late(world: World) -> None:
    booking = world.booking(world.register())
    sent = message(booking.approval_code, at=booking.approve_by)
    world.at(booking.approve_by + timedelta(hours=3))
    world.reception.receive(sent)
    world.settle()
    assert world.answer_to(sent).kind is Kind.TICKET


def test_after_a_late_approval_one_registers_again(world: World) -> None:
    echo = world.register()
    world.approve(echo, at=world.booking(echo).approve_by + A_SECOND)
    again = world.register()
    assert again.kind is Kind.ECHO
    assert world.approve(echo).kind is Kind.CODE_REPLACED


def test_approving_twice_shows_the_same_ticket_twice(world: World) -> None:
    echo = world.register()
    assert world.approve(echo) == world.approve(echo)
    assert len(world.store.seats_of(MONDAY)) == 1


def test_approving_a_cancelled_registration_says_so(world: World) -> None:
    echo = world.register()
    world.say("#batal")
    assert world.approve(echo).kind is Kind.CODE_CANCELLED
    assert world.store.seats_of(MONDAY) == {}


def test_approving_an_expired_booking_says_so_and_how_to_register(world: World) -> None:
    booked = world.book()
    assert booked.seat is not None
    world.sweep(booked.seat.void_after + A_SECOND)
    answer = world.say(booked.approval_code)
    assert answer.kind is Kind.EXPIRED
    assert answer.fields["example"] == "#Budi#25011987#24112026"


def test_approving_a_used_booking_says_so(world: World) -> None:
    booked = world.book()
    assert booked.seat is not None
    world.at(booked.seat.opens_at)
    world.scan(booked.code)
    assert world.say(booked.approval_code).kind is Kind.ALREADY_CHECKED_IN


def test_an_unknown_approval_code_is_refused_with_an_example(world: World) -> None:
    answer = world.say("00002681")
    assert answer.kind is Kind.CODE_UNKNOWN
    assert answer.fields["example"] == "#Budi#25011987#23112026"


def test_another_number_s_approval_code_is_refused_without_a_word_about_that_booking(world: World) -> None:
    echo = world.register()
    answer = world.approve(echo, SITI)
    assert answer.kind is Kind.CODE_NOT_YOURS
    assert answer.fields == {}
    assert world.booking(echo).state is State.PENDING


def test_two_bookings_with_the_same_approval_code_are_each_approved_by_their_own_sender(world: World) -> None:
    # One in a hundred million pairs; the code alone must then not decide.
    budis, sitis = world.register(), world.register(SITI)
    shared = text_of(sitis.fields, "approval_code")
    world.store.bookings[world.booking(budis).code] = replace(world.booking(budis), approval_code=shared)
    assert world.say(shared).fields["name"] == "Budi Santoso"
    assert world.say(shared, SITI).fields["name"] == "Siti Aminah"


# Cancelling


@pytest.mark.parametrize("by_code", [False, True])
@pytest.mark.parametrize("confirmed", [False, True])
def test_batal_ends_a_pending_and_a_confirmed_booking(by_code: bool, confirmed: bool, world: World) -> None:
    echo = world.register()
    if confirmed:
        world.approve(echo)
    code = world.booking(echo).code
    answer = world.say(button=f"#batal {codes.shown(code)}") if by_code else world.say("#batal")
    assert answer.kind is Kind.CANCELLED
    assert answer.fields["booking_code"] == code
    assert world.booking(echo).state is State.CANCELLED
    assert world.store.seats_of(MONDAY) == {}


def test_the_seat_of_a_cancelled_booking_goes_to_the_next(world: World) -> None:
    world.book()
    world.book(SITI)
    world.say("#batal")
    assert world.book(applicant(1)).seat == Seat(1, MONDAY, *_hours(8))


def test_nothing_to_cancel_is_answered_with_how_to_register(world: World) -> None:
    answer = world.say("#batal")
    assert answer.kind is Kind.NOTHING_TO_CANCEL
    assert answer.fields["example"] == "#Budi#25011987#23112026"


def test_a_code_that_nobody_has_is_nothing_to_cancel(world: World) -> None:
    assert world.say(f"#batal {codes.booking_code(KEY, 'CTH', 'wamid.x')}").kind is Kind.NOTHING_TO_CANCEL


def test_another_number_s_booking_is_not_cancelled_nor_told_about(world: World) -> None:
    booked = world.book()
    answer = world.say(f"#batal {booked.code}", SITI)
    assert answer.kind is Kind.CANCEL_NOT_YOURS
    assert answer.fields == {}
    assert world.store.bookings[booked.code].state is State.CONFIRMED


def test_cancelling_again_says_that_it_was_cancelled(world: World) -> None:
    booked = world.book()
    world.say("#batal")
    again = world.say("#batal")
    assert again.kind is Kind.ALREADY_CANCELLED
    assert again.fields["booking_code"] == booked.code


def test_cancelling_a_replaced_registration_says_that_it_was_replaced_and_leaves_the_new_one(world: World) -> None:
    first = world.booking(world.register())
    second = world.booking(world.register(day=TUESDAY))
    assert world.say(f"#batal {first.code}").kind is Kind.CODE_REPLACED
    assert world.store.bookings[second.code].state is State.PENDING
    assert world.say("#batal").kind is Kind.CANCELLED


def test_a_cancellation_that_overtakes_its_registration_does_not_end_it_when_it_comes_again(world: World) -> None:
    batal = message("#batal", at=NOW + timedelta(seconds=30))
    world.reception.receive(batal)
    echo = world.register(at=NOW)
    world.reception.receive(batal)
    world.settle()
    assert world.answer_to(batal).kind is Kind.NOTHING_TO_CANCEL
    assert world.booking(echo).state is State.PENDING


def test_the_same_registration_sent_again_shows_the_same_code(world: World) -> None:
    first, second = world.register(), world.register()
    assert (first.kind, second.kind) == (Kind.ECHO, Kind.ECHO)
    assert first.fields["approval_code"] == second.fields["approval_code"]
    assert world.approve(first).kind is Kind.TICKET


def test_the_word_setuju_approves_what_waits_and_is_no_approval_where_nothing_waits(world: World) -> None:
    assert world.say("setuju").kind is Kind.HELP
    world.register()
    assert world.say("Setuju").kind is Kind.TICKET


def test_the_word_setuju_delivered_again_approves_no_later_registration(world: World) -> None:
    world.register()
    sent = world.send("setuju")
    world.settle()
    world.say("#batal")
    later = world.booking(world.register())
    world.reception.receive(sent)
    world.settle()
    assert world.store.bookings[later.code].state is State.PENDING


def test_the_word_setuju_sent_before_a_registration_does_not_approve_it(world: World) -> None:
    late = message("setuju", at=NOW)
    echo = world.register()
    for _ in range(2):
        world.reception.receive(late)
        world.settle()
    assert world.booking(echo).state is State.PENDING
    assert world.approve(echo).kind is Kind.TICKET


def test_an_echo_that_is_read_late_gives_the_whole_time_to_approve(world: World) -> None:
    sent = message("#Budi Santoso#25011987#24112026", at=NOW)
    world.at(NOW + timedelta(hours=20))
    world.reception.receive(sent)
    echo = world.answer_to(sent)
    assert echo.fields["approve_by"] == (NOW + timedelta(hours=21)).astimezone(UTC).isoformat()
    world.at(NOW + timedelta(hours=22))
    world.reception.receive(sent)
    assert world.store.bookings[str(echo.fields["booking_code"])].approve_by == NOW + timedelta(hours=21)


def test_a_void_booking_cannot_be_cancelled_and_says_that_it_is_void(world: World) -> None:
    booked = world.book()
    assert booked.seat is not None
    late = world.say("#batal", at=booked.seat.void_after + A_SECOND)
    assert late.kind is Kind.EXPIRED
    assert (
        world.store.bookings[booked.code].state is State.CONFIRMED
    )  # the sweep voids it, and tells in its own message
    world.sweep(world.clock.moment)
    assert world.say("#batal").kind is Kind.EXPIRED


def test_a_used_booking_cannot_be_cancelled(world: World) -> None:
    booked = world.book()
    assert booked.seat is not None
    world.at(booked.seat.opens_at)
    world.scan(booked.code)
    assert world.say("#batal").kind is Kind.ALREADY_CHECKED_IN


# Messages that come late


def test_a_registration_older_than_the_booking_that_stands_changes_nothing(world: World) -> None:
    older = message(registration("Budi Santso"), at=NOW - timedelta(minutes=1))
    echo = world.register()
    world.reception.receive(older)
    answer = world.answer_to(older)
    assert answer.kind is Kind.SUPERSEDED
    assert answer.fields["booking_code"] == echo.fields["booking_code"]
    assert world.approve(echo).kind is Kind.TICKET


def test_a_cancellation_older_than_the_booking_that_stands_changes_nothing(world: World) -> None:
    older = message("#batal", at=NOW - timedelta(minutes=1))
    booked = world.book()
    world.reception.receive(older)
    world.settle()
    assert world.answer_to(older).kind is Kind.SUPERSEDED
    assert world.store.bookings[booked.code].state is State.CONFIRMED


def test_a_registration_older_than_a_cancellation_does_not_come_to_life(world: World) -> None:
    older = message(registration("Budi Santoso", TUESDAY), at=NOW + timedelta(seconds=1))
    world.register()
    world.say("#batal")
    world.reception.receive(older)
    assert world.answer_to(older).kind is Kind.SUPERSEDED
    assert {booking.state for booking in world.store.bookings.values()} == {State.CANCELLED}


# Chance and other workers


def test_a_booking_code_that_is_taken_is_passed_over(world: World) -> None:
    sent = message(registration("Budi Santoso"))
    taken = codes.booking_code(KEY, "CTH", sent.id)
    other = world.book(SITI)
    world.store.bookings[taken] = replace(other, code=taken)
    world.reception.receive(sent)
    assert world.answer_to(sent).fields["booking_code"] == codes.booking_code(KEY, "CTH", sent.id, attempt=1)


def test_a_correction_that_loses_to_the_approval_is_told_about_the_booking(world: World) -> None:
    echo = world.register()

    class Overtaken(FakeStore):
        def register(self, booking: Booking, retired: Collection[Retirement], decision: Decision | None = None) -> None:
            world.bookings = world.store
            if world.booking(echo).state is State.PENDING:
                world.approve(echo)
            super().register(booking, retired, decision)

    world.bookings = Overtaken(**vars(world.store))
    sent = message(registration("Budi Santso"), at=world.clock.moment + A_SECOND)
    world.reception.receive(sent)
    assert world.answer_to(sent).kind is Kind.ALREADY_BOOKED
    assert len(world.store.seats_of(MONDAY)) == 1


def test_who_is_refused_again_and_again_has_to_come_again(world: World) -> None:
    class Contested(FakeStore):
        def register(self, *_: object) -> None:
            raise BookingExists(other)

    other = world.book(SITI)
    world.bookings = Contested(**vars(world.store))
    sent = message(registration("Budi Santoso"))
    with pytest.raises(Unsettled) as raised:
        world.reception.receive(sent)
    assert sent.id not in str(raised.value)
    assert sent.id not in world.outbox.answers


def _hours(hour: int) -> tuple[datetime, datetime, datetime]:
    starts_at = wib(MONDAY, hour).astimezone(UTC)
    return starts_at, starts_at - timedelta(minutes=30), starts_at + timedelta(minutes=15)


def test_two_sessions_are_numbered_through_the_day() -> None:
    world = World(
        office(
            sessions=(
                Session(frozenset(range(5)), time(8), time(8, 30)),
                Session(frozenset(range(5)), time(13), time(13, 30)),
            )
        )
    )
    seats = [booking.seat for booking in world.fill(MONDAY)]
    assert [(seat.number, seat.starts_at) for seat in seats if seat] == [
        (number, wib(MONDAY, hour).astimezone(UTC)) for number, hour in [(1, 8), (2, 8), (3, 13), (4, 13)]
    ]
