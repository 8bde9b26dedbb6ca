"""Batam on the deployed stack: words and a photo, no approval, and the office gives the day."""

import base64
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from local.conversation import play
from tests.e2e.conftest import Applicant, Stack, at_the_office, booking_code, eventually, queue_number, text_of

OFFICE = "batam"
JPEG = b"\xff\xd8\xff\xe0 an identity card that nobody has"
PHOTO = {"base64": base64.b64encode(JPEG).decode(), "mime_type": "image/jpeg"}


@pytest.fixture
def morning(stack: Stack, moved_clock: Callable[[datetime], None]) -> datetime:
    """Let it be 8.00 in Batam on a day after which the office has a day to give."""
    today = stack.offices[OFFICE].local(stack.now()).date()
    for ahead in range(1, 15):
        moment = at_the_office(stack, today + timedelta(days=ahead), 8, office=OFFICE)
        if stack.offices[OFFICE].bookable_days(moment):
            moved_clock(moment)
            return moment
    raise AssertionError("Batam gives no day within two weeks")


@pytest.fixture
def applicant(stack: Stack, morning: datetime) -> Applicant:
    del morning
    return Applicant(stack, OFFICE)


def words(applicant: Applicant) -> str:
    return f"{applicant.name}#25011987#Jl. Merdeka No. 10, Batam"


def given_day(stack: Stack, morning: datetime) -> date:
    return stack.offices[OFFICE].bookable_days(morning)[0]


def send_photo(applicant: Applicant, **more: Any) -> dict[str, Any]:
    applicant.send(photo=PHOTO, **more)
    return applicant.next_answer()


def assert_ticket(ticket: dict[str, Any], day: date) -> None:
    assert ticket["type"] == "image"
    assert booking_code(ticket).startswith("BTM-")
    assert queue_number(ticket) >= 1
    for said in (f"{day:%d-%m-%Y}", "Jam layanan: *", "Datang pukul", "e-KTP asli", "Kartu Keluarga"):
        assert said in text_of(ticket)
    assert "#ubah" not in text_of(ticket)
    assert "Merdeka" not in text_of(ticket)


def test_one_message_with_its_photo_gets_the_ticket(stack: Stack, applicant: Applicant, morning: datetime) -> None:
    ticket = send_photo(applicant, text=words(applicant))
    assert_ticket(ticket, given_day(stack, morning))
    assert len(applicant.answers()) == 1
    booking = stack.booking(booking_code(ticket), OFFICE)
    assert (booking["state"], booking["address"]) == ("CONFIRMED", "Jl. Merdeka No. 10, Batam")


def test_the_photo_lies_in_the_bucket(stack: Stack, applicant: Applicant) -> None:
    code = booking_code(send_photo(applicant, text=words(applicant)))
    booking = eventually(
        lambda: found if "photo_key" in (found := stack.booking(code, OFFICE)) else None, "photo of the booking"
    )
    assert booking["photo_key"] == f"photos/{code.replace('-', '')}"
    s3 = stack.client("s3")
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    [bucket] = [name for name in buckets if "photos" in name]
    kept = s3.get_object(Bucket=bucket, Key=booking["photo_key"])
    assert (kept["Body"].read(), kept["ContentType"]) == (JPEG, "image/jpeg")


def test_the_words_first_and_the_photo_after_them(stack: Stack, applicant: Applicant, morning: datetime) -> None:
    assert "*foto e-KTP atau akta kelahiran*" in text_of(applicant.write(words(applicant)))
    assert_ticket(send_photo(applicant), given_day(stack, morning))
    assert len(applicant.answers()) == 2


def test_the_photo_first_and_the_words_after_it(stack: Stack, applicant: Applicant, morning: datetime) -> None:
    assert "*data Anda*" in text_of(send_photo(applicant))
    assert_ticket(applicant.write(words(applicant)), given_day(stack, morning))


def test_delivered_three_times_it_is_one_booking_and_one_ticket(applicant: Applicant) -> None:
    ticket = send_photo(applicant, text=words(applicant), times=3)
    again = applicant.write("#status")
    assert booking_code(again) == booking_code(ticket)
    assert len(applicant.answers()) == 2


def test_outside_the_hours_nobody_registers(
    applicant: Applicant, morning: datetime, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(morning.replace(hour=10, minute=5))
    assert "pukul 07.30 sampai 10.00 WIB" in text_of(send_photo(applicant, text=words(applicant)))


def test_make_up_moves_the_clock_to_an_hour_at_which_one_can_register(
    stack: Stack, morning: datetime, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(morning.replace(hour=10, minute=5))
    assert play(stack.simulator, stack.offices[OFFICE], lambda _: None).startswith("BTM-")
    assert stack.now() > morning + timedelta(hours=3)


def test_what_cannot_be_read_is_told_and_the_photo_need_not_be_sent_again(applicant: Applicant) -> None:
    told = text_of(send_photo(applicant, text=f"{applicant.name}#25011987"))
    assert "Alamat: belum terbaca" in told or "alamat" in told
    assert applicant.write(words(applicant))["type"] == "image"


def test_nobody_moves_but_everybody_may_cancel(applicant: Applicant) -> None:
    send_photo(applicant, text=words(applicant))
    assert "ditentukan oleh kantor" in text_of(applicant.write("#ubah"))
    assert "dibatalkan" in text_of(applicant.write("#batal"))
