"""Check-ins at the door and expiry, on the deployed stack with a moved clock."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.e2e.conftest import Applicant, Stack, eventually, midnight_after, request, text_of

Move = Callable[[datetime], None]
DEVICE = "device-at-the-gate"


def check_in(stack: Stack, code: str, nonce: str | None = None, role: str = "officer") -> dict[str, Any]:
    body = json.dumps({"code": code, "nonce": nonce or uuid4().hex, "device": DEVICE}).encode()
    url = f"{stack.of('bogor')['api_url']}/checkins"
    status, answer = request(url, "POST", body, Authorization=f"Bearer {stack.token(role)}")
    assert status == 200, answer
    decision: dict[str, Any] = json.loads(answer)
    return decision


def starts_at(stack: Stack, code: str) -> datetime:
    return datetime.fromisoformat(stack.booking(code)["starts_at"])


def test_the_whole_day_of_a_code_at_the_door(stack: Stack, budi: Applicant, moved_clock: Move) -> None:
    code = budi.book(stack.bookable_days()[0])
    hour = starts_at(stack, code)
    assert check_in(stack, code)["outcome"] == "WRONG_DAY"
    moved_clock(hour - timedelta(minutes=31))
    assert check_in(stack, code)["outcome"] == "EARLY"
    moved_clock(hour - timedelta(minutes=30))
    let_in = check_in(stack, code.lower(), nonce="scan-0001")
    assert (let_in["outcome"], let_in["name"]) == ("OK", f"BUDI {budi.name[5]}.")
    assert let_in["queue_number"] == int(stack.booking(code)["number"])
    again = check_in(stack, code, nonce="scan-0001")
    assert (again["outcome"], again["checked_in_at"]) == ("OK", let_in["checked_in_at"])
    other = check_in(stack, code, nonce="scan-0002")
    assert (other["outcome"], other["checked_in_at"]) == ("USED", let_in["checked_in_at"])
    assert stack.booking(code)["state"] == "CHECKED_IN"


def test_who_is_late_waits_for_a_supervisor_and_then_is_void_and_told_and_may_register_again(
    stack: Stack, budi: Applicant, moved_clock: Move
) -> None:
    day = stack.bookable_days()[0]
    code = budi.book(day)
    hour = starts_at(stack, code)
    moved_clock(hour + timedelta(minutes=1))
    assert check_in(stack, code)["outcome"] == "LATE_GRACE"
    assert stack.booking(code)["state"] == "CONFIRMED"
    moved_clock(hour + timedelta(minutes=16))
    assert check_in(stack, code)["outcome"] == "EXPIRED"
    stack.invoke("expiry")
    assert stack.booking(code)["state"] == "EXPIRED"
    notice = budi.next_answer()
    assert code in text_of(notice)
    assert "#Budi#25011987#" in text_of(notice)
    stack.invoke("expiry")
    echo = text_of(budi.register(stack.bookable_days()[0]))
    assert "Kode persetujuan" in echo
    assert len(budi.answers()) == 4


def test_the_schedule_voids_by_itself_within_two_minutes(stack: Stack, budi: Applicant, moved_clock: Move) -> None:
    code = budi.book(stack.bookable_days()[0])
    moved_clock(starts_at(stack, code) + timedelta(minutes=16))
    eventually(lambda: True if stack.booking(code)["state"] == "EXPIRED" else None, "expiry by the schedule", 130)


def test_a_code_is_good_for_its_date_only(stack: Stack, budi: Applicant, moved_clock: Move) -> None:
    day = stack.bookable_days()[0]
    code = budi.book(day)
    moved_clock(midnight_after(stack, day))
    assert check_in(stack, code)["outcome"] == "EXPIRED"


def test_codes_that_let_nobody_in_are_named_for_what_they_are(stack: Stack, budi: Applicant) -> None:
    day = stack.bookable_days()[0]
    code = budi.book(day)
    budi.write("#batal")
    cancelled = check_in(stack, code)
    assert cancelled["outcome"] == "CANCELLED"
    assert cancelled["cancelled_at"]
    jakarta = Applicant(stack, "jakarta-pusat").book(stack.bookable_days("jakarta-pusat")[0])
    elsewhere = check_in(stack, jakarta)
    assert (elsewhere["outcome"], elsewhere["office"]) == ("WRONG_OFFICE", "Kantor Imigrasi Jakarta Pusat")
    assert check_in(stack, "bukan kode")["outcome"] == "UNKNOWN"
    pending = Applicant(stack)
    echo = pending.register(day)
    unapproved = echo["interactive"]["action"]["buttons"][1]["reply"]["id"].removeprefix("#batal ")
    assert check_in(stack, unapproved)["outcome"] == "UNCONFIRMED"


def test_a_request_that_cannot_be_read_says_what_is_missing(stack: Stack) -> None:
    token = stack.token()
    url = f"{stack.of('bogor')['api_url']}/checkins"
    for body, code in ((b"{", "body_not_json"), (b"{}", "code_or_qr"), (b'{"code": "BGR"}', "nonce_invalid")):
        status, answer = request(url, "POST", body, Authorization=f"Bearer {token}")
        assert (status, json.loads(answer)["code"]) == (400, code)
