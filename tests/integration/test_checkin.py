"""POST /checkins: each outcome as an officer's phone gets it."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.domain import codes
from antrian.domain.booking import Booking, Lapse, Move, State
from antrian.domain.door import CheckIn
from antrian.domain.ports import Cancel, Confirm, LetLapse
from antrian.domain.seats import Slot, seat
from checkin import handler as checkin
from tests.builders import KEY, MONDAY, NOW, SITI, TUESDAY, booking, office, wib
from tests.integration.stack import Context, Logs, Stack

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

HOUR = wib(MONDAY, 8)
NONCE = "nonce-0001"


def code_of(number: int) -> str:
    return codes.booking_code(KEY, "CTH", f"wamid.door{number}")


@pytest.fixture
def pending(bookings: TableBookings) -> Booking:
    new = booking(code=code_of(1), name="Budi Santoso")
    bookings.register(new, ())
    return new


@pytest.fixture
def confirmed(pending: Booking, bookings: TableBookings, days: TableDays) -> Booking:
    days.open(MONDAY, [Slot.planned(plan) for plan in office().slots(MONDAY)])
    first = min(days.slots(MONDAY).items())[1]
    days.settle(MONDAY, [Confirm(pending, seat(office(), first, 1), Move(pending.sent_at))])
    found = bookings.get(pending.code)
    assert found is not None
    return found


def request(
    body: object,
    *,
    path: str = "/checkins",
    method: str = "POST",
    sub: str = "officer-1",
    groups: str | None = "[officer]",
) -> dict[str, Any]:
    claims = {"sub": sub} if groups is None else {"sub": sub, "cognito:groups": groups}
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "http": {"method": method, "path": path},
            "stage": "$default",
            "authorizer": {"jwt": {"claims": claims, "scopes": None}},
        },
        "body": body if isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def call(body: object, **changes: Any) -> tuple[int, dict[str, Any]]:
    response = checkin.handler(request(body, **changes), Context())
    return response["statusCode"], json.loads(response["body"])


def scan(code: str, nonce: str = NONCE, **changes: Any) -> dict[str, Any]:
    status, content = call({"code": code, "nonce": nonce}, **changes)
    assert status == 200
    return content


@pytest.mark.parametrize("groups", [None, "", "[]", "[visitor]", "[officers]"])
def test_an_account_in_no_group_of_the_staff_lets_nobody_in(
    groups: str | None, stack: Stack, confirmed: Booking, bookings: TableBookings
) -> None:
    stack.at(HOUR)
    status, content = call({"code": confirmed.code, "nonce": NONCE}, groups=groups)
    assert (status, content["code"]) == (403, "not_staff")
    assert bookings.get(confirmed.code) == confirmed


@pytest.mark.parametrize("groups", ["[supervisor]", "[officer supervisor]", "officer", '["officer"]'])
def test_officers_and_supervisors_let_people_in_however_the_token_lists_them(
    groups: str, stack: Stack, confirmed: Booking
) -> None:
    stack.at(HOUR)
    assert scan(confirmed.code, groups=groups)["outcome"] == "OK"


SEAT = {
    "code": codes.shown(code_of(1)),
    "name": "BUDI S.",
    "service_date": "2026-11-23",
    "queue_number": 1,
    "starts_at": "2026-11-23T08:00:00+07:00",
    "opens_at": "2026-11-23T07:30:00+07:00",
    "void_after": "2026-11-23T08:15:00+07:00",
}


def test_who_comes_in_time_is_let_in(stack: Stack, confirmed: Booking, bookings: TableBookings) -> None:
    stack.at(HOUR - timedelta(minutes=10))
    assert scan(confirmed.code) == {"outcome": "OK", **SEAT, "checked_in_at": "2026-11-23T07:50:00+07:00"}
    found = bookings.get(confirmed.code)
    assert found is not None
    assert found.state is State.CHECKED_IN


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        (HOUR - timedelta(minutes=31), "EARLY"),
        (HOUR + timedelta(minutes=15), "LATE_GRACE"),
        (HOUR + timedelta(minutes=16), "EXPIRED"),
        (NOW, "WRONG_DAY"),
    ],
)
def test_outside_the_window_nothing_is_consumed_and_the_hours_are_shown(
    moment: datetime, outcome: str, stack: Stack, confirmed: Booking, bookings: TableBookings
) -> None:
    stack.at(moment)
    assert scan(confirmed.code) == {"outcome": outcome, **SEAT}
    assert bookings.get(confirmed.code) == confirmed


def test_the_same_scan_again_is_the_same_answer_and_another_one_is_told_when(stack: Stack, confirmed: Booking) -> None:
    stack.at(HOUR)
    first = scan(confirmed.code)
    stack.at(HOUR + timedelta(hours=2))
    assert scan(confirmed.code) == first
    used = scan(codes.shown(confirmed.code).lower(), "nonce-0002", sub="officer-2")
    assert used == {"outcome": "USED", **SEAT, "checked_in_at": "2026-11-23T08:00:00+07:00"}


def test_who_let_somebody_in_is_recorded(stack: Stack, confirmed: Booking, bookings: TableBookings) -> None:
    stack.at(HOUR)
    scan(confirmed.code, sub="officer-7")
    again = CheckIn("nonce-0002", "officer-8", HOUR)
    with pytest.raises(Exception, match="not let in") as refused:
        bookings.check_in(confirmed.code, again)
    assert getattr(refused.value, "check_in", None) == CheckIn(NONCE, "officer-7", HOUR)


def test_a_cancelled_code_is_told_with_the_time(stack: Stack, confirmed: Booking, days: TableDays) -> None:
    days.settle(MONDAY, [Cancel(confirmed, Move(NOW + timedelta(minutes=4)))])
    stack.at(HOUR)
    assert scan(confirmed.code) == {"outcome": "CANCELLED", **SEAT, "cancelled_at": "2026-11-21T10:04:00+07:00"}


def test_a_code_that_was_not_approved_has_no_seat_to_show(stack: Stack, pending: Booking) -> None:
    stack.at(HOUR)
    assert scan(pending.code) == {
        "outcome": "UNCONFIRMED",
        "code": codes.shown(pending.code),
        "name": "BUDI S.",
        "service_date": "2026-11-23",
    }


def test_a_code_that_lapsed_is_unconfirmed(stack: Stack, pending: Booking, days: TableDays) -> None:
    days.settle(MONDAY, [LetLapse(pending, Lapse.DAY_FULL, Move(NOW))])
    assert scan(pending.code)["outcome"] == "UNCONFIRMED"


def test_a_code_that_was_swept_is_expired(stack: Stack, confirmed: Booking, bookings: TableBookings) -> None:
    bookings.expire(confirmed, wib(TUESDAY, 8))
    assert scan(confirmed.code)["outcome"] == "EXPIRED"


def test_another_office_s_code_names_that_office(stack: Stack) -> None:
    content = scan(codes.booking_code(KEY, "BGR", "wamid.1"))
    assert content == {"outcome": "WRONG_OFFICE", "office": "Kantor Imigrasi Bogor"}


def test_a_code_that_nobody_has_is_unknown_and_does_not_stop_the_scanner(stack: Stack, confirmed: Booking) -> None:
    stack.at(HOUR)
    outcomes = [
        scan(code, nonce)["outcome"]
        for code, nonce in [
            (code_of(9), "nonce-0001"),
            ("garbage", "nonce-0002"),
            (confirmed.code, "nonce-0003"),
            (code_of(9), "nonce-0004"),
            (confirmed.code, "nonce-0003"),
        ]
    ]
    assert outcomes == ["UNKNOWN", "UNKNOWN", "OK", "UNKNOWN", "OK"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "body_not_object"),
        ("{", "body_not_json"),
        ([], "body_not_object"),
        ({"nonce": NONCE}, "code_missing"),
        ({"code": "", "nonce": NONCE}, "code_missing"),
        ({"code": 7, "nonce": NONCE}, "code_missing"),
        ({"code": "x" * 4097, "nonce": NONCE}, "code_missing"),
        ({"code": "x"}, "nonce_missing"),
        ({"code": "x", "nonce": "short"}, "nonce_missing"),
        ({"code": "x", "nonce": "n" * 65}, "nonce_missing"),
        ({"code": "x", "nonce": "with a space"}, "nonce_missing"),
    ],
)
def test_a_request_that_cannot_be_read_is_told_why(body: object, code: str, stack: Stack) -> None:
    status, content = call(body)
    assert (status, content["code"]) == (400, code)
    assert content["detail"]


def test_another_path_is_not_found(stack: Stack) -> None:
    assert call({}, path="/bookings")[0] == 404


def test_a_qr_code_of_something_else_is_unknown_however_long_it_is(stack: Stack, confirmed: Booking) -> None:
    assert scan("00020101021126610014COM.GO-JEK.WWW01189360091434506469550210G4506469550303UMI")["outcome"] == "UNKNOWN"
    assert scan("x" * 4096)["outcome"] == "UNKNOWN"


def test_no_log_line_tells_who_came(
    stack: Stack, confirmed: Booking, bookings: TableBookings, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    bookings.register(booking(SITI, code=code_of(2), name="Siti Aminah", birth_date=date(1991, 2, 3)), ())
    stack.at(HOUR)
    for text in (confirmed.code, confirmed.code, code_of(2), "628110000001", "Budi Santoso"):
        scan(text, f"nonce-{len(text):04}")
    call({"code": "628110000001" * 400, "nonce": NONCE})
    captured = capsys.readouterr()
    written = logs.text + captured.out + captured.err
    assert logs.messages() == ["OK", "OK", "UNCONFIRMED", "UNKNOWN", "UNKNOWN", "code_missing"]
    for secret in ("Budi", "BUDI", "Siti", "SITI", "1987", "1991", "6281", "wamid", confirmed.approval_code):
        assert secret not in written, secret
