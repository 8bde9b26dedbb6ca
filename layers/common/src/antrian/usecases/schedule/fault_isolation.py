"""Goes on with the others when one of many items fails."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


def for_each(items: Iterable[Item], do: Callable[[Item], int], what: str) -> int:
    """Call `do` with each item, and return the sum of what it returned.

    One item's fault does not stop the others: raises ExceptionGroup at the end, whose text says `what` failed.
    """
    total = 0
    faults: list[Exception] = []
    for item in items:
        try:
            total += do(item)
        except Exception as fault:  # noqa: BLE001 - raised below, when the others have had their turn
            faults.append(fault)
    if faults:
        raise ExceptionGroup(f"{len(faults)} {what}; the next minute tries again", faults)
    return total
