"""Runs on a schedule. It may run twice, late, or die halfway: nothing is done too early, twice or never."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from antrian.runtime import Runtime
from antrian.usecases.schedule.closing import Closing
from antrian.usecases.schedule.reminding import Reminding
from antrian.usecases.schedule.sweeping import Sweeping

logger = Logger()
metrics = Metrics()


@cache
def work() -> dict[str, Callable[[], int]]:
    """Return what there is to do, by the name of what it counts."""
    found = Runtime(os.environ)
    bookings, days, outbox, clock = found.bookings, found.days, found.outbox, found.clock
    return {
        # First, so that nobody hears that his code is void, or is reminded, of a day that the office has closed.
        "called_off": Closing(found.office, bookings, days, found.day_queue, clock).close,
        "voided": Sweeping(found.office, bookings, days, outbox, clock).sweep,
        "reminded": Reminding(found.office, bookings, days, outbox, clock).remind,
    }


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Do once what there is to do, and return how many bookings were called off, found void, or reminded."""
    done: dict[str, int] = {}
    faults: list[Exception] = []
    for name, do in work().items():
        try:
            done[name] = do()
        except Exception as fault:  # logged and counted as ours, then, when the others have had their turn, as Lambda's
            logger.exception("not finished", work=name)
            metrics.add_metric("Expiry.fault", MetricUnit.Count, 1)
            faults.append(fault)
        else:
            metrics.add_metric(f"Expiry.{name}", MetricUnit.Count, done[name])
            if done[name]:
                logger.info(name, bookings=done[name])
    if faults:
        raise faults[0]
    return done
