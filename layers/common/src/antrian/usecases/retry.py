"""Optimistic locking: works something out anew when its write finds that somebody else wrote first."""

from collections.abc import Callable
from typing import TypeVar

from antrian.domain.refusals import StaleRead, Unsettled

# Each further try follows a write by somebody else on the same items; more than a few mean that something is wrong.
MOST_TRIES = 8

Result = TypeVar("Result")


def retry(step: Callable[[], Result], what: str) -> Result:
    """Repeat a step, from its reads to its write, until no StaleRead refuses it, and return what it returns.

    Raises Unsettled after too many tries; its text names `what` was refused.
    """
    for _ in range(MOST_TRIES):
        try:
            return step()
        except StaleRead:
            continue
    raise Unsettled(f"{what} was refused {MOST_TRIES} times; it has to come again")
