"""One account, whichever of its ids WhatsApp tells: one active code, in whatever order its messages come."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from antrian.domain.answers import Kind
from antrian.domain.booking import Booking, State
from antrian.domain.changes import Retirement
from antrian.domain.decision import Decision
from antrian.domain.message import Message, Sender
from antrian.domain.refusals import StaleRead, Unsettled
from antrian.usecases.retry import MOST_TRIES
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY, message, office
from tests.fakes import FakeStore
from tests.unit.usecases.world import A_SECOND, World, registration, text_of

PHONE = BUDI
USER = Sender(user_id="ID.13491208655302741918")
BOTH = Sender(PHONE.phone, USER.user_id)
NEW = Sender("628119999999", "ID.2")
NEW_PHONE, NEW_USER = Sender(NEW.phone), Sender(user_id=NEW.user_id)
# The same person may book once from each account, so that nothing but the accounts is tested here.
NAMES = {PHONE: "Budi Satu", USER: "Budi Dua", BOTH: "Budi Tiga", NEW: "Budi Empat"}


@pytest.fixture
def world() -> World:
    return World(office(one_code_per_person=False))


def book(world: World, sender: Sender) -> Booking:
    return world.book(sender, name="Budi Santoso")


def register(world: World, sender: Sender) -> Kind:
    return world.register(sender, TUESDAY, name="Budi Hidayat").kind


def notice(moved_to: Sender = NEW, sender: Sender = BOTH, at: datetime | None = None) -> Message:
    """Return WhatsApp's notice that somebody has other ids now."""
    return replace(message(sender=sender, at=at or NOW), type="system", moved_to=moved_to)


def move(world: World, moved_to: Sender = NEW, sender: Sender = BOTH) -> Message:
    """Let somebody get other ids a second after the last message."""
    world.at(world.clock.moment + A_SECOND)
    sent = notice(moved_to, sender, world.clock.moment)
    world.reception.receive(sent)
    return sent


def standing(world: World) -> list[Booking]:
    return [booking for booking in world.store.bookings.values() if booking.state in {State.PENDING, State.CONFIRMED}]


def assert_nothing_is_left(world: World) -> None:
    """Check that no claim stands for a booking that has ended."""
    left = [
        key
        for key, claim in world.store.claims.items()
        if claim.until > world.clock.moment and world.store.bookings[claim.booking_code] not in standing(world)
    ]
    assert left == []


# Without a phone number


def test_people_without_a_visible_number_can_do_everything(world: World) -> None:
    echo = world.register(USER, name="Budi Santoso")
    assert (echo.kind, echo.fields["whatsapp_number"]) == (Kind.ECHO, USER.user_id)
    assert world.register(USER, name="Budi Hidayat").kind is Kind.ECHO
    assert world.say("setuju", USER).kind is Kind.TICKET
    assert world.register(USER, TUESDAY).kind is Kind.ALREADY_BOOKED
    assert world.say("Halo", USER).kind is Kind.HELP_BOOKED
    assert world.say("#batal", USER).kind is Kind.CANCELLED
    booked = book(world, USER)
    assert booked.seat is not None
    world.sweep(booked.seat.void_after + A_SECOND)
    assert world.outbox.answers[f"expired:{booked.code}"].to == USER
    assert world.register(USER, TUESDAY).kind is Kind.ECHO
    assert {outgoing.to for outgoing in world.outbox.answers.values()} == {USER}


# Linking


@pytest.mark.parametrize(("first", "other"), [(PHONE, USER), (USER, PHONE)])
@pytest.mark.parametrize(
    "words", ["Halo", None, "#batal CTH00000000", "00000000", "#Budi#1", "#Budi Tiga#25011987#24112026"]
)
def test_a_message_that_tells_both_ids_lets_a_booking_stand_for_both(
    first: Sender, other: Sender, words: str | None, world: World
) -> None:
    booked = book(world, first)
    world.say(words, BOTH)
    linked = world.store.bookings[booked.code]
    assert linked.sender == BOTH
    assert sorted(linked.claims) == sorted(BOTH.identities)
    assert register(world, other) is Kind.ALREADY_BOOKED
    assert world.say("#batal", other).kind is Kind.CANCELLED
    assert_nothing_is_left(world)
    assert register(world, first) is Kind.ECHO


@pytest.mark.parametrize("now", [Sender(PHONE.phone, NEW.user_id), Sender(NEW.phone, USER.user_id)])
def test_an_id_in_whose_place_a_message_tells_another_stands_for_the_booking_no_more(now: Sender, world: World) -> None:
    """Else the answer to what is written under it would go to whoever the booking is told to be of."""
    booked = book(world, BOTH)
    world.say("Halo", now)
    linked = world.store.bookings[booked.code]
    assert (linked.sender, sorted(linked.claims)) == (now, sorted(now.identities))
    (former,) = set(BOTH.identities) - set(now.identities)
    before = PHONE if former in PHONE.identities else USER
    batal = world.send("#batal", before)
    assert (world.answer_to(batal).kind, world.outbox.answers[batal.id].to) == (Kind.NOTHING_TO_CANCEL, before)
    assert register(world, before) is Kind.ECHO


@pytest.mark.parametrize("first", [PHONE, USER])
def test_a_registration_that_a_rule_refuses_links_too(first: Sender, world: World) -> None:
    booked = book(world, first)
    assert world.register(BOTH, MONDAY - timedelta(days=7)).kind is Kind.SERVICE_DATE_PAST
    assert world.store.bookings[booked.code].sender == BOTH


@pytest.mark.parametrize("first", [PHONE, USER])
def test_a_correction_for_a_full_day_links_what_it_leaves_standing(first: Sender, world: World) -> None:
    echo = world.register(first, name="Budi Santoso")
    world.fill(TUESDAY)
    assert register(world, BOTH) is Kind.DAY_FULL
    assert sorted(world.booking(echo).claims) == sorted(BOTH.identities)


@pytest.mark.parametrize("either", [PHONE, USER])
def test_a_booking_made_with_both_ids_is_found_by_either(either: Sender, world: World) -> None:
    book(world, BOTH)
    assert register(world, either) is Kind.ALREADY_BOOKED
    assert world.say("#batal", either).kind is Kind.CANCELLED
    assert_nothing_is_left(world)


def test_linking_again_changes_nothing(world: World) -> None:
    book(world, PHONE)
    sent = world.send("Halo", BOTH)
    linked = dict(world.store.bookings)
    world.reception.receive(sent)
    assert world.store.bookings == linked


def test_a_message_from_before_the_booking_links_nothing_when_it_comes_late(world: World) -> None:
    """It may speak of somebody who had this number before."""
    booked = book(world, PHONE)
    world.reception.receive(message("Halo", sender=BOTH, at=NOW - timedelta(days=1)))
    assert world.store.bookings[booked.code].sender == PHONE


@pytest.mark.parametrize("words", ["{approval}", "#batal {code}", "#batal", "setuju"])
def test_what_was_refused_before_the_link_was_known_stays_refused_when_it_comes_again(words: str, world: World) -> None:
    """Its answer went out; nobody would hear that it did something after all."""
    echo = world.booking(world.register(USER))
    sent = world.send(words.format(approval=echo.approval_code, code=echo.code), PHONE)
    world.say("Halo", BOTH)
    assert world.store.bookings[echo.code].sender == BOTH
    world.reception.receive(sent)
    world.settle()
    assert world.store.bookings[echo.code].state is State.PENDING
    assert world.say(echo.approval_code, PHONE).kind is Kind.TICKET


def test_two_bookings_from_before_the_link_was_known_both_stand_until_they_end(world: World) -> None:
    by_phone, by_user = book(world, PHONE), book(world, USER)
    assert register(world, BOTH) is Kind.ALREADY_BOOKED
    assert {booking.code for booking in standing(world)} == {by_phone.code, by_user.code}
    world.say("#batal", PHONE)
    # From then on the one that is left stands for both.
    assert register(world, BOTH) is Kind.ALREADY_BOOKED
    assert sorted(world.store.bookings[by_user.code].claims) == sorted(BOTH.identities)
    assert register(world, PHONE) is Kind.ALREADY_BOOKED


@pytest.mark.parametrize("ending", ["batal", "lapse", "expire", "replace"])
def test_a_booking_that_is_linked_while_it_ends_leaves_no_claim_behind(ending: str) -> None:
    """Whoever ends it has read which claims it has; then it gets one more."""
    world = World(office(one_code_per_person=False))
    booked = world.booking(world.register(PHONE)) if ending in {"lapse", "replace"} else book(world, PHONE)

    class LinkedMeanwhile(FakeStore):
        def _link(self) -> None:
            world.bookings = world.days = world.store
            world.store.rename(world.store.bookings[booked.code], BOTH, BOTH.identities, world.clock.moment)

        def settle(self, *changes: object) -> None:
            self._link()
            super().settle(*changes)  # type: ignore[arg-type]

        def expire(self, booking: Booking, now: datetime) -> None:
            self._link()
            super().expire(booking, now)

        def register(self, booking: Booking, retired: Collection[Retirement], decision: Decision | None = None) -> None:
            if retired:
                self._link()
            super().register(booking, retired, decision)

    if ending == "lapse":
        world.fill(MONDAY)
    world.at(world.clock.moment + A_SECOND)
    world.bookings = world.days = LinkedMeanwhile(**vars(world.store))
    match ending:
        case "batal":
            assert world.say("#batal", PHONE).kind is Kind.CANCELLED
        case "lapse":
            assert world.say(booked.approval_code, PHONE).kind is Kind.DAY_FULL
        case "replace":
            assert register(world, PHONE) is Kind.ECHO
        case "expire":
            assert booked.seat is not None
            world.sweep(booked.seat.void_after + A_SECOND)
            assert world.store.bookings[booked.code].state is State.CONFIRMED
            world.sweep(world.clock.moment + timedelta(minutes=1))
    assert world.store.bookings[booked.code].sender == BOTH
    assert world.store.bookings[booked.code].state not in {State.PENDING, State.CONFIRMED}
    assert_nothing_is_left(world)
    assert register(world, USER) is Kind.ECHO


def test_the_usual_messages_cost_no_further_reads_and_no_further_writes(world: World) -> None:
    calls: Counter[str] = Counter()

    class Counted:
        def __getattr__(self, name: str) -> object:
            calls[name] += 1
            return getattr(world.store, name)

    counted: Any = Counted()
    world.bookings = counted
    echo = world.send(registration("Budi Santoso"), BOTH)
    assert calls == {"register": 1}
    calls.clear()
    code = text_of(world.answer_to(echo).fields, "approval_code")
    world.send(code, BOTH)
    assert calls == {"held_by": 1, "get_all": 1}


def test_who_is_refused_again_and_again_has_to_come_again(world: World) -> None:
    class Contested(FakeStore):
        tries = 0

        def rename(self, *_: object) -> None:
            Contested.tries += 1
            raise StaleRead

    book(world, PHONE)
    world.bookings = Contested(**vars(world.store))
    for sent in (message("Halo", sender=BOTH, at=world.clock.moment), notice(sender=PHONE, at=world.clock.moment)):
        with pytest.raises(Unsettled) as raised:
            world.reception.receive(sent)
        assert sent.id not in str(raised.value)
    assert Contested.tries == 2 * MOST_TRIES


# Other ids


@pytest.mark.parametrize(
    ("first", "sender", "moved_to"),
    [
        (BOTH, BOTH, NEW),  # another number, and with it another user id
        (PHONE, BOTH, NEW),
        (USER, BOTH, NEW),
        (PHONE, PHONE, NEW_PHONE),  # as it was before there were user ids
        (USER, USER, NEW_USER),
        (USER, USER, NEW),
        (BOTH, BOTH, NEW_USER),  # who hides the new number
        (BOTH, BOTH, Sender(PHONE.phone, NEW.user_id)),  # another user id alone
        (PHONE, BOTH, Sender(PHONE.phone, NEW.user_id)),
    ],
)
def test_a_booking_goes_along_with_its_account(first: Sender, sender: Sender, moved_to: Sender, world: World) -> None:
    booked = book(world, first)
    answers = len(world.outbox.answers)
    move(world, moved_to, sender)
    assert len(world.outbox.answers) == answers
    assert world.store.bookings[booked.code].sender == moved_to
    for now in (Sender(phone) for phone in [moved_to.phone] if phone):
        assert register(world, now) is Kind.ALREADY_BOOKED
    for now in (Sender(user_id=user_id) for user_id in [moved_to.user_id] if user_id):
        assert register(world, now) is Kind.ALREADY_BOOKED
    # Whoever has the old number now has nothing to do with it.
    for former in [Sender(sender.phone)] if sender.phone and sender.phone != moved_to.phone else []:
        assert world.say("#batal", former).kind is Kind.NOTHING_TO_CANCEL
        assert world.say(f"#batal {booked.code}", former).kind is Kind.CANCEL_NOT_YOURS
        assert world.say(booked.approval_code, former).kind is Kind.CODE_NOT_YOURS
        assert register(world, former) is Kind.ECHO
    assert world.say("#batal", moved_to).kind is Kind.CANCELLED


def test_the_notice_that_a_code_is_void_goes_to_the_new_number(world: World) -> None:
    booked = book(world, BOTH)
    move(world)
    assert booked.seat is not None
    world.sweep(booked.seat.void_after + A_SECOND)
    assert world.outbox.answers[f"expired:{booked.code}"].to == NEW


def test_whoever_moves_while_their_approval_waits_gets_the_ticket_at_the_new_number(world: World) -> None:
    echo = world.register(BOTH)
    approval = world.send(text_of(echo.fields, "approval_code"), BOTH)
    move(world)
    world.settle()
    ticket = world.outbox.answers[approval.id]
    assert (ticket.answer.kind, ticket.to) == (Kind.TICKET, NEW)
    # And again at each repetition.
    world.reception.receive(approval)
    world.settle()
    assert register(world, NEW) is Kind.ALREADY_BOOKED


def test_what_was_sent_before_the_move_and_comes_after_it_counts(world: World) -> None:
    booking = world.booking(world.register(BOTH))
    approval = message(booking.approval_code, sender=BOTH, at=world.clock.moment + A_SECOND)
    world.at(world.clock.moment + timedelta(minutes=1))
    move(world)
    world.reception.receive(approval)
    world.settle()
    assert world.outbox.answers[approval.id].answer.kind is Kind.TICKET
    for words in ("#batal", f"#batal {booking.code}"):
        batal = message(words, sender=PHONE, at=approval.sent_at + A_SECOND)
        world.reception.receive(batal)
        (request,) = world.day_queue.take()
        assert request.booking_code == booking.code


def test_a_registration_sent_before_the_move_and_read_after_it_books_nothing_on_the_old_number(world: World) -> None:
    late = message(registration("Budi Hidayat"), sender=BOTH, at=NOW)
    world.at(NOW + A_SECOND)
    move(world)
    assert register(world, NEW) is Kind.ECHO
    for _ in range(2):
        world.reception.receive(late)
    assert world.outbox.answers[late.id].answer.kind is Kind.HELP
    assert len(standing(world)) == 1


def test_a_link_sent_before_the_move_and_read_after_it_does_not_bind_the_old_number_again(world: World) -> None:
    book(world, USER)
    late = message("Halo", sender=BOTH, at=world.clock.moment + A_SECOND)
    world.at(late.sent_at)
    move(world)
    world.reception.receive(late)
    assert register(world, PHONE) is Kind.ECHO


@pytest.mark.parametrize("words", ["{approval}", "setuju", "#batal", "#batal {code}"])
def test_what_waits_while_its_number_passes_on_is_answered_as_if_it_came_once(words: str, world: World) -> None:
    booking = world.booking(world.register(PHONE))
    sent = world.send(words.format(approval=booking.approval_code, code=booking.code), PHONE)
    move(world, NEW_PHONE, PHONE)
    others = world.booking(world.answer_to(world.send(registration("Agus Salim", TUESDAY), PHONE)))
    world.reception.receive(sent)
    world.settle()
    told = world.outbox.answers[sent.id]
    assert (told.answer.kind, told.to) == (Kind.CANCELLED if "#batal" in words else Kind.TICKET, NEW_PHONE)
    assert world.store.bookings[others.code].state is State.PENDING


def test_a_link_sent_before_the_move_and_read_after_it_leaves_the_booking_with_its_new_id(world: World) -> None:
    booked = book(world, USER)
    late = message("Halo", sender=BOTH, at=world.clock.moment + A_SECOND)
    world.at(late.sent_at)
    move(world, NEW_USER, USER)
    world.reception.receive(late)
    assert world.store.bookings[booked.code].sender == NEW_USER
    assert register(world, PHONE) is Kind.ECHO


def test_a_message_from_before_a_booking_came_to_an_id_tells_it_no_other(world: World) -> None:
    """It speaks of whoever had this number before."""
    booked = book(world, PHONE)
    late = message("Halo", sender=Sender(NEW.phone, "ID.3"), at=world.clock.moment + A_SECOND)
    world.at(late.sent_at)
    move(world, NEW_PHONE, PHONE)
    world.reception.receive(late)
    assert world.store.bookings[booked.code].sender == NEW_PHONE


def test_a_registration_refused_by_what_moved_is_told_of_it_as_its_own(world: World) -> None:
    booked = book(world, BOTH)
    late = message(registration("Budi Hidayat", TUESDAY), sender=PHONE, at=world.clock.moment + A_SECOND)
    world.at(late.sent_at)
    move(world)
    world.reception.receive(late)
    answer = world.outbox.answers[late.id].answer
    assert (answer.kind, answer.fields["booking_code"]) == (Kind.ALREADY_BOOKED, booked.code)


def test_the_notice_delivered_again_changes_nothing(world: World) -> None:
    book(world, BOTH)
    sent = move(world)
    once = (dict(world.store.bookings), dict(world.store.claims))
    assert world.reception.receive(sent) == "moved_nothing"
    assert (world.store.bookings, world.store.claims) == once
    # Nor when the old number has long been somebody else's.
    others = book(world, Sender(BOTH.phone))
    world.reception.receive(sent)
    assert world.store.bookings[others.code] == others
    assert register(world, Sender(BOTH.phone)) is Kind.ALREADY_BOOKED


def test_the_notice_delivered_again_leaves_alone_what_came_to_its_ids_since(world: World) -> None:
    booked = book(world, PHONE)
    sent = move(world, Sender(PHONE.phone, NEW.user_id), USER)
    world.say("Halo", BOTH)
    linked = world.store.bookings[booked.code]
    assert linked.sender == BOTH
    world.reception.receive(sent)
    assert world.store.bookings[booked.code] == linked


def test_the_notice_delivered_again_after_the_way_back_changes_nothing(world: World) -> None:
    booked = book(world, BOTH)
    hidden = Sender(PHONE.phone, NEW.user_id)
    sent = move(world, hidden)
    move(world, BOTH, hidden)
    world.reception.receive(sent)
    assert world.store.bookings[booked.code].sender == BOTH
    assert register(world, USER) is Kind.ALREADY_BOOKED


def test_a_notice_that_comes_after_the_new_number_has_booked_leaves_both_standing(world: World) -> None:
    old = book(world, BOTH)
    late = notice(at=world.clock.moment + A_SECOND)
    world.at(late.sent_at)
    new = book(world, NEW)
    world.reception.receive(late)
    assert {booking.code for booking in standing(world)} == {old.code, new.code}
    # The owner of the old booking can end it by its code, and whoever has their number now is free of it.
    assert register(world, PHONE) is Kind.ECHO
    assert world.say(f"#batal {old.code}", NEW).kind is Kind.CANCELLED
    assert world.say("#batal", NEW).kind is Kind.CANCELLED


def test_of_two_bookings_each_goes_along_with_the_id_that_it_had(world: World) -> None:
    by_phone, by_user = book(world, PHONE), book(world, USER)
    move(world)
    assert world.store.bookings[by_phone.code].claims == NEW_PHONE.identities
    assert world.store.bookings[by_user.code].claims == NEW_USER.identities
    assert [world.say("#batal", NEW).kind for _ in range(2)] == [Kind.CANCELLED, Kind.CANCELLED]
    assert standing(world) == []


def test_there_and_back_again(world: World) -> None:
    booked = book(world, BOTH)
    move(world)
    move(world, BOTH, NEW)
    assert world.store.bookings[booked.code].sender == BOTH
    assert register(world, PHONE) is Kind.ALREADY_BOOKED
    assert register(world, NEW) is Kind.ECHO


def test_a_notice_about_somebody_without_a_booking_moves_nothing(world: World) -> None:
    assert world.reception.receive(notice()) == "moved_nothing"
    assert world.store.bookings == {}
    assert register(world, SITI) is Kind.ECHO


def test_the_person_s_claim_goes_along() -> None:
    world = World(office())
    world.book(BOTH, name="Budi Santoso")
    move(world)
    assert world.register(SITI, TUESDAY, name="Budi Santoso").kind is Kind.PERSON_BOOKED
    assert world.register(NEW, TUESDAY, name="Budi Santoso").kind is Kind.ALREADY_BOOKED
