"""Takes seat requests from the day queue: one service date is one FIFO group, so one writer a day."""

import os
from functools import cache
from itertools import groupby, takewhile
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from antrian.adapters.queues import UnreadableError, pause_failed, read_seat_request
from antrian.domain.changes import SeatRequest
from antrian.domain.message import trace
from antrian.runtime import Runtime
from antrian.usecases.seats.seating import Seating

logger = Logger()
metrics = Metrics()


@cache
def runtime() -> Runtime:
    """Return what this function finds around it."""
    return Runtime(os.environ)


@cache
def seating() -> Seating:
    """Return the one use case of this function."""
    found = runtime()
    queues = (found.day_queue, found.outbox)
    return Seating(found.office, found.codes_key, found.bookings, found.days, *queues, found.clock)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Settle a batch of up to ten requests, day by day; the requests of a day that failed come again."""
    requests: list[tuple[str, SeatRequest]] = []
    failed: list[str] = []
    for record in event["Records"]:
        try:
            requests.append((record["messageId"], read_seat_request(record["body"])))
        except UnreadableError:
            # Of another version of this code; it must not cost the others of the batch their seats.
            logger.exception("seat request not read", sqs_message_id=record["messageId"])
            metrics.add_metric("SeatFault", MetricUnit.Count, 1)
            failed.append(record["messageId"])
    # The order within a day is the queue's; sorting is stable.
    requests.sort(key=lambda pair: pair[1].service_date)
    for day, pairs in groupby(requests, key=lambda pair: pair[1].service_date):
        records = list(pairs)
        settled = _settle_in_order([request for _, request in records])
        if settled < len(records):
            logger.warning("day not settled", day=day.isoformat(), requests=len(records) - settled)
            failed += [message_id for message_id, _ in records[settled:]]
    pause_failed(runtime().sqs, runtime().day_queue_url, event, failed)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _settle_in_order(requests: list[SeatRequest]) -> int:
    """Settle the requests of a day, and return how many of them, from the first, are settled."""
    if _settle(requests):
        return len(requests)
    # One that can never be settled must not take those before it, or its whole batch, along.
    return sum(1 for _ in takewhile(lambda request: _settle([request]), requests)) if len(requests) > 1 else 0


def _settle(requests: list[SeatRequest]) -> bool:
    try:
        answers = seating().settle(requests[0].service_date, requests)
    except Exception:  # one fault must not cost the others; it is logged and comes again
        logger.exception("seat requests not handled", traces=[trace(request.message_id) for request in requests])
        metrics.add_metric("SeatFault", MetricUnit.Count, len(requests))
        return False
    for request, answer in zip(requests, answers, strict=True):
        logger.info(answer, trace=trace(request.message_id), booking=trace(request.booking_code))
        metrics.add_metric(f"Confirm.{answer}", MetricUnit.Count, 1)
    return True
