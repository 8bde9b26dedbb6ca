"""The dependencies of this function, each made when it is first asked for."""

from functools import cache

from antrian.runtime import runtime
from antrian.usecases.conversation.reception import Reception
from antrian.usecases.delivery.receipts import Receipts


@cache
def reception() -> Reception:
    """Return the use case that receives messages."""
    return Reception(
        office=runtime().office,
        key=runtime().codes_key,
        decisions=runtime().decisions,
        bookings=runtime().bookings,
        days=runtime().days,
        day_queue=runtime().day_queue,
        outbox=runtime().outbox,
        clock=runtime().clock,
        rate_limit=runtime().rate_limit,
        drafts=runtime().drafts,
        dialogues=runtime().dialogues,
    )


@cache
def receipts() -> Receipts:
    """Return the use case that receives receipts."""
    return Receipts(sent=runtime().sent_log, bookings=runtime().bookings)
