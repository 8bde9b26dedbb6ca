"""GET /webhook: Meta asks whether this is ours. POST /webhook: Meta brings messages."""

import base64
import hmac
import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http import HTTPStatus
from itertools import groupby
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from antrian.adapters.whatsapp import inbound, signature
from antrian.domain.message import Message, trace
from antrian.domain.receipt import Receipt
from antrian.runtime import Runtime
from antrian.usecases.conversation.reception import Reception
from antrian.usecases.delivery.receipts import Receipts

logger = Logger()
metrics = Metrics()

# A POST may bring a thousand messages and has 28 seconds; senders are independent of each other.
SENDERS_AT_ONCE = 16
FAULT = "fault"


@cache
def runtime() -> Runtime:
    """Return what this function finds around it."""
    return Runtime(os.environ)


@cache
def reception() -> Reception:
    """Return the one use case of this function."""
    found = runtime()
    return Reception(
        found.office,
        found.codes_key,
        found.bookings,
        found.days,
        found.day_queue,
        found.outbox,
        found.clock,
        found.rate_limit,
        found.drafts,
        found.dialogues,
    )


@cache
def receipts() -> Receipts:
    """Return the use case of what Meta tells about answers."""
    found = runtime()
    return Receipts(found.sent_log, found.bookings)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(default_dimensions={"office": os.environ.get("OFFICE", "unknown")})
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one HTTP API request (payload format 2.0)."""
    if event["requestContext"]["http"]["method"] == "GET":
        return _subscribe(event.get("queryStringParameters") or {})
    raw = base64.b64decode(event.get("body") or "") if event.get("isBase64Encoded") else _bytes(event.get("body"))
    return _deliver(raw, event.get("headers") or {})


def _subscribe(query: Mapping[str, str]) -> dict[str, Any]:
    expected = runtime().whatsapp().verify_token.encode()
    offered = query.get("hub.verify_token", "").encode()
    if query.get("hub.mode") == "subscribe" and hmac.compare_digest(offered, expected):
        _count("verified")
        return _answer(HTTPStatus.OK, query.get("hub.challenge", ""))
    _count("verification_refused")
    return _answer(HTTPStatus.FORBIDDEN, "the verify token is not the one in this office's secret")


def _deliver(raw: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    account = runtime().whatsapp()
    signed = {name.lower(): value for name, value in headers.items()}.get("x-hub-signature-256")
    if not signature.verify(raw, signed, account.app_secrets):
        _count("signature_refused")
        return _answer(HTTPStatus.UNAUTHORIZED, "the signature does not fit this body")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        _count("not_json")
        return _answer(HTTPStatus.BAD_REQUEST, "the body is not JSON")
    found = inbound.read(body)
    # One line for each kind: a body of nonsense may have tens of thousands of items.
    for skipped, times in Counter(found.skipped).items():
        _count("skipped", times, reason=skipped.reason, type=skipped.type)
    ours = [addressed.message for addressed in found.messages if addressed.phone_number_id == account.phone_number_id]
    for number in [item.phone_number_id for item in found.messages] + [item.phone_number_id for item in found.statuses]:
        if number != account.phone_number_id:
            _count("unknown_phone_number_id", phone_number_id=number)
    told = [status for status in found.statuses if status.phone_number_id == account.phone_number_id]
    # Messages first: somebody waits for each.
    if all([not ours or _receive_all(ours), not told or _receive_receipts(told)]):
        return _answer(HTTPStatus.OK, "received")
    # Meta brings the whole body again, for up to seven days; what was handled is not handled twice.
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "some messages could not be handled now; send them again")


def _receive_all(messages: Iterable[Message]) -> bool:
    """Receive these messages, each sender's in the order of sending, and tell whether all were handled."""
    by_sender = sorted(messages, key=lambda message: (message.sender.key, message.sent_at))
    groups = [list(group) for _, group in groupby(by_sender, key=lambda message: message.sender.key)]
    reception()  # made once, before the threads ask for it
    with ThreadPoolExecutor(max_workers=SENDERS_AT_ONCE) as pool:
        results = pool.map(lambda group: [_receive_one(message) for message in group], groups)
        return _all_handled([outcome for group in results for outcome in group])


def _receive_one(message: Message) -> str:
    try:
        outcome = reception().receive(message)
    except Exception:  # one fault must not cost the others; it is logged and comes again
        logger.exception(FAULT, extra={"trace": trace(message.id), "type": message.type})
        return FAULT
    logger.info(outcome, extra={"trace": trace(message.id)})
    return outcome


def _receive_receipts(statuses: Iterable[inbound.Status]) -> bool:
    """Record what became of our answers, and tell whether nothing of it has to come again."""
    receipts()  # made once, before the threads ask for it
    with ThreadPoolExecutor(max_workers=SENDERS_AT_ONCE) as pool:
        return _all_handled(list(pool.map(_receive_receipt, statuses)))


def _receive_receipt(status: inbound.Status) -> str:
    details = {"status": status.status, "errors": status.errors}
    if status.status not in set(Receipt) or status.callback_data is None:
        # Of a message that somebody sent by hand, or newer than this code.
        outcome = "receipt_unknown" if status.callback_data else "receipt_without_id"
        logger.info(outcome, extra=details)
        return outcome
    details["trace"] = trace(status.callback_data)
    receipt = Receipt(status.status)
    try:
        receipts().receive(status.callback_data, receipt, status.message_id, status.at, status.errors)
    except Exception:  # one fault must not cost the others; it is logged and comes again
        logger.exception(FAULT, extra={**details, "type": "receipt"})
        return FAULT
    if status.line_is_down:
        logger.error("receipt_LineDown", extra=details)
        return "receipt_LineDown"
    logger.info(f"receipt_{receipt}", extra=details)
    return f"receipt_{receipt}"


def _all_handled(outcomes: Collection[str]) -> bool:
    for outcome in outcomes:
        metrics.add_metric(f"Webhook.{outcome}", MetricUnit.Count, 1)
    return FAULT not in outcomes


def _count(outcome: str, times: int = 1, **details: object) -> None:
    logger.info(outcome, extra={**details, "times": times} if times > 1 else details)
    metrics.add_metric(f"Webhook.{outcome}", MetricUnit.Count, times)


def _bytes(body: str | None) -> bytes:
    return (body or "").encode("utf-8", "surrogatepass")


def _answer(status: HTTPStatus, text: str) -> dict[str, Any]:
    return {"statusCode": int(status), "headers": {"content-type": "text/plain; charset=utf-8"}, "body": text}
