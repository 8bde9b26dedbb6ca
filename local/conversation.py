"""Plays one real conversation through the deployed stack, and shows it."""

import random
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from time import monotonic, sleep
from typing import Any

from antrian.domain.office import Office
from antrian.domain.request import typed_date
from local.errors import LocalSystemError
from local.whatsapp import Simulator

ANSWER_SECONDS = 45
WIDTH = 64
# A picture of one pixel.
PHOTO = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="


def play(simulator: Simulator, office: Office, say: Callable[[str], None]) -> str:
    """Register, approve and get a number as an applicant would, and return the booking code.

    Where nobody can register now, the clock is moved, and stays moved.

    Raises LocalSystemError when an answer does not come or is not the expected one.
    """
    # A new number and a new person each time, because each may have only one booking.
    phone = f"62811{random.randrange(10**8):08d}"  # noqa: S311 - made up, protects nothing
    birth_date = date(1987, 1, 25) - timedelta(days=random.randrange(10_000))  # noqa: S311 - made up as well
    asked_at = datetime.fromisoformat(simulator.clock()["now"])
    now = next_registration(office, asked_at)
    if now != asked_at:
        simulator.move_clock(now.isoformat())
        say(f"Nobody can register there now, so the simulated clock shows {office.local(now):%A %Y-%m-%d, %H:%M}.")
        say("On the chat page, Jam nyata puts it back.\n")
    seen = 0

    def write(text: str, **more: object) -> dict[str, Any]:
        nonlocal seen
        say(_right(f"[foto e-KTP]\n{text}" if more else text))
        simulator.write(office=office.id, text=text, **{"from": phone}, **more)
        answers = _wait_for_answer(simulator, phone, seen)
        seen = len(answers)
        say(_left(_text(answers[-1])))
        return answers[-1]

    if office.registration.gives_the_day:
        photo = {"photo": {"base64": PHOTO, "mime_type": "image/png"}} if office.registration.photo else {}
        return _booking_code(write(f"Budi Santoso#{typed_date(birth_date)}#Jl. Merdeka No. 10", **photo))
    day = office.bookable_days(now)[0]
    answer = write(f"#Budi Santoso#{typed_date(birth_date)}#{typed_date(day)}")
    # The first day may be full, after many runs or after the clock was moved: then the answer offers another day.
    if another := re.search(r"^#Budi Santoso#.*$", _text(answer), re.MULTILINE):
        answer = write(another[0])
    code = re.search(r"Kode persetujuan: \*(\d{8})\*", _text(answer))
    if code is None:
        raise LocalSystemError("the office's answer has no approval code; it is shown above")
    return _booking_code(write(code[1]))


def next_registration(office: Office, now: datetime) -> datetime:
    """Return now where the office takes registrations and has a day for them, otherwise when it does so next.

    Raises LocalSystemError when that is not within a year.
    """
    for moment in _openings(office, now):
        if office.accepts_registrations(moment) and office.bookable_days(moment):
            return moment
    raise LocalSystemError(f"{office.name} serves on no day of the coming year")


def _openings(office: Office, now: datetime) -> Iterator[datetime]:
    yield now
    for ahead in range(366):
        day = office.local(now).date() + timedelta(days=ahead)
        opening = datetime.combine(day, office.registration.opens or time.min, office.zone)
        if opening > now:
            yield opening


def _booking_code(ticket: dict[str, Any]) -> str:
    booking_code = re.search(r"Kode booking: \*([0-9A-Z-]+)\*", _text(ticket))
    if booking_code is None:
        raise LocalSystemError("the last answer has no booking code; it is shown above")
    return booking_code[1]


def _wait_for_answer(simulator: Simulator, phone: str, seen: int) -> list[dict[str, Any]]:
    deadline = monotonic() + ANSWER_SECONDS
    while monotonic() < deadline:
        answers = simulator.messages(phone)
        if len(answers) > seen:
            return answers
        sleep(0.2)
    raise LocalSystemError(
        f"no answer came within {ANSWER_SECONDS} s; .local/aws.log and the functions' logs may tell why"
    )


def _text(message: dict[str, Any]) -> str:
    match message["type"]:
        case "image":
            return f"[gambar QR]\n{message['image']['caption']}"
        case "interactive":
            interactive = message["interactive"]
            titles = [button["reply"]["title"] for button in interactive["action"].get("buttons", [])]
            return str(interactive["body"]["text"]) + "\n" + " ".join(f"[{title}]" for title in titles)
        case "text":
            return str(message["text"]["body"])
    return f"[{message['type']}]"


def _left(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines()) + "\n"


def _right(text: str) -> str:
    return "\n".join(f"{line:>{WIDTH}}" for line in text.splitlines()) + "\n"
