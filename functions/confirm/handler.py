"""Takes seat requests from the day queue. A service date is a FIFO group, so each day has one writer."""

import time
from collections import Counter
from typing import Any

from antrian.adapters.queues import UnreadableError, put_aside, read_seat_request, retry_later
from antrian.adapters.telemetry import Telemetry
from antrian.domain.backoff import DEFAULT_BACKOFF
from antrian.domain.changes import SeatRequest
from antrian.domain.message import trace
from antrian.domain.outcomes import ConfirmOutcome
from antrian.runtime import runtime
from antrian.usecases.seats.batch import Settlement, settle_by_day
from confirm.dependencies import seating

telemetry = Telemetry("confirm", lambda: runtime().office_id)

# How often a request is tried while all others of its day wait behind it. A try that was cut off counts too.
TRIES_IN_ITS_DAY = 3
# A try that begins later could be cut off, if the table does not answer, and with it all that was settled before.
SLOWEST_TRY_SECONDS = 10


@telemetry.instrument
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Settle a batch of up to ten requests, day by day; those that failed come again, and soon in nobody's way."""
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - SLOWEST_TRY_SECONDS
    records = put_aside(runtime().sqs, runtime().day_queue_url, event, TRIES_IN_ITS_DAY)
    if aside := len(event["Records"]) - len(records):
        telemetry.record(ConfirmOutcome.PUT_ASIDE, times=aside)
    requests: dict[str, SeatRequest] = {}
    unread: list[str] = []
    for record in records:
        try:
            requests[record["messageId"]] = read_seat_request(record["body"])
        except UnreadableError:
            # The other requests of the batch must get their seats all the same.
            telemetry.fault(ConfirmOutcome.FAULT, "seat request not read", {"sqs_message_id": record["messageId"]})
            unread.append(record["messageId"])
    unsettled = dict(requests)
    # The use case is made within each try, so that failing to make it is a fault like any other.
    settlements = settle_by_day(
        lambda day, of_day: seating().settle(day, of_day), requests, lambda: time.monotonic() <= deadline
    )
    for settlement in settlements:
        _record(settlement)
        if settlement.fault is None:
            for id_ in settlement.ids:
                del unsettled[id_]
    for day, left in Counter(request.service_date for request in unsettled.values()).items():
        telemetry.record(ConfirmOutcome.DAY_NOT_SETTLED, {"day": day.isoformat(), "requests": left})
    failed = dict.fromkeys([*unread, *unsettled], DEFAULT_BACKOFF)
    return retry_later(runtime().sqs, runtime().day_queue_url, event, failed)


def _record(settlement: Settlement) -> None:
    if settlement.fault is not None:
        about = {"traces": [trace(request.message_id) for request in settlement.requests]}
        times = len(settlement.requests)
        telemetry.fault(ConfirmOutcome.FAULT, "seat requests not handled", about, cause=settlement.fault, times=times)
        return
    for request, outcome in zip(settlement.requests, settlement.outcomes, strict=True):
        telemetry.record(outcome, {"trace": trace(request.message_id), "booking": trace(request.booking_code)})
