"""The outbox's consumer: what goes out, what comes again, what is given up, and that nobody is told twice."""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
import zxingcpp
from PIL import Image

from antrian.adapters.queues import SqsOutbox
from antrian.adapters.table.sent import TableSentLog
from antrian.domain import qr
from antrian.domain.answer import Answer, Kind
from antrian.domain.message import Sender
from antrian.domain.ports import Outgoing
from notify import handler as notify
from tests.integration.conftest import TABLE
from tests.integration.stack import ACCESS_TOKEN, NUMBER_ID, Context, Logs, Stack, failed_in, forget_secrets
from tests.unit.whatsapp.loopback import Graph, serving

PHONE = "6281234567890"
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
        monkeypatch.setattr(notify, "GRAPH_URL", server.url)
        yield server
        notify.pool().clear()


@pytest.fixture
def pauses(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Provide the pauses that were asked for, by SQS receipt."""
    asked: dict[str, int] = {}
    sqs = notify.runtime().sqs
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
    assert send(put(stack, Outgoing("wamid.1", BUDI, HELP))) == []
    (request,) = graph.requests
    assert request.path == f"/v26.0/{NUMBER_ID}/messages"
    assert request.headers["Authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert request.json["to"] == f"+{PHONE}"
    assert request.json["biz_opaque_callback_data"] == "wamid.1"
    assert "#Budi#25011987#23112026" in request.json["text"]["body"]
    assert record_of("wamid.1") == {"kind": "help", "whatsapp_id": "wamid.out"}


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
    assert notify.runtime().signing_key.verifies(signed.content, signed.signature)
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
    stack: Stack, graph: Graph, pauses: dict[str, int]
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
    assert not TableSentLog().has("wamid.2")
    failed = [record["receiptHandle"] for record in event["Records"][:2]]
    assert sorted(pauses) == sorted(failed)
    assert all(1 <= seconds <= 2 for seconds in pauses.values())
    assert send(event) == []
    assert [request.json["biz_opaque_callback_data"] for request in graph.requests[2:]] == ["wamid.1", "wamid.2"]


@pytest.mark.parametrize(
    ("status", "code", "metric"),
    [
        (500, 131000, "Notify.Retry"),
        (400, 131056, "Notify.Retry"),
        (401, 190, "Notify.LineDown"),
        (403, 10, "Notify.LineDown"),
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
) -> None:
    graph.refuse(status, code)
    assert send(put(stack, Outgoing("wamid.1", BUDI, HELP))) == ["wamid.1"]
    assert not TableSentLog().has("wamid.1")
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


def test_who_has_not_written_for_a_day_gets_the_template(stack: Stack, graph: Graph) -> None:
    graph.in_turn = [WINDOW_CLOSED]
    assert send(put(stack, Outgoing("expired:CTH00000000", BUDI, EXPIRED))) == []
    _, request = graph.requests
    assert request.json["template"]["name"] == "antrian_hangus"
    assert request.json["template"]["language"] == {"code": "id"}
    assert request.json["template"]["components"][0]["parameters"][0] == {"type": "text", "text": "Budi Santoso"}
    assert record_of("expired:CTH00000000") == {"kind": "expired", "whatsapp_id": "wamid.out"}


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
    body: str, stack: Stack, graph: Graph, logs: Logs
) -> None:
    stack.sqs.send_message(QueueUrl=stack.outbox_url, MessageBody=body, MessageGroupId="g", MessageDeduplicationId="x")
    event = put_beside(stack, Outgoing("wamid.2", SITI, HELP))
    assert failed_in(notify.handler(event, Context())) == [event["Records"][0]["messageId"]]
    assert TableSentLog().has("wamid.2")
    assert "answer not read" in logs.messages()


def put_beside(stack: Stack, outgoing: Outgoing) -> dict[str, Any]:
    SqsOutbox(stack.sqs, stack.outbox_url).put(outgoing)
    return stack.take(stack.outbox_url)


def test_words_that_lack_a_value_are_logged_as_a_fault_and_come_again(stack: Stack, graph: Graph, logs: Logs) -> None:
    assert send(put(stack, Outgoing("wamid.1", BUDI, Answer(Kind.TICKET)))) == ["wamid.1"]
    assert graph.requests == []
    assert "answer not handled" in logs.messages()


def test_no_log_line_tells_who_was_written_to_or_what(
    stack: Stack, graph: Graph, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    wamid = "wamid.HBgNNjI4MTIzNDU2Nzg5MBUCABIYFjNFQjA="
    quoted = f"(#100) to +{PHONE} {wamid} {HIDDEN.user_id} token {ACCESS_TOKEN} was refused"
    refusals = [
        (500, json.dumps({"error": {"code": 131000, "message": quoted}}).encode()),
        (400, json.dumps({"error": {"code": 131026, "message": quoted}}).encode()),
        (401, json.dumps({"error": {"code": 190, "message": quoted}}).encode()),
    ]
    graph.in_turn = refusals
    event = put(
        stack,
        Outgoing(wamid + "1", BUDI, ECHO),
        Outgoing(wamid + "2", SITI, ECHO),
        Outgoing(wamid + "3", HIDDEN, ECHO),
        Outgoing(wamid + "4", Sender(phone="6287777777777"), Answer(Kind.ECHO, {"name": "Budi Santoso"})),
        Outgoing(wamid + "5", Sender(phone="6287777777778"), ECHO),
    )
    assert len(send(event)) == 3
    captured = capsys.readouterr()
    written = logs.text + captured.out + captured.err
    assert logs.messages() == ["to be sent again", "given_up", "to be sent again", "answer not handled", "sent"]
    for secret in ("Budi", "1987", "62812", "62899", "62877", "00002681", HIDDEN.user_id, wamid, ACCESS_TOKEN):
        assert str(secret) not in written, secret


def test_answers_for_which_no_time_is_left_are_named_and_come_again_soon(stack: Stack, graph: Graph) -> None:
    put(stack, Outgoing("wamid.1", BUDI, HELP))
    event = put_beside(stack, Outgoing("wamid.2", SITI, HELP))
    hurried = Context(remaining_ms=notify.SLOWEST_ANSWER_SECONDS * 1000 - 1)
    assert failed_in(notify.handler(event, hurried)) == [record["messageId"] for record in event["Records"]]
    assert graph.requests == []
