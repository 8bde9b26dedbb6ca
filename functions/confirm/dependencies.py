"""The dependencies of this function, each made when it is first asked for."""

from functools import cache

from antrian.runtime import runtime
from antrian.usecases.seats.seating import Seating


@cache
def seating() -> Seating:
    """Return the use case that gives seats."""
    return Seating(
        office=runtime().office,
        key=runtime().codes_key,
        decisions=runtime().decisions,
        bookings=runtime().bookings,
        days=runtime().days,
        day_queue=runtime().day_queue,
        outbox=runtime().outbox,
        clock=runtime().clock,
    )
