"""The day queue and the outbox in SQS, and the form in which requests and answers travel in them.

Every message says what it is: `type`, and `v`, the version of that type's form, which rises with each change that older
code cannot read. A message that cannot be read comes again, so during a deploy it waits for the newer code.

Messages of the form before that have neither, and their keys tell what they are. An answer may wait for a week, so we
read that form until the release after the one that brought `type`; then `_old_seat_request` and `_old_outgoing` go.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from antrian.domain.answers import Answer, Kind
from antrian.domain.backoff import Backoff
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.delivery import Outgoing, PhotoToKeep, Seen
from antrian.domain.message import Photo, Sender

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

VERSION = 1

# What the group of a message begins with that failed too often to stay in its own group.
ASIDE = "aside:"

Content = TypeVar("Content")


class UnreadableError(ValueError):
    """A queue message that is broken or that another version of this code has written. The text says which."""


class SqsDayQueue:
    """The day queue: a FIFO queue of seat requests whose groups are the service dates."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    def put(self, request: SeatRequest) -> None:
        """Hand a request over. The same message's request put again within minutes arrives once."""
        content = {
            "action": request.action,
            "booking_code": request.booking_code,
            "service_date": request.service_date.isoformat(),
            "message_id": request.message_id,
            "sent_at": request.sent_at.isoformat(),
            **_sender_fields(request.sender),
        }
        # With the day, so that a request that goes on to another day is no duplicate, even where a queue looks for
        # duplicates across all its groups.
        once = f"{request.service_date}:{request.message_id}"
        group = request.service_date.isoformat()
        _send(self._sqs, self._url, "seat_request", content, group=group, once=once)


class SqsOutbox:
    """The outbox: a FIFO queue of answers whose groups are the recipients."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    def put(self, outgoing: Outgoing) -> None:
        """Hand an answer over. The same id put again is not sent again."""
        content = {
            "id": outgoing.id,
            "kind": outgoing.answer.kind,
            "fields": outgoing.answer.fields,
            **_sender_fields(outgoing.to),
        }
        _send(self._sqs, self._url, "answer", content, group=_group(outgoing.to), once=outgoing.id)

    def show_seen(self, seen: Seen) -> None:
        """Let the sender of a message see that it was read, before its answer."""
        content = {
            "message_id": seen.message_id,
            "sent_at": seen.sent_at.isoformat(),
            **_sender_fields(seen.to),
        }
        _send(self._sqs, self._url, "seen", content, group=_group(seen.to), once=f"seen:{seen.message_id}")

    def keep_photo(self, wanted: PhotoToKeep) -> None:
        """Let a booking's photo be fetched and kept, in a group of its own: no answer waits for it."""
        content = {
            "booking_code": wanted.booking_code,
            "media_id": wanted.photo.media_id,
            "mime_type": wanted.photo.mime_type,
        }
        once = f"photo:{wanted.booking_code}"
        _send(self._sqs, self._url, "photo", content, group=_digest(once), once=once)


def retry_later(sqs: "SQSClient", url: str, event: dict[str, Any], failed: Mapping[str, Backoff]) -> dict[str, Any]:
    """Make the failed messages of a batch come again, each after its pause, and return the response for Lambda.

    The keys of `failed` are SQS message ids. Without a pause they would come again only when the queue's visibility
    timeout is over.
    """
    # The messages behind a failed one of their group get its pause: a longer one would hold the whole group up.
    of_group: dict[str, int] = {}
    for record in event["Records"]:
        if record["messageId"] in failed:
            attributes = record["attributes"]
            pause = failed[record["messageId"]].seconds(int(attributes["ApproximateReceiveCount"]))
            sqs.change_message_visibility(
                QueueUrl=url,
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=of_group.setdefault(attributes["MessageGroupId"], pause),
            )
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def put_aside(sqs: "SQSClient", url: str, event: dict[str, Any], tries: int) -> list[dict[str, Any]]:
    """Send messages that were tried more than `tries` times to a group of their own, and return the rest of the batch.

    There each is tried until the queue moves it to the dead letters, and holds nobody up. Lambda must not hear that a
    message that was put aside has failed, so that it is deleted from its old group.
    """
    left = []
    for record in event["Records"]:
        attributes = record["attributes"]
        if int(attributes["ApproximateReceiveCount"]) <= tries or attributes["MessageGroupId"].startswith(ASIDE):
            left.append(record)
            continue
        group = ASIDE + record["messageId"]
        sqs.send_message(
            QueueUrl=url, MessageBody=record["body"], MessageGroupId=group, MessageDeduplicationId=_digest(group)
        )
    return left


def read_seat_request(body: str) -> SeatRequest:
    """Return the request in a message of the day queue. Raises UnreadableError."""
    return _read(body, {"seat_request": _seat_request}, _old_seat_request)


def read_outgoing(body: str) -> Outgoing | Seen | PhotoToKeep:
    """Return what a message of the outbox holds: an answer, a sign that a message was seen, or a photo to keep.

    Raises UnreadableError.
    """
    readers: dict[str, Callable[[dict[str, Any]], Outgoing | Seen | PhotoToKeep]]
    readers = {"answer": _answer, "seen": _seen, "photo": _photo}
    return _read(body, readers, _old_outgoing)


def _read(
    body: str,
    readers: Mapping[str, Callable[[dict[str, Any]], Content]],
    old: Callable[[dict[str, Any]], Content],
) -> Content:
    try:
        content = json.loads(body)
        if "type" not in content:
            return old(content)
        type_, version = content["type"], content["v"]
        if type_ not in readers:
            raise UnreadableError(f"the type {type_!r} is none of {', '.join(readers)}")
        if version > VERSION:
            raise UnreadableError(f"version {version} of {type_} is newer than this code, which reads {VERSION}")
        return readers[type_](content)
    except UnreadableError:
        raise
    except (LookupError, TypeError, ValueError) as error:
        raise UnreadableError("the message is not in a form that was ever sent") from error


def _seat_request(content: dict[str, Any]) -> SeatRequest:
    return SeatRequest(
        action=SeatAction(content["action"]),
        booking_code=content["booking_code"],
        service_date=date.fromisoformat(content["service_date"]),
        message_id=content["message_id"],
        sender=_sender(content),
        sent_at=datetime.fromisoformat(content["sent_at"]),
    )


def _answer(content: dict[str, Any]) -> Outgoing:
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in content["fields"].items()}
    return Outgoing(content["id"], _sender(content), Answer(Kind(content["kind"]), fields))


def _seen(content: dict[str, Any]) -> Seen:
    return Seen(content["message_id"], _sender(content), datetime.fromisoformat(content["sent_at"]))


def _photo(content: dict[str, Any]) -> PhotoToKeep:
    return PhotoToKeep(content["booking_code"], Photo(content["media_id"], content["mime_type"]))


def _old_seat_request(content: dict[str, Any]) -> SeatRequest:
    return _seat_request({**content, "action": content["wish"]})


def _old_outgoing(content: dict[str, Any]) -> Outgoing | Seen | PhotoToKeep:
    if "photo_of" in content:
        return _photo({**content, "booking_code": content["photo_of"]})
    if "seen" in content:
        return _seen({**content, "message_id": content["seen"]})
    return _answer(content)


def _send(sqs: "SQSClient", url: str, type_: str, content: Mapping[str, object], *, group: str, once: str) -> None:
    """Put a message into a FIFO queue; the same message put again has the same `once`."""
    sqs.send_message(
        QueueUrl=url,
        MessageBody=json.dumps({"type": type_, "v": VERSION, **content}),
        MessageGroupId=group,
        MessageDeduplicationId=_digest(once),
    )


def _group(recipient: Sender) -> str:
    # Hashed, because SQS's console and logs show the groups.
    return _digest(recipient.key)


def _sender_fields(sender: Sender) -> dict[str, str | None]:
    return {"phone": sender.phone, "user_id": sender.user_id}


def _sender(content: dict[str, Any]) -> Sender:
    return Sender(content["phone"], content["user_id"])


def _digest(text: str) -> str:
    # SQS takes at most 128 characters, of few kinds; WhatsApp's ids may be longer and have others.
    return hashlib.sha256(text.encode()).hexdigest()
