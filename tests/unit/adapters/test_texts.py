"""Every answer in words: complete, true, polite, and within what WhatsApp takes.

The answers are those that the use cases really make, at an office and for a person whose names are as long as may be.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antrian.adapters.office_file import load_office
from antrian.adapters.text_overrides import longest_answer
from antrian.adapters.texts import TEXTS, Texts
from antrian.domain.answers import Answer, Kind
from antrian.domain.cases import Case
from antrian.domain.delivery import MOST_ROWS, Rendered
from antrian.domain.message import Photo, Sender
from antrian.domain.office import Format, Office, Session
from antrian.domain.refusals import NoPhoto
from antrian.domain.request import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    Approval,
    Cancellation,
    Registration,
    Rescheduling,
    read_request,
    typed_date,
)
from antrian.usecases.delivery.photos import PhotoKeeping
from infra.templates import EXAMPLE
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY, WIB, changed, message, office, scan
from tests.unit.adapters.office_files import session, with_documents, with_sessions, write
from tests.unit.usecases.world import World

CONTENT: Mapping[str, Any] = tomllib.loads((TEXTS / "id.toml").read_text(encoding="utf-8"))
ENTRIES: Mapping[str, Mapping[str, Any]] = CONTENT["answers"]

# An enterprise's user id, which is shown where the number is hidden.
HIDDEN = Sender(user_id="ID.ENT." + "Z" * 128)
OTHER = Sender(user_id="ID.ENT." + "Y" * 128)
NAMES = ["W" * LONGEST_NAME, "界" * LONGEST_NAME, "𠮷" * LONGEST_NAME, "Wa " * 19 + "Wax"]
SATURDAY, SUNDAY = date(2026, 11, 21), date(2026, 11, 22)


@pytest.fixture(scope="session")
def longest(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Provide an office with the longest values that its file may have."""
    lengths = [80, 80, 80, 80, 80, 34, 33, 33]
    text = with_documents(*('"' + "d" * length + '"' for length in lengths))
    every_day = session("mon tue wed thu fri sat sun", "08:00", "23:00")
    changes = {
        "name": '"' + "K" * 60 + '"',
        "time_zone": '"Asia/Makassar"',
        "last_day": "60",
        "approval_minutes": "720",
        "not_here": str([case.value for case in Case if case is not Case.LOST]),
        "come_directly": '["lost"]',
    }
    without_closed_dates = {"2026-12-24": None}
    text = with_sessions(every_day, text=text, **changes, **without_closed_dates)
    return load_office(write(tmp_path_factory.mktemp("offices"), text))


# How each answer comes about


@dataclass(frozen=True)
class Scene:
    """A conversation that ends in an answer of this kind, with the changes of the office that it needs."""

    kind: Kind
    play: Callable[[World, str], Answer]
    changes: Mapping[str, Any] = field(default_factory=dict)


def register(world: World, name: str, **asked: Any) -> Answer:
    return world.register(HIDDEN, name=name, **asked)


def book(world: World, name: str, sender: Sender = HIDDEN) -> Answer:
    return world.approve(world.register(sender, name=name), sender)


def cancel(world: World, sender: Sender = HIDDEN) -> Answer:
    return world.say("#batal", sender)


def after(*steps: Callable[[World, str], Answer]) -> Callable[[World, str], Answer]:
    """Return a play of these steps, which ends in the last one's answer."""

    def play(world: World, name: str) -> Answer:
        return [step(world, name) for step in steps][-1]

    return play


def approve_the_first(*between: Callable[[World, str], Answer], sender: Sender = HIDDEN, hours: int = 0) -> Any:
    """Return a play that registers, lets other things happen, and then approves that registration."""

    def play(world: World, name: str) -> Answer:
        echo = register(world, name)
        for step in between:
            step(world, name)
        return world.approve(echo, sender, at=world.clock.moment + timedelta(hours=hours, seconds=1))

    return play


def check_in_and_register_again(world: World, name: str) -> Answer:
    seat = world.booking(book(world, name)).seat
    assert seat is not None
    (code,) = world.store.bookings
    world.store.check_in(code, scan(at=seat.opens_at), "digest")
    return register(world, name, day=TUESDAY, at=seat.starts_at)


def register_before_what_stands(world: World, name: str) -> Answer:
    register(world, name)
    return register(world, name, day=TUESDAY, at=NOW - timedelta(minutes=5))


def cancel_by_code(world: World, name: str) -> Answer:
    ticket = book(world, name)
    return world.say(f"#batal {ticket.fields['booking_code']}", OTHER)


def do_not_come(world: World, name: str) -> Answer:
    booked = world.booking(book(world, name))
    assert booked.seat is not None
    world.sweep(booked.seat.void_after + timedelta(seconds=1))
    return world.outbox.answers[f"expired:{booked.code}"].answer


def send_a_photo(world: World, _: str) -> Answer:
    sent = replace(message(sender=HIDDEN), type="image")
    world.reception.receive(sent)
    return world.answer_to(sent)


def others_book(world: World, _: str) -> Answer:
    return book(world, "Siti Aminah", SITI)


def move_to(day: date) -> Callable[[World, str], Answer]:
    return lambda world, _: world.say(f"#ubah#{typed_date(day)}", HIDDEN)


def move_by_code(world: World, name: str) -> Answer:
    ticket = book(world, name)
    return world.say(f"#ubah#{typed_date(TUESDAY)}#{ticket.fields['booking_code']}", OTHER)


def others_book_tuesday(world: World, _: str) -> Answer:
    return world.approve(world.register(SITI, TUESDAY, name="Siti Aminah"), SITI)


def be_reminded(world: World, name: str) -> Answer:
    booked = world.booking(book(world, name))
    assert world.remind(datetime.combine(SUNDAY, time(18), world.office.zone)) == 1
    return world.outbox.answers[f"reminder:{booked.code}:{MONDAY}"].answer


def lose_the_day(*closed: date) -> Callable[[World, str], Answer]:
    def play(world: World, name: str) -> Answer:
        booked = world.booking(book(world, name))
        world.closes(*closed, reason="R" * 80)
        assert world.call_off() == 1
        return world.outbox.answers[f"closed:{booked.code}:{MONDAY}"].answer

    return play


def says(*texts: str) -> Callable[[World, str], Answer]:
    """Return a play in which these are written, one after the other."""

    def play(world: World, _: str) -> Answer:
        return [world.say(text, HIDDEN) for text in texts][-1]

    return play


def with_address(name: str) -> str:
    return f"#{name}#25011987#{'J' * LONGEST_ADDRESS}"


def send_all(world: World, name: str) -> Answer:
    """Register at an office as Batam's."""
    return world.say(with_address(name), HIDDEN, photo=KTP)


def lose_the_photo(world: World, name: str) -> Answer:
    send_all(world, name)
    (wanted,) = world.outbox.photos
    PhotoKeeping(bookings=world.store, source=NoSource(), store=NoStore(), outbox=world.outbox).keep(wanted)
    return world.outbox.answers[f"photo_lost:{wanted.booking_code}"].answer


def lose_the_given_day(world: World, name: str) -> Answer:
    given = world.booking(send_all(world, name))
    world.closes(given.service_date, reason="R" * 80)
    assert world.call_off() == 1
    return world.outbox.answers[f"closed:{given.code}:{given.service_date}"].answer


class NoSource:
    def fetch(self, photo: Photo) -> bytes:
        raise NoPhoto(photo.media_id)


class NoStore:
    def put(self, booking_code: str, photo: Photo, content: bytes) -> str:
        raise NotImplementedError


ONE_SEAT = {"quota": 1}
EVERY_CASE = "Paspor hilang, rusak, ganti nama, TKI, sakit, lansia, hamil, bayi, difabel"
BY_ADDRESS = {"format": Format.NAME_BIRTH_ADDRESS}
KTP = Photo("1001", "image/jpeg")
LIKE_BATAM = {**BY_ADDRESS, "photo": True, "approval": False}
TWO_DAYS = {"first_day": 2, "last_day": 3}
WORKDAYS = {"sessions": (Session(frozenset(range(5)), time(8), time(9)),)}
SCENES = [
    Scene(Kind.ECHO, register),
    Scene(Kind.TICKET, book),
    Scene(Kind.TICKET, register, {"approval": False}),
    Scene(Kind.CANCELLED, after(register, lambda world, _: cancel(world))),
    Scene(Kind.CANCELLED, after(book, lambda world, _: cancel(world))),
    Scene(Kind.MISREAD, lambda world, name: world.say(f"#{name}#250187", HIDDEN)),
    Scene(Kind.MISREAD, lambda world, _: world.say("#", HIDDEN)),
    Scene(Kind.BIRTH_DATE_IMPOSSIBLE, lambda world, name: register(world, name, born=date(2030, 1, 1))),
    Scene(Kind.BIRTH_DATE_IMPOSSIBLE, lambda world, name: register(world, name, born=date(87, 1, 25))),
    Scene(Kind.SERVICE_DATE_PAST, lambda world, name: register(world, name, day=date(26, 11, 23))),
    Scene(Kind.SERVICE_DATE_TOO_SOON, lambda world, name: register(world, name, day=SUNDAY), {"first_day": 2}),
    Scene(Kind.BEYOND_HORIZON, lambda world, name: register(world, name, day=date(2027, 12, 31))),
    Scene(Kind.OFFICE_CLOSED_WEEKDAY, lambda world, name: register(world, name, day=SUNDAY), WORKDAYS),
    Scene(Kind.OFFICE_CLOSED_NAMED, register, {"closed_dates": {MONDAY: "R" * 80}}),
    Scene(Kind.OUTSIDE_HOURS, register, {"opens": time(7, 30), "closes": time(10)}),
    Scene(Kind.DAY_FULL, after(others_book, register), ONE_SEAT),
    Scene(Kind.DAY_FULL, approve_the_first(others_book), ONE_SEAT),
    Scene(Kind.ALL_DAYS_FULL, after(others_book, register), {**ONE_SEAT, "first_day": 2, "last_day": 2}),
    Scene(Kind.ALREADY_BOOKED, after(book, register)),
    Scene(Kind.ALREADY_CHECKED_IN, check_in_and_register_again),
    Scene(Kind.PERSON_BOOKED, after(book, lambda world, name: world.register(OTHER, name=name))),
    Scene(Kind.PERSON_PENDING, after(register, lambda world, name: world.register(OTHER, name=name))),
    Scene(Kind.SUPERSEDED, register_before_what_stands),
    Scene(Kind.CODE_UNKNOWN, lambda world, _: world.say("12345678", HIDDEN)),
    Scene(Kind.CODE_TOO_LATE, approve_the_first(hours=13)),
    Scene(Kind.CODE_NOT_YOURS, approve_the_first(sender=OTHER)),
    Scene(Kind.CODE_REPLACED, approve_the_first(lambda world, name: register(world, name, day=TUESDAY))),
    Scene(Kind.CODE_CANCELLED, approve_the_first(lambda world, _: cancel(world))),
    Scene(Kind.NOTHING_TO_CANCEL, lambda world, _: cancel(world)),
    Scene(Kind.CANCEL_NOT_YOURS, cancel_by_code),
    Scene(Kind.ALREADY_CANCELLED, after(book, lambda world, _: cancel(world), lambda world, _: cancel(world))),
    Scene(Kind.TICKET, after(book, move_to(TUESDAY))),
    Scene(Kind.SERVICE_DATE_IMPOSSIBLE, lambda world, _: world.say("#ubah#31112026", HIDDEN)),
    Scene(Kind.BEYOND_HORIZON, after(book, move_to(date(2027, 12, 31)))),
    Scene(Kind.RESCHEDULE_FULL, after(others_book_tuesday, book, move_to(TUESDAY)), ONE_SEAT),
    Scene(Kind.RESCHEDULE_ALL_FULL, after(others_book_tuesday, book, move_to(TUESDAY)), {**ONE_SEAT, **TWO_DAYS}),
    Scene(Kind.ALREADY_THAT_DAY, after(book, move_to(MONDAY))),
    Scene(Kind.NOTHING_TO_RESCHEDULE, move_to(TUESDAY)),
    Scene(Kind.RESCHEDULE_NOT_YOURS, move_by_code),
    Scene(Kind.RESCHEDULED_TOO_OFTEN, after(book, *[move_to(TUESDAY), move_to(MONDAY)] * 3)),
    Scene(Kind.EXPIRED, do_not_come),
    Scene(Kind.REMINDER, be_reminded, {"reminder_at": time(18)}),
    Scene(Kind.DAY_CLOSED, lose_the_day(MONDAY)),
    Scene(Kind.DAY_CLOSED_FULL, lose_the_day(MONDAY, TUESDAY), {"first_day": 2, "last_day": 3}),
    Scene(Kind.ASK_NAME, lambda world, _: world.say("#daftar", HIDDEN)),
    Scene(Kind.ASK_NAME_AGAIN, says("#daftar", "1")),
    Scene(Kind.ASK_BIRTH_DATE, lambda world, name: says("#daftar", name)(world, name)),
    Scene(Kind.ASK_BIRTH_DATE_AGAIN, lambda world, name: world.say(f"#{name}#31021987#23112026", HIDDEN)),
    Scene(Kind.ASK_BIRTH_DATE_AGAIN, lambda world, name: says("#daftar", name, "1987")(world, name)),
    Scene(Kind.ASK_ADDRESS, lambda world, name: says("#daftar", name, "25-01-1987")(world, name), BY_ADDRESS),
    Scene(Kind.ASK_ADDRESS_AGAIN, says("#daftar", "Budi", "25-01-1987", "1"), BY_ADDRESS),
    Scene(Kind.ASK_DAY, lambda world, name: world.say(f"#{name}#25011987", HIDDEN)),
    Scene(Kind.ASK_DAY_AGAIN, lambda world, name: world.say(f"#{name}#25011987#31112026", HIDDEN)),
    Scene(Kind.ASK_DAY_AGAIN, lambda world, name: says("#daftar", name, "25-01-1987", "besok")(world, name)),
    Scene(Kind.DIALOGUE_ENDED, says("#daftar", "#batal")),
    Scene(Kind.QUOTA, says("#kuota")),
    Scene(Kind.QUOTA_FULL, after(others_book, says("#kuota")), {**ONE_SEAT, "first_day": 2, "last_day": 2}),
    Scene(Kind.NEXT_DAY, says("#kuota"), BY_ADDRESS),
    Scene(Kind.DAYS_TO_MOVE_TO, after(book, says("#ubah"))),
    Scene(Kind.NO_OTHER_DAY, after(book, says("#kuota")), {"first_day": 2, "last_day": 2}),
    Scene(Kind.NOT_HERE, says(EVERY_CASE)),
    Scene(Kind.COME_DIRECTLY, says(EVERY_CASE), {"not_here": (), "come_directly": tuple(Case)}),
    Scene(Kind.HELP_PENDING, after(register, says("Selamat pagi"))),
    Scene(Kind.HELP_BOOKED, after(book, says("Selamat pagi"))),
    Scene(Kind.HELP_CHECKED_IN, after(check_in_and_register_again, says("Selamat pagi"))),
    Scene(Kind.HELP, says("Selamat pagi")),
    Scene(Kind.ONLY_TEXT, lambda world, _: world.say(None, HIDDEN)),
    Scene(Kind.PHOTO_NOT_NEEDED, send_a_photo),
    Scene(Kind.TICKET, send_all, LIKE_BATAM),
    Scene(Kind.MISREAD, lambda world, name: world.say(f"#{name}#25011987", HIDDEN), LIKE_BATAM),
    Scene(Kind.PHOTO_MISSING, lambda world, name: world.say(with_address(name), HIDDEN), LIKE_BATAM),
    Scene(Kind.WORDS_MISSING, lambda world, _: world.say(None, HIDDEN, photo=KTP), LIKE_BATAM),
    Scene(Kind.PHOTO_UNFIT, lambda world, _: world.say(None, HIDDEN, photo=Photo("1", "text/html")), LIKE_BATAM),
    Scene(Kind.PHOTO_NOT_KEPT, lose_the_photo, LIKE_BATAM),
    Scene(Kind.NO_DAY_OPEN, send_all, {**LIKE_BATAM, "first_day": 1, "last_day": 1, **WORKDAYS}),
    Scene(Kind.ALREADY_BOOKED, after(send_all, send_all), LIKE_BATAM),
    Scene(Kind.CANCELLED, after(send_all, lambda world, _: cancel(world)), LIKE_BATAM),
    Scene(Kind.HELP, says("Selamat pagi"), LIKE_BATAM),
    Scene(Kind.HELP_BOOKED, after(send_all, says("Selamat pagi")), LIKE_BATAM),
    Scene(Kind.COME_DIRECTLY, says(EVERY_CASE), {**LIKE_BATAM, "not_here": (), "come_directly": tuple(Case)}),
    Scene(Kind.DAY_CLOSED, lose_the_given_day, LIKE_BATAM),
    Scene(Kind.OFFICE_GIVES_THE_DAY, after(send_all, move_to(TUESDAY)), LIKE_BATAM),
    Scene(Kind.TOO_LONG, says("a" * 4097)),
    Scene(Kind.TOO_LONG, says("a" * 4097), LIKE_BATAM),
    Scene(Kind.TOO_MANY, after(book, lambda world, _: cancel(world)), {"messages_per_window": 2}),
]


def length(text: str) -> int:
    """Return the length in UTF-16 units, the most that anybody may count a text for."""
    return len(text.encode("utf-16-le")) // 2


def assert_whatsapp_takes(kind: Kind, rendered: Rendered) -> None:
    assert not (rendered.rows and (rendered.buttons or rendered.qr))
    assert len(rendered.rows) <= MOST_ROWS
    assert bool(rendered.rows) == bool(rendered.rows_title)
    assert length(rendered.rows_title) <= 20
    for row in rendered.rows:
        assert 0 < length(row.id) <= 200
        assert 0 < length(row.title) <= 24
        assert 0 < length(row.description) <= 72
    assert len({row.id for row in rendered.rows}) == len(rendered.rows)
    is_caption = kind is Kind.TICKET
    assert 0 < length(rendered.text) <= (1024 if is_caption or rendered.buttons else 4096)
    assert len(rendered.buttons) <= 3
    for button in rendered.buttons:
        assert 0 < length(button.title) <= 20
        assert 0 < length(button.id) <= 256
    assert len({button.id for button in rendered.buttons}) == len(rendered.buttons)
    assert len({button.title for button in rendered.buttons}) == len(rendered.buttons)
    # The channel sends an image or buttons, not both.
    assert not (is_caption and rendered.buttons)
    for parameter in rendered.template.parameters if rendered.template else ():
        assert 0 < length(parameter) <= 1024
        assert not re.search(r"[\n\t]| {5}", parameter)
    for button in rendered.template.buttons if rendered.template else ():
        # Half of what a button of any other message may send back.
        assert 0 < len(button.id) <= 128


def said(rendered: Rendered) -> list[str]:
    parameters = rendered.template.parameters if rendered.template else ()
    buttons = [text for button in rendered.buttons for text in (button.id, button.title)]
    rows = [text for row in rendered.rows for text in (row.id, row.title, row.description)]
    return [rendered.text, *buttons, *rows, *parameters]


@pytest.mark.parametrize("name", NAMES, ids=["W", "wide", "astral", "words"])
@pytest.mark.parametrize("scene", SCENES, ids=[f"{number}-{scene.kind}" for number, scene in enumerate(SCENES)])
def test_the_longest_of_each_answer_is_complete_and_fits(scene: Scene, name: str, longest: Office) -> None:
    here = changed(longest, **scene.changes)
    answer = scene.play(World(here), name)
    assert answer.kind is scene.kind
    rendered = Texts(here).render(answer)
    assert_whatsapp_takes(scene.kind, rendered)
    for text in said(rendered):
        assert not re.search(r"[{}]|None|\d{4}-\d\d-\d\d|T\d\d:\d\d|\+00:00", text), text
        assert text == text.strip()
        assert all(line.count("*") % 2 == 0 for line in text.splitlines()), text


def test_every_kind_of_answer_was_played() -> None:
    assert {scene.kind for scene in SCENES} == set(Kind)


def test_the_longest_office_shows_as_many_days_as_there_are(longest: Office) -> None:
    """Else the test above does not test the longest."""
    nothing = World(longest).say("#batal", HIDDEN)
    assert len(nothing.fields["open_days"]) == 60
    assert len(longest.service.documents) == 8
    assert sum(map(len, longest.service.documents)) == 500
    assert len(longest.service.not_here) == len(Case) - 1
    assert len(longest.name) == 60


def test_the_texts_have_an_entry_for_each_answer_and_no_other() -> None:
    assert ENTRIES.keys() == {kind.value for kind in Kind}


# What the words say


def test_no_two_answers_say_the_same() -> None:
    texts = [entry["text"] for entry in ENTRIES.values()]
    assert len(set(texts)) == len(texts)


FULL = {Kind.DAY_FULL, Kind.ALL_DAYS_FULL, Kind.RESCHEDULE_FULL, Kind.RESCHEDULE_ALL_FULL, Kind.QUOTA_FULL}
FULL |= {Kind.NO_OTHER_DAY}


def test_full_is_said_of_full_days_alone() -> None:
    """The worst complaint about the services before: "kuota penuh" where the office was closed."""
    full = {kind for kind, entry in ENTRIES.items() if re.search(r"penuh|(?<!#)kuota", entry["text"], re.IGNORECASE)}
    assert full == FULL


def test_full_is_said_of_now_because_a_seat_that_was_given_back_comes_free_later() -> None:
    for kind in FULL:
        assert "saat ini penuh" in ENTRIES[kind]["text"]


@pytest.mark.parametrize("kind", ENTRIES)
def test_the_words_are_polite(kind: str) -> None:
    entry = ENTRIES[kind]
    words = " ".join([entry["text"], *(button["title"] for button in entry.get("buttons", ()))])
    assert not re.search(r"\b(kamu|kau|anda|lo|gue|nggak|gak|tdk|utk|yg)\b", words)
    assert "!" not in words
    assert not re.search(r"  |\t| \n| [,.;:?]", words)


def rendered_at(here: Office, kind: Kind, name: str = "Ahmad Fauzi") -> Rendered:
    """Return an answer as somebody with a number gets it."""
    world = World(here)
    echo = world.say(f"#{name}#20111967#23112026", BUDI)
    answer = echo if kind is Kind.ECHO else world.approve(echo, BUDI)
    assert answer.kind is kind
    return Texts(here).render(answer)


def test_the_echo_repeats_number_name_and_dates_and_gives_the_approval_code() -> None:
    echo = rendered_at(office(), Kind.ECHO)
    lines = echo.text.splitlines()
    assert lines[0] == "*Kantor Imigrasi Contoh*"
    assert "Nomor WA: +628110000001" in lines
    assert "Nama: Ahmad Fauzi" in lines
    assert any(re.fullmatch(r"Tgl [Ll]ahir: 20-11-1967", line) for line in lines)
    assert any(line.startswith("Tgl layanan: ") and "23-11-2026" in line and "Senin" in line for line in lines)
    assert any(re.fullmatch(r"Kode persetujuan: \*\d{8}\*", line) for line in lines)
    assert "sebelum 11.00 WIB" in echo.text
    assert [button.title for button in echo.buttons] == ["Setuju", "Batalkan"]


def help_at(here: Office) -> Answer:
    return World(here).say("halo")


def test_the_echo_and_the_help_say_who_cannot_book_here() -> None:
    for text in (rendered_at(office(), Kind.ECHO).text, Texts(office()).render(help_at(office())).text):
        assert "Tidak lewat WhatsApp: paspor hilang, paspor rusak" in text


def test_the_help_lists_every_command_of_the_office_and_its_hours() -> None:
    commands = {"#daftar", "#kuota", "#status", "#ubah", "#batal", "#bantuan"}
    usual = Texts(office()).render(help_at(office())).text
    assert set(re.findall(r"(?m)^(#[a-z]+):", usual)) == commands
    assert "dibuka setiap hari" not in usual
    like_batam = office(
        format=Format.NAME_BIRTH_ADDRESS, photo=True, approval=False, opens=time(7, 30), closes=time(10), last_day=3
    )
    batams = Texts(like_batam).render(help_at(like_batam)).text
    assert set(re.findall(r"(?m)^(#[a-z]+):", batams)) == commands - {"#ubah"}
    assert "Pendaftaran dibuka setiap hari pukul 07.30 sampai 10.00 WIB." in batams


def test_the_ticket_says_all_that_one_needs_at_the_door() -> None:
    ticket = rendered_at(office(), Kind.TICKET)
    lines = ticket.text.splitlines()
    assert "Nama: Ahmad Fauzi" in lines
    assert any(re.fullmatch(r"Kode booking: \*CTH-\w{4}-\w{4}\*", line) for line in lines)
    assert "Nomor antrian: *1*" in lines
    assert "Tanggal: Senin, 23-11-2026" in lines
    assert "Jam layanan: *08.00 WIB*" in lines
    assert "Datang pukul 07.30 WIB dan tunjukkan QR ini. Lewat dari jam layanan, kode hangus." in lines
    assert lines[lines.index("Bawa:") + 1 :][:2] == ["• e-KTP asli", "• Kartu Keluarga asli"]
    assert "#batal" in lines[-1]


def test_buttons_are_read_as_what_could_have_been_typed() -> None:
    approve, withdraw = rendered_at(office(), Kind.ECHO).buttons
    approval, cancellation = read_request(approve.id), read_request(withdraw.id)
    assert isinstance(approval, Approval)
    assert isinstance(cancellation, Cancellation)
    assert cancellation.booking_code is not None
    here = office(quota=1)
    world = World(here)
    book(world, "Siti Aminah", SITI)
    full = Texts(here).render(world.say("#Budi Santoso#25011987#23112026", BUDI))
    (other_day,) = full.buttons
    assert read_request(other_day.id) == Registration("Budi Santoso", date(1987, 1, 25), TUESDAY)
    assert other_day.title == "Pilih Sel 24-11"
    assert other_day.id in full.text


def test_a_reminder_has_one_button_and_it_withdraws_what_it_reminds_of() -> None:
    here = office(reminder_at=time(18))
    reminder = be_reminded(World(here), "Budi Santoso")
    rendered = Texts(here).render(reminder)
    assert rendered.template is not None
    for buttons in (rendered.buttons, rendered.template.buttons):
        (withdraw,) = buttons
        assert withdraw.title == "Batalkan"
        assert read_request(withdraw.id) == Cancellation(str(reminder.fields["booking_code"]))


def test_a_day_before_the_one_asked_for_is_not_called_a_later_one() -> None:
    here = office(quota=1, last_day=3)
    world = World(here)
    world.approve(world.register(SITI, day=TUESDAY), SITI)
    full = Texts(here).render(world.register(BUDI, day=TUESDAY))
    assert "*Senin, 23-11-2026*" in full.text
    assert "berikutnya" not in full.text


def test_a_limit_that_has_passed_is_told_with_its_day() -> None:
    here = office()
    world = World(here)
    late = world.approve(world.register(), at=NOW + timedelta(days=1))
    assert "(batasnya Sabtu, 21-11-2026, 11.00 WIB)" in Texts(here).render(late).text


def test_what_was_not_understood_is_told_part_by_part() -> None:
    misread = Texts(office()).render(World().say("#Budi#250187#23112026"))
    lines = misread.text.splitlines()
    assert "Nama: Budi" in lines
    assert "Tgl lahir: belum terbaca" in lines
    assert "Tgl layanan: 23-11-2026" in lines
    assert isinstance(read_request(lines[-1]), Registration)


@pytest.mark.parametrize("kind", [scene.kind for scene in SCENES if "example" in str(ENTRIES[scene.kind])])
def test_an_example_can_be_sent_as_it_stands(kind: Kind) -> None:
    scene = next(scene for scene in SCENES if scene.kind is kind)
    here = office(**scene.changes)
    answer = scene.play(World(here), "Budi Santoso")
    example = str(answer.fields["example"])
    lines = Texts(here).render(answer).text.splitlines()
    assert example in [line.removeprefix("Contoh: ") for line in lines]
    read = read_request(example, here.registration.format)
    assert isinstance(read, Registration | Rescheduling)
    assert read.service_date is None or here.closure(read.service_date) is None


def test_without_an_open_day_the_texts_say_so() -> None:
    here = office(last_day=1)
    text = Texts(here).render(World(here).register(day=date(26, 11, 23))).text
    assert "belum ada" in text
    assert "#Budi#25011987#ddmmyyyy" in text


def test_a_notice_that_voids_a_code_has_a_template_with_what_it_says() -> None:
    here = office(templates={"expired": "hangus_2"})
    template = Texts(here).render(do_not_come(World(here), "Budi Santoso")).template
    assert template is not None
    assert (template.name, template.language) == ("hangus_2", "id")
    code, name, day, hour, place, until, example = template.parameters
    assert (name, day, hour, until) == ("Budi Santoso", "Senin, 23-11-2026", "08.00 WIB", "08.15 WIB")
    assert re.fullmatch(r"CTH-\w{4}-\w{4}", code)
    assert place == here.name
    assert example.startswith("#Budi#")


def test_only_an_answer_that_may_come_unasked_has_a_template() -> None:
    assert {kind for kind, entry in ENTRIES.items() if "template" in entry} <= office().templates.keys()


@pytest.mark.parametrize("kind", [kind for kind, entry in ENTRIES.items() if "template" in entry])
def test_a_template_keeps_the_rules_by_which_whatsapp_approves_it(kind: str) -> None:
    texts = {text.template.name: text for text in Texts(office()).templates(EXAMPLE)}
    text = texts[office().templates[kind]]
    numbers = [int(number) for number in re.findall(r"\{\{(\d+)\}\}", text.body)]
    assert numbers == list(range(1, len(text.template.parameters) + 1))
    assert not re.search(r"^\{\{|\}\}$|\}\}\s*\{\{", text.body)
    assert len(text.body) <= 1024
    # Too many parameters for so few words are refused: Meta's rule is somewhere near this.
    words = re.sub(r"\{\{\d+\}\}", "", text.body).split()
    assert len(words) > 2 * len(numbers)
    assert all(not re.search(r"[\n\t]| {5}", parameter) for parameter in text.template.parameters)
    assert all(0 < len(button.title) <= 20 for button in text.template.buttons)
    # A button is approved with its title, which cannot change with each message.
    assert all("{" not in button["title"] for button in ENTRIES[kind].get("buttons", ()))


@pytest.mark.parametrize("format_", Format)
def test_a_template_is_no_longer_with_the_longest_values_than_whatsapp_takes(format_: Format, longest: Office) -> None:
    here = changed(longest, format=format_, approval=False)
    for text in Texts(here).templates(longest_answer(here, Kind.DAY_CLOSED).fields):
        words = re.sub(r"\{\{\d+\}\}", "", text.body)
        assert length(words) + sum(map(length, text.template.parameters)) <= 1024, text.template.name


# Layout


@given(st.text() | st.text("*_~`>-#\n •1.Budi{}", max_size=80))
@settings(deadline=None)
def test_no_name_breaks_the_layout(name: str) -> None:
    """Whatever is sent as a name, the answer has the lines and the formatting that it has for Budi."""
    here = office()
    answer = World(here).say(f"#{name}#25011987#23112026")
    if answer.kind not in {Kind.ECHO, Kind.MISREAD}:
        return
    plain = World(here).say("#Budi#25011987#23112026" if answer.kind is Kind.ECHO else "#1#25011987")

    def shape(answer: Answer) -> list[tuple[int, ...]]:
        lines = Texts(here).render(answer).text.split("\n")
        return [tuple(line.count(mark) for mark in "*_~`•{}") for line in lines]

    assert shape(answer) == shape(plain)


# Formats


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Jakarta", "08.30 WIB"),
        ("Asia/Pontianak", "08.30 WIB"),
        ("Asia/Makassar", "09.30 WITA"),
        ("Asia/Jayapura", "10.30 WIT"),
    ],
)
def test_hours_are_the_offices_with_the_name_of_its_zone(zone: str, shown: str) -> None:
    moment = datetime(2026, 11, 23, 8, 30, tzinfo=WIB).isoformat()
    text = Texts(office(zone=ZoneInfo(zone))).render(Answer(Kind.PERSON_PENDING, {"free_at": moment})).text
    assert text.endswith(f"setelah Senin, 23-11-2026, {shown}.")


def test_an_hour_past_midnight_is_told_with_the_offices_day() -> None:
    moment = datetime(2026, 11, 22, 22, 30, tzinfo=WIB).isoformat()
    texts = Texts(office(zone=ZoneInfo("Asia/Jayapura")))
    text = texts.render(Answer(Kind.CODE_TOO_LATE, {"approval_code": "00002681", "approve_by": moment})).text
    assert "Senin, 23-11-2026, 00.30 WIT" in text


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2026-11-23", "Senin, 23-11-2026"),
        ("2026-11-24", "Selasa, 24-11-2026"),
        ("2026-11-25", "Rabu, 25-11-2026"),
        ("2026-11-26", "Kamis, 26-11-2026"),
        ("2026-11-27", "Jumat, 27-11-2026"),
        ("2026-11-28", "Sabtu, 28-11-2026"),
        ("2026-11-29", "Minggu, 29-11-2026"),
        ("0026-11-23", "Senin, 23-11-0026"),
    ],
)
def test_days_are_shown_with_their_weekday(day: str, shown: str) -> None:
    text = Texts(office()).render(Answer(Kind.PERSON_BOOKED, {"service_date": day})).text
    assert shown in text


def test_open_days_stand_in_one_line() -> None:
    text = Texts(office()).render(World(office(last_day=5)).register(day=date(26, 11, 23))).text
    assert "\nSen 23-11, Sel 24-11, Rab 25-11, Kam 26-11\n" in text


def test_an_answer_that_lacks_a_value_is_a_fault_and_not_sent() -> None:
    with pytest.raises(KeyError, match="service_date"):
        Texts(office()).render(Answer(Kind.PERSON_BOOKED))


def test_a_language_without_texts_is_a_fault() -> None:
    with pytest.raises(FileNotFoundError):
        Texts(office(), "xx")


def test_a_format_that_does_not_exist_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (TEXTS / "id.toml").read_text(encoding="utf-8").replace("{free_at:moment}", "{free_at:o_clock}")
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("antrian.adapters.texts.TEXTS", tmp_path)
    with pytest.raises(ValueError, match="'o_clock'"):
        Texts(office(), "wrong").render(Answer(Kind.PERSON_PENDING, {"free_at": NOW.isoformat()}))
