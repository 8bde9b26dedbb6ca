"""The dependencies of this function, each made when it is first asked for."""

import os
from functools import cache

from antrian.runtime import Runtime
from antrian.usecases.seats.seating import Seating


@cache
def runtime() -> Runtime:
    """Return the collaborators that the environment names."""
    return Runtime(os.environ)


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
