"""What is put into a queue comes out as it was, and the queue is told enough to keep its order and its once."""

import json
import string
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antrian.adapters.queues import (
    SqsDayQueue,
    SqsOutbox,
    UnreadableError,
    read_outgoing,
    read_seat_request,
    retry_later,
)
from antrian.domain.answers import Answer, Kind
from antrian.domain.backoff import DEFAULT_BACKOFF, LINE_DOWN_BACKOFF, RECIPIENT_BACKOFF, Backoff
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.delivery import Outgoing, PhotoToKeep, Seen
from antrian.domain.message import Photo, Sender
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY

# A busy machine is no defect.
UNHURRIED = settings(deadline=None)

URL = "https://sqs.example/queue.fifo"
REQUEST = SeatRequest(
    SeatAction.SEAT, "CTH00000010", MONDAY, "wamid.HBgNNjI4MTEwMDAwMDAwMQ==", BUDI, NOW.astimezone(UTC)
)
OUTGOING = Outgoing("wamid.1", BUDI, Answer(Kind.HELP, {"open_days": ("2026-11-23", "2026-11-24"), "example": "#Budi"}))
SEEN = Seen("wamid.1", BUDI, NOW.astimezone(UTC))
# Amazon's: up to 128 of these.
SQS_ID = set(string.ascii_letters + string.digits + string.punctuation)

SENDERS = st.builds(Sender, st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True), st.none() | st.text(min_size=1))
FIELDS = st.dictionaries(st.text(max_size=10), st.text() | st.lists(st.text(), max_size=3).map(tuple), max_size=5)


class RecordingSqs:
    """A stand-in for the SQS client that keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []

    def send_message(self, **arguments: str) -> None:
        self.sent.append(arguments)


def day_queue_message(request: SeatRequest) -> dict[str, str]:
    sqs = RecordingSqs()
    SqsDayQueue(cast("Any", sqs), URL).put(request)
    (sent,) = sqs.sent
    return sent


def outbox_message(outgoing: Outgoing) -> dict[str, str]:
    sqs = RecordingSqs()
    SqsOutbox(cast("Any", sqs), URL).put(outgoing)
    (sent,) = sqs.sent
    return sent


def seen_message(seen: Seen) -> dict[str, str]:
    sqs = RecordingSqs()
    SqsOutbox(cast("Any", sqs), URL).show_seen(seen)
    (sent,) = sqs.sent
    return sent


@UNHURRIED
@given(
    st.builds(
        SeatRequest,
        action=st.sampled_from(SeatAction),
        booking_code=st.text(),
        service_date=st.dates(),
        message_id=st.text(),
        sender=SENDERS,
        sent_at=st.datetimes(timezones=st.just(UTC)),
    )
)
def test_a_seat_request_comes_out_as_it_went_in(request: SeatRequest) -> None:
    assert read_seat_request(day_queue_message(request)["MessageBody"]) == request


@UNHURRIED
@given(st.builds(Outgoing, st.text(), SENDERS, st.builds(Answer, st.sampled_from(Kind), FIELDS)))
def test_an_answer_comes_out_as_it_went_in(outgoing: Outgoing) -> None:
    assert read_outgoing(outbox_message(outgoing)["MessageBody"]) == outgoing


def test_a_sender_who_hides_the_number_comes_out_as_well() -> None:
    hidden = Sender(user_id="ID.13491208655302741918")
    assert read_seat_request(day_queue_message(replace(REQUEST, sender=hidden))["MessageBody"]).sender == hidden
    outgoing, seen = replace(OUTGOING, to=hidden), replace(SEEN, to=hidden)
    assert read_outgoing(outbox_message(outgoing)["MessageBody"]) == outgoing
    assert read_outgoing(seen_message(seen)["MessageBody"]) == seen


@UNHURRIED
@given(st.builds(Seen, st.text(), SENDERS, st.datetimes(timezones=st.just(UTC))))
def test_that_a_message_was_seen_comes_out_as_it_went_in(seen: Seen) -> None:
    assert read_outgoing(seen_message(seen)["MessageBody"]) == seen


def test_that_a_message_was_seen_comes_before_its_answer_and_once() -> None:
    seen, answer = seen_message(SEEN), outbox_message(replace(OUTGOING, id=SEEN.message_id))
    assert seen["QueueUrl"] == URL
    assert seen["MessageGroupId"] == answer["MessageGroupId"]
    assert seen["MessageDeduplicationId"] == seen_message(SEEN)["MessageDeduplicationId"]
    assert seen["MessageDeduplicationId"] != answer["MessageDeduplicationId"]


def test_half_a_surrogate_pair_is_sent_in_a_form_that_sqs_takes() -> None:
    outgoing = replace(OUTGOING, answer=Answer(Kind.MISREAD, {"name": "\ud83d"}))
    body = outbox_message(outgoing)["MessageBody"]
    assert body.isascii()
    assert read_outgoing(body) == outgoing


def test_each_goes_to_the_queue_it_was_given() -> None:
    assert day_queue_message(REQUEST)["QueueUrl"] == URL
    assert outbox_message(OUTGOING)["QueueUrl"] == URL


def test_one_day_has_one_writer_and_another_day_another() -> None:
    monday, tuesday = REQUEST, replace(REQUEST, service_date=TUESDAY, message_id="wamid.other")
    other = replace(REQUEST, sender=SITI, message_id="wamid.third")
    assert day_queue_message(monday)["MessageGroupId"] == day_queue_message(other)["MessageGroupId"] == "2026-11-23"
    assert day_queue_message(tuesday)["MessageGroupId"] != "2026-11-23"


def test_the_same_message_asks_once() -> None:
    once = day_queue_message(REQUEST)["MessageDeduplicationId"]
    assert day_queue_message(REQUEST)["MessageDeduplicationId"] == once
    assert day_queue_message(replace(REQUEST, message_id="wamid.other"))["MessageDeduplicationId"] != once


def test_one_recipient_gets_answers_in_order_and_the_same_answer_once() -> None:
    one, other = OUTGOING, replace(OUTGOING, id="wamid.2")
    assert outbox_message(one)["MessageGroupId"] == outbox_message(other)["MessageGroupId"]
    assert outbox_message(one)["MessageGroupId"] != outbox_message(replace(one, to=SITI))["MessageGroupId"]
    assert outbox_message(one)["MessageDeduplicationId"] != outbox_message(other)["MessageDeduplicationId"]
    again = replace(one, answer=Answer(Kind.HELP, {"example": "another"}))
    assert outbox_message(one)["MessageDeduplicationId"] == outbox_message(again)["MessageDeduplicationId"]


def test_a_recipient_who_gave_the_user_id_as_well_stays_in_the_same_order() -> None:
    with_user_id = replace(OUTGOING, to=Sender(BUDI.phone, "ID.1"))
    assert outbox_message(OUTGOING)["MessageGroupId"] == outbox_message(with_user_id)["MessageGroupId"]


@pytest.mark.parametrize("message_id", ["wamid.HBgNNjI4MTEwMDAwMDAwMQ==", "é" * 300, "", "a b\nc"])
def test_ids_are_such_as_sqs_takes_and_show_no_number(message_id: str) -> None:
    for sent in (
        day_queue_message(replace(REQUEST, message_id=message_id)),
        outbox_message(replace(OUTGOING, id=message_id)),
    ):
        for key in ("MessageGroupId", "MessageDeduplicationId"):
            assert 1 <= len(sent[key]) <= 128
            assert set(sent[key]) <= SQS_ID
            assert "628110000001" not in sent[key]


REQUEST_FIELDS = {
    "booking_code": "CTH00000010",
    "service_date": "2026-11-23",
    "message_id": "wamid.HBgNNjI4MTEwMDAwMDAwMQ==",
    "sent_at": "2026-11-21T03:00:00+00:00",
    "phone": "628110000001",
    "user_id": None,
}
ANSWER_FIELDS = {
    "id": "wamid.1",
    "kind": "help",
    "fields": {"open_days": ["2026-11-23", "2026-11-24"], "example": "#Budi"},
    "phone": "628110000001",
    "user_id": None,
}
SEEN_FIELDS = {"sent_at": "2026-11-21T03:00:00+00:00", "phone": "628110000001", "user_id": None}
PHOTO_FIELDS = {"media_id": "1001", "mime_type": "image/jpeg"}
PHOTO = PhotoToKeep("BTM7K3M92QX", Photo("1001", "image/jpeg"))


def test_the_form_is_the_one_that_messages_in_flight_have() -> None:
    """A deploy meets messages that the version before has put there."""
    in_flight = [day_queue_message(REQUEST), outbox_message(OUTGOING), seen_message(SEEN), photo_message(PHOTO)]
    assert [json.loads(sent["MessageBody"]) for sent in in_flight] == [
        {"type": "seat_request", "v": 1, "action": "seat", **REQUEST_FIELDS},
        {"type": "answer", "v": 1, **ANSWER_FIELDS},
        {"type": "seen", "v": 1, "message_id": "wamid.1", **SEEN_FIELDS},
        {"type": "photo", "v": 1, "booking_code": "BTM7K3M92QX", **PHOTO_FIELDS},
    ]


def test_the_form_before_it_said_what_it_is_is_read_for_one_more_release() -> None:
    assert read_seat_request(json.dumps({"wish": "seat", **REQUEST_FIELDS})) == REQUEST
    assert read_outgoing(json.dumps(ANSWER_FIELDS)) == OUTGOING
    assert read_outgoing(json.dumps({"seen": "wamid.1", **SEEN_FIELDS})) == SEEN
    assert read_outgoing(json.dumps({"photo_of": "BTM7K3M92QX", **PHOTO_FIELDS})) == PHOTO


def test_a_type_that_nobody_knows_is_named_in_the_fault() -> None:
    request, answer = {"v": 1, "action": "seat", **REQUEST_FIELDS}, {"v": 1, **ANSWER_FIELDS}
    with pytest.raises(UnreadableError, match="the type 'answer' is none of seat_request"):
        read_seat_request(json.dumps({**request, "type": "answer"}))
    with pytest.raises(UnreadableError, match="the type 'survey' is none of answer, seen, photo"):
        read_outgoing(json.dumps({**answer, "type": "survey"}))


def test_a_newer_version_is_named_in_the_fault() -> None:
    with pytest.raises(UnreadableError, match="version 2 of seat_request is newer than this code, which reads 1"):
        read_seat_request(json.dumps({"type": "seat_request", "v": 2, "action": "seat", **REQUEST_FIELDS}))
    with pytest.raises(UnreadableError, match="version 2 of answer is newer than this code, which reads 1"):
        read_outgoing(json.dumps({"type": "answer", "v": 2, **ANSWER_FIELDS}))


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "3", "{}", '{"type": []}', '{"type": "answer"}', '{"type": "answer", "v": "x"}']
)
def test_whatever_else_cannot_be_read_is_the_same_fault(body: str) -> None:
    for read in (read_seat_request, read_outgoing):
        with pytest.raises(UnreadableError):
            read(body)


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"wish": "dance"}'])
def test_what_is_no_request_is_a_fault(body: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_seat_request(body)


def test_moments_keep_their_offset() -> None:
    sent = read_seat_request(day_queue_message(REQUEST)["MessageBody"]).sent_at
    assert sent == datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert sent.tzinfo is not None
    assert read_seat_request(day_queue_message(REQUEST)["MessageBody"]).service_date == date(2026, 11, 23)


# What failed


class PausingSqs:
    """A stand-in for the SQS client that keeps which message was put off, and for how long."""

    def __init__(self) -> None:
        self.pauses: dict[str, int] = {}

    def change_message_visibility(self, **arguments: Any) -> None:
        assert arguments["QueueUrl"] == URL
        self.pauses[arguments["ReceiptHandle"]] = arguments["VisibilityTimeout"]


def pauses_after(
    received: int,
    failed: tuple[str, ...] = ("second",),
    backoffs: dict[str, Backoff] | None = None,
    groups: tuple[str, str] = ("Budi's", "Siti's"),
) -> dict[str, int]:
    sqs = PausingSqs()
    records = [
        {
            "messageId": name,
            "receiptHandle": f"{name}'s",
            "attributes": {"ApproximateReceiveCount": str(received), "MessageGroupId": group},
        }
        for name, group in zip(("first", "second"), groups, strict=True)
    ]
    paces = {name: (backoffs or {}).get(name, DEFAULT_BACKOFF) for name in failed}
    response = retry_later(cast("Any", sqs), URL, {"Records": records}, paces)
    assert response == {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
    return sqs.pauses


def test_only_what_failed_is_put_off() -> None:
    assert pauses_after(1).keys() == {"second's"}
    assert pauses_after(1, ()) == {}
    assert pauses_after(1, ("first", "second")).keys() == {"first's", "second's"}


def test_each_is_put_off_at_its_own_pace() -> None:
    pauses = pauses_after(3, ("first", "second"), {"first": RECIPIENT_BACKOFF})
    assert pauses["first's"] == 64
    assert 4 <= pauses["second's"] <= 8


def test_what_stands_behind_a_failed_answer_comes_back_with_it() -> None:
    """Longer, and it would hold up the whole group while its first message is ready."""
    pauses = pauses_after(9, ("first", "second"), {"first": RECIPIENT_BACKOFF}, groups=("Budi's", "Budi's"))
    assert pauses["first's"] == pauses["second's"] == 900


@pytest.mark.parametrize(
    ("pace", "received", "shortest", "longest"),
    [
        (DEFAULT_BACKOFF, 1, 1, 2),
        (DEFAULT_BACKOFF, 2, 2, 4),
        (DEFAULT_BACKOFF, 4, 8, 16),
        (DEFAULT_BACKOFF, 8, 128, 256),
        (DEFAULT_BACKOFF, 20, 450, 900),
        (DEFAULT_BACKOFF, 2000, 450, 900),
        (LINE_DOWN_BACKOFF, 1, 60, 120),
        (LINE_DOWN_BACKOFF, 2, 120, 240),
        (LINE_DOWN_BACKOFF, 4, 450, 900),
        (LINE_DOWN_BACKOFF, 1000, 450, 900),
        (RECIPIENT_BACKOFF, 1, 4, 4),
        (RECIPIENT_BACKOFF, 2, 16, 16),
        (RECIPIENT_BACKOFF, 4, 256, 256),
        (RECIPIENT_BACKOFF, 5, 900, 900),
        (RECIPIENT_BACKOFF, 1000, 900, 900),
    ],
)
def test_pauses_grow_and_stay_within_a_quarter_of_an_hour(
    pace: Backoff, received: int, shortest: int, longest: int
) -> None:
    pauses = [pause for _ in range(50) for pause in pauses_after(received, ("first",), {"first": pace}).values()]
    assert shortest <= min(pauses)
    assert max(pauses) <= longest


# Photos


def photo_message(wanted: PhotoToKeep) -> dict[str, str]:
    sqs = RecordingSqs()
    SqsOutbox(cast("Any", sqs), URL).keep_photo(wanted)
    (sent,) = sqs.sent
    return sent


@UNHURRIED
@given(st.text(min_size=1), st.text())
def test_a_photo_to_keep_comes_out_as_it_was(media_id: str, mime_type: str) -> None:
    wanted = PhotoToKeep("BTM7K3M92QX", Photo(media_id, mime_type))
    assert read_outgoing(photo_message(wanted)["MessageBody"]) == wanted


def test_no_answer_waits_for_a_photo() -> None:
    wanted = PhotoToKeep("BTM7K3M92QX", Photo("1", "image/jpeg"))
    sent = photo_message(wanted)
    assert sent["MessageGroupId"] != outbox_message(OUTGOING)["MessageGroupId"]
    assert "BTM7K3M92QX" not in sent["MessageGroupId"] + sent["MessageDeduplicationId"]
    other = photo_message(replace(wanted, booking_code="BTM7K3M92QY"))
    assert {sent["MessageGroupId"], sent["MessageDeduplicationId"]}.isdisjoint(
        {other["MessageGroupId"], other["MessageDeduplicationId"]}
    )


def test_a_request_that_goes_on_to_another_day_is_not_the_same_again() -> None:
    later = replace(REQUEST, service_date=TUESDAY)
    first, second = day_queue_message(REQUEST), day_queue_message(later)
    assert first["MessageDeduplicationId"] != second["MessageDeduplicationId"]
    assert day_queue_message(REQUEST)["MessageDeduplicationId"] == first["MessageDeduplicationId"]
