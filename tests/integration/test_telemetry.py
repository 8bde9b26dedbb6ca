"""Each of the five functions counts for its office, which it learns when it is called and not when it is loaded."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from antrian.adapters.queues import SqsDayQueue, SqsOutbox
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.delivery import Seen
from checkin import handler as checkin
from confirm import handler as confirm
from expiry import handler as expiry
from notify import handler as notify
from tests.builders import BUDI, MONDAY, NOW
from tests.integration import door
from tests.integration.stack import Context, Stack, delivery
from webhook import handler as webhook


def ask_for_a_seat(stack: Stack) -> None:
    SqsDayQueue(stack.sqs, stack.day_queue_url).put(
        SeatRequest(SeatAction.SEAT, "CTH00000000", MONDAY, "wamid.1", BUDI, NOW)
    )
    confirm.handler(stack.take(stack.day_queue_url), Context())


def show_seen_too_late(stack: Stack) -> None:
    SqsOutbox(stack.sqs, stack.outbox_url).show_seen(Seen("wamid.1", BUDI, NOW.replace(year=2025)))
    notify.handler(stack.take(stack.outbox_url), Context())


CALLS: Mapping[str, Callable[[Stack], object]] = {
    "Webhook.not_json": lambda _: webhook.handler(delivery(b"{"), Context()),
    "Confirm.code_unknown": ask_for_a_seat,
    "Expiry.voided": lambda _: expiry.handler({}, Context()),
    "Checkin.not_staff": lambda _: checkin.handler(door.request("GET", "/days/2026-11-23", groups=None), Context()),
    "Notify.seen_too_late": show_seen_too_late,
}


@pytest.mark.parametrize("metric", CALLS)
def test_a_function_counts_for_its_office(metric: str, stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    CALLS[metric](stack)
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines() if f'"{metric}"' in line]
    counted: list[dict[str, Any]] = [line for line in written if "_aws" in line]
    assert [line["office"] for line in counted] == ["contoh"]
    assert set(counted[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]) == {"service", "office"}
