"""#ubah on the deployed stack: from the list of days to the door."""

import hashlib
import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import zxingcpp
from PIL import Image

from antrian.domain import codes, qr
from tests.e2e.conftest import Applicant, Stack, approval_code, booking_code, queue_number, request, text_of

Move = Callable[[datetime], None]


def rows_of(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the rows of a list by their ids."""
    assert answer["interactive"]["type"] == "list", answer
    return {row["id"]: row for row in answer["interactive"]["action"]["sections"][0]["rows"]}


def qr_of(stack: Stack, ticket: dict[str, Any]) -> str:
    """Return what the QR code of a ticket says."""
    image = Image.open(io.BytesIO(stack.simulator.media(ticket["image"]["id"])))
    (shown,) = zxingcpp.read_barcodes(image)
    return str(shown.text)


def show(stack: Stack, shown: str) -> dict[str, Any]:
    """Let an officer scan a QR code now, and return the decision."""
    body = json.dumps({"qr": shown, "nonce": uuid4().hex, "device": "device-at-the-gate"}).encode()
    url = f"{stack.of('bogor')['api_url']}/checkins"
    status, answer = request(url, "POST", body, Authorization=f"Bearer {stack.token()}")
    assert status == 200, answer
    decision: dict[str, Any] = json.loads(answer)
    return decision


def expected_on(stack: Stack, day: date) -> dict[str, dict[str, Any]]:
    """Return whom the door expects on a day, by the hash of the booking code."""
    url = f"{stack.of('bogor')['api_url']}/days/{day}"
    status, answer = request(url, Authorization=f"Bearer {stack.token()}")
    assert status == 200, answer
    return {booking["hash"]: booking for booking in json.loads(answer)["bookings"]}


def number_of(stack: Stack, code: str) -> int:
    return int(stack.booking(code)["number"])


def test_from_the_list_of_days_to_the_door(stack: Stack, budi: Applicant, moved_clock: Move) -> None:
    # Days on which no other test gives a seat up, or fills all of them.
    old_day, new_day = stack.bookable_days()[3:5]
    first = budi.write(approval_code(budi.register(old_day)))
    code, old_number = booking_code(first), queue_number(first)
    plain = code.replace("-", "")
    hashed = hashlib.sha256(plain.encode()).hexdigest()
    opens_at = datetime.fromisoformat(stack.booking(code)["opens_at"])
    assert expected_on(stack, old_day)[hashed]["queue_number"] == old_number

    days = budi.write("#ubah")
    assert f"{old_day:%d-%m-%Y} tetap berlaku" in text_of(days)
    rows = rows_of(days)
    assert f"#ubah#{old_day:%d%m%Y}#{plain}" not in rows
    second = budi.tap({"reply": rows[f"#ubah#{new_day:%d%m%Y}#{plain}"]})

    # One message: the ticket of the new day, with a QR code of its own. The booking code stays.
    assert (second["type"], booking_code(second)) == ("image", code)
    assert f"{new_day:%d-%m-%Y}" in text_of(second)
    assert len(budi.answers()) == 4
    old_qr, new_qr = qr_of(stack, first), qr_of(stack, second)
    signed = qr.read(new_qr)
    assert signed is not None
    assert (codes.shown(signed.code), signed.service_date) == (code, new_day)
    moved = stack.booking(code)
    assert (moved["state"], moved["service_date"]) == ("CONFIRMED", new_day.isoformat())
    assert int(moved["number"]) == queue_number(second)

    # The lists of the door follow.
    assert hashed not in expected_on(stack, old_day)
    assert expected_on(stack, new_day)[hashed]["queue_number"] == queue_number(second)

    # Nobody can have the seat that Budi left at once; when it has cooled, somebody else can.
    assert number_of(stack, Applicant(stack).book(old_day)) != old_number
    _, longest = stack.offices["bogor"].service.cooling_minutes
    moved_clock(stack.now() + timedelta(minutes=longest))
    assert number_of(stack, Applicant(stack).book(old_day)) == old_number

    # On the day that Budi left, neither ticket lets them in; on the new day the new ticket does.
    moved_clock(opens_at)
    for shown in (old_qr, new_qr):
        refused = show(stack, shown)
        assert (refused["outcome"], refused["service_date"]) == ("WRONG_DAY", new_day.isoformat())
    moved_clock(datetime.fromisoformat(moved["opens_at"]))
    let_in = show(stack, new_qr)
    assert (let_in["outcome"], let_in["queue_number"]) == ("OK", queue_number(second))
