"""Commits transactions: tries again after a conflict, and reports a refusal with the items that refused."""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from pynamodb.exceptions import PutError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from antrian.adapters.table.table import Table

ModelT = TypeVar("ModelT", bound=Model)

ALL_OLD = "ALL_OLD"  # lets a refusing condition return its item

# A conflict means that another transaction is touching the item this very moment; botocore does not retry it. Full
# jitter from 20 ms, so that a crowd spreads out: nine tries take 5 s together at the most.
CONFLICT_TRIES = 9
CONFLICT_BASE_SECONDS = 0.02
CONFLICT_CAP_SECONDS = 1.0


class ConditionsRefused(Exception):
    """A transaction that conditions refused, with the raw items for which they did; None where there was no item."""

    def __init__(self, raw_items: list[dict[str, Any] | None]) -> None:
        super().__init__("a condition refused the transaction")
        self._raw_items = raw_items

    @property
    def count(self) -> int:
        """Return how many items refused."""
        return len(self._raw_items)

    def items(self, model: type[ModelT], prefix: str) -> list[ModelT]:
        """Return the refusing items whose partition key begins with this prefix."""
        return [
            model.from_raw_data(raw) for raw in self._raw_items if raw is not None and raw["pk"]["S"].startswith(prefix)
        ]


def commit(table: Table, fill: Callable[[TransactWrite], None]) -> None:
    """Commit the transaction that `fill` describes.

    Raises ConditionsRefused when a condition does not hold, and PynamoDB's TransactWriteError for every other fault,
    a conflict that outlasts all tries among them.
    """
    for attempt in range(CONFLICT_TRIES):
        try:
            with TransactWrite(connection=table.connection) as transaction:
                fill(transaction)
        except TransactWriteError as error:
            reasons = [reason for reason in error.cancellation_reasons if reason is not None]
            if any(reason.code == "ConditionalCheckFailed" for reason in reasons):
                raise ConditionsRefused(
                    [reason.raw_item for reason in reasons if reason.code == "ConditionalCheckFailed"]
                ) from error
            conflict = any(reason.code == "TransactionConflict" for reason in reasons)
            if not conflict or attempt == CONFLICT_TRIES - 1:
                raise
            longest = min(CONFLICT_CAP_SECONDS, CONFLICT_BASE_SECONDS * 2**attempt)
            time.sleep(random.uniform(0, longest))  # noqa: S311 - spreads retries, protects nothing
        else:
            return


def put_new(item: Model) -> bool:
    """Put an item unless there is one with its keys, and tell whether it was put. Raises PutError for every fault."""
    return put_if(item, Path("pk").does_not_exist())


def put_if(item: Model, condition: Condition) -> bool:
    """Put an item on a condition, and tell whether it held. Raises PutError for every fault."""
    try:
        item.save(condition=condition)
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def update_if(item: Model, actions: list[Action], condition: Condition) -> bool:
    """Update an item on a condition, and tell whether it held; the item then has all its new values.

    Raises UpdateError for every fault.
    """
    try:
        item.update(actions, condition)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
