"""The outbox's consumer: what goes out, what comes again, what is given up, and that nobody is told twice."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import cache
from typing import Any

import boto3
import pytest
import zxingcpp
from PIL import Image

from antrian.adapters.queues import SqsOutbox
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.sent import TableSentLog
from antrian.domain import codes, qr
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking
from antrian.domain.delivery import Outgoing, Seen
from antrian.domain.message import Sender
from antrian.domain.receipt import Receipt
from antrian.runtime import runtime
from antrian.usecases.delivery.circuit_breaker import OPEN_SECONDS, CircuitBreaker
from antrian.usecases.delivery.delivering import FAULT_ATTEMPTS
from notify import dependencies
from notify import handler as notify
from tests.builders import NOW, booking
from tests.integration.conftest import TABLE
from tests.integration.stack import (
    ACCESS_TOKEN,
    NUMBER_ID,
    Context,
    Logs,
    Stack,
    failed_in,
    forget_secrets,
    written_forms,
)
from tests.unit.whatsapp.loopback import Graph, serving

PHONE = "6281234567890"
NOW_UTC = NOW.astimezone(UTC)
BUDI = Sender(phone=PHONE)
SITI = Sender(phone="6289999999999")
HIDDEN = Sender(user_id="ID.13491208655302741918")
HELP = Answer(Kind.HELP, {"open_days": ("2026-11-23",), "example": "#Budi#25011987#23112026"})
MOMENTS = {
    "starts_at": "2026-11-23T01:00:00+00:00",
    "opens_at": "2026-11-23T00:30:00+00:00",
    "void_after": "2026-11-23T01:15:00+00:00",
    "approve_by": "2026-11-21T04:00:00+00:00",
}
BOOKED: Mapping[str, str | tuple[str, ...]] = {
    "name": "Budi Santoso",
    "birth_date": "1987-01-25",
    "service_date": "2026-11-23",
    "booking_code": "CTH00000000",
    "approval_code": "00002681",
    "whatsapp_number": "+6281234567890",
    "queue_number": "1",
    "documents": ("e-KTP asli",),
    "example": "#Budi#25011987#24112026",
    **MOMENTS,
}
TICKET, EXPIRED, ECHO = (Answer(kind, BOOKED) for kind in (Kind.TICKET, Kind.EXPIRED, Kind.ECHO))
WINDOW_CLOSED = (400, json.dumps({"error": {"code": 131047, "message": "Re-engagement message"}}).encode())


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Iterator[Graph]:
    with serving() as server:
        monkeypatch.setattr(dependencies, "GRAPH_URL", server.url)
        yield server
        dependencies.pool().clear()


@pytest.fixture
def pauses(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Provide the pauses that were asked for, by SQS receipt."""
    asked: dict[str, int] = {}
    sqs = runtime().sqs
    change = sqs.change_message_visibility

    def note(*, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> object:  # noqa: N803
        asked[ReceiptHandle] = VisibilityTimeout
        return change(QueueUrl=QueueUrl, ReceiptHandle=ReceiptHandle, VisibilityTimeout=VisibilityTimeout)

    monkeypatch.setattr(sqs, "change_message_visibility", note)
    return asked


def put(stack: Stack, *outgoing: Outgoing) -> dict[str, Any]:
    """Put answers into the outbox, and return the event with which they come out."""
    for each in outgoing:
        SqsOutbox(stack.sqs, stack.outbox_url).put(each)
    event = stack.take(stack.outbox_url)
    assert len(event["Records"]) == len(outgoing)
    return event


def send(event: dict[str, Any]) -> list[str]:
    """Let notify handle an event, and return the ids of the answers that come again."""
    failed = failed_in(notify.handler(event, Context()))
    by_message = {record["messageId"]: json.loads(record["body"])["id"] for record in event["Records"]}
    return [by_message[message_id] for message_id in failed]


def record_of(outgoing_id: str) -> dict[str, Any]:
    """Return what the table keeps about an answer, without keys and times."""
    items = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    (item,) = [item for item in items if item["pk"]["S"] == f"SENT#{outgoing_id}"]
    return {name: value["S"] for name, value in item.items() if name in {"kind", "whatsapp_id", "failure"}}


def test_an_answer_goes_to_the_office_s_number_at_whatsapp_and_is_recorded(stack: Stack, graph: Graph) -> None:
    unknown = Answer(Kind.CODE_UNKNOWN, {"example": "#Budi#25011987#23112026"})
    assert send(put(stack, Outgoing("wamid.1", BUDI, unknown))) == []
    (request,) = graph.requests
    assert request.path == f"/v26.0/{NUMBER_ID}/messages"
    assert request.headers["Authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert request.json["to"] == f"+{PHONE}"
    assert request.json["biz_opaque_callback_data"] == "wamid.1"
    assert "#Budi#25011987#23112026" in request.json["text"]["body"]
    assert record_of("wamid.1") == {"kind": "code_unknown", "whatsapp_id": "wamid.out"}


def test_an_echo_goes_out_with_its_two_buttons(stack: Stack, graph: Graph) -> None:
    send(put(stack, Outgoing("wamid.1", HIDDEN, ECHO)))
    (request,) = graph.requests
    assert (request.json.get("to"), request.json["recipient"]) == (None, HIDDEN.user_id)
    buttons = request.json["interactive"]["action"]["buttons"]
    assert [button["reply"]["id"] for button in buttons] == ["00002681", "#batal CTH00000000"]


def test_a_ticket_goes_out_as_one_message_with_its_image(stack: Stack, graph: Graph) -> None:
    graph.in_turn = [(200, b'{"id": "media.1"}')]
    send(put(stack, Outgoing("wamid.1", BUDI, TICKET)))
    upload, message = graph.requests
    assert upload.path.endswith("/media")
    png = upload.body[upload.body.index(b"\x89PNG") :]
    (shown,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    signed = qr.read(shown.text)
    assert signed is not None
    assert (signed.code, signed.service_date.isoformat()) == (BOOKED["booking_code"], BOOKED["service_date"])
    assert runtime().signing_key.verifies(signed.content, signed.signature)
    assert message.json["image"]["id"] == "media.1"
    assert "CTH-0000-0000" in message.json["image"]["caption"]


def test_a_ticket_waits_for_a_key_that_does_not_answer(
    stack: Stack, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = put(stack, Outgoing("wamid.1", BUDI, TICKET))
    monkeypatch.setenv("SIGNING_KEY_ID", "6b0c7fd5-0000-4000-8000-000000000000")
    assert send(event) == ["wamid.1"]
    assert graph.requests == []
    stack.forget()
    monkeypatch.setenv("SIGNING_KEY_ID", stack.environment["SIGNING_KEY_ID"])
    graph.in_turn = [(200, b'{"id": "media.1"}')]
    assert send(event) == []


def test_what_was_sent_is_not_sent_again(stack: Stack, graph: Graph) -> None:
    event = put(stack, Outgoing("wamid.1", BUDI, HELP))
    assert send(event) == send(event) == []
    assert len(graph.requests) == 1


def test_the_next_answers_of_one_recipient_wait_behind_the_one_that_failed(
    stack: Stack, graph: Graph, pauses: dict[str, int], sent_log: TableSentLog
) -> None:
    event = put(
        stack,
        Outgoing("wamid.1", BUDI, HELP),
        Outgoing("wamid.2", BUDI, HELP),
        Outgoing("wamid.3", SITI, HELP),
    )
    graph.in_turn = [(503, b"")]
    assert send(event) == ["wamid.1", "wamid.2"]
    assert [request.json["to"] for request in graph.requests] == [f"+{PHONE}", f"+{SITI.phone}"]
    assert sent_log.find("wamid.2") is None
    failed = [record["receiptHandle"] for record in event["Records"][:2]]
    assert sorted(pauses) == sorted(failed)
    assert all(1 <= seconds <= 2 for seconds in pauses.values())
    assert send(event) == []
    assert [request.json["biz_opaque_callback_data"] for request in graph.requests[2:]] == ["wamid.1", "wamid.2"]


@pytest.mark.parametrize(
    ("status", "code", "metric"),
    [
        (500, 131000, "Notify.retry"),
        (400, 131056, "Notify.retry"),
        (401, 190, "Notify.line_down"),
        (403, 10, "Notify.line_down"),
    ],
)
def test_what_may_work_later_comes_again(
    status: int,
    code: int,
    metric: str,
    stack: Stack,
    graph: Graph,
    pauses: dict[str, int],
    capsys: pytest.CaptureFixture[str],
    sent_log: TableSentLog,
) -> None:
    graph.refuse(status, code)
    assert send(put(stack, Outgoing("wamid.1", BUDI, HELP))) == ["wamid.1"]
    assert sent_log.find("wamid.1") is None
    assert len(pauses) == 1
    assert metric in capsys.readouterr().out


def test_a_connection_that_breaks_lets_the_answer_come_again(stack: Stack, graph: Graph) -> None:
    graph.hangs_up = True
    assert send(put(stack, Outgoing("wamid.1", BUDI, HELP))) == ["wamid.1"]


@pytest.mark.parametrize(
    ("code", "failure"), [(131026, "NotThisWay:131026"), (100, "OurFault:100"), (131051, "OurFault:131051")]
)
def test_what_will_never_work_is_given_up_with_a_record(
    code: int, failure: str, stack: Stack, graph: Graph, pauses: dict[str, int]
) -> None:
    graph.refuse(400, code)
    event = put(stack, Outgoing("wamid.1", BUDI, HELP))
    assert send(event) == []
    assert record_of("wamid.1") == {"kind": "help", "failure": failure}
    assert send(event) == []
    assert len(graph.requests) == 1
    assert pauses == {}


def test_a_ticket_whose_image_is_refused_is_given_up_with_a_record(stack: Stack, graph: Graph) -> None:
    graph.refuse(400, 131053)
    assert send(put(stack, Outgoing("wamid.1", BUDI, TICKET))) == []
    assert record_of("wamid.1") == {"kind": "ticket", "failure": "OurFault:131053"}


def test_a_notice_goes_out_as_the_template_of_the_office_s_file(
    stack: Stack, graph: Graph, confirmed_booking: Booking, bookings: TableBookings
) -> None:
    bookings.expire(confirmed_booking, NOW_UTC + timedelta(days=9))
    expired = Answer(Kind.EXPIRED, {**BOOKED, "booking_code": confirmed_booking.code})
    assert send(put(stack, Outgoing(f"expired:{confirmed_booking.code}", BUDI, expired))) == []
    (request,) = graph.requests
    assert request.json["template"]["name"] == "antrian_hangus"
    assert request.json["template"]["language"] == {"code": "id"}
    parameters = [parameter["text"] for parameter in request.json["template"]["components"][0]["parameters"]]
    assert parameters[:3] == [codes.shown(confirmed_booking.code), "Budi Santoso", "Senin, 23-11-2026"]
    assert record_of(f"expired:{confirmed_booking.code}") == {"kind": "expired", "whatsapp_id": "wamid.out"}


def test_a_notice_whose_template_is_not_there_goes_out_as_a_text_and_that_is_counted(
    stack: Stack,
    graph: Graph,
    confirmed_booking: Booking,
    bookings: TableBookings,
    logs: Logs,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bookings.expire(confirmed_booking, NOW_UTC + timedelta(days=9))
    graph.in_turn = [(400, json.dumps({"error": {"code": 132001, "message": "Template does not exist"}}).encode())]
    expired = Answer(Kind.EXPIRED, {**BOOKED, "booking_code": confirmed_booking.code})
    assert send(put(stack, Outgoing(f"expired:{confirmed_booking.code}", BUDI, expired))) == []
    assert [request.json["type"] for request in graph.requests] == ["template", "text"]
    assert logs.messages() == ["sent_without_template"]
    assert "Notify.sent_without_template" in capsys.readouterr().out


def test_an_answer_that_has_a_template_falls_back_to_it_when_the_window_is_closed(stack: Stack, graph: Graph) -> None:
    graph.in_turn = [WINDOW_CLOSED]
    assert send(put(stack, Outgoing("wamid.1", BUDI, EXPIRED))) == []
    text, template = graph.requests
    assert (text.json["type"], template.json["type"]) == ("text", "template")


def test_an_answer_without_a_template_is_given_up_when_the_window_is_closed(stack: Stack, graph: Graph) -> None:
    graph.in_turn = [WINDOW_CLOSED]
    assert send(put(stack, Outgoing("wamid.1", BUDI, HELP))) == []
    assert record_of("wamid.1") == {"kind": "help", "failure": "window_closed"}


def test_a_new_token_counts_without_a_new_environment_of_the_function(stack: Stack, graph: Graph) -> None:
    send(put(stack, Outgoing("wamid.1", SITI, HELP)))
    secrets = boto3.client("secretsmanager")
    content = json.loads(secrets.get_secret_value(SecretId="whatsapp")["SecretString"]) | {"access_token": "another"}
    secrets.put_secret_value(SecretId="whatsapp", SecretString=json.dumps(content))
    forget_secrets()
    send(put(stack, Outgoing("wamid.2", BUDI, HELP)))
    assert graph.requests[1].headers["Authorization"] == "Bearer another"


@pytest.mark.parametrize(
    "body", ["{", "{}", '{"id": "wamid.1", "kind": "unheard_of", "fields": {}, "phone": "62", "user_id": null}']
)
def test_an_answer_that_cannot_be_read_comes_again_and_costs_the_others_nothing(
    body: str, stack: Stack, graph: Graph, logs: Logs, sent_log: TableSentLog
) -> None:
    stack.sqs.send_message(QueueUrl=stack.outbox_url, MessageBody=body, MessageGroupId="g", MessageDeduplicationId="x")
    event = put_beside(stack, Outgoing("wamid.2", SITI, HELP))
    assert failed_in(notify.handler(event, Context())) == [event["Records"][0]["messageId"]]
    assert sent_log.find("wamid.2") is not None
    assert "answer not read" in logs.messages()


def put_beside(stack: Stack, *outgoing: Outgoing) -> dict[str, Any]:
    for each in outgoing:
        SqsOutbox(stack.sqs, stack.outbox_url).put(each)
    return stack.take(stack.outbox_url)


def test_words_that_lack_a_value_are_logged_as_a_fault_and_come_again(stack: Stack, graph: Graph, logs: Logs) -> None:
    assert send(put(stack, Outgoing("wamid.1", BUDI, Answer(Kind.TICKET)))) == ["wamid.1"]
    assert graph.requests == []
    assert "answer not handled" in logs.messages()


def test_no_log_line_tells_who_was_written_to_or_what(
    stack: Stack, graph: Graph, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    message_id = "wamid.HBgNNjI4MTIzNDU2Nzg5MBUCABIYFjNFQjA="
    quoted = f"(#100) to +{PHONE} {message_id} {HIDDEN.user_id} token {ACCESS_TOKEN} was refused"
    refusals = [
        (400, json.dumps({"error": {"code": 131009, "message": quoted}}).encode()),
        (500, json.dumps({"error": {"code": 131000, "message": quoted}}).encode()),
        (400, json.dumps({"error": {"code": 131026, "message": quoted}}).encode()),
        (200, b'{"messages": [{"id": "wamid.out"}]}'),
        (401, json.dumps({"error": {"code": 190, "message": quoted}}).encode()),
    ]
    graph.in_turn = refusals
    SqsOutbox(stack.sqs, stack.outbox_url).show_seen(Seen(message_id + "0", Sender(phone="6287777777776"), NOW_UTC))
    event = put_beside(
        stack,
        Outgoing(message_id + "1", BUDI, ECHO),
        Outgoing(message_id + "2", SITI, ECHO),
        Outgoing(message_id + "3", Sender(phone="6287777777777"), Answer(Kind.ECHO, {"name": "Budi Santoso"})),
        Outgoing(message_id + "4", Sender(phone="6287777777778"), ECHO),
        Outgoing(message_id + "5", HIDDEN, ECHO),
    )
    assert len(failed_in(notify.handler(event, Context()))) == 3
    captured = capsys.readouterr()
    written = logs.text + captured.out + captured.err
    assert logs.messages() == [
        "seen_not_shown",
        "retry",
        "given_up",
        "answer not handled",
        "sent",
        "line_down",
    ]
    for secret in (
        "Budi",
        *written_forms(date(1987, 1, 25)),
        "62812",
        "62899",
        "62877",
        "00002681",
        HIDDEN.user_id,
        message_id,
        ACCESS_TOKEN,
    ):
        assert str(secret) not in written, secret


def test_answers_for_which_no_time_is_left_are_named_and_come_again_soon(stack: Stack, graph: Graph) -> None:
    put(stack, Outgoing("wamid.1", BUDI, HELP))
    event = put_beside(stack, Outgoing("wamid.2", SITI, HELP))
    hurried = Context(remaining_ms=notify.SLOWEST_ANSWER_SECONDS * 1000 - 1)
    assert failed_in(notify.handler(event, hurried)) == [record["messageId"] for record in event["Records"]]
    assert graph.requests == []


# A line that is down


@dataclass
class Watch:
    """A watch whose seconds a test sets."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Provide the watch of this environment's line."""
    watch = Watch()
    monkeypatch.setattr(dependencies, "breaker", cache(lambda: CircuitBreaker(watch)))
    return watch


def test_when_nothing_gets_out_one_message_finds_out_and_all_wait_long(
    stack: Stack, graph: Graph, pauses: dict[str, int], watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    graph.refuse(401, 190)
    people = [Sender(phone=f"62811000{number:04d}") for number in range(4)]
    event = put(stack, *(Outgoing(f"wamid.{number}", to, HELP) for number, to in enumerate(people)))
    assert send(event) == ["wamid.0", "wamid.1", "wamid.2", "wamid.3"]
    assert len(graph.requests) == 1
    assert len(pauses) == 4
    assert all(60 <= seconds <= 120 for seconds in pauses.values())
    printed = capsys.readouterr().out
    metrics = json.loads(next(line for line in printed.splitlines() if "Notify.line_down" in line))
    assert (metrics["Notify.line_down"], metrics["Notify.held"]) == ([1.0], [1.0, 1.0, 1.0])
    assert metrics["service"]
    assert metrics["office"]


def test_a_line_that_was_mended_lets_everything_out_after_a_minute(stack: Stack, graph: Graph, watch: Watch) -> None:
    graph.in_turn = [(401, json.dumps({"error": {"code": 190, "message": "expired"}}).encode())]
    event = put(stack, Outgoing("wamid.1", BUDI, HELP), Outgoing("wamid.2", SITI, HELP))
    assert send(event) == ["wamid.1", "wamid.2"]
    watch.now = OPEN_SECONDS - 1
    assert send(event) == ["wamid.1", "wamid.2"]
    assert len(graph.requests) == 1
    watch.now = OPEN_SECONDS
    assert send(event) == []
    assert [request.json["biz_opaque_callback_data"] for request in graph.requests[1:]] == ["wamid.1", "wamid.2"]


def test_an_answer_that_waited_for_days_still_waits_when_the_line_is_down(
    stack: Stack, graph: Graph, watch: Watch, sent_log: TableSentLog
) -> None:
    graph.refuse(401, 190)
    event = put(stack, Outgoing("wamid.1", BUDI, HELP))
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "900"
    assert send(event) == ["wamid.1"]
    assert sent_log.find("wamid.1") is None


def test_who_got_too_many_messages_waits_and_nobody_else(
    stack: Stack, graph: Graph, pauses: dict[str, int], sent_log: TableSentLog
) -> None:
    graph.in_turn = [(400, json.dumps({"error": {"code": 131056, "message": "pair rate"}}).encode())]
    event = put(
        stack,
        Outgoing("wamid.1", BUDI, HELP),
        Outgoing("wamid.2", BUDI, HELP),
        Outgoing("wamid.3", SITI, HELP),
    )
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "2"
    assert send(event) == ["wamid.1", "wamid.2"]
    assert list(pauses.values()) == [16, 16]
    assert sent_log.find("wamid.3") is not None


# Our own faults


def received(event: dict[str, Any], times: int) -> dict[str, Any]:
    for record in event["Records"]:
        record["attributes"]["ApproximateReceiveCount"] = str(times)
    return event


@pytest.mark.parametrize(("times", "given_up"), [(FAULT_ATTEMPTS - 1, False), (FAULT_ATTEMPTS, True)])
def test_words_that_keep_lacking_a_value_do_not_hold_up_their_recipient(
    times: int, given_up: bool, stack: Stack, graph: Graph, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    event = put(stack, Outgoing("wamid.1", BUDI, Answer(Kind.TICKET)), Outgoing("wamid.2", BUDI, HELP))
    assert send(received(event, times)) == ([] if given_up else ["wamid.1", "wamid.2"])
    if given_up:
        assert record_of("wamid.1") == {"kind": "ticket", "failure": "unsayable"}
        assert record_of("wamid.2") == {"kind": "help", "whatsapp_id": "wamid.out"}
        assert logs.messages() == ["answer not handled", "our_fault", "sent"]
        assert "Notify.our_fault" in capsys.readouterr().out
    else:
        assert graph.requests == []


@pytest.mark.parametrize(("times", "given_up"), [(FAULT_ATTEMPTS - 1, False), (FAULT_ATTEMPTS, True)])
def test_what_can_never_be_read_does_not_hold_up_its_recipient(
    times: int, given_up: bool, stack: Stack, graph: Graph, logs: Logs
) -> None:
    stack.sqs.send_message(QueueUrl=stack.outbox_url, MessageBody="{", MessageGroupId="g", MessageDeduplicationId="x")
    event = received(put_beside(stack), times)
    (unread,) = [record["messageId"] for record in event["Records"]]
    assert failed_in(notify.handler(event, Context())) == ([] if given_up else [unread])
    if given_up:
        assert record_of(unread) == {"kind": "unread", "failure": "unread"}
        assert logs.messages() == ["answer not read", "our_fault"]


def test_a_fault_of_the_outside_is_never_given_up(
    stack: Stack, graph: Graph, monkeypatch: pytest.MonkeyPatch, sent_log: TableSentLog
) -> None:
    monkeypatch.setenv("SIGNING_KEY_ID", "6b0c7fd5-0000-4000-8000-000000000000")
    assert send(received(put(stack, Outgoing("wamid.1", BUDI, TICKET)), 500)) == ["wamid.1"]
    assert sent_log.find("wamid.1") is None


# The desk


def test_a_ticket_that_cannot_be_delivered_shows_at_the_desk(
    stack: Stack, graph: Graph, bookings: TableBookings
) -> None:
    bookings.register(booking(code="CTH00000000"), ())
    graph.in_turn = [(200, b'{"id": "media.1"}'), (400, json.dumps({"error": {"code": 131026}}).encode())]
    assert send(put(stack, Outgoing("wamid.1", BUDI, TICKET))) == []
    assert record_of("wamid.1") == {"kind": "ticket", "failure": "NotThisWay:131026"}
    booked = bookings.get("CTH00000000")
    assert booked is not None
    assert booked.ticket_undelivered


def test_an_answer_of_which_whatsapp_told_before_we_could_write_it_down_is_not_sent_again(
    stack: Stack, graph: Graph, sent_log: TableSentLog
) -> None:
    sent_log.receive("wamid.1", Receipt.DELIVERED, "wamid.out", NOW_UTC, ())
    assert send(put(stack, Outgoing("wamid.1", BUDI, HELP))) == []
    assert graph.requests == []
    assert record_of("wamid.1") == {"kind": "help", "whatsapp_id": "wamid.out"}


# Seen


def show_seen(stack: Stack, *seen: Seen) -> None:
    for each in seen:
        SqsOutbox(stack.sqs, stack.outbox_url).show_seen(each)


def test_whoever_writes_sees_that_they_were_heard_before_they_are_answered(stack: Stack, graph: Graph) -> None:
    show_seen(stack, Seen("wamid.1", BUDI, NOW_UTC))
    event = put_beside(stack, Outgoing("wamid.1", BUDI, HELP))
    assert failed_in(notify.handler(event, Context())) == []
    mark, answer = graph.requests
    assert (mark.json["status"], mark.json["message_id"]) == ("read", "wamid.1")
    assert answer.json["biz_opaque_callback_data"] == "wamid.1"


@pytest.mark.parametrize(("status", "code"), [(503, 131016), (401, 190), (400, 131056), (400, 131009), (400, 100)])
def test_a_mark_that_fails_is_dropped_and_its_answer_goes_out(
    status: int, code: int, stack: Stack, graph: Graph, capsys: pytest.CaptureFixture[str]
) -> None:
    graph.in_turn = [(status, json.dumps({"error": {"code": code, "message": "no"}}).encode())]
    show_seen(stack, Seen("wamid.1", BUDI, NOW_UTC))
    event = put_beside(stack, Outgoing("wamid.1", BUDI, HELP))
    assert failed_in(notify.handler(event, Context())) == []
    assert len(graph.requests) == 2
    assert "Notify.seen_not_shown" in capsys.readouterr().out


def test_a_mark_that_comes_too_late_or_when_nothing_gets_out_is_dropped(
    stack: Stack, graph: Graph, watch: Watch
) -> None:
    show_seen(stack, Seen("wamid.1", BUDI, NOW_UTC - timedelta(seconds=61)))
    late = put_beside(stack)
    assert failed_in(notify.handler(late, Context())) == []
    stack.done(stack.outbox_url, late)
    dependencies.breaker().trip()
    show_seen(stack, Seen("wamid.2", BUDI, NOW_UTC))
    assert failed_in(notify.handler(put_beside(stack), Context())) == []
    assert graph.requests == []
