"""Works something out anew when a write finds that somebody else wrote first."""

from collections.abc import Callable
from typing import TypeVar

from antrian.domain.refusals import StaleRead, Unsettled

# Each try follows a write by somebody else on the same items: more than a few means that something is wrong.
MOST_TRIES = 8

Result = TypeVar("Result")


def retry(step: Callable[[], Result], what: str) -> Result:
    """Take a step, from its reads to its write, until it is not refused with StaleRead, and return what it returns.

    Raises Unsettled after too many tries, which says of `what` that it was refused.
    """
    for _ in range(MOST_TRIES):
        try:
            return step()
        except StaleRead:
            continue
    raise Unsettled(f"{what} was refused {MOST_TRIES} times; it has to come again")
