"""The seats of a day: a queue number is a seat is a time, and the earliest free one goes first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from antrian.domain.booking import Seat
from antrian.domain.office import Office, SlotPlan


@dataclass(slots=True)
class Slot:
    """Hold one slot as it was opened: later changes of the configuration do not move people who have a number.

    `seats` maps queue numbers to booking codes. A slot with `closed_at` gives no seats any more; with `finished_at`
    everybody who did not come to it has been told. `reopened` counts how often a check-in in it was taken back.
    """

    starts_at: datetime
    first_number: int
    capacity: int
    seats: dict[int, str] = field(default_factory=dict)
    closed_at: datetime | None = None
    finished_at: datetime | None = None
    reopened: int = 0

    @classmethod
    def planned(cls, plan: SlotPlan) -> "Slot":
        """Return the slot that configuration describes, with all its seats free."""
        return cls(plan.starts_at, plan.first_number, plan.capacity)

    def free_numbers(self) -> Iterable[int]:
        """Yield the queue numbers that nobody has, lowest first."""
        return (n for n in range(self.first_number, self.first_number + self.capacity) if n not in self.seats)


def earliest_free(slots: Iterable[Slot], now: datetime, come_early: timedelta) -> tuple[Slot, int] | None:
    """Return the slot and number of the earliest free seat that can still be reached in time, or None.

    Takes the slots in the order of their hours. A seat can be reached while one may still be there before its hour as
    early as the office asks.
    """
    for slot in slots:
        if slot.closed_at is None and slot.starts_at - come_early >= now:
            for number in slot.free_numbers():
                return slot, number
    return None


def seat(office: Office, slot: Slot, number: int) -> Seat:
    """Return the seat with this number, with the times at which the door opens and closes for it."""
    return Seat(
        number=number,
        starts_at=slot.starts_at,
        opens_at=slot.starts_at - timedelta(minutes=office.come_early_minutes),
        void_after=slot.starts_at + timedelta(minutes=office.grace_minutes),
    )
