"""The door's API: each outcome as an officer's phone gets it, and undoing."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.adapters.table.door import TableDoor
from antrian.domain import codes, qr
from antrian.domain.booking import Booking, Lapse, Move, State
from antrian.domain.changes import Cancel, LetLapse
from antrian.runtime import runtime
from tests.builders import MONDAY, NOW, SITI, TUESDAY, booking, wib
from tests.integration.door import DEVICE, NONCE, SUPERVISOR, call, code_of, scan, undo
from tests.integration.stack import Logs, Stack, written_forms

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

HOUR = wib(MONDAY, 8)
SITI_BORN = date(1991, 2, 3)


@pytest.mark.parametrize("groups", [None, "", "[]", "[visitor]", "[officers]"])
def test_an_account_in_no_group_of_the_staff_lets_nobody_in(
    groups: str | None, stack: Stack, confirmed_booking: Booking, bookings: TableBookings
) -> None:
    stack.at(HOUR)
    for method, path, body in [
        ("POST", "/checkins", {"code": confirmed_booking.code, "nonce": NONCE, "device": DEVICE}),
        ("DELETE", f"/checkins/{NONCE}", {"reason": "salah", "device": DEVICE}),
        ("GET", "/days/2026-11-23", None),
        ("GET", "/days/2026-11-23/search", None),
    ]:
        status, content = call(method, path, body, groups=groups)
        assert (status, content["code"]) == (403, "not_staff"), path
    assert bookings.get(confirmed_booking.code) == confirmed_booking


@pytest.mark.parametrize("groups", ["[supervisor]", "[officer supervisor]", "officer", '["officer"]'])
def test_officers_and_supervisors_let_people_in_however_the_token_lists_them(
    groups: str, stack: Stack, confirmed_booking: Booking
) -> None:
    stack.at(HOUR)
    assert scan(confirmed_booking.code, groups=groups)["outcome"] == "OK"


SEAT = {
    "code": codes.shown(code_of(1)),
    "name": "BUDI S.",
    "service_date": "2026-11-23",
    "queue_number": 1,
    "starts_at": "2026-11-23T08:00:00+07:00",
    "opens_at": "2026-11-23T07:30:00+07:00",
    "void_after": "2026-11-23T08:15:00+07:00",
}


def test_who_comes_in_time_is_let_in(stack: Stack, confirmed_booking: Booking, bookings: TableBookings) -> None:
    stack.at(HOUR - timedelta(minutes=10))
    assert scan(confirmed_booking.code) == {"outcome": "OK", **SEAT, "checked_in_at": "2026-11-23T07:50:00+07:00"}
    found = bookings.get(confirmed_booking.code)
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
    moment: datetime, outcome: str, stack: Stack, confirmed_booking: Booking, bookings: TableBookings
) -> None:
    stack.at(moment)
    assert scan(confirmed_booking.code) == {"outcome": outcome, **SEAT}
    assert bookings.get(confirmed_booking.code) == confirmed_booking


def test_the_same_scan_again_is_the_same_answer_and_another_one_is_told_when(
    stack: Stack, confirmed_booking: Booking
) -> None:
    stack.at(HOUR)
    first = scan(confirmed_booking.code)
    stack.at(HOUR + timedelta(hours=2))
    assert scan(confirmed_booking.code) == first
    used = scan(codes.shown(confirmed_booking.code).lower(), "nonce-0002", sub="officer-2")
    assert used == {"outcome": "USED", **SEAT, "checked_in_at": "2026-11-23T08:00:00+07:00"}


def test_who_let_somebody_in_on_which_phone_is_recorded(
    stack: Stack, confirmed_booking: Booking, door: TableDoor
) -> None:
    stack.at(HOUR)
    scan(confirmed_booking.code, sub="officer-7", more={"device": "device-of-the-gate"})
    record = door.record_of(NONCE)
    assert record is not None
    assert (record.scan.officer, record.scan.device, record.scan.at) == ("officer-7", "device-of-the-gate", HOUR)


def test_a_cancelled_code_is_told_with_the_time(stack: Stack, confirmed_booking: Booking, days: TableDays) -> None:
    days.settle([Cancel(confirmed_booking, Move(NOW + timedelta(minutes=4)))])
    stack.at(HOUR)
    assert scan(confirmed_booking.code) == {"outcome": "CANCELLED", **SEAT, "cancelled_at": "2026-11-21T10:04:00+07:00"}


def test_a_code_that_was_not_approved_has_no_seat_to_show(stack: Stack, pending_booking: Booking) -> None:
    stack.at(HOUR)
    assert scan(pending_booking.code) == {
        "outcome": "UNCONFIRMED",
        "code": codes.shown(pending_booking.code),
        "name": "BUDI S.",
        "service_date": "2026-11-23",
    }


def test_a_code_that_lapsed_is_unconfirmed(stack: Stack, pending_booking: Booking, days: TableDays) -> None:
    days.settle([LetLapse(pending_booking, Lapse.DAY_FULL, Move(NOW))])
    assert scan(pending_booking.code)["outcome"] == "UNCONFIRMED"


def test_a_code_that_was_swept_is_expired(stack: Stack, confirmed_booking: Booking, bookings: TableBookings) -> None:
    bookings.expire(confirmed_booking, wib(TUESDAY, 8))
    stack.at(wib(TUESDAY, 8))
    assert scan(confirmed_booking.code)["outcome"] == "EXPIRED"


def test_another_office_s_code_names_that_office(stack: Stack) -> None:
    content = scan(code_of(1, "BGR"))
    assert content == {"outcome": "WRONG_OFFICE", "office": "Kantor Imigrasi Bogor"}


def test_a_code_that_nobody_has_is_unknown_and_does_not_stop_the_scanner(
    stack: Stack, confirmed_booking: Booking
) -> None:
    stack.at(HOUR)
    outcomes = [
        scan(code, nonce)["outcome"]
        for code, nonce in [
            (code_of(9), "nonce-0001"),
            ("garbage", "nonce-0002"),
            (confirmed_booking.code, "nonce-0003"),
            (code_of(9), "nonce-0004"),
            (confirmed_booking.code, "nonce-0003"),
        ]
    ]
    assert outcomes == ["UNKNOWN", "UNKNOWN", "OK", "UNKNOWN", "OK"]


def test_a_qr_code_of_something_else_is_unknown_however_long_it_is(stack: Stack) -> None:
    payment = "00020101021126610014COM.GO-JEK.WWW01189360091434506469550210G4506469550303UMI"
    for number, text in enumerate(["", payment, "7" * 7089]):
        body = {"qr": text, "nonce": f"nonce-000{number}", "device": DEVICE}
        assert call("POST", "/checkins", body) == (200, {"outcome": "UNKNOWN"})


def test_the_office_s_own_qr_code_lets_in_and_a_forged_one_does_not(stack: Stack, confirmed_booking: Booking) -> None:
    stack.at(HOUR)
    content = qr.unsigned(confirmed_booking.code, confirmed_booking.service_date)
    signature = runtime().signing_key.sign(content.encode())
    forged = qr.signed(content, signature[:-1] + bytes([signature[-1] ^ 1]))
    body = {"qr": forged, "nonce": "nonce-0001", "device": DEVICE}
    assert call("POST", "/checkins", body) == (200, {"outcome": "FORGED"})
    body = {"qr": qr.signed(content, signature), "nonce": "nonce-0002", "device": DEVICE}
    assert call("POST", "/checkins", body)[1]["outcome"] == "OK"


def test_a_typo_is_told_as_a_typo(stack: Stack) -> None:
    assert scan("BGR-7K3M-92QY") == {"outcome": "MISTYPED"}


# The grace


def test_a_supervisor_admits_within_the_grace_and_an_officer_may_not(
    stack: Stack, confirmed_booking: Booking, bookings: TableBookings
) -> None:
    stack.at(HOUR + timedelta(minutes=10))
    body = {"code": confirmed_booking.code, "nonce": NONCE, "device": DEVICE, "grace": True}
    status, content = call("POST", "/checkins", body)
    assert (status, content["code"]) == (403, "supervisor_only")
    assert bookings.get(confirmed_booking.code) == confirmed_booking
    admitted = scan(confirmed_booking.code, more={"grace": True}, groups=SUPERVISOR, sub="supervisor-1")
    assert (admitted["outcome"], admitted["admitted_late"]) == ("OK", True)
    assert admitted["checked_in_at"] == "2026-11-23T08:10:00+07:00"
    found = bookings.get(confirmed_booking.code)
    assert found is not None
    assert found.check_in is not None
    assert (found.check_in.officer, found.check_in.admits_late) == ("supervisor-1", True)


def test_who_was_in_time_after_all_was_not_admitted_late(stack: Stack, confirmed_booking: Booking) -> None:
    stack.at(HOUR)
    assert "admitted_late" not in scan(confirmed_booking.code, more={"grace": True}, groups=SUPERVISOR)


# A phone that had no connection


def test_what_happened_offline_is_judged_by_when_it_happened(
    stack: Stack, confirmed_booking: Booking, door: TableDoor
) -> None:
    stack.at(HOUR + timedelta(hours=3))
    told = scan(confirmed_booking.code, more={"happened_at": "2026-11-23T07:59:58+07:00"})
    assert (told["outcome"], told["checked_in_at"]) == ("OK", "2026-11-23T07:59:58+07:00")
    record = door.record_of(NONCE)
    assert record is not None
    assert (record.scan.at, record.scan.learnt_at) == (HOUR - timedelta(seconds=2), HOUR + timedelta(hours=3))


def test_what_is_told_late_is_counted(
    stack: Stack, confirmed_booking: Booking, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.at(HOUR + timedelta(hours=1))
    scan(confirmed_booking.code, more={"happened_at": "2026-11-23T07:59:58+07:00"})
    assert logs.messages() == ["told_late", "OK"]
    assert "Checkin.told_late" in capsys.readouterr().out


def test_a_scan_that_was_under_way_for_some_seconds_is_not_told_late(
    stack: Stack, confirmed_booking: Booking, logs: Logs
) -> None:
    stack.at(HOUR + timedelta(seconds=8))
    assert scan(confirmed_booking.code, more={"happened_at": "2026-11-23T07:59:58+07:00"})["outcome"] == "OK"
    assert logs.messages() == ["OK"]


# Undoing


def test_a_check_in_is_taken_back_and_the_answer_says_when(
    stack: Stack, confirmed_booking: Booking, door: TableDoor
) -> None:
    stack.at(HOUR)
    scan(confirmed_booking.code)
    stack.at(HOUR + timedelta(minutes=5))
    status, undone = undo(sub="officer-2")
    assert (status, undone) == (200, {"outcome": "UNDONE", **SEAT, "undone_at": "2026-11-23T08:05:00+07:00"})
    record = door.record_of(NONCE)
    assert record is not None
    assert record.undoing is not None
    assert (record.undoing.officer, record.undoing.device, record.undoing.reason) == (
        "officer-2",
        DEVICE,
        "salah pindai",
    )
    stack.at(HOUR + timedelta(minutes=9))
    assert undo() == (status, undone)
    assert scan(confirmed_booking.code) == undone


def test_what_cannot_be_undone_is_told_why(stack: Stack, confirmed_booking: Booking) -> None:
    stack.at(HOUR)
    unknown = undo()
    assert (unknown[0], unknown[1]["code"]) == (404, "scan_unknown")
    scan("bukan kode")
    assert (undo()[0], undo()[1]["code"]) == (409, "scan_let_nobody_in")
    scan(confirmed_booking.code, "nonce-0002")
    other = undo("nonce-0002", device="another-device")
    assert (other[0], other[1]["code"]) == (403, "undo_other_device")
    stack.at(HOUR + timedelta(minutes=16))
    late = undo("nonce-0002")
    assert (late[0], late[1]["code"]) == (409, "undo_too_late")
    by_supervisor = undo("nonce-0002", device="another-device", groups=SUPERVISOR)
    assert (by_supervisor[0], by_supervisor[1]["outcome"]) == (200, "UNDONE")


def test_a_nonce_of_another_code_is_refused(stack: Stack, confirmed_booking: Booking) -> None:
    stack.at(HOUR)
    scan(confirmed_booking.code)
    status, content = call("POST", "/checkins", {"code": code_of(9), "nonce": NONCE, "device": DEVICE})
    assert (status, content["code"]) == (409, "nonce_taken")


# Requests that cannot be read


GOOD = {"code": "BGR-7K3M-92QX", "nonce": NONCE, "device": DEVICE}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "body_not_object"),
        ("{", "body_not_json"),
        ("[" * 100_000, "body_not_json"),
        ([], "body_not_object"),
        ({"nonce": NONCE, "device": DEVICE}, "code_or_qr"),
        (GOOD | {"qr": "x"}, "code_or_qr"),
        (GOOD | {"qr": None}, "code_or_qr"),
        (GOOD | {"code": None}, "code_or_qr"),
        (GOOD | {"code": 7}, "code_or_qr"),
        (GOOD | {"code": "x" * 8193}, "code_or_qr"),
        (GOOD | {"nonce": None}, "nonce_invalid"),
        (GOOD | {"nonce": "short"}, "nonce_invalid"),
        (GOOD | {"nonce": "n" * 65}, "nonce_invalid"),
        (GOOD | {"nonce": "with a space"}, "nonce_invalid"),
        (GOOD | {"device": 7}, "device_invalid"),
        (GOOD | {"grace": "yes"}, "grace_invalid"),
        (GOOD | {"happened_at": 7}, "happened_at_invalid"),
        (GOOD | {"happened_at": "yesterday"}, "happened_at_invalid"),
        (GOOD | {"happened_at": "2026-11-21T09:00:00"}, "happened_at_invalid"),
        (GOOD | {"happened_at": "2026-11-21T10:02:01+07:00"}, "happened_at_invalid"),
        (GOOD | {"happened_at": "2026-11-14T09:59:59+07:00"}, "happened_at_invalid"),
        (GOOD | {"happened_at": "0001-01-01T00:00:00+14:00"}, "happened_at_invalid"),
        (GOOD | {"happened_at": "9999-12-31T23:59:59-14:00"}, "happened_at_invalid"),
    ],
)
def test_a_scan_that_cannot_be_read_is_told_why(body: object, code: str, stack: Stack) -> None:
    status, content = call("POST", "/checkins", body)
    assert (status, content["code"]) == (400, code)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("nonce-0001", {"device": DEVICE}, "reason_invalid"),
        ("nonce-0001", {"device": DEVICE, "reason": "  "}, "reason_invalid"),
        ("nonce-0001", {"device": DEVICE, "reason": "x" * 201}, "reason_invalid"),
        ("nonce-0001", {"reason": "salah"}, "device_invalid"),
        ("short", {"device": DEVICE, "reason": "salah"}, "nonce_invalid"),
    ],
)
def test_an_undoing_that_cannot_be_read_is_told_why(path: str, body: Any, code: str, stack: Stack) -> None:
    status, content = call("DELETE", f"/checkins/{path}", body)
    assert (status, content["code"]) == (400, code)


def test_another_path_is_not_found(stack: Stack) -> None:
    assert call("POST", "/bookings", {})[0] == 404


def test_no_log_line_tells_who_came(
    stack: Stack, confirmed_booking: Booking, bookings: TableBookings, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    bookings.register(booking(SITI, code=code_of(2), name="Siti Aminah", birth_date=SITI_BORN), ())
    stack.at(HOUR)
    for number, text in enumerate(
        [confirmed_booking.code, confirmed_booking.code, code_of(2), "628110000001", "Budi Santoso"]
    ):
        scan(text, f"nonce-000{number}")
    call("POST", "/checkins", {"code": "628110000001" * 700, "nonce": NONCE, "device": DEVICE})
    undo("nonce-0000")
    call("GET", "/days/2026-11-23/search", groups=SUPERVISOR, query={"phone": "0001"})
    captured = capsys.readouterr()
    written = logs.text + captured.out + captured.err
    told = ["OK", "USED", "UNCONFIRMED", "MISTYPED", "MISTYPED", "code_or_qr", "UNDONE"]
    assert logs.messages() == told
    born = (*written_forms(confirmed_booking.birth_date), *written_forms(SITI_BORN))
    for secret in ("Budi", "BUDI", "Siti", "SITI", *born, "6281", "wamid", confirmed_booking.approval_code):
        assert secret not in written, secret
