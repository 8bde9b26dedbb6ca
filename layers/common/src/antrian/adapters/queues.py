"""The day queue and the outbox in SQS, and the form in which requests and answers travel in them."""

import hashlib
import json
import random
from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from antrian.domain.answer import Answer, Kind
from antrian.domain.message import Sender
from antrian.domain.ports import Outgoing, SeatRequest, Wish

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# The first pause is short: most faults pass within seconds, and somebody is looking at the chat. Then it doubles.
FIRST_PAUSE_SECONDS = 1
LONGEST_PAUSE_SECONDS = 900


class SqsDayQueue:
    """Carry seat requests in a FIFO queue whose groups are the service dates."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    def put(self, request: SeatRequest) -> None:
        """Hand a request over. The same message's request put again within minutes arrives once."""
        self._sqs.send_message(
            QueueUrl=self._url,
            MessageBody=json.dumps(
                {
                    "wish": request.wish,
                    "booking_code": request.booking_code,
                    "service_date": request.service_date.isoformat(),
                    "message_id": request.message_id,
                    "sent_at": request.sent_at.isoformat(),
                    **_sender_fields(request.sender),
                }
            ),
            MessageGroupId=request.service_date.isoformat(),
            MessageDeduplicationId=_digest(request.message_id),
        )


class SqsOutbox:
    """Carry answers in a FIFO queue whose groups are the recipients."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    def put(self, outgoing: Outgoing) -> None:
        """Hand an answer over. The same id put again is not sent again."""
        self._sqs.send_message(
            QueueUrl=self._url,
            MessageBody=json.dumps(
                {
                    "id": outgoing.id,
                    "kind": outgoing.answer.kind,
                    "fields": outgoing.answer.fields,
                    **_sender_fields(outgoing.to),
                }
            ),
            # Hashed, because the console and the logs of a queue show its groups.
            MessageGroupId=_digest(outgoing.to.key),
            MessageDeduplicationId=_digest(outgoing.id),
        )


def pause_failed(sqs: "SQSClient", url: str, event: dict[str, Any], failed: Collection[str]) -> None:
    """Let the failed messages of a batch come again after a pause that doubles with each time, with jitter.

    `failed` are SQS message ids. Without this they would come again only when the queue's visibility timeout is over.
    """
    for record in event["Records"]:
        if record["messageId"] in failed:
            received = int(record["attributes"]["ApproximateReceiveCount"])
            longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(received, 10))
            seconds = round(random.uniform(longest / 2, longest))  # noqa: S311 - spreads retries, protects nothing
            sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=seconds
            )


def read_seat_request(body: str) -> SeatRequest:
    """Return the request in a message of the day queue."""
    content = json.loads(body)
    return SeatRequest(
        wish=Wish(content["wish"]),
        booking_code=content["booking_code"],
        service_date=date.fromisoformat(content["service_date"]),
        message_id=content["message_id"],
        sender=_sender(content),
        sent_at=datetime.fromisoformat(content["sent_at"]),
    )


def read_outgoing(body: str) -> Outgoing:
    """Return the answer in a message of the outbox."""
    content = json.loads(body)
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in content["fields"].items()}
    return Outgoing(content["id"], _sender(content), Answer(Kind(content["kind"]), fields))


def _sender_fields(sender: Sender) -> dict[str, str | None]:
    return {"phone": sender.phone, "user_id": sender.user_id}


def _sender(content: dict[str, Any]) -> Sender:
    return Sender(content["phone"], content["user_id"])


def _digest(text: str) -> str:
    # SQS takes 128 characters of few kinds; WhatsApp's ids may have more of others.
    return hashlib.sha256(text.encode()).hexdigest()
