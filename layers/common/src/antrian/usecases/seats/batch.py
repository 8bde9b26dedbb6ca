"""Settles a batch of the day queue. A request that can never be settled holds up only its own day."""

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


def settle_by_day(settle: Settle, requests: Mapping[str, SeatRequest]) -> Iterator[Settlement]:
    """Settle requests, given by id in the order of the queue, with `Seating.settle`, and yield each try.

    A request that is in no settlement without a fault has to be delivered again.
    """
    # Sorting is stable, so the order within a day stays the queue's.
    in_order = sorted(requests.items(), key=lambda item: item[1].service_date)
    for day, items in groupby(in_order, key=lambda item: item[1].service_date):
        yield from _settle_in_order(settle, day, list(items))


def _settle_in_order(settle: Settle, day: date, items: Sequence[tuple[str, SeatRequest]]) -> Iterator[Settlement]:
    together = _try(settle, day, items)
    yield together
    if together.fault is None or len(items) == 1:
        return
    # A request that can never be settled must not make those before it, or the whole batch, fail with it.
    for item in items:
        alone = _try(settle, day, [item])
        yield alone
        if alone.fault is not None:
            return


def _try(settle: Settle, day: date, items: Sequence[tuple[str, SeatRequest]]) -> Settlement:
    ids, requests = [id_ for id_, _ in items], [request for _, request in items]
    try:
        return Settlement(ids, requests, settle(day, requests))
    except Exception as fault:  # noqa: BLE001 - whoever iterates logs it; the other days must not suffer
        return Settlement(ids, requests, fault=fault)
