"""Every outcome has one name, which its log line, its metric and its alarm share."""

import re

import pytest

from antrian.domain import outcomes
from antrian.domain.changes import SeatAction
from antrian.domain.outcomes import NotifyOutcome, WebhookOutcome, metric_name
from antrian.domain.receipt import Receipt

ENUMS = (
    outcomes.WebhookOutcome,
    outcomes.ConfirmOutcome,
    outcomes.ExpiryOutcome,
    outcomes.CheckinOutcome,
    outcomes.NotifyOutcome,
)


def test_a_metric_begins_with_its_function() -> None:
    assert metric_name("notify", NotifyOutcome.LINE_DOWN) == "Notify.line_down"


@pytest.mark.parametrize("outcome", [outcome for enum in ENUMS for outcome in enum])
def test_an_outcome_is_named_in_small_letters(outcome: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", outcome)


def test_what_is_only_logged_is_an_outcome_of_its_function() -> None:
    functions = ("webhook", "confirm", "expiry", "checkin", "notify")
    names = {
        metric_name(function, outcome) for function, enum in zip(functions, ENUMS, strict=True) for outcome in enum
    }
    assert names >= outcomes.LOGGED_ONLY


@pytest.mark.parametrize("receipt", Receipt)
def test_every_receipt_has_an_outcome(receipt: Receipt) -> None:
    assert WebhookOutcome(f"receipt_{receipt}")


@pytest.mark.parametrize("action", set(SeatAction) - {SeatAction.CALL_OFF})
def test_whatever_an_applicant_asks_of_a_day_has_an_outcome(action: SeatAction) -> None:
    assert WebhookOutcome(f"asked_for_{action}")
