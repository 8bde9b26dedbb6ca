"""The store as the contract tests see it: the table, or the fake of the unit tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from antrian.domain.booking import Booking, Move
from antrian.domain.changes import Confirm, Retirement
from antrian.domain.claims import ClaimKey
from antrian.domain.ports import Bookings, Days, Decisions, Door
from antrian.domain.seats import Slot, seat
from tests.builders import MONDAY, NOW, office

SENT = NOW.astimezone(UTC)
LATER = SENT + timedelta(minutes=5)


@dataclass
class Store:
    bookings: Bookings
    days: Days
    door: Door
    decisions: Decisions

    def register(self, new: Booking, *retired: Retirement) -> Booking:
        self.bookings.register(new, retired)
        return self.get(new.code)

    def get(self, code: str) -> Booking:
        found = self.bookings.get(code)
        assert found is not None
        return found

    def open(self, day: date = MONDAY) -> list[Slot]:
        self.days.open(day, [Slot.planned(plan) for plan in office().slots(day)])
        return [slot for _, slot in sorted(self.days.slots(day).items())]

    def confirm(self, new: Booking, number: int = 1) -> Booking:
        slot = next(slot for slot in self.open() if number < slot.first_number + slot.capacity)
        given = seat(office(), slot, number)
        self.days.settle([Confirm(self.register(new), given, Move(LATER, "wamid.approval"))])
        return self.get(new.code)

    def holder_of(self, claim_key: ClaimKey) -> tuple[str, datetime]:
        (claim,) = self.bookings.held_by([claim_key])
        return claim.booking_code, claim.until
