"""The AWS around the handlers, and the events with which it calls them."""

import base64
import hashlib
import hmac
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from antrian.adapters.queues import read_outgoing
from antrian.domain.delivery import Outgoing
from antrian.runtime import runtime
from checkin import dependencies as checkin_dependencies
from checkin import handler as checkin
from checkin import page
from confirm import dependencies as confirm_dependencies
from confirm import handler as confirm
from expiry import dependencies as expiry_dependencies
from expiry import handler as expiry
from notify import dependencies as notify_dependencies
from notify import handler as notify
from tests.builders import KEY, NOW
from tests.fakes import FakeClock
from webhook import dependencies as webhook_dependencies
from webhook import handler as webhook

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

HANDLERS = (checkin, confirm, expiry, notify, webhook)
DEPENDENCIES = (
    checkin_dependencies,
    confirm_dependencies,
    expiry_dependencies,
    notify_dependencies,
    webhook_dependencies,
)
NUMBER_ID = "106540352242922"
SECRET = "test_app_secret"
VERIFY_TOKEN = "a-verify-token"
ACCESS_TOKEN = "made-up-token"

OFFICE = """
name = "{name}"
code_prefix = "{prefix}"
time_zone = "Asia/Jakarta"
whatsapp_number = "0811 0000 000"
retention_days = 90

[registration]
first_day = 1
last_day = 14
format = "{format}"
photo = {photo}
approval = {approval}
approval_minutes = 60
one_code_per_person = true
messages_per_window = {messages}
window_minutes = 10

[service]
slot_minutes = 30
counters = 1
interview_minutes = 15
quota = 4
come_early_minutes = 30
grace_minutes = 15
cooling_minutes = [15, 60]
reminder_at = "18:00"
documents = ["e-KTP asli"]
not_here = ["lost", "damaged"]
come_directly = ["migrant_worker", "sick", "elderly"]

[[service.sessions]]
weekdays = ["mon", "tue", "wed", "thu", "fri"]
starts = "08:00"
ends = "09:00"
"""


@dataclass
class Context:
    """What Lambda tells a function about its call."""

    function_name: str = "function"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:ap-southeast-3:123456789012:function:function"
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"
    remaining_ms: int = 90_000

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the call may still take."""
        return self.remaining_ms


@dataclass
class Logs:
    """The log of a test."""

    stream: io.StringIO
    caplog: pytest.LogCaptureFixture

    @property
    def text(self) -> str:
        """Return everything: the handlers' structured lines, and whatever the libraries logged."""
        return self.stream.getvalue() + self.caplog.text

    def messages(self) -> list[str]:
        """Return the names of what the handlers logged, in order."""
        return [json.loads(line)["message"] for line in self.stream.getvalue().splitlines()]


@dataclass
class Stack:
    """One office's queues, and a clock that tests set."""

    environment: dict[str, str]
    offices: Path
    sqs: "SQSClient"
    day_queue_url: str
    outbox_url: str
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW.astimezone(UTC)))

    def forget(self) -> None:
        """Let every handler begin anew, as in a new environment."""
        forget_secrets()
        for module in (*DEPENDENCIES, page):
            for made in vars(module).values():
                if hasattr(made, "cache_clear"):
                    made.cache_clear()

    def at(self, moment: datetime) -> None:
        """Let it be this moment."""
        self.clock.moment = moment.astimezone(UTC)

    def without_approval(self) -> None:
        """Let the office give seats without asking for approval."""
        write_office(self.offices, "contoh", "CTH", approval=False)
        self.forget()

    def with_limit(self, messages: int) -> None:
        """Let the office read so many messages of a sender in ten minutes."""
        write_office(self.offices, "contoh", "CTH", messages=messages)
        self.forget()

    def closes(self, day: date, reason: str) -> None:
        """Let the office close a day."""
        with (self.offices / "contoh.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[closed_dates]\n{day.isoformat()} = "{reason}"\n')
        self.forget()

    def take(self, url: str) -> dict[str, Any]:
        """Return what waits in a queue (at most ten) as the event with which Lambda brings it."""
        received = self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"], VisibilityTimeout=30
        )
        records = [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "eventSource": "aws:sqs",
            }
            for message in received.get("Messages", [])
        ]
        return {"Records": records}

    def done(self, url: str, event: dict[str, Any], failed: Iterable[str] = ()) -> None:
        """Delete what was handled, as Lambda does."""
        for record in event["Records"]:
            if record["messageId"] not in failed:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])

    def waiting(self, url: str) -> int:
        """Return how many messages wait in a queue."""
        answer = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def settle(self) -> dict[str, Any]:
        """Let confirm handle what waits in the day queue, and return its response."""
        event = self.take(self.day_queue_url)
        response: dict[str, Any] = confirm.handler(event, Context())
        self.done(self.day_queue_url, event, failed_in(response))
        return response

    def answers(self) -> list[Outgoing]:
        """Take all answers out of the outbox."""
        found: list[Outgoing] = []
        while (event := self.take(self.outbox_url))["Records"]:
            read = [read_outgoing(record["body"]) for record in event["Records"]]
            # That a message was seen goes the same way and is no answer.
            found += [outgoing for outgoing in read if isinstance(outgoing, Outgoing)]
            self.done(self.outbox_url, event)
        return found

    def kinds(self) -> list[str]:
        """Take all answers out of the outbox, and return their names."""
        return [outgoing.answer.kind.value for outgoing in self.answers()]

    def deliver(self, body: object) -> int:
        """Let the webhook receive a signed body, and return its status."""
        return int(webhook.handler(delivery(body), Context())["statusCode"])


def written_forms(day: date) -> tuple[str, ...]:
    """Return a date in each form in which people, our texts, our code and a traceback write it.

    A log may not show a birth date. Its year alone proves nothing: it also stands in request ids and in addresses.
    """
    formats = ("%d%m%Y", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d %m %Y", "%Y%m%d", "%Y-%m-%d")
    return (*(day.strftime(form) for form in formats), f"({day.year}, {day.month}, {day.day})")


def forget_secrets() -> None:
    """Let secrets be read anew, as after the minutes for which they are kept."""
    if runtime.cache_info().currsize:
        runtime()._secrets.clear_cache()  # type: ignore[no-untyped-call] # Powertools lacks the annotation


def failed_in(response: dict[str, Any]) -> list[str]:
    """Return the ids of the messages that a response gives back."""
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def delivery(content: object, *, secret: str = SECRET, encoded: bool = False, **changes: Any) -> dict[str, Any]:
    """Build the event of a signed POST; bytes are sent as they are, anything else as JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return {
        "requestContext": {"http": {"method": "POST"}},
        "headers": {"x-hub-signature-256": f"sha256={signature}"},
        "body": base64.b64encode(raw).decode() if encoded else raw.decode(),
        "isBase64Encoded": encoded,
        **changes,
    }


def build_stack(table: str, folder: Path) -> Stack:
    """Make the queues, the secrets, the key of QR codes and the office files."""
    sqs = boto3.client("sqs")
    day_queue_url, outbox_url = (
        sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
        for name in ("days.fifo", "outbox.fifo")
    )
    account = {
        "phone_number_id": NUMBER_ID,
        "access_token": ACCESS_TOKEN,
        "app_secret": SECRET,
        "verify_token": VERIFY_TOKEN,
    }
    secrets = boto3.client("secretsmanager")
    secrets.create_secret(Name="whatsapp", SecretString=json.dumps(account))
    secrets.create_secret(Name="codes", SecretString=KEY.decode())
    key = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    offices = folder / "antrian_offices"
    offices.mkdir()
    write_office(offices, "contoh", "CTH")
    write_office(offices, "bogor", "BGR", name="Kantor Imigrasi Bogor")
    (offices / "holidays.json").write_text(json.dumps({"2026-11-24": "Hari Guru"}), encoding="utf-8")
    environment = {
        "OFFICE": "contoh",
        "TABLE_NAME": table,
        "DAY_QUEUE_URL": day_queue_url,
        "OUTBOX_QUEUE_URL": outbox_url,
        "WHATSAPP_SECRET": "whatsapp",
        "CODES_SECRET": "codes",
        "SIGNING_KEY_ID": key["KeyMetadata"]["KeyId"],
        "USER_POOL_CLIENT_ID": "made-up-client",
    }
    return Stack(environment, offices, sqs, day_queue_url, outbox_url)


def write_office(
    folder: Path,
    id_: str,
    prefix: str,
    *,
    name: str = "Kantor Imigrasi Contoh",
    approval: bool = True,
    messages: int = 0,
    format_: str = "name_birth_day",
    photo: bool = False,
) -> None:
    """Write an office's file."""
    content = OFFICE.format(
        name=name,
        prefix=prefix,
        approval=str(approval).lower(),
        messages=messages,
        format=format_,
        photo=str(photo).lower(),
    )
    (folder / f"{id_}.toml").write_text(content, encoding="utf-8")
