"""The log lines of a function, in JSON, and its metrics, in CloudWatch's embedded metric format."""

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
    """The log and the metrics of a function's outcomes, with the office beside each.

    `office` returns the office's id, and is called at each invocation. `about` always holds the other keys of a log
    line, which are no personal data. Several threads may use it.
    """

    def __init__(self, function: str, office: Callable[[], str]) -> None:
        self.logger = Logger()
        self._metrics = Metrics()
        self._function = function
        self._office = office
        self._counting = Lock()  # Powertools' metrics are not made for threads

    def instrument(self, handler: Callable[[dict[str, Any], Any], Result]) -> Callable[[dict[str, Any], Any], Result]:
        """Return a handler that names the office in log and metrics of each call, and writes the metrics at its end."""

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
        """Log an outcome at info, and count it. With `times` 0 it is only counted, so that the metric has a zero."""
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
        """Log what went wrong with its traceback, and count it. Inside an except clause, `cause` may be left out."""
        self.logger.exception(what, exc_info=cause or True, extra=about)
        self.count(outcome, times)

    def count(self, outcome: StrEnum, times: int = 1) -> None:
        """Count an outcome whose log line is written elsewhere, unless it is one that is only logged."""
        name = metric_name(self._function, outcome)
        if name not in LOGGED_ONLY:
            with self._counting:
                self._metrics.add_metric(name, MetricUnit.Count, times)
