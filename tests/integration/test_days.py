"""GET /days/{date} and its search: who is expected, without telling more than the door needs."""

import hashlib
import json
from datetime import timedelta

import pytest

from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.domain import codes
from antrian.domain.booking import Booking, Move
from antrian.domain.changes import Confirm
from antrian.domain.claims import ClaimKey
from antrian.domain.message import Sender
from antrian.domain.receipt import Ticket
from antrian.domain.seats import seat
from checkin import handler as checkin
from tests.builders import MONDAY, booking, office, wib
from tests.integration.door import NONCE, SUPERVISOR, answer, call, code_of, request, scan
from tests.integration.stack import Context, Stack

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

PATH = "/days/2026-11-23"
HOUR = wib(MONDAY, 8)
HIDDEN = Sender(user_id="ID.1")


@pytest.fixture
def two(confirmed_booking: Booking, bookings: TableBookings, days: TableDays) -> list[Booking]:
    """Provide Budi Santoso with number 1, and Siti Aminah, whose phone number is hidden, with number 2."""
    second = booking(HIDDEN, code=code_of(2), name="Siti Aminah", claims=(ClaimKey("USER#ID.1"),))
    bookings.register(second, ())
    first_slot = min(days.slots(MONDAY).items())[1]
    days.settle([Confirm(second, seat(office(), first_slot, 2), Move(second.sent_at))])
    return [confirmed_booking, second]


def listed(number: int, name: str, state: str = "CONFIRMED") -> dict[str, object]:
    return {
        "hash": hashlib.sha256(code_of(number).encode()).hexdigest(),
        "name": name,
        "queue_number": number,
        "starts_at": "2026-11-23T08:00:00+07:00",
        "opens_at": "2026-11-23T07:30:00+07:00",
        "void_after": "2026-11-23T08:15:00+07:00",
        "state": state,
    }


def test_the_list_of_a_day_has_everybody_with_a_seat_masked_and_without_codes(stack: Stack, two: list[Booking]) -> None:
    stack.at(HOUR)
    status, content = call("GET", PATH)
    assert (status, content) == (
        200,
        {
            "office": "Kantor Imigrasi Contoh",
            "date": "2026-11-23",
            "now": "2026-11-23T08:00:00+07:00",
            "bookings": [listed(1, "BUDI S."), listed(2, "SITI A.")],
        },
    )
    for secret in (*(held.code for held in two), "Santoso", "1987", "62811"):
        assert secret not in json.dumps(content)


def test_who_was_let_in_is_listed_with_the_time(stack: Stack, two: list[Booking]) -> None:
    stack.at(HOUR - timedelta(minutes=5))
    scan(two[0].code)
    _, content = call("GET", PATH)
    checked_in = {**listed(1, "BUDI S.", "CHECKED_IN"), "checked_in_at": "2026-11-23T07:55:00+07:00"}
    assert content["bookings"] == [checked_in, listed(2, "SITI A.")]


def test_a_phone_that_has_the_list_gets_the_time_only(stack: Stack, two: list[Booking]) -> None:
    first = answer("GET", PATH)
    tag = first["headers"]["ETag"]
    stack.at(HOUR)
    again = answer("GET", PATH, headers={"if-none-match": tag})
    assert (again["statusCode"], again["body"]) == (304, "")
    assert again["headers"]["Antrian-Now"] == "2026-11-23T08:00:00+07:00"
    scan(two[0].code)
    assert answer("GET", PATH, headers={"if-none-match": tag})["statusCode"] == 200


def test_an_answer_without_a_body_has_none_also_where_it_could_be_compressed(stack: Stack, two: list[Booking]) -> None:
    asked = {"if-none-match": answer("GET", PATH)["headers"]["ETag"], "accept-encoding": "gzip"}
    raw = checkin.handler(request("GET", PATH, headers=asked), Context())
    assert (raw["statusCode"], raw["body"], raw["isBase64Encoded"]) == (304, "", False)


def test_no_browser_keeps_who_is_expected(stack: Stack, two: list[Booking]) -> None:
    tag = answer("GET", PATH)["headers"]["ETag"]
    search = answer("GET", f"{PATH}/search", groups=SUPERVISOR, query={"phone": "0001"})
    for told in (answer("GET", PATH), answer("GET", PATH, headers={"if-none-match": tag}), search):
        assert told["headers"]["Cache-Control"] == "no-store"


def test_the_list_is_compressed_for_who_takes_it_so(stack: Stack, two: list[Booking]) -> None:
    plain, packed = answer("GET", PATH), answer("GET", PATH, headers={"accept-encoding": "gzip, br"})
    assert packed["headers"]["Content-Encoding"] == "gzip"
    assert packed["body"] == plain["body"]


def test_a_day_that_nobody_booked_is_empty_and_not_opened_by_looking(stack: Stack, days: TableDays) -> None:
    assert call("GET", PATH)[1]["bookings"] == []
    assert days.slots(MONDAY) == {}


@pytest.mark.parametrize("date", ["today", "2026-13-01", "2026-02-30", "20261123", "2026-11-23T00:00", "२०२६-११-२३"])
def test_what_is_no_date_is_told_so(date: str, stack: Stack) -> None:
    for path in (f"/days/{date}", f"/days/{date}/search"):
        status, content = call("GET", path, groups=SUPERVISOR, query={"phone": "0001"})
        assert (status, content["code"]) == (400, "date_invalid")


# Search


def test_a_supervisor_finds_a_booking_by_a_part_of_its_code(stack: Stack, two: list[Booking]) -> None:
    part = codes.shown(two[1].code)[4:8].lower()
    status, content = call("GET", f"{PATH}/search", groups=SUPERVISOR, query={"code": part})
    entry = listed(2, "SITI A.")
    del entry["hash"]
    assert (status, content) == (200, {"bookings": [{"code": codes.shown(two[1].code), **entry}]})


def test_a_supervisor_finds_a_booking_by_the_last_digits_and_sees_by_which_scan_it_was_let_in(
    stack: Stack, two: list[Booking]
) -> None:
    stack.at(HOUR)
    scan(two[0].code)
    _, content = call("GET", f"{PATH}/search", groups=SUPERVISOR, query={"phone": "000001"})
    [found] = content["bookings"]
    assert (found["code"], found["phone"], found["nonce"]) == (codes.shown(two[0].code), "•••0001", NONCE)
    assert (found["state"], found["checked_in_at"]) == ("CHECKED_IN", "2026-11-23T08:00:00+07:00")


def test_an_officer_does_not_search(stack: Stack, two: list[Booking]) -> None:
    status, content = call("GET", f"{PATH}/search", query={"phone": "0001"})
    assert (status, content["code"]) == (403, "supervisor_only")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"phone": "0001", "code": "7K3M"},
        {"phone": "001"},
        {"phone": "abcd"},
        {"phone": "²²²²"},
        {"phone": "0" * 16},
        {"code": "7K3"},
        {"code": "7-K 3"},
        {"code": "7K3M" * 6},
        {"code": "7K3%"},
    ],
)
def test_a_search_that_says_too_little_is_told_what_is_needed(query: dict[str, str], stack: Stack) -> None:
    status, content = call("GET", f"{PATH}/search", groups=SUPERVISOR, query=query)
    assert (status, content["code"]) == (400, "search_invalid")


def test_whose_ticket_did_not_arrive_is_told_in_the_list_and_in_the_search(
    stack: Stack, two: list[Booking], bookings: TableBookings
) -> None:
    stack.at(HOUR)
    tag = answer("GET", PATH)["headers"]["ETag"]
    bookings.note_ticket(Ticket(two[1].code, MONDAY), arrived=False)
    _, content = call("GET", PATH)
    assert content["bookings"] == [listed(1, "BUDI S."), {**listed(2, "SITI A."), "ticket_undelivered": True}]
    _, found = call("GET", f"{PATH}/search", groups=SUPERVISOR, query={"code": codes.shown(two[1].code)})
    assert [booking["ticket_undelivered"] for booking in found["bookings"]] == [True]
    assert answer("GET", PATH, headers={"if-none-match": tag})["statusCode"] == 200
    bookings.note_ticket(Ticket(two[1].code, MONDAY), arrived=True)
    _, content = call("GET", PATH)
    assert content["bookings"] == [listed(1, "BUDI S."), listed(2, "SITI A.")]
