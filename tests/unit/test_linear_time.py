"""No text keeps a reader busy: whatever it repeats, twice the length costs about twice the time.

Each reader of what strangers write is timed on pumped texts, which repeat one thing without end. CPU time is measured,
the least of several runs, so that a busy machine does not matter.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import product
from math import inf
from time import process_time
from typing import TypeVar

import pytest

from antrian.adapters.whatsapp import inbound
from antrian.adapters.whatsapp.errors import GraphError
from antrian.domain import codes, qr
from antrian.domain.cases import cases_in
from antrian.domain.dialogue import Dialogue, answered
from antrian.domain.office import Format
from antrian.domain.plain_text import plain_text
from antrian.domain.request import normalised_name, read_address, read_date, read_name, read_request
from antrian.usecases.door.admission import PresentedCode
from checkin import requests
from checkin.problem import Problem
from tests.builders import NOW, message, office
from tests.unit.whatsapp.builders import PHONE, change, contact, messages, receipt
from tests.unit.whatsapp.builders import body as body_of
from tests.unit.whatsapp.builders import message as item

Read = TypeVar("Read")

SHORT, LENGTHS = 256, (1024, 4096)
# A character of a long text may cost so many times what one of a short text costs. Where the cost is the square of the
# length, it is 16 times.
MOST_GROWTH = 5
NOTICED = 0.002  # seconds of CPU; less stalls nobody
TRIES = 4

BEGINNINGS = ("", "#", "daftar 1", "#ubah 1", "batal", "setuju", "#Budi#1", "1 jan", "nama:", "ganti", "selamat")
BLANKS = (" ", "\n", "1 ")
COMMON = (*BLANKS, "1", "a", "#", ", ")
UNITS = (
    *(*COMMON, "\t", " \n", "\u00a0", "\u200b", "1\n", "a1", "# ", "#\n", ".", "- ", "'", "*", "-AAAAAAAA.", "[", "{"),
    *("\u0301\u0316", "\uff9e\u0301", "a\u0301", "\ufdfa", "\U0001f600", "\ud55c", "daftar ", "batal ", "ya ", "1 ya "),
    *("1-1-1987 ", "nama:", "nama:\n", "ganti ", "sakit ", "pagi ", "BGR-", "00002681 "),
)
SHAPES = [
    *product(("", "daftar 1"), UNITS, ("",)),
    *product(BEGINNINGS, COMMON, ("",)),
    *product(BEGINNINGS, BLANKS, ("2",)),
]


def pumped(beginning: str, unit: str, middle: str, length: int) -> str:
    """Return a text in which a unit repeats, before and behind the middle; its end spoils what was read so far."""
    stretch = (unit * length)[: (length - len(beginning) - len(middle) - 1) // (2 if middle else 1)]
    return f"{beginning}{stretch}{middle}{stretch if middle else ''}x"


def answer(so_far: Dialogue) -> Callable[[str], object]:
    asked = office()
    return lambda text: answered(so_far, message(text), asked)


def service_date(text: str) -> None:
    with suppress(Problem):
        requests.day(text)


def received(place: str) -> Callable[[str], object]:
    """Return what reads a webhook body with a text in one of the places where strangers' texts stand."""
    button = {"type": "button_reply", "button_reply": {"id": "x"}}
    places: Mapping[str, Callable[[str], dict[str, object]]] = {
        "body": lambda text: {"messages": [item(text={"body": text})]},
        "caption": lambda text: {"messages": [item(kind="image", image={"id": "1", "caption": text})]},
        "button": lambda text: {
            "messages": [item(kind="interactive", interactive={**button, "button_reply": {"id": text}})]
        },
        "mime type": lambda text: {"messages": [item(kind="image", image={"id": "1", "mime_type": text})]},
        "ids": lambda text: {
            "messages": [{**item(kind="image", image={"id": text}), "id": text, "from": text, "from_user_id": text}]
        },
        "words": lambda text: {
            "messages": [{**item(), "type": text, "timestamp": text}],
            "statuses": [receipt(status=text, biz_opaque_callback_data=text)],
        },
    }
    return lambda text: inbound.read(body_of(change(**places[place](text))))


READERS: Mapping[str, Callable[[str], object]] = {
    "plain text": plain_text,
    "a request": read_request,
    "a request with an address": lambda text: read_request(text, Format.NAME_BIRTH_ADDRESS),
    "a name": read_name,
    "a date": read_date,
    "an address": read_address,
    "a name's spelling": normalised_name,
    "cases": cases_in,
    "the answer with a name": answer(Dialogue("m", NOW)),
    "the answer with a birth date": answer(Dialogue("m", NOW, name="Budi")),
    "the answer with a day": answer(Dialogue("m", NOW, name="Budi", birth_date=date(1987, 1, 25))),
    "a booking code": lambda text: (codes.read_booking_code(text), codes.is_mistyped(text), PresentedCode(text).digest),
    "a QR code": qr.read,
    "a day at the door": service_date,
    "names at the door": lambda text: (requests.NAME.fullmatch(text), requests.CODE_PART.fullmatch(text)),
    "an error of Meta's": lambda text: GraphError(None, None, text).detail,
    **{f"a message's {place}": received(place) for place in ("body", "caption", "button", "mime type", "ids", "words")},
}


# Bodies with many items, of which each one could be compared with all others.
BODIES: Mapping[str, Callable[[int], object]] = {
    "messages": lambda count: messages(*(item(n) for n in range(count))),
    "one message again and again": lambda count: messages(*[item()] * count),
    "one person's contacts": lambda count: messages(item(), contacts=[contact(PHONE, f"ID.{n}") for n in range(count)]),
    "everybody's contacts": lambda count: messages(
        *(item(n, **{"from": str(n)}) for n in range(count)),
        contacts=[contact(str(n), f"ID.{n}") for n in range(count)],
    ),
    "receipts": lambda count: body_of(change(statuses=[receipt(n) for n in range(count)])),
    "errors": lambda count: body_of(change(statuses=[receipt(errors=[{"code": n} for n in range(count)])])),
    "nonsense": lambda count: body_of(change(messages=[1] * count, contacts=[[]] * count, errors=[{}] * count)),
}


def seconds(read: Callable[[Read], object], given: Read) -> float:
    began = process_time()
    read(given)
    return process_time() - began


def grows_too_fast(read: Callable[[Read], object], make: Callable[[int], Read]) -> bool:
    """Tell whether what is long costs far more for each character or item than what is short, each time one looks."""
    for length in LENGTHS:
        short = long = inf
        for _ in range(TRIES):
            short = min(short, seconds(read, make(SHORT)))
            long = min(long, seconds(read, make(length)))
            if long <= max(NOTICED, MOST_GROWTH * short * length / SHORT):
                break
        else:
            return True
    return False


@pytest.mark.parametrize("reader", READERS)
def test_a_text_costs_no_more_than_its_length(reader: str) -> None:
    assert not [shape for shape in SHAPES if grows_too_fast(READERS[reader], partial(pumped, *shape))]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_costs_no_more_than_its_items(body: str) -> None:
    assert not grows_too_fast(inbound.read, BODIES[body])


def test_the_square_of_the_length_is_found() -> None:
    def read_to_the_end_from_each_character(text: str) -> None:
        for start in range(len(text)):
            text.count("y", start)

    blanks = partial(pumped, "", " ", "")
    assert grows_too_fast(read_to_the_end_from_each_character, blanks)
    assert grows_too_fast(re.compile(r"\s*-").search, blanks)
    assert not grows_too_fast(str.split, blanks)
