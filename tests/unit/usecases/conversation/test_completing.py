"""An office as Batam's: a photo beside name, birth date and address, no approval, and the office gives the day."""

from copy import deepcopy
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import State
from antrian.domain.delivery import PhotoToKeep
from antrian.domain.draft import COMPLETED_WITHIN
from antrian.domain.message import Message, Photo, Sender
from antrian.domain.office import Format, Office
from tests.builders import BUDI, MONDAY, SITI, TUESDAY, message, office, wib
from tests.fakes import FakeClock
from tests.unit.usecases.conversation.test_conversation import Death, Fuse, assert_all_answered, assert_sound
from tests.unit.usecases.world import A_SECOND, World, applicant, name_of

SATURDAY = date(2026, 11, 21)
MORNING = wib(SATURDAY, 8)
KTP = Photo("1001", "image/jpeg")
AKTA = Photo("1002", "application/pdf")
WORDS = "Budi Santoso#25011987#Jl. Merdeka No. 10, Batam"


def like_batam(**changes: Any) -> Office:
    """Return an office that gives Monday or Tuesday, four seats each, to whoever sends all of it in the morning."""
    asks = {"format": Format.NAME_BIRTH_ADDRESS, "photo": True, "approval": False}
    return office(**{**asks, "opens": time(7, 30), "closes": time(10), "last_day": 3, **changes})


def world_like_batam(**changes: Any) -> World:
    return World(like_batam(**changes), FakeClock(MORNING))


@pytest.fixture
def batam() -> World:
    return world_like_batam()


def words_of(sender: Sender) -> str:
    return f"{name_of(sender)}#25011987#Jl. Merdeka No. 10"


def book(world: World, sender: Sender = BUDI, photo: Photo = KTP) -> Answer:
    return world.say(words_of(sender), sender, photo=photo)


def fill(world: World, day: date, seats: int = 4, first: int = 0) -> None:
    for number in range(seats):
        ticket = book(world, applicant(first + number))
        assert (ticket.kind, ticket.fields["service_date"]) == (Kind.TICKET, day.isoformat())


# All at once


def test_one_message_with_its_photo_gets_the_ticket_of_the_earliest_day(batam: World) -> None:
    ticket = batam.say(WORDS, photo=KTP)
    assert ticket.kind is Kind.TICKET
    assert ticket.fields["service_date"] == MONDAY.isoformat()
    assert ticket.fields["queue_number"] == "1"
    assert datetime.fromisoformat(str(ticket.fields["starts_at"])) == wib(MONDAY, 8)
    assert ticket.fields["documents"] == batam.office.service.documents
    booking = batam.booking(ticket)
    assert booking.address == "Jl. Merdeka No. 10, Batam"
    assert booking.photo == KTP


def test_the_photo_of_whoever_has_a_seat_is_kept_once(batam: World) -> None:
    ticket = batam.say(WORDS, photo=KTP)
    code = batam.booking(ticket).code
    assert batam.outbox.photos == [PhotoToKeep(code, KTP)]


def test_a_photo_that_is_kept_already_is_not_asked_for_again(batam: World) -> None:
    sent = batam.send(WORDS, photo=KTP)
    requests = list(batam.day_queue.requests)
    batam.settle()
    batam.store.note_photo(next(iter(batam.store.bookings)), KTP, "photos/here")
    batam.outbox.photos.clear()
    batam.day_queue.requests += requests
    batam.settle()
    assert batam.answer_to(sent).kind is Kind.TICKET
    assert batam.outbox.photos == []


def test_the_address_is_in_no_answer(batam: World) -> None:
    ticket = batam.say(WORDS, photo=KTP)
    assert "Merdeka" not in str(ticket.fields)
    assert "Merdeka" not in str(batam.say(WORDS).fields)


# One half after the other


def test_words_alone_are_told_that_the_photo_is_missing(batam: World) -> None:
    answer = batam.say(WORDS)
    assert answer.kind is Kind.PHOTO_MISSING
    assert answer.fields["name"] == "Budi Santoso"
    assert batam.store.bookings == {}


def test_the_photo_completes_the_words(batam: World) -> None:
    batam.say(WORDS)
    ticket = batam.say(photo=KTP)
    assert ticket.kind is Kind.TICKET
    assert batam.booking(ticket).photo == KTP


def test_the_words_complete_the_photo(batam: World) -> None:
    assert batam.say(photo=AKTA).kind is Kind.WORDS_MISSING
    ticket = batam.say(WORDS)
    assert ticket.kind is Kind.TICKET
    assert batam.booking(ticket).photo == AKTA


def test_a_caption_that_says_nothing_counts_as_no_words(batam: World) -> None:
    assert batam.say("foto KTP saya", photo=KTP).kind is Kind.WORDS_MISSING
    assert batam.say(WORDS).kind is Kind.TICKET


def test_after_a_caption_that_could_not_be_read_the_photo_need_not_be_sent_again(batam: World) -> None:
    assert batam.say("Budi#31021987", photo=KTP).kind not in {Kind.TICKET, Kind.WORDS_MISSING}
    assert batam.say(WORDS).kind is Kind.TICKET


@pytest.mark.parametrize("caption", ["daftar", "#status", "#bantuan", "Setuju", "#batal"])
def test_after_a_caption_that_asks_for_something_else_the_photo_need_not_be_sent_again(
    batam: World, caption: str
) -> None:
    batam.say(caption, photo=KTP)
    assert batam.say(WORDS).kind is Kind.TICKET


def test_where_one_chooses_the_day_a_registration_for_another_day_keeps_its_photo() -> None:
    world = World(office(photo=True))
    world.say("#Budi Santoso#25011987#23112026", photo=KTP)
    echo = world.say("#ubah#24112026")
    assert world.booking(world.approve(echo)).photo == KTP


def test_a_name_in_two_parts_books_nothing_for_half_of_it(batam: World) -> None:
    assert batam.say("Siti#Aminah#25011987#Jl. Merdeka 10", photo=KTP).kind is Kind.MISREAD
    assert batam.say("25-01-1987").kind is Kind.ASK_ADDRESS


def test_a_photo_of_a_damaged_passport_is_no_part_of_a_registration(batam: World) -> None:
    batam.say(WORDS)
    assert batam.say("paspor saya rusak", photo=KTP).kind is Kind.NOT_HERE
    assert batam.say(photo=KTP).kind is Kind.TICKET


def test_a_caption_that_could_not_be_read_does_not_complete_what_was_written_before(batam: World) -> None:
    batam.say(WORDS)
    assert batam.say("Budi Santosa#25011988", photo=KTP).kind is not Kind.TICKET


def test_the_last_words_and_the_last_photo_count(batam: World) -> None:
    batam.say("Budi Santosa#25011988#Jl. Lama 1")
    batam.say(WORDS)
    booking = batam.booking(batam.say(photo=KTP))
    assert (booking.name, booking.address) == ("Budi Santoso", "Jl. Merdeka No. 10, Batam")


def test_words_and_photo_too_far_apart_do_not_belong_together(batam: World) -> None:
    sent = batam.send(WORDS)
    last = sent.sent_at + COMPLETED_WITHIN
    assert batam.say(photo=KTP, at=last + A_SECOND).kind is Kind.WORDS_MISSING
    world = world_like_batam()
    sent = world.send(WORDS)
    assert world.say(photo=KTP, at=sent.sent_at + COMPLETED_WITHIN).kind is Kind.TICKET


def test_one_persons_photo_does_not_complete_anothers_words(batam: World) -> None:
    batam.say(WORDS, BUDI)
    assert batam.say(photo=KTP, sender=SITI).kind is Kind.WORDS_MISSING


def test_words_and_photo_meet_though_whatsapp_tells_the_number_of_one_only(batam: World) -> None:
    batam.say(WORDS, Sender("628110000001", "ID.81100000001"))
    assert batam.say(photo=KTP, sender=Sender(user_id="ID.81100000001")).kind is Kind.TICKET


@pytest.mark.parametrize("mime_type", ["video/mp4", "application/msword", "text/html", "image/svg+xml", ""])
def test_what_nobody_can_look_at_is_no_photo(batam: World, mime_type: str) -> None:
    unfit = Photo("1003", mime_type)
    assert batam.say(photo=unfit).kind is Kind.PHOTO_UNFIT
    assert batam.say(WORDS, photo=unfit).kind is Kind.PHOTO_UNFIT
    assert batam.say(photo=KTP).kind is Kind.TICKET


def test_a_film_is_no_photo(batam: World) -> None:
    sent = Message("wamid.film", BUDI, batam.clock.moment, "video")
    batam.reception.receive(sent)
    assert batam.answer_to(sent).kind is Kind.PHOTO_UNFIT


def test_delivered_the_other_way_round_they_meet_as_well(batam: World) -> None:
    words = message(WORDS, at=MORNING)
    photo = message(photo=KTP, at=MORNING + A_SECOND)
    for late in (photo, words):
        batam.reception.receive(late)
        batam.settle()
    assert batam.answer_to(photo).kind is Kind.WORDS_MISSING
    assert batam.answer_to(words).kind is Kind.TICKET


def test_words_and_photo_delivered_again_make_one_booking_and_no_other_answer(batam: World) -> None:
    sent = [batam.send(WORDS), batam.send(photo=KTP)]
    batam.settle()
    before = dict(batam.store.bookings), dict(batam.outbox.answers)
    for again in [*sent, *sent[::-1]]:
        batam.reception.receive(again)
        batam.settle()
    assert (batam.store.bookings, batam.outbox.answers) == before
    assert batam.outbox.kinds() == ["photo_missing", "ticket"]


def test_an_old_part_that_comes_late_does_not_take_the_place_of_a_newer_one(batam: World) -> None:
    old = message("Budi Santosa#25011988#Jl. Lama 1", at=MORNING)
    batam.send(WORDS)
    batam.reception.receive(old)
    assert batam.answer_to(old).kind is Kind.PHOTO_MISSING
    assert batam.booking(batam.say(photo=KTP)).name == "Budi Santoso"


@pytest.mark.parametrize("again", ["photo", "words"])
def test_a_part_that_was_overtaken_books_nothing_when_it_comes_again(batam: World, again: str) -> None:
    """With the other half it would make a registration that was never refused, and nobody would hear of its seat."""
    fill(batam, MONDAY)
    fill(batam, TUESDAY, first=10)
    overtaken = batam.send(photo=KTP) if again == "photo" else batam.send(WORDS)
    batam.at(batam.clock.moment + timedelta(minutes=1))
    assert batam.say(WORDS, photo=AKTA).kind is Kind.ALL_DAYS_FULL
    batam.say("#batal", applicant(0))
    batam.reception.receive(overtaken)
    batam.settle()
    assert [b for b in batam.store.bookings.values() if b.sender == BUDI] == []


def test_a_photo_that_was_overtaken_does_not_count_for_the_registration_hours(batam: World) -> None:
    early = batam.send(photo=KTP, at=wib(SATURDAY, 9, 50))
    assert batam.say(WORDS, photo=AKTA, at=wib(SATURDAY, 10, 20)).kind is Kind.OUTSIDE_HOURS
    batam.reception.receive(early)
    batam.settle()
    assert batam.store.bookings == {}


# What stands in the way is told before anybody looks for a photo


def test_whoever_is_booked_is_told_so(batam: World) -> None:
    book(batam)
    assert batam.say(photo=AKTA).kind is Kind.ALREADY_BOOKED
    batam.at(batam.clock.moment + COMPLETED_WITHIN + A_SECOND)
    assert batam.say(WORDS).kind is Kind.ALREADY_BOOKED


def test_after_a_batal_words_alone_register_again_with_the_photo_of_before(batam: World) -> None:
    book(batam)
    batam.say("#batal")
    ticket = batam.say(WORDS)
    assert (ticket.kind, ticket.fields["queue_number"]) == (Kind.TICKET, "1")


@pytest.mark.parametrize("hour", [time(7, 29), time(10, 1)])
@pytest.mark.parametrize("photo", [None, KTP])
@pytest.mark.parametrize("words", [None, WORDS])
def test_outside_the_hours_nothing_is_registered(hour: time, photo: Photo | None, words: str | None) -> None:
    if photo or words:
        world = world_like_batam()
        moment = wib(SATURDAY, hour.hour, hour.minute)
        assert world.say(words, photo=photo, at=moment).kind is Kind.OUTSIDE_HOURS
        assert world.store.bookings == {}


@pytest.mark.parametrize("begun_with_words", [True, False])
def test_what_was_begun_in_time_may_be_completed_after_the_hour(batam: World, begun_with_words: bool) -> None:
    halves: list[tuple[str | None, Photo | None]] = [(WORDS, None), (None, KTP)]
    first, second = halves if begun_with_words else halves[::-1]
    batam.say(first[0], photo=first[1], at=wib(SATURDAY, 9, 59))
    assert batam.say(second[0], photo=second[1], at=wib(SATURDAY, 10, 20)).kind is Kind.TICKET


def test_words_and_photo_after_the_registration_hours_are_refused(batam: World) -> None:
    batam.say(WORDS, at=wib(SATURDAY, 10, 5))
    assert batam.say(photo=KTP).kind is Kind.OUTSIDE_HOURS


def test_a_birth_date_that_cannot_be_is_told_before_the_photo(batam: World) -> None:
    assert batam.say("Budi Santoso#25012030#Jl. Merdeka No. 10").kind is Kind.BIRTH_DATE_IMPOSSIBLE


def test_closed_is_not_called_full() -> None:
    closed = world_like_batam(closed_dates={MONDAY: "Libur", TUESDAY: "Libur"})
    assert closed.say(WORDS).kind is Kind.NO_DAY_OPEN
    assert closed.say(photo=KTP).kind is Kind.NO_DAY_OPEN
    assert closed.say(WORDS, photo=KTP).kind is Kind.NO_DAY_OPEN


def test_nobody_moves_where_the_office_gives_the_day(batam: World) -> None:
    book(batam)
    assert batam.say("#ubah#24112026").kind is Kind.OFFICE_GIVES_THE_DAY
    assert batam.say("#ubah").kind is Kind.OFFICE_GIVES_THE_DAY


# The day


def test_a_full_day_is_passed_over(batam: World) -> None:
    fill(batam, MONDAY)
    assert book(batam).fields["service_date"] == TUESDAY.isoformat()


def test_when_all_days_are_full_that_is_told(batam: World) -> None:
    fill(batam, MONDAY)
    fill(batam, TUESDAY, first=10)
    assert book(batam).kind is Kind.ALL_DAYS_FULL
    assert batam.say(WORDS, SITI).kind in {Kind.QUOTA_FULL, Kind.PHOTO_MISSING}
    assert [b for b in batam.store.bookings.values() if b.sender == BUDI] == []


def test_a_photo_sent_once_more_when_a_seat_is_free_again_gets_it(batam: World) -> None:
    fill(batam, MONDAY)
    fill(batam, TUESDAY, first=10)
    batam.say(WORDS)
    batam.say(photo=KTP)
    batam.say("#batal", applicant(0))
    assert batam.say(photo=AKTA).kind is Kind.TICKET


def race_for_the_last(world: World, rivals: int) -> list[Message]:
    """Let this many register while the day still looks free to each of them."""
    return [world.send(words_of(applicant(100 + n)), applicant(100 + n), photo=KTP) for n in range(rivals)]


def test_whoever_finds_the_day_full_at_last_gets_the_next_one(batam: World) -> None:
    fill(batam, MONDAY, seats=3)
    sent = race_for_the_last(batam, 3)
    assert {request.service_date for request in batam.day_queue.requests} == {MONDAY}
    batam.settle()
    days = [batam.answer_to(one).fields["service_date"] for one in sent]
    assert days == [MONDAY.isoformat(), TUESDAY.isoformat(), TUESDAY.isoformat()]
    assert_sound(batam)
    for one in sent:
        booking = batam.booking(batam.answer_to(one))
        assert booking.claims_until == batam.office.end_of(booking.service_date)
        assert booking.approve_by == batam.office.last_call(booking.service_date)
        assert {batam.store.claims[key].until for key in booking.claims} == {booking.claims_until}


def test_whoever_finds_all_days_full_at_last_is_told_so_and_may_try_again(batam: World) -> None:
    fill(batam, MONDAY)
    fill(batam, TUESDAY, seats=3, first=10)
    first, second = race_for_the_last(batam, 2)
    batam.settle()
    assert batam.answer_to(first).kind is Kind.TICKET
    assert batam.answer_to(second).kind is Kind.ALL_DAYS_FULL
    assert_sound(batam)
    assert len(batam.outbox.photos) == 8
    batam.say("#batal", applicant(0))
    assert book(batam, applicant(101)).kind is Kind.TICKET


def test_nobody_goes_back_to_an_earlier_day(batam: World) -> None:
    """A request that could would end nowhere, and the queue would take it for a repetition."""
    fill(batam, MONDAY)
    fill(batam, TUESDAY, seats=3, first=10)
    first, second = race_for_the_last(batam, 2)
    batam.send("#batal", applicant(0))
    for_tuesday, release = batam.day_queue.requests[:2], batam.day_queue.take()[2:]
    batam.seating.settle(MONDAY, release)
    batam.seating.settle(TUESDAY, for_tuesday)
    assert batam.day_queue.requests == []
    assert [batam.answer_to(one).kind for one in (first, second)] == [Kind.TICKET, Kind.ALL_DAYS_FULL]


def test_whoever_lost_their_day_registers_again_with_what_they_are_told_and_the_photo_after_it(batam: World) -> None:
    booking = batam.booking(book(batam))
    batam.closes(MONDAY)
    batam.call_off()
    told = batam.outbox.answers[f"closed:{booking.code}:{MONDAY}"].answer
    batam.at(wib(date(2026, 11, 22), 8))
    assert batam.say(str(told.fields["register_again"])).kind is Kind.PHOTO_MISSING
    again = batam.booking(batam.say(photo=AKTA))
    assert (again.service_date, again.address) == (TUESDAY, booking.address)


def test_a_day_that_was_closed_meanwhile_is_passed_over(batam: World) -> None:
    sent = batam.send(WORDS, photo=KTP)
    batam.office = like_batam(closed_dates={MONDAY: "Cuti bersama"})
    batam.settle()
    assert batam.answer_to(sent).fields["service_date"] == TUESDAY.isoformat()


def test_a_request_that_comes_again_after_it_went_on_goes_on_again(batam: World) -> None:
    fill(batam, MONDAY, seats=3)
    _, sent = race_for_the_last(batam, 2)
    requests = list(batam.day_queue.requests)
    assert batam.seating.settle(MONDAY, batam.day_queue.take()) == ["ticket", "moves_on"]
    (went_on,) = batam.day_queue.take()
    assert batam.seating.settle(MONDAY, requests) == ["ticket", "moves_on"]
    assert batam.day_queue.take() == [went_on]
    batam.day_queue.requests += [went_on, went_on, requests[1]]
    batam.settle()
    assert batam.answer_to(sent).fields["service_date"] == TUESDAY.isoformat()
    assert_sound(batam)


def test_a_batal_on_the_way_to_the_next_day_wins(batam: World) -> None:
    fill(batam, MONDAY, seats=3)
    _, sent = race_for_the_last(batam, 2)
    batam.seating.settle(MONDAY, batam.day_queue.take())
    went_on = batam.day_queue.take()
    assert batam.say("#batal", applicant(101)).kind is Kind.CANCELLED
    batam.day_queue.requests += went_on
    batam.settle()
    assert batam.answer_to(sent).kind is Kind.ALREADY_CANCELLED
    assert_sound(batam)
    assert len(batam.outbox.photos) == 4


# Delivered again, in any order, with a death anywhere

_sent = st.tuples(
    st.integers(0, 2),  # who
    st.sampled_from([WORDS, words_of(SITI), "#batal", "halo", "Budi#1", "#status", None]),
    st.sampled_from([KTP, AKTA, Photo("1003", "text/html"), None]),
    st.integers(0, 40),  # minutes later
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(script=st.lists(_sent, min_size=2, max_size=12), data=st.data())
def test_in_whatever_order_and_however_often_words_and_photos_come_all_is_sound_and_answered(
    script: list[tuple[int, str | None, Photo | None, int]], data: st.DataObject
) -> None:
    world = world_like_batam(quota=1, sessions=like_batam().service.sessions)
    senders, at = [BUDI, SITI, applicant(1)], MORNING
    messages = []
    for number, (who, text, photo, later) in enumerate(script):
        at += timedelta(minutes=later)
        if text or photo:
            messages.append(message(text, sender=senders[who], photo=photo, at=at, id=f"wamid.{number}"))
    again = data.draw(st.lists(st.sampled_from(messages), max_size=8), "again") if messages else []
    for one in data.draw(st.permutations(messages + again), "order"):
        world.at(max(one.sent_at, world.clock.moment))
        world.reception.receive(one)
        if data.draw(st.booleans(), "settle"):
            world.settle()
        assert_sound(world)
    world.settle()
    assert_sound(world)
    assert_all_answered(world, messages)
    seated = [b for b in world.store.bookings.values() if b.state is State.CONFIRMED]
    assert {b.code for b in seated} <= {wanted.booking_code for wanted in world.outbox.photos}


def crowded() -> World:
    """Return a world in which three want the last seat of Monday and the last but one of Tuesday."""
    world = world_like_batam()
    fill(world, MONDAY, seats=3)
    return world


def play_dying(world: World, fuse: Fuse) -> list[Message]:
    """Let words and photos of three people come in, each message again where a death swallowed it."""
    fuse.into(world)
    world.drafts = fuse._guard(world.drafts)
    sent: list[Message] = []
    for number in range(3):
        who = applicant(100 + number)
        for text, photo in ((words_of(who), None), (None, KTP)):
            at = world.clock.moment.replace(microsecond=0) + A_SECOND
            sent.append(message(text, sender=who, photo=photo, at=at, id=f"wamid.crowd{len(sent)}"))
            world.at(at)
            try:
                world.reception.receive(sent[-1])
            except Death:
                world.reception.receive(sent[-1])
    while world.day_queue.requests:
        day = world.day_queue.requests[0].service_date
        requests = world.day_queue.take()
        world.day_queue.requests += [request for request in requests if request.service_date != day]
        mine = [request for request in requests if request.service_date == day]
        try:
            world.seating.settle(day, mine)
        except Death:
            world.seating.settle(day, mine)
    return sent


@pytest.mark.parametrize("after", [False, True])
def test_a_death_at_any_call_costs_nobody_their_seat_their_answer_or_their_photo(after: bool) -> None:
    start = crowded()
    unharmed, none = deepcopy(start), Fuse(10**6, after=False)
    sent = play_dying(unharmed, none)
    assert [unharmed.answer_to(one).kind for one in sent] == [Kind.PHOTO_MISSING, Kind.TICKET] * 3
    assert none.calls > 30
    for burns_at in range(1, none.calls + 1):
        world, fuse = deepcopy(start), Fuse(burns_at, after)
        play_dying(world, fuse)
        assert fuse.burnt
        assert_sound(world)
        assert world.store.bookings == unharmed.store.bookings, burns_at
        assert world.outbox.answers == unharmed.outbox.answers, burns_at
        assert world.outbox.photos == unharmed.outbox.photos, burns_at
