"""The dependencies of this function, each made when it is first asked for."""

from collections.abc import Callable, Mapping
from functools import cache

from antrian.domain.outcomes import ExpiryOutcome
from antrian.runtime import runtime
from antrian.usecases.schedule.closing import Closing
from antrian.usecases.schedule.reminding import Reminding
from antrian.usecases.schedule.sweeping import Sweeping


@cache
def work() -> Mapping[ExpiryOutcome, Callable[[], int]]:
    """Return what there is to do, in order, by the outcome under which its bookings are counted."""
    closing = Closing(
        office=runtime().office,
        bookings=runtime().bookings,
        days=runtime().days,
        day_queue=runtime().day_queue,
        clock=runtime().clock,
    )
    sweeping = Sweeping(
        office=runtime().office,
        bookings=runtime().bookings,
        days=runtime().days,
        outbox=runtime().outbox,
        clock=runtime().clock,
    )
    reminding = Reminding(
        office=runtime().office,
        bookings=runtime().bookings,
        days=runtime().days,
        outbox=runtime().outbox,
        clock=runtime().clock,
    )
    return {
        # First, so that nobody is reminded of a day that the office has closed, or told that their code for it is void.
        ExpiryOutcome.CALLED_OFF: closing.close,
        ExpiryOutcome.VOIDED: sweeping.sweep,
        ExpiryOutcome.REMINDED: reminding.remind,
    }
