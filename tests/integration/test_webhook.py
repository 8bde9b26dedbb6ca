"""POST and GET /webhook: what is proven, what is acknowledged, what is handled, what comes again."""

import json
from datetime import UTC, date, datetime
from typing import Any

import boto3
import pytest

from antrian.adapters.queues import SqsOutbox, read_outgoing, read_seat_request
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.sent import TableSentLog
from antrian.domain import codes
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import State
from antrian.domain.changes import SeatAction
from antrian.domain.delivery import Outgoing, PhotoToKeep, Seen
from antrian.domain.receipt import Receipt
from tests.builders import KEY, MONDAY, NOW, booking
from tests.integration.conftest import TABLE
from tests.integration.stack import NUMBER_ID, SECRET, VERIFY_TOKEN, Context, Logs, Stack, delivery, written_forms
from tests.unit.whatsapp.builders import PHONE, USER_ID, body, change, message, messages, receipt
from webhook import handler as webhook

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

SENT = int(NOW.timestamp())
REGISTRATION = "#Budi Santoso#25011987#23112026"
OTHER = "6289999999999"


@pytest.fixture(autouse=True)
def one_sender_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "SENDERS_AT_ONCE", 1)  # moto is wrong under threads


def text(words: str, n: int = 1, *, sender: str = PHONE, after: int = 0) -> dict[str, Any]:
    return message(n, timestamp=str(SENT + after), text={"body": words}, **{"from": sender})


def hidden_text(words: str) -> dict[str, Any]:
    """Build a text message by somebody whose number WhatsApp does not tell."""
    content = text(words)
    del content["from"]
    return {**content, "from_user_id": USER_ID}


def post(event: dict[str, Any]) -> int:
    return int(webhook.handler(event, Context())["statusCode"])


def assert_untouched(stack: Stack) -> None:
    stored = len(boto3.client("dynamodb").scan(TableName=TABLE)["Items"])
    assert stored == stack.waiting(stack.day_queue_url) == stack.waiting(stack.outbox_url) == 0


def subscription(**query: str) -> dict[str, Any]:
    names = {f"hub.{name}": value for name, value in query.items()}
    return {"requestContext": {"http": {"method": "GET"}}, "queryStringParameters": names or None}


# Verification


def test_a_subscription_with_the_verify_token_gets_its_challenge_back(stack: Stack) -> None:
    event = subscription(mode="subscribe", challenge="1158201444", verify_token=VERIFY_TOKEN)
    answer = webhook.handler(event, Context())
    assert (answer["statusCode"], answer["body"]) == (200, "1158201444")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "challenge": "1", "verify_token": ""},
        {"mode": "subscribe", "challenge": "1", "verify_token": "wröng"},
        {"mode": "unsubscribe", "challenge": "1", "verify_token": VERIFY_TOKEN},
    ],
)
def test_any_other_subscription_is_forbidden(query: dict[str, str], stack: Stack) -> None:
    answer = webhook.handler(subscription(**query), Context())
    assert answer["statusCode"] == 403
    assert answer["body"] != "1"


# Proof


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"x-hub-signature-256": "sha256=" + "0" * 64}},
        {"headers": {"x-hub-signature-256": "sha256=ä"}},
        {"headers": {}},
        {"headers": None},
        {"body": json.dumps(messages(text("#batal")))},
        {"body": None},
    ],
)
def test_a_wrong_signature_is_refused_and_changes_nothing(changes: dict[str, Any], stack: Stack) -> None:
    assert post(delivery(messages(text(REGISTRATION)), **changes)) == 401
    assert_untouched(stack)


def test_another_secret_s_signature_is_refused(stack: Stack) -> None:
    assert post(delivery(messages(text(REGISTRATION)), secret="another")) == 401
    assert_untouched(stack)


def test_while_the_app_secret_is_rotated_both_sign(stack: Stack) -> None:
    content = {"phone_number_id": NUMBER_ID, "access_token": "t", "app_secret": [SECRET, "new"], "verify_token": "v"}
    boto3.client("secretsmanager").put_secret_value(SecretId="whatsapp", SecretString=json.dumps(content))
    statuses = [
        post(delivery(messages(text("halo", n)), secret=secret)) for n, secret in enumerate((SECRET, "new", "old"))
    ]
    assert statuses == [200, 200, 401]


def test_a_header_counts_in_any_case_and_a_body_in_base64_too(stack: Stack) -> None:
    event = delivery(messages(text(REGISTRATION)), encoded=True)
    event["headers"] = {"X-Hub-Signature-256": event["headers"]["x-hub-signature-256"]}
    assert post(event) == 200
    assert stack.kinds() == ["echo"]


def test_the_signature_counts_for_the_bytes_as_they_came(stack: Stack) -> None:
    raw = json.dumps(messages(text("#Siti Nurhaliza é#25011987#23112026")), ensure_ascii=False, indent=3).encode()
    assert post(delivery(raw)) == 200
    assert stack.kinds() == ["echo"]


@pytest.mark.parametrize("raw", [b"", b"halo", b"{", b"[" * 100_000, b'{"object": '])
def test_a_signed_body_that_is_no_json_is_a_bad_request(raw: bytes, stack: Stack) -> None:
    assert post(delivery(raw)) == 400
    assert_untouched(stack)


@pytest.mark.parametrize("signed", [[], None, 7, {"entry": 3}, body(), messages({"type": "text"}), messages(None)])
def test_everything_else_that_is_signed_is_acknowledged(signed: object, stack: Stack) -> None:
    assert stack.deliver(signed) == 200
    assert_untouched(stack)


def test_another_number_s_message_is_acknowledged_and_changes_nothing(stack: Stack, logs: Logs) -> None:
    foreign = body(change(messages=[text(REGISTRATION)], metadata={"phone_number_id": "999"}))
    assert stack.deliver(foreign) == 200
    assert_untouched(stack)
    assert logs.messages() == ["unknown_phone_number_id"]


def test_receipts_reactions_and_group_messages_are_acknowledged_without_an_answer(stack: Stack) -> None:
    reaction = message(1, kind="reaction", reaction={"message_id": "wamid.9", "emoji": "👍"})
    grouped = {**text(REGISTRATION, 2), "group_id": "g"}
    assert stack.deliver(body(change(messages=[reaction, grouped], statuses=[receipt()]))) == 200
    assert_untouched(stack)


# Receipts


def told(stack: Stack, *receipts: dict[str, Any]) -> int:
    return stack.deliver(body(change(statuses=list(receipts))))


def test_receipts_are_kept_with_their_answer_and_only_rise(stack: Stack, sent_log: TableSentLog) -> None:
    failed = {"errors": [{"code": 131026, "title": "Message undeliverable"}]}
    receipts = [
        receipt(1, "read", biz_opaque_callback_data="wamid.in"),
        receipt(1, "sent", biz_opaque_callback_data="wamid.in"),
        receipt(2, "sent", biz_opaque_callback_data="expired:CTH1"),
        receipt(2, "failed", biz_opaque_callback_data="expired:CTH1", **failed),
    ]
    assert told(stack, *receipts) == told(stack, *reversed(receipts)) == 200
    answered, notified = sent_log.find("wamid.in"), sent_log.find("expired:CTH1")
    assert answered is not None
    assert notified is not None
    assert (answered.receipt, answered.whatsapp_id) == (Receipt.READ, "wamid.1")
    assert (notified.receipt, notified.errors) == (Receipt.FAILED, (131026,))


def test_a_receipt_of_no_answer_of_ours_is_counted_and_no_fault(
    stack: Stack, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = change(
        statuses=[receipt(3, biz_opaque_callback_data="wamid.in")], metadata={"phone_number_id": "another"}
    )
    strange = receipt(2, "warning", biz_opaque_callback_data="wamid.in")
    assert stack.deliver(body(change(statuses=[receipt(1), strange]), foreign)) == 200
    assert_untouched(stack)
    assert sorted(logs.messages()) == ["receipt_unknown", "receipt_without_id", "unknown_phone_number_id"]
    printed = capsys.readouterr().out
    assert "Webhook.receipt_unknown" in printed
    assert "Webhook.receipt_without_id" in printed


@pytest.mark.parametrize(("code", "outcome"), [(131042, "receipt_line_down"), (190, "receipt_line_down"), (131026, "")])
def test_a_receipt_that_says_that_nothing_gets_out_is_told_apart_for_its_alarm(
    code: int, outcome: str, stack: Stack, logs: Logs, capsys: pytest.CaptureFixture[str], sent_log: TableSentLog
) -> None:
    """WhatsApp may take a message and refuse it only afterwards: notify never hears of that."""
    told(stack, receipt(1, "failed", biz_opaque_callback_data="wamid.in", errors=[{"code": code}]))
    outcome = outcome or "receipt_failed"
    assert logs.messages() == [outcome]
    metrics = json.loads(next(line for line in capsys.readouterr().out.splitlines() if f"Webhook.{outcome}" in line))
    assert metrics["service"]
    assert metrics["office"]
    kept = sent_log.find("wamid.in")
    assert kept is not None
    assert (kept.receipt, kept.errors) == (Receipt.FAILED, (code,))


def test_a_ticket_that_failed_shows_at_the_desk_until_one_arrives(
    stack: Stack, bookings: TableBookings, sent_log: TableSentLog
) -> None:
    new = booking(code=codes.booking_code(KEY, "CTH", "wamid.door1"))
    bookings.register(new, ())
    answer = Answer(Kind.TICKET, {"booking_code": new.code, "service_date": new.service_date.isoformat()})
    for number in (1, 2):
        sent_log.add(Outgoing(f"wamid.in{number}", new.sender, answer), f"wamid.{number}", NOW)
    told(stack, receipt(1, "failed", biz_opaque_callback_data="wamid.in1"))
    assert (found := bookings.get(new.code)) is not None
    assert found.ticket_undelivered
    told(stack, receipt(2, "delivered", biz_opaque_callback_data="wamid.in2"))
    told(stack, receipt(1, "failed", biz_opaque_callback_data="wamid.in1"))
    assert (found := bookings.get(new.code)) is not None
    assert not found.ticket_undelivered


def test_a_receipt_that_could_not_be_kept_comes_again_and_costs_the_messages_nothing(
    stack: Stack, logs: Logs, monkeypatch: pytest.MonkeyPatch, sent_log: TableSentLog
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("the table is not there")

    delivered = body(
        change(
            messages=[text("halo")],
            statuses=[receipt(1, biz_opaque_callback_data="wamid.a"), receipt(2, biz_opaque_callback_data="wamid.b")],
        )
    )
    with monkeypatch.context() as patch:
        patch.setattr(TableSentLog, "receive", fail)
        assert stack.deliver(delivered) == 500
    assert logs.messages().count("fault") == 2
    assert stack.deliver(delivered) == 200
    assert len(stack.answers()) == 1
    assert sent_log.find("wamid.a") is not None


# Seen


def in_the_outbox(stack: Stack) -> list[Outgoing | Seen | PhotoToKeep]:
    return [read_outgoing(record["body"]) for record in stack.take(stack.outbox_url)["Records"]]


def test_whoever_writes_is_shown_that_they_were_heard_before_the_answer(stack: Stack) -> None:
    stack.deliver(messages(text("halo")))
    seen, answer = in_the_outbox(stack)
    assert isinstance(answer, Outgoing)
    assert seen == Seen("wamid.1", answer.to, datetime.fromtimestamp(SENT, UTC))


def test_who_gets_no_answer_or_wrote_long_ago_is_not_shown_anything(stack: Stack) -> None:
    reaction = message(1, kind="reaction", timestamp=str(SENT), reaction={"message_id": "wamid.9", "emoji": "👍"})
    stack.deliver(messages(reaction, text("halo", 2, after=-61)))
    (answer,) = in_the_outbox(stack)
    assert isinstance(answer, Outgoing)


# What is handled


def test_a_registration_is_stored_and_echoed_to_its_sender(stack: Stack, bookings: TableBookings) -> None:
    assert stack.deliver(messages(text(REGISTRATION))) == 200
    (outgoing,) = stack.answers()
    assert (outgoing.id, outgoing.to.phone, outgoing.answer.kind) == ("wamid.1", PHONE, "echo")
    booking = bookings.get(codes.booking_code(KEY, "CTH", "wamid.1"))
    assert booking is not None
    assert (booking.state, booking.name, booking.service_date) == (State.PENDING, "Budi Santoso", MONDAY)


def test_an_approval_and_a_cancellation_wait_in_the_queue_of_their_day(stack: Stack) -> None:
    code = codes.approval_code(KEY, "wamid.1")
    stack.deliver(messages(text(REGISTRATION)))
    stack.deliver(messages(text(code, 2, after=1)))
    tap = {"type": "button_reply", "button_reply": {"id": "#batal", "title": "Batalkan"}}
    stack.deliver(messages(message(3, kind="interactive", timestamp=str(SENT + 2), interactive=tap)))
    records = stack.take(stack.day_queue_url)["Records"]
    requests = [read_seat_request(record["body"]) for record in records]
    assert [(request.action, request.message_id) for request in requests] == [
        (SeatAction.SEAT, "wamid.2"),
        (SeatAction.RELEASE, "wamid.3"),
    ]
    assert {record["attributes"]["MessageGroupId"] for record in records} == {"2026-11-23"}


def test_an_office_without_approval_asks_for_the_seat_at_once(stack: Stack) -> None:
    stack.without_approval()
    stack.deliver(messages(text(REGISTRATION)))
    assert stack.answers() == []
    stack.settle()
    assert stack.kinds() == ["ticket"]


def test_a_holiday_of_the_layer_is_refused_with_its_name(stack: Stack) -> None:
    stack.deliver(messages(text("#Budi Santoso#25011987#24112026")))
    (outgoing,) = stack.answers()
    assert outgoing.answer.kind == "office_closed_named"
    assert outgoing.answer.fields["reason"] == "Hari Guru"


def test_an_applicant_without_a_phone_number_is_answered_by_user_id(stack: Stack) -> None:
    hidden = hidden_text(REGISTRATION)
    stack.deliver(messages(hidden))
    (outgoing,) = stack.answers()
    assert (outgoing.to.phone, outgoing.to.user_id) == (None, USER_ID)
    assert outgoing.answer.fields["whatsapp_number"] == USER_ID


def test_one_sender_s_messages_are_handled_in_the_order_of_sending(stack: Stack, bookings: TableBookings) -> None:
    corrected = text(REGISTRATION, 2, after=5)
    assert stack.deliver(messages(corrected, text("#Budi Santso#25011987#23112026", 1))) == 200
    assert stack.kinds() == ["echo", "echo"]
    states = [bookings.get(codes.booking_code(KEY, "CTH", f"wamid.{n}")) for n in (1, 2)]
    assert [booking.state for booking in states if booking] == [State.REPLACED, State.PENDING]


def test_the_same_delivery_again_changes_nothing(stack: Stack) -> None:
    delivered = messages(text(REGISTRATION), text("halo", 2, sender=OTHER))
    stack.deliver(delivered)
    before = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert stack.deliver(delivered) == 200
    assert boto3.client("dynamodb").scan(TableName=TABLE)["Items"] == before
    assert sorted(stack.kinds()) == ["echo", "help"]


# What comes again


def fail_for(sender: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put = SqsOutbox.put

    def put_or_fail(self: SqsOutbox, outgoing: Outgoing) -> None:
        if outgoing.to.phone == sender:
            raise ConnectionError("the queue is not there")
        put(self, outgoing)

    monkeypatch.setattr(SqsOutbox, "put", put_or_fail)


def test_a_fault_in_one_message_costs_the_others_nothing_and_lets_meta_bring_all_again(
    stack: Stack, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered = messages(text("halo", 1, sender="6281"), text(REGISTRATION, 2), text("halo", 3, sender="6283"))
    with monkeypatch.context() as patch:
        fail_for(PHONE, patch)
        assert stack.deliver(delivered) == 500
        # Two answers, and that all three were heard.
        assert stack.waiting(stack.outbox_url) == 2 + 3
        assert logs.messages().count("fault") == 1
    assert stack.deliver(delivered) == 200
    assert sorted(stack.kinds()) == ["echo", "help", "help"]


def test_a_table_that_is_gone_is_a_fault_and_no_refusal(stack: Stack, logs: Logs) -> None:
    boto3.client("dynamodb").delete_table(TableName=TABLE)
    assert stack.deliver(messages(text(REGISTRATION))) == 500
    assert stack.kinds() == []
    assert logs.messages() == ["fault"]


def test_no_log_line_tells_who_wrote_or_what(
    stack: Stack, logs: Logs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message_id = "wamid.HBgNNjI4MTIzNDU2Nzg5MBUCABIYFjNFQjA="
    code = codes.approval_code(KEY, message_id)
    said = [
        {**text(REGISTRATION), "id": message_id},
        {**text(REGISTRATION, after=1), "id": message_id + "2"},
        {**text(code, after=2), "id": message_id + "3"},
        {**text("#Budi Santoso#31021987#23112026", after=3), "id": message_id + "4"},
        {**text("#Budi Santoso#25011987", after=4), "id": message_id + "5"},
        {**text("#batal", after=5), "id": message_id + "6"},
        {**text(code, after=6, sender=OTHER), "id": message_id + "7"},
        {**hidden_text(REGISTRATION), "id": message_id + "8"},
        {**message(kind="image", image={"caption": "Budi Santoso 25011987"}), "id": message_id + "9"},
    ]
    receipts = [receipt(id=message_id, status="failed", errors=[{"code": 131026, "title": PHONE}])]
    delivered = body(change(messages=said, statuses=receipts, errors=[{"code": 1, "message": PHONE}]))
    assert stack.deliver(delivered) == 200
    with monkeypatch.context() as patch:
        fail_for(PHONE, patch)
        assert stack.deliver(delivered) == 500
    boto3.client("dynamodb").delete_table(TableName=TABLE)
    assert stack.deliver(delivered) == 500
    post(delivery(delivered, secret="another"))
    captured = capsys.readouterr()
    written = logs.text + captured.out + captured.err
    assert "fault" in written
    assert "asked_for_release" in written
    born = (*written_forms(date(1987, 1, 25)), "31021987", "31-02-1987")
    for secret in ("Budi", "Santoso", *born, PHONE, OTHER, USER_ID, message_id, code, SECRET, KEY.decode()):
        assert secret not in written, secret


# Led


def test_somebody_is_led_from_message_to_message_to_an_echo_and_sees_it_again(stack: Stack) -> None:
    said = ["daftar", "Budi Santoso", "25011987", "#status", "23-11-2026", "halo"]
    for n, words in enumerate(said):
        for _ in range(2):  # each comes twice
            assert stack.deliver(messages(text(words, n, after=n))) == 200
    kinds = {outgoing.id: outgoing.answer.kind for outgoing in stack.answers()}
    assert list(kinds.values()) == [
        Kind.ASK_NAME,
        Kind.ASK_BIRTH_DATE,
        Kind.ASK_DAY,
        Kind.HELP,
        Kind.ECHO,
        Kind.HELP_PENDING,
    ]
    stored = {item["pk"]["S"] for item in boto3.client("dynamodb").scan(TableName=TABLE)["Items"]}
    assert f"DIALOGUE#PHONE#{PHONE}" in stored
