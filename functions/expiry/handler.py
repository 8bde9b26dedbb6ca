"""Runs on a schedule. It may run twice, late, or die halfway: nothing is voided too early, twice or never."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from antrian.runtime import Runtime
from antrian.usecases.sweeping import Sweeping

logger = Logger()
metrics = Metrics()


@cache
def sweeping() -> Sweeping:
    """Return the one use case of this function."""
    found = Runtime(os.environ)
    return Sweeping(found.office, found.bookings, found.days, found.outbox, found.clock)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Sweep once, and return how many bookings were found void."""
    try:
        voided = sweeping().sweep()
    except Exception:  # logged and counted as ours, then as Lambda's
        logger.exception("sweep not finished")
        metrics.add_metric("Expiry.fault", MetricUnit.Count, 1)
        raise
    if voided:
        logger.info("voided", bookings=voided)
    metrics.add_metric("Expiry.voided", MetricUnit.Count, voided)
    return {"voided": voided}
