"""Settles a batch of the day queue. A request that can never be settled makes no other request fail."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from antrian.domain.answers import Kind
from antrian.domain.changes import SeatRequest
from antrian.domain.outcomes import ConfirmOutcome

Settle = Callable[[date, Sequence[SeatRequest]], Sequence[Kind | ConfirmOutcome]]


@dataclass(frozen=True, slots=True)
class Settlement:
    """The result of trying some requests together.

    `ids` are those under which they came. `outcomes` has one entry for each request, unless there was a `fault`.
    """

    ids: Sequence[str]
    requests: Sequence[SeatRequest]
    outcomes: Sequence[Kind | ConfirmOutcome] = ()
    fault: Exception | None = None


def settle_by_day(
    settle: Settle, requests: Mapping[str, SeatRequest], in_time: Callable[[], bool]
) -> Iterator[Settlement]:
    """Settle requests, given by id in the order of the queue, with `Seating.settle`, and yield each try.

    A request that is in no settlement without a fault has to be delivered again. `in_time` tells whether there is time
    for another try.
    """
    # Sorting is stable, so the order within a day stays the queue's.
    in_order = sorted(requests.items(), key=lambda item: item[1].service_date)
    for day, items in groupby(in_order, key=lambda item: item[1].service_date):
        yield from _settle_day(settle, day, list(items), in_time)


def _settle_day(
    settle: Settle, day: date, items: Sequence[tuple[str, SeatRequest]], in_time: Callable[[], bool]
) -> Iterator[Settlement]:
    together = _try(settle, day, items)
    yield together
    if together.fault is None or len(items) == 1:
        return
    # A request that can never be settled must not make the others fail with it, nor those behind it: their order is
    # a courtesy, and the conditions of the writes are what keeps seats apart.
    for item in items:
        if in_time():
            yield _try(settle, day, [item])


def _try(settle: Settle, day: date, items: Sequence[tuple[str, SeatRequest]]) -> Settlement:
    ids, requests = [id_ for id_, _ in items], [request for _, request in items]
    try:
        return Settlement(ids, requests, settle(day, requests))
    except Exception as fault:  # noqa: BLE001 - whoever iterates logs it; the other days must not suffer
        return Settlement(ids, requests, fault=fault)
