"""Takes answers from the outbox. A recipient is a FIFO group, so each one's answers arrive in order."""

import time
from collections.abc import Mapping
from typing import Any

from antrian.adapters.queues import UnreadableError, read_outgoing, retry_later
from antrian.adapters.telemetry import Telemetry
from antrian.domain.backoff import Backoff
from antrian.domain.delivery import Outgoing, PhotoToKeep, Seen
from antrian.domain.message import trace
from antrian.domain.outcomes import NotifyOutcome
from antrian.runtime import runtime
from antrian.usecases.delivery.delivering import Delivery
from notify.dependencies import delivering

telemetry = Telemetry("notify", lambda: runtime().office_id)

# A ticket's signature, upload and message: up to 15, 13 and 13 seconds, and a little for the table.
SLOWEST_ANSWER_SECONDS = 45


@telemetry.instrument
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send up to ten answers. One that failed comes again, with those behind it for the same person."""
    # Both calls for a ticket may take their whole time-outs. An invocation that is cut off cannot report what is left.
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - SLOWEST_ANSWER_SECONDS
    failed: dict[str, Backoff] = {}
    held_up: dict[str, Backoff] = {}
    for record in event["Records"]:
        group = record["attributes"]["MessageGroupId"]
        backoff = held_up.get(group) or _deliver(record, in_time=time.monotonic() <= deadline)
        if backoff is not None:
            failed[record["messageId"]] = held_up[group] = backoff
    return retry_later(runtime().sqs, runtime().outbox_url, event, failed)


def _deliver(record: dict[str, Any], *, in_time: bool) -> Backoff | None:
    """Deliver one message, and return how long it waits for its next try, None where there is none."""
    attempt = int(record["attributes"]["ApproximateReceiveCount"])
    try:
        content = read_outgoing(record["body"])
    except UnreadableError as unread:
        delivery = delivering().give_up_unread(record["messageId"], attempt, unread)
        _record(delivery, "answer not read", {"sqs_message_id": record["messageId"]})
        return delivery.backoff
    delivery = delivering().deliver(content, attempt, in_time=in_time)
    _record(delivery, "photo not kept" if isinstance(content, PhotoToKeep) else "answer not handled", _about(content))
    return delivery.backoff


def _about(content: Outgoing | Seen | PhotoToKeep) -> dict[str, object]:
    match content:
        case Outgoing(id=id_, answer=answer):
            return {"trace": trace(id_), "kind": answer.kind}
        case Seen(message_id=message_id):
            return {"trace": trace(message_id)}
        case PhotoToKeep(booking_code=code):
            return {"booking": trace(code)}


def _record(delivery: Delivery, fault: str, about: Mapping[str, object]) -> None:
    if delivery.outcome is NotifyOutcome.FAULT:
        telemetry.fault(delivery.outcome, fault, about, cause=delivery.fault)
        return
    if delivery.fault is not None:
        telemetry.logger.exception(fault, exc_info=delivery.fault, extra=about)
    telemetry.record(delivery.outcome, about if delivery.reason is None else {**about, "reason": delivery.reason})
