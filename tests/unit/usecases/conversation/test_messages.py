"""What each path costs in messages: played, sent, counted, and compared with the table in `docs/messages.md`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from antrian.adapters.texts import Texts
from antrian.domain.booking import Booking
from antrian.domain.message import Photo
from antrian.domain.office import Format
from antrian.domain.refusals import NoPhoto
from antrian.usecases.delivery.photos import PhotoKeeping
from antrian.usecases.delivery.sending import Sending
from tests.builders import BUDI, MONDAY, NOW, TUESDAY, message, office, wib
from tests.fakes import FakeClock, FakeSentLog
from tests.unit.usecases.delivery.test_photos import Shelf, Source
from tests.unit.usecases.line import Line
from tests.unit.usecases.world import A_SECOND, World, registration

DOCUMENT = Path(__file__).parents[4] / "docs" / "messages.md"
EVENING = wib(MONDAY - timedelta(days=1), 18)
AT_THE_DOOR = wib(MONDAY, 7, 45)
VOID = wib(MONDAY, 8, 16)
BATAM = {"format": Format.NAME_BIRTH_ADDRESS, "photo": True, "approval": False}
WORDS, PHOTO = "Budi Santoso#25011987#Jl. Merdeka No. 10", Photo("1001", "image/jpeg")


def documented() -> dict[str, int]:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| (\d+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert len({path for path, _ in rows}) == len(rows)
    return {path: int(count) for path, count in rows}


@dataclass
class Chat(World):
    """A world whose outbox is sent."""

    line: Line = field(default_factory=Line)
    log: FakeSentLog = field(default_factory=FakeSentLog)

    def deliver(self) -> None:
        """Send everything that was handed over, now."""
        sending = Sending(
            wording=Texts(self.office),
            channel=self.line,
            sent=self.log,
            bookings=self.store,
            key=self.key,
            clock=self.clock,
        )
        for outgoing in self.outbox.answers.values():
            sending.send(outgoing)

    @property
    def budi_s_messages(self) -> int:
        """Return how many messages reached Budi's phone."""
        return sum(to == BUDI for to, _, _ in self.line.taken)


def come(chat: Chat) -> None:
    (booked,) = [b for b in chat.store.bookings.values() if b.sender == BUDI and b.seat]
    chat.at(AT_THE_DOOR)
    chat.scan(booked.code)
    chat.sweep(VOID)


# The paths


def registers_and_comes(chat: Chat) -> None:
    chat.book()
    come(chat)


def registers_where_nobody_approves(chat: Chat) -> None:
    chat.register()
    come(chat)


def registers_with_a_photo(chat: Chat) -> None:
    chat.say(WORDS, photo=PHOTO)


def sends_the_photo_afterwards(chat: Chat) -> None:
    chat.say(WORDS)
    chat.say(photo=PHOTO)


def loses_the_photo(chat: Chat) -> None:
    registers_with_a_photo(chat)
    (wanted,) = chat.outbox.photos
    PhotoKeeping(bookings=chat.store, source=Source([NoPhoto("gone")]), store=Shelf(), outbox=chat.outbox).keep(wanted)


def never_approves(chat: Chat) -> None:
    chat.register()
    chat.sweep(VOID)


def approves_too_late(chat: Chat) -> None:
    chat.approve(chat.register(), at=NOW + timedelta(hours=2))


def corrects_and_approves(chat: Chat) -> None:
    chat.register(day=TUESDAY)
    chat.approve(chat.register())


def is_impatient(chat: Chat) -> None:
    chat.register()
    chat.approve(chat.register())


def is_delivered_again(chat: Chat) -> None:
    registered = chat.send(registration("Budi Santoso"))
    approved = chat.send(str(chat.answer_to(registered).fields["approval_code"]))
    for again in (registered, approved, registered):
        chat.reception.receive(again)
    chat.settle()


def takes_the_day_that_is_offered(chat: Chat) -> None:
    chat.fill()
    full = chat.register()
    chat.approve(chat.say(button=str(full.fields["register_again"])))


def approves_too_late_for_a_seat(chat: Chat) -> None:
    echo = chat.register()
    chat.fill()
    chat.approve(echo)


def is_refused(chat: Chat) -> None:
    chat.register(day=MONDAY - timedelta(days=7))


def is_led(chat: Chat) -> None:
    for said in ("daftar", "Budi Santoso", "25011987"):
        chat.say(said)
    chat.approve(chat.say("23112026"))


def asks_what_stands(chat: Chat) -> None:
    chat.book()
    chat.say("#status")


def cancels_before_approving(chat: Chat) -> None:
    chat.register()
    chat.say("#batal")


def cancels(chat: Chat) -> None:
    chat.book()
    chat.say("#batal")


def moves(chat: Chat) -> None:
    chat.book()
    chat.say("#ubah#24112026")


def moves_by_the_list(chat: Chat) -> None:
    chat.book()
    days = chat.say("#ubah")
    chat.say(button=days.fields["row_id"][0])


def is_reminded_and_comes(chat: Chat) -> None:
    chat.book()
    chat.remind(EVENING)
    chat.deliver()
    come(chat)


def cancels_when_reminded(chat: Chat) -> None:
    booked = chat.book()
    chat.remind(EVENING)
    chat.deliver()
    chat.say(button=f"#batal {booked.code}")


def is_reminded_by_a_retry(chat: Chat) -> None:
    chat.book()
    chat.remind(EVENING)
    chat.store.reminded.clear()
    assert chat.remind(EVENING + A_SECOND) == 1


def cancels_before_the_reminder_is_sent(chat: Chat) -> None:
    chat.book()
    chat.remind(EVENING)
    chat.say("#batal")


def does_not_come(chat: Chat) -> None:
    chat.book()
    chat.sweep(VOID)
    chat.sweep(VOID + timedelta(minutes=1))


def comes_without_a_network(chat: Chat) -> None:
    booked = chat.book()
    chat.sweep(VOID)
    chat.clock.moment = AT_THE_DOOR
    chat.scan(booked.code)
    chat.at(VOID)


def loses_the_day(chat: Chat) -> None:
    chat.book()
    chat.closes(MONDAY)
    chat.call_off()
    chat.call_off()


def books_again_after_losing_the_day(chat: Chat) -> None:
    booked: Booking = chat.book()
    chat.closes(MONDAY)
    chat.call_off()
    notice = chat.outbox.answers[f"closed:{booked.code}:{MONDAY}"].answer
    chat.approve(chat.say(button=str(notice.fields["register_again"])))


def sends_a_sticker(chat: Chat) -> None:
    chat.say()


def likes_the_ticket(chat: Chat) -> None:
    chat.book()
    chat.reception.receive(replace(message(at=chat.clock.moment), type="reaction"))


def writes_too_much(chat: Chat) -> None:
    for _ in range(10):
        chat.send("halo")


def reads_about(text: str) -> Callable[[Chat], None]:
    def play(chat: Chat) -> None:
        chat.say(text)

    return play


PATHS: dict[str, tuple[Callable[[Chat], None], dict[str, Any]]] = {
    "register and approve, come": (registers_and_comes, {}),
    "register where nobody approves, come": (registers_where_nobody_approves, {"approval": False}),
    "register with a photo where the office gives the day": (registers_with_a_photo, BATAM),
    "register, and send the photo after it": (sends_the_photo_afterwards, BATAM),
    "register with a photo that WhatsApp loses": (loses_the_photo, BATAM),
    "register, and never approve": (never_approves, {}),
    "approve too late": (approves_too_late, {}),
    "register, correct it, approve": (corrects_and_approves, {}),
    "register twice out of impatience, approve": (is_impatient, {}),
    "register and approve, both delivered again": (is_delivered_again, {}),
    "register for a full day, take the day that is offered, approve": (takes_the_day_that_is_offered, {}),
    "approve when the day has become full": (approves_too_late_for_a_seat, {}),
    "write a registration that a rule refuses": (is_refused, {}),
    "be led by questions, approve": (is_led, {}),
    "ask for help": (reads_about("#bantuan"), {}),
    "ask for the seats of the coming days": (reads_about("#kuota"), {}),
    "book, ask what stands": (asks_what_stands, {}),
    "register, cancel": (cancels_before_approving, {}),
    "book, cancel": (cancels, {}),
    "book, move to another day": (moves, {}),
    "book, ask for the days to move to, tap one": (moves_by_the_list, {}),
    "book, be reminded, come": (is_reminded_and_comes, {}),
    "book, be reminded, cancel with its button": (cancels_when_reminded, {}),
    "book, be reminded, be reminded again by a retry": (is_reminded_by_a_retry, {}),
    "book, cancel while the reminder is on its way": (cancels_before_the_reminder_is_sent, {}),
    "book, do not come": (does_not_come, {}),
    "book, come while the phone at the door has no network": (comes_without_a_network, {}),
    "book, and the office closes the day": (loses_the_day, {}),
    "book, the office closes the day, register again with a tap, approve": (books_again_after_losing_the_day, {}),
    "tell of a lost passport": (reads_about("Paspor saya hilang"), {}),
    "send a sticker": (sends_a_sticker, {}),
    "put a heart below the ticket": (likes_the_ticket, {}),
    "write more than the office reads": (writes_too_much, {"messages_per_window": 3}),
}


def test_the_table_lists_the_paths_that_are_played() -> None:
    assert documented().keys() == PATHS.keys()


@pytest.mark.parametrize("path", PATHS)
def test_a_path_costs_as_many_messages_as_the_table_says(path: str) -> None:
    play, changes = PATHS[path]
    chat = Chat(office(reminder_at=time(18), **changes), FakeClock(NOW))
    play(chat)
    chat.deliver()
    assert chat.budi_s_messages == documented()[path]


def test_a_booking_costs_two_messages() -> None:
    assert documented()["register and approve, come"] == 2
