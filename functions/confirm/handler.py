"""Takes seat requests from the day queue. A service date is a FIFO group, so each day has one writer."""

from collections import Counter
from typing import Any

from antrian.adapters.queues import UnreadableError, read_seat_request, retry_later
from antrian.adapters.telemetry import Telemetry
from antrian.domain.backoff import DEFAULT_BACKOFF
from antrian.domain.changes import SeatRequest
from antrian.domain.message import trace
from antrian.domain.outcomes import ConfirmOutcome
from antrian.usecases.seats.batch import Settlement, settle_by_day
from confirm.dependencies import runtime, seating

telemetry = Telemetry("confirm", lambda: runtime().office_id)


@telemetry.instrument
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Settle a batch of up to ten requests, day by day; the requests of a day that failed come again."""
    requests: dict[str, SeatRequest] = {}
    unread: list[str] = []
    for record in event["Records"]:
        try:
            requests[record["messageId"]] = read_seat_request(record["body"])
        except UnreadableError:
            # The other requests of the batch must get their seats all the same.
            telemetry.fault(ConfirmOutcome.FAULT, "seat request not read", {"sqs_message_id": record["messageId"]})
            unread.append(record["messageId"])
    unsettled = dict(requests)
    # The use case is made within each try, so that failing to make it is a fault like any other.
    for settlement in settle_by_day(lambda day, of_day: seating().settle(day, of_day), requests):
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
