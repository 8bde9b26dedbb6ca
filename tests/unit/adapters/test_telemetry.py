"""What a function tells of itself: one log line and one count for each outcome, with the office beside both."""

import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from antrian.adapters.telemetry import Telemetry
from antrian.domain.outcomes import ConfirmOutcome

CONTEXT = SimpleNamespace(
    function_name="confirm", memory_limit_in_mb=512, invoked_function_arn="arn:made-up", aws_request_id="1"
)


class Observed:
    """What something that was run as a function logged and counted."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.office = "bogor"
        self.telemetry = Telemetry("confirm", lambda: self.office)
        self._stream = io.StringIO()
        self._capsys = capsys
        self.telemetry.logger.registered_handler.stream = self._stream  # type: ignore[attr-defined]

    def run(self, work: Callable[[], object]) -> None:
        self.telemetry.instrument(lambda _event, _context: work())({}, CONTEXT)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    def metrics(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]


@pytest.fixture
def observed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Observed]:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Antrian")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "confirm")
    observed = Observed(capsys)
    yield observed
    observed.telemetry._metrics.clear_metrics()


def test_an_outcome_is_logged_and_counted_for_its_office(observed: Observed) -> None:
    observed.run(lambda: observed.telemetry.record(ConfirmOutcome.MOVES_ON, {"trace": "t"}))
    (line,) = observed.lines
    assert (line["level"], line["message"], line["office"], line["trace"]) == ("INFO", "moves_on", "bogor", "t")
    (metrics,) = observed.metrics()
    assert metrics["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["office", "service"]]
    assert (metrics["office"], metrics["Confirm.moves_on"]) == ("bogor", [1.0])


def test_what_happened_several_times_is_one_line_and_what_never_happened_is_none(observed: Observed) -> None:
    def work() -> None:
        observed.telemetry.record(ConfirmOutcome.MOVES_ON, times=3)
        observed.telemetry.record(ConfirmOutcome.NOTHING, times=0)

    observed.run(work)
    (line,) = observed.lines
    assert (line["message"], line["times"]) == ("moves_on", 3)
    (metrics,) = observed.metrics()
    assert (metrics["Confirm.moves_on"], metrics["Confirm.nothing"]) == ([3.0], [0.0])


@pytest.mark.filterwarnings("ignore:No application metrics to publish")
def test_what_is_only_logged_is_not_counted(observed: Observed) -> None:
    observed.run(lambda: observed.telemetry.record(ConfirmOutcome.DAY_NOT_SETTLED))
    assert [line["message"] for line in observed.lines] == ["day_not_settled"]
    assert observed.metrics() == []


def test_a_fault_is_logged_with_its_traceback_wherever_it_is_told(observed: Observed) -> None:
    def work() -> None:
        observed.telemetry.fault(ConfirmOutcome.FAULT, "told later", cause=ConnectionError("gone"), times=2)
        try:
            raise TimeoutError("too slow")
        except TimeoutError:
            observed.telemetry.fault(ConfirmOutcome.FAULT, "told at once")

    observed.run(work)
    assert [(line["level"], line["message"], line["exception_name"]) for line in observed.lines] == [
        ("ERROR", "told later", "ConnectionError"),
        ("ERROR", "told at once", "TimeoutError"),
    ]
    (metrics,) = observed.metrics()
    assert metrics["Confirm.fault"] == [2.0, 1.0]


def test_threads_count_nothing_twice_and_lose_nothing(observed: Observed) -> None:
    """Powertools writes a hundred values at once, in the middle of whatever other threads are doing."""

    def work() -> None:
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _: observed.telemetry.count(ConfirmOutcome.NOTHING), range(4999)))

    observed.run(work)
    assert sum(sum(metrics.get("Confirm.nothing", [])) for metrics in observed.metrics()) == 4999
