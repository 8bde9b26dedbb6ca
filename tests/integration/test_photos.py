"""An office as Batam's in AWS: from the picture with its caption to the ticket, and to the bucket."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from antrian.adapters.queues import read_outgoing
from antrian.adapters.table.bookings import TableBookings
from antrian.domain.booking import Booking
from antrian.domain.delivery import PhotoToKeep
from notify import dependencies
from notify import handler as notify
from tests.builders import MONDAY, NOW
from tests.integration.conftest import REGION
from tests.integration.stack import ACCESS_TOKEN, Context, Logs, Stack, failed_in, write_office
from tests.unit.whatsapp.builders import PHONE, message, messages
from tests.unit.whatsapp.loopback import Graph, serving
from webhook import handler as webhook

BUCKET = "photos-of-contoh"
JPEG = b"\xff\xd8\xff made up"
WORDS = "Budi Santoso#25011987#Jl. Merdeka No. 10, Batam"
SENT = int(NOW.timestamp())
GONE = (400, json.dumps({"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}}).encode())


@pytest.fixture(autouse=True)
def one_sender_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "SENDERS_AT_ONCE", 1)  # moto is wrong under threads


@pytest.fixture
def batam(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Provide the stack of an office that asks for a photo and gives the day."""
    write_office(stack.offices, "contoh", "CTH", approval=False, format_="name_birth_address", photo=True)
    boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    monkeypatch.setenv("PHOTO_BUCKET", BUCKET)
    stack.forget()
    return stack


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Iterator[Graph]:
    with serving() as server:
        monkeypatch.setattr(dependencies, "GRAPH_URL", server.url)
        yield server
        dependencies.pool().clear()


def picture(n: int = 1, caption: str | None = None, after: int = 0) -> dict[str, Any]:
    image = {"id": "1037543291543634", "mime_type": "image/jpeg", **({"caption": caption} if caption else {})}
    return message(n, "image", timestamp=str(SENT + after), image=image)


def text(words: str, n: int, after: int = 0) -> dict[str, Any]:
    return message(n, timestamp=str(SENT + after), text={"body": words})


def photo_in_the_outbox(stack: Stack) -> dict[str, Any]:
    """Take everything out of the outbox, and return the event with the one photo that is to be kept."""
    photos = []
    while (event := stack.take(stack.outbox_url))["Records"]:
        found = [record for record in event["Records"] if isinstance(read_outgoing(record["body"]), PhotoToKeep)]
        stack.done(stack.outbox_url, event, [record["messageId"] for record in found])
        photos += found
    assert len(photos) == 1
    return {"Records": photos}


def booked(stack: Stack, bookings: TableBookings) -> tuple[Booking, dict[str, Any]]:
    """Let somebody register, and return their booking and the event with its photo."""
    stack.deliver(messages(picture(caption=WORDS)))
    stack.settle()
    event = photo_in_the_outbox(stack)
    wanted = read_outgoing(event["Records"][0]["body"])
    assert isinstance(wanted, PhotoToKeep)
    booking = bookings.get(wanted.booking_code)
    assert booking is not None
    return booking, event


def lies_at(graph: Graph, path: str = "/photo") -> None:
    graph.in_turn = [(200, json.dumps({"url": f"{graph.url}{path}"}).encode()), (200, JPEG)]


def objects() -> list[str]:
    return [item["Key"] for item in boto3.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_a_picture_with_its_caption_becomes_a_ticket(batam: Stack) -> None:
    assert batam.deliver(messages(picture(caption=WORDS))) == 200
    batam.settle()
    (ticket,) = batam.answers()
    assert ticket.answer.kind == "ticket"
    assert ticket.answer.fields["service_date"] == MONDAY.isoformat()
    assert ticket.answer.fields["queue_number"] == "1"


def test_words_and_picture_meet_over_two_deliveries(batam: Stack) -> None:
    batam.deliver(messages(text(WORDS, 1)))
    assert batam.kinds() == ["photo_missing"]
    batam.deliver(messages(picture(2, after=5)))
    batam.settle()
    assert batam.kinds() == ["ticket"]


def test_the_photo_lies_in_the_bucket_under_its_booking_s_code(
    batam: Stack, graph: Graph, bookings: TableBookings, logs: Logs
) -> None:
    booking, event = booked(batam, bookings)
    lies_at(graph)
    assert failed_in(notify.handler(event, Context())) == []
    kept = boto3.client("s3").get_object(Bucket=BUCKET, Key=f"photos/{booking.code}")
    assert (kept["Body"].read(), kept["ContentType"]) == (JPEG, "image/jpeg")
    assert kept["ContentDisposition"] == "attachment"
    noted = bookings.get(booking.code)
    assert noted is not None
    assert noted.photo_key == f"photos/{booking.code}"
    assert [request.headers["Authorization"] for request in graph.requests] == [f"Bearer {ACCESS_TOKEN}"] * 2
    assert "photo_kept" in logs.messages()
    for secret in ("Budi", "Merdeka", PHONE, booking.code, ACCESS_TOKEN):
        assert secret not in logs.text


def test_a_photo_that_is_asked_for_again_is_fetched_once(batam: Stack, graph: Graph, bookings: TableBookings) -> None:
    _, event = booked(batam, bookings)
    lies_at(graph)
    notify.handler(event, Context())
    assert failed_in(notify.handler(event, Context())) == []
    assert len(graph.requests) == 2


def test_a_photo_that_cannot_be_had_now_comes_again(batam: Stack, graph: Graph, bookings: TableBookings) -> None:
    _, event = booked(batam, bookings)
    graph.refuse(503, 2)
    assert len(failed_in(notify.handler(event, Context()))) == 1
    assert objects() == []
    lies_at(graph)
    assert failed_in(notify.handler(event, Context())) == []
    assert len(objects()) == 1


def test_a_dead_token_holds_photos_back_too(batam: Stack, graph: Graph, bookings: TableBookings) -> None:
    _, event = booked(batam, bookings)
    graph.refuse(401, 190)
    assert len(failed_in(notify.handler(event, Context()))) == 1
    assert len(failed_in(notify.handler(event, Context()))) == 1
    assert len(graph.requests) == 1


def test_whose_photo_is_lost_is_told_so(batam: Stack, graph: Graph, bookings: TableBookings, logs: Logs) -> None:
    booking, event = booked(batam, bookings)
    graph.in_turn = [GONE]
    assert failed_in(notify.handler(event, Context())) == []
    (told,) = batam.answers()
    assert (told.id, told.answer.kind) == (f"photo_lost:{booking.code}", "photo_not_kept")
    assert "photo_lost" in logs.messages()


def test_a_bucket_that_is_not_there_is_a_fault_that_comes_again(
    batam: Stack, graph: Graph, bookings: TableBookings, logs: Logs
) -> None:
    _, event = booked(batam, bookings)
    boto3.client("s3").delete_bucket(Bucket=BUCKET)
    lies_at(graph)
    assert len(failed_in(notify.handler(event, Context()))) == 1
    assert "photo not kept" in logs.messages()


def test_whoever_finds_the_day_full_goes_on_to_the_next_day_s_group(batam: Stack) -> None:
    def by(n: int) -> dict[str, Any]:
        image = {"id": str(n), "mime_type": "image/jpeg", "caption": f"Pemohon {'ABCDEFGH'[n]}#25011987#Jl. Merdeka"}
        return message(n, "image", timestamp=str(SENT), image=image, **{"from": f"62812000000{n}"})

    batam.deliver(messages(*(by(n) for n in range(6))))
    batam.settle()
    assert batam.kinds() == ["ticket"] * 4
    batam.settle()
    answers = batam.answers()
    assert [answer.answer.kind for answer in answers] == ["ticket"] * 2
    # The Tuesday is a holiday.
    assert {answer.answer.fields["service_date"] for answer in answers} == {"2026-11-25"}
