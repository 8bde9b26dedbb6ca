"""What a function tells of itself: log lines in JSON, and metrics in CloudWatch's embedded format."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from threading import Lock
from typing import Any, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from antrian.domain.outcomes import LOGGED_ONLY, metric_name

Result = TypeVar("Result")
NOTHING: Mapping[str, object] = {}


class Telemetry:
    """Log the outcomes of a function, and count them, with the office beside each.

    `office` returns the office's id; it is asked at each invocation. `about` is, everywhere here, what a log line tells
    besides, which is no personal data. May be used by several threads.
    """

    def __init__(self, function: str, office: Callable[[], str]) -> None:
        self.logger = Logger()
        self._metrics = Metrics()
        self._function = function
        self._office = office
        self._counting = Lock()  # Powertools' metrics are not made for threads

    def instrument(self, handler: Callable[[dict[str, Any], Any], Result]) -> Callable[[dict[str, Any], Any], Result]:
        """Return a handler that begins with the office and ends with its metrics written."""

        @self.logger.inject_lambda_context(clear_state=True)
        @self._metrics.log_metrics
        @wraps(handler)
        def instrumented(event: dict[str, Any], context: Any) -> Result:
            office = self._office()
            self.logger.append_keys(office=office)
            self._metrics.add_dimension("office", office)
            return handler(event, context)

        return instrumented

    def record(self, outcome: StrEnum, about: Mapping[str, object] = NOTHING, *, times: int = 1) -> None:
        """Log an outcome at info, and count it. What happened no times is only counted, so that there is a zero."""
        if times:
            self.logger.info(outcome.value, extra={**about, "times": times} if times > 1 else about)
        self.count(outcome, times)

    def fault(
        self,
        outcome: StrEnum,
        what: str,
        about: Mapping[str, object] = NOTHING,
        *,
        cause: Exception | None = None,
        times: int = 1,
    ) -> None:
        """Log what went wrong with its traceback, and count it. `cause` is None inside of an except clause."""
        self.logger.exception(what, exc_info=cause or True, extra=about)
        self.count(outcome, times)

    def count(self, outcome: StrEnum, times: int = 1) -> None:
        """Count an outcome whose log line is written elsewhere, unless it is only logged."""
        name = metric_name(self._function, outcome)
        if name not in LOGGED_ONLY:
            with self._counting:
                self._metrics.add_metric(name, MetricUnit.Count, times)
