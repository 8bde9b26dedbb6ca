"""Takes answers from the outbox: one recipient is one FIFO group, so answers arrive in order."""

import os
import time
from functools import cache
from typing import Any

import urllib3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from antrian.adapters.emulator import SIMULATOR_URL
from antrian.adapters.queues import pause_failed, read_outgoing
from antrian.adapters.texts import Texts
from antrian.adapters.whatsapp.channel import WhatsAppChannel
from antrian.adapters.whatsapp.client import Client
from antrian.adapters.whatsapp.errors import LineDown, Retry
from antrian.domain.message import trace
from antrian.runtime import Runtime
from antrian.usecases.sending import Sending

logger = Logger()
metrics = Metrics()

GRAPH_URL = "https://graph.facebook.com"
# A ticket's signature, upload and message: up to 15, 13 and 13 seconds, and a little for the table.
SLOWEST_ANSWER_SECONDS = 45


@cache
def runtime() -> Runtime:
    """Return what this function finds around it."""
    return Runtime(os.environ)


@cache
def pool() -> urllib3.PoolManager:
    """Return the connections to WhatsApp."""
    return urllib3.PoolManager()


def sending() -> Sending:
    """Return the one use case of this function, with the access token as it is now."""
    found, account = runtime(), runtime().whatsapp()
    url = found.local_setting(SIMULATOR_URL) or GRAPH_URL
    client = Client(pool(), url, account.graph_version, account.phone_number_id, account.access_token)
    return Sending(Texts(found.office), WhatsAppChannel(client), found.sent_log, found.signing_key, found.clock)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send up to ten answers; one that failed, and what stands behind it for the same person, comes again."""
    processor = SqsFifoPartialProcessor(skip_group_on_error=True)
    # Failures are named one by one, also when all failed; raising instead would only hide which.
    processor.raise_on_entire_batch_failure = False
    # A ticket's two calls may take their whole time-outs. An invocation that is cut off could not say what is left.
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - SLOWEST_ANSWER_SECONDS

    def send_in_time(record: SQSRecord) -> None:
        if time.monotonic() > deadline:
            metrics.add_metric("Notify.no_time_left", MetricUnit.Count, 1)
            raise TimeoutError("no time is left in this invocation")
        _send(record)

    response = process_partial_response(event=event, record_handler=send_in_time, processor=processor, context=context)
    failed = {str(failure["itemIdentifier"]) for failure in response["batchItemFailures"]}
    pause_failed(runtime().sqs, runtime().outbox_url, event, failed)
    return dict(response)


def _send(record: SQSRecord) -> None:
    try:
        outgoing = read_outgoing(record.body)
    except (LookupError, TypeError, ValueError):
        # Of another version of this code; the batch processor would keep this to itself.
        logger.exception("answer not read", sqs_message_id=record.message_id)
        metrics.add_metric("Notify.fault", MetricUnit.Count, 1)
        raise
    try:
        became = sending().send(outgoing)
    except (Retry, LineDown) as refused:
        logger.warning("to be sent again", trace=trace(outgoing.id), kind=outgoing.answer.kind, reason=str(refused))
        metrics.add_metric(f"Notify.{type(refused).__name__}", MetricUnit.Count, 1)
        raise
    except Exception:  # logged here: the batch processor keeps it to itself
        logger.exception("answer not handled", trace=trace(outgoing.id), kind=outgoing.answer.kind)
        metrics.add_metric("Notify.fault", MetricUnit.Count, 1)
        raise
    logger.info(became, trace=trace(outgoing.id), kind=outgoing.answer.kind)
    metrics.add_metric(f"Notify.{became}", MetricUnit.Count, 1)
