"""Takes seat requests from the day queue: one service date is one FIFO group, so one writer a day."""

import time
from collections import Counter
from typing import Any

from antrian.adapters.queues import UnreadableError, put_aside, read_seat_request, retry_later
from antrian.adapters.telemetry import Telemetry
from antrian.domain.backoff import DEFAULT_BACKOFF
from antrian.domain.changes import SeatRequest
from antrian.domain.message import trace
from antrian.domain.outcomes import ConfirmOutcome
from antrian.usecases.seats.batch import Settlement, settle_by_day
from confirm.dependencies import runtime, seating

telemetry = Telemetry("confirm", lambda: runtime().office_id)

# So often a request is tried where all of its day wait behind it, a try that was cut off included.
TRIES_IN_ITS_DAY = 3
# What is begun later would be cut off with all that was settled before, if the table answers no more.
SLOWEST_TRY_SECONDS = 10


@telemetry.instrument
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Settle a batch of up to ten requests, day by day; those that failed come again, and soon in no day's way."""
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
            # It must not cost the others of the batch their seats.
            telemetry.fault(ConfirmOutcome.FAULT, "seat request not read", {"sqs_message_id": record["messageId"]})
            unread.append(record["messageId"])
    unsettled = dict(requests)
    # Made for each try: a use case that cannot be made is a fault like others, and comes again as soon.
    settlements = settle_by_day(
        lambda day, of_day: seating().settle(day, of_day), requests, lambda: time.monotonic() <= deadline
    )
    for settlement in settlements:
        _tell(settlement)
        if settlement.fault is None:
            for id_ in settlement.ids:
                del unsettled[id_]
    for day, left in Counter(request.service_date for request in unsettled.values()).items():
        telemetry.record(ConfirmOutcome.DAY_NOT_SETTLED, {"day": day.isoformat(), "requests": left})
    failed = dict.fromkeys([*unread, *unsettled], DEFAULT_BACKOFF)
    return retry_later(runtime().sqs, runtime().day_queue_url, event, failed)


def _tell(settlement: Settlement) -> None:
    if settlement.fault is not None:
        about = {"traces": [trace(request.message_id) for request in settlement.requests]}
        times = len(settlement.requests)
        telemetry.fault(ConfirmOutcome.FAULT, "seat requests not handled", about, cause=settlement.fault, times=times)
        return
    for request, outcome in zip(settlement.requests, settlement.outcomes, strict=True):
        telemetry.record(outcome, {"trace": trace(request.message_id), "booking": trace(request.booking_code)})
