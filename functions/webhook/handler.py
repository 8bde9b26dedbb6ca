"""GET /webhook: Meta verifies that this address is ours. POST /webhook: Meta brings messages and receipts."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

from antrian.adapters.telemetry import Telemetry
from antrian.adapters.whatsapp import inbound
from antrian.domain.message import Message, by_sender, trace
from antrian.domain.outcomes import WebhookOutcome
from antrian.runtime import runtime
from webhook import requests
from webhook.dependencies import receipts, reception

Item = TypeVar("Item")

telemetry = Telemetry("webhook", lambda: runtime().office_id)

# A POST may bring a thousand messages and has 28 seconds; senders are independent of each other.
SENDERS_AT_ONCE = 16


@telemetry.instrument
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one HTTP API request (payload format 2.0)."""
    return _subscribe(event) if event["requestContext"]["http"]["method"] == "GET" else _take(event)


def _subscribe(event: dict[str, Any]) -> dict[str, Any]:
    challenge = requests.challenge(event, runtime().whatsapp().verify_token)
    if challenge is None:
        telemetry.record(WebhookOutcome.VERIFICATION_REFUSED)
        return _answer(HTTPStatus.FORBIDDEN, "the verify token is not the one in this office's secret")
    telemetry.record(WebhookOutcome.VERIFIED)
    return _answer(HTTPStatus.OK, challenge)


def _take(event: dict[str, Any]) -> dict[str, Any]:
    account = runtime().whatsapp()
    raw = requests.signed_body(event, account.app_secrets)
    if raw is None:
        telemetry.record(WebhookOutcome.SIGNATURE_REFUSED)
        return _answer(HTTPStatus.UNAUTHORIZED, "the signature does not fit this body")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        telemetry.record(WebhookOutcome.NOT_JSON)
        return _answer(HTTPStatus.BAD_REQUEST, "the body is not JSON")
    brought = inbound.read(body)
    # One line for each kind, because a body of nonsense may have tens of thousands of items.
    for skipped, times in Counter(brought.skipped).items():
        telemetry.record(WebhookOutcome.SKIPPED, {"reason": skipped.reason, "type": skipped.type}, times=times)
    ours = account.phone_number_id
    for number in [m.phone_number_id for m in brought.messages] + [s.phone_number_id for s in brought.statuses]:
        if number != ours:
            telemetry.record(WebhookOutcome.UNKNOWN_PHONE_NUMBER_ID, {"phone_number_id": number})
    messages = [addressed.message for addressed in brought.messages if addressed.phone_number_id == ours]
    statuses = [status for status in brought.statuses if status.phone_number_id == ours]
    # Messages first, because somebody is waiting for each.
    handled = _side_by_side(_receive_in_order, by_sender(messages), reception)
    recorded = _side_by_side(_receive_receipt, statuses, receipts)
    if handled and recorded:
        return _answer(HTTPStatus.OK, "received")
    # Meta brings the whole body again for up to seven days; messages that were handled are not handled twice.
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "some messages could not be handled now; send them again")


def _side_by_side(receive: Callable[[Item], bool], items: Collection[Item], use_case: Callable[[], object]) -> bool:
    """Receive many items at a time, and tell whether all were handled."""
    if items:
        use_case()  # made once, before the threads ask for it
    with ThreadPoolExecutor(max_workers=SENDERS_AT_ONCE) as pool:
        return all(list(pool.map(receive, items)))


def _receive_in_order(messages: Iterable[Message]) -> bool:
    handled = [
        _handled(partial(reception().receive, message), {"trace": trace(message.id), "type": message.type})
        for message in messages
    ]
    return all(handled)


def _receive_receipt(status: inbound.Status) -> bool:
    about = {"status": status.status, "errors": status.errors}
    id_, receipt = status.callback_data, status.receipt
    if id_ is None or receipt is None:
        # A receipt for a message that somebody sent by hand, or of a kind that is newer than this code.
        telemetry.record(WebhookOutcome.RECEIPT_UNKNOWN if id_ else WebhookOutcome.RECEIPT_WITHOUT_ID, about)
        return True
    told = status.message_id, status.at, status.errors
    receive = partial(receipts().receive, id_, receipt, *told, line_is_down=status.line_is_down)
    return _handled(receive, {**about, "trace": trace(id_), "type": "receipt"})


def _handled(receive: Callable[[], StrEnum], about: Mapping[str, object]) -> bool:
    """Receive something, record what became of it, and tell whether it was handled."""
    try:
        outcome = receive()
    except Exception:  # noqa: BLE001 - the others must not suffer; it is logged and comes again
        telemetry.fault(WebhookOutcome.FAULT, "fault", about)
        return False
    telemetry.record(outcome, about)
    return True


def _answer(status: HTTPStatus, text: str) -> dict[str, Any]:
    return {"statusCode": int(status), "headers": {"content-type": "text/plain; charset=utf-8"}, "body": text}
