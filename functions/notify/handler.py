"""Takes answers from the outbox: one recipient is one FIFO group, so answers arrive in order."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import urllib3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from antrian.adapters.emulator import SIMULATOR_URL
from antrian.adapters.queues import LINE_DOWN, ONE_PERSON, Backoff, UnreadableError, pause_failed, read_outgoing
from antrian.adapters.texts import Texts
from antrian.adapters.whatsapp.channel import WhatsAppChannel
from antrian.adapters.whatsapp.client import Client
from antrian.adapters.whatsapp.graph import GRAPH_URL
from antrian.adapters.whatsapp.media import WhatsAppMedia
from antrian.domain.delivery import Outgoing, PhotoToKeep, Seen
from antrian.domain.message import trace
from antrian.domain.refusals import LineDown, TryLater, Unsayable
from antrian.runtime import Runtime
from antrian.usecases.delivery.photos import PhotoKeeping
from antrian.usecases.delivery.sending import Sending
from notify.line import Line, LineStopped

logger = Logger()
metrics = Metrics()

# A ticket's signature, upload and message: up to 15, 13 and 13 seconds, and a little for the table.
SLOWEST_ANSWER_SECONDS = 45
# What we cannot read or put into words stays so until a person mends it, and everything else for its recipient waits
# behind it. Ten tries with doubling pauses take a quarter of an hour, which outlasts a deploy that is under way.
FAULT_ATTEMPTS = 10


@cache
def runtime() -> Runtime:
    """Return what this function finds around it."""
    return Runtime(os.environ)


@cache
def pool() -> urllib3.PoolManager:
    """Return the connections to WhatsApp."""
    return urllib3.PoolManager()


def _graph_url() -> str:
    return runtime().local_setting(SIMULATOR_URL) or GRAPH_URL


def sending() -> Sending:
    """Return the one use case of this function, with the access token as it is now."""
    found, account = runtime(), runtime().whatsapp()
    client = Client(pool(), _graph_url(), account.graph_version, account.phone_number_id, account.access_token)
    return Sending(
        Texts(found.office), WhatsAppChannel(client), found.sent_log, found.bookings, found.signing_key, found.clock
    )


def photo_keeping() -> PhotoKeeping:
    """Return the use case of photos, with the access token as it is now."""
    found, account = runtime(), runtime().whatsapp()
    media = WhatsAppMedia(pool(), _graph_url(), account.graph_version, account.access_token)
    return PhotoKeeping(found.bookings, media, found.photos, found.outbox)


@cache
def line() -> Line:
    """Return what this environment knows of the line to WhatsApp."""
    return Line()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(default_dimensions={"office": os.environ.get("OFFICE", "unknown")})
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send up to ten answers; one that failed, and what stands behind it for the same person, comes again."""
    processor = SqsFifoPartialProcessor(skip_group_on_error=True)
    # Failures are named one by one, also when all failed; raising instead would only hide which.
    processor.raise_on_entire_batch_failure = False
    # A ticket's two calls may take their whole time-outs. An invocation that is cut off could not say what is left.
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - SLOWEST_ANSWER_SECONDS
    backoffs: dict[str, Backoff] = {}

    def handle(record: SQSRecord) -> None:
        try:
            _handle(record, in_time=time.monotonic() <= deadline)
        except (LineDown, LineStopped):
            backoffs[record.message_id] = LINE_DOWN
            raise
        except TryLater as refused:
            if refused.this_recipient_only:
                backoffs[record.message_id] = ONE_PERSON
            raise

    response = process_partial_response(event=event, record_handler=handle, processor=processor, context=context)
    failed = {str(failure["itemIdentifier"]) for failure in response["batchItemFailures"]}
    pause_failed(runtime().sqs, runtime().outbox_url, event, failed, backoffs)
    return dict(response)


def _handle(record: SQSRecord, *, in_time: bool) -> None:
    outgoing = _read(record)
    if isinstance(outgoing, Seen):
        _count(_show_seen(outgoing) if in_time and not line().is_stopped else "seen_not_shown")
    elif outgoing is not None:
        if line().is_stopped:
            _count("held")
            raise LineStopped
        if not in_time:
            _count("no_time_left")
            raise TimeoutError("no time is left in this invocation")
        if isinstance(outgoing, PhotoToKeep):
            _keep_photo(outgoing)
        else:
            _send(outgoing, last_try=_is_last_try(record))


def _keep_photo(wanted: PhotoToKeep) -> None:
    about = {"booking": trace(wanted.booking_code)}
    with _faults_told(about, again="photo to be fetched again", fault="photo not kept"):
        became = photo_keeping().keep(wanted)
    (logger.warning if became == "photo_lost" else logger.info)(became, extra=about)
    _count(became)


def _read(record: SQSRecord) -> Outgoing | Seen | PhotoToKeep | None:
    """Return what is to be sent, None when it was given up."""
    try:
        return read_outgoing(record.body)
    except UnreadableError:
        # Of another version of this code; the batch processor would keep this to itself.
        logger.exception("answer not read", sqs_message_id=record.message_id)
        if not _is_last_try(record):
            _count("fault")
            raise
    sending().give_up_unread(record.message_id)
    logger.error("our_fault", sqs_message_id=record.message_id)
    _count("our_fault")
    return None


def _send(outgoing: Outgoing, *, last_try: bool) -> None:
    about = {"trace": trace(outgoing.id), "kind": outgoing.answer.kind}
    with _faults_told(about, again="to be sent again", fault="answer not handled"):
        try:
            became = sending().send(outgoing)
        except Unsayable:
            if not last_try:
                raise
            logger.exception("answer not handled", extra=about)
            sending().give_up_unsayable(outgoing)
            became = "our_fault"
    (logger.error if became in {"our_fault", "sent_without_template"} else logger.info)(became, extra=about)
    _count(became)


@contextmanager
def _faults_told(about: Mapping[str, str], *, again: str, fault: str) -> Iterator[None]:
    """Log and count what keeps something from getting out, because the batch processor keeps it to itself."""
    try:
        yield
    except (TryLater, LineDown) as refused:
        if isinstance(refused, LineDown):
            line().stop()
        logger.warning(again, extra={**about, "reason": str(refused)})
        _count("LineDown" if isinstance(refused, LineDown) else "Retry")
        raise
    except Exception:
        logger.exception(fault, extra=about)
        _count("fault")
        raise


def _show_seen(seen: Seen) -> str:
    try:
        return sending().show_seen(seen)
    except Exception as fault:  # noqa: BLE001 - it is a courtesy: the answer behind it must not wait for it
        logger.info("seen_not_shown", trace=trace(seen.message_id), reason=str(fault))
        return "seen_not_shown"


def _is_last_try(record: SQSRecord) -> bool:
    return int(record.attributes.approximate_receive_count) >= FAULT_ATTEMPTS


def _count(outcome: str) -> None:
    metrics.add_metric(f"Notify.{outcome}", MetricUnit.Count, 1)
