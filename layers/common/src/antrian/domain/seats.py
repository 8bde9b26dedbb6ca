"""The seats of a day. A queue number stands for a seat at a time, and the earliest free seat goes first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from antrian.domain import codes
from antrian.domain.booking import Seat
from antrian.domain.message import Sender
from antrian.domain.office import Office, SlotPlan


@dataclass(frozen=True, slots=True)
class Cooling:
    """How a seat that was given up is held back. Nobody knows when it is free, so nobody can hand it to somebody.

    Nobody gets it before `until`. Whoever gave it up, known by `fingerprints`, does not get it on the day of
    `given_up_at` either. Both moments are whole minutes.
    """

    given_up_at: datetime
    until: datetime
    fingerprints: frozenset[str]

    def keeps_from(self, fingerprints: frozenset[str], now: datetime, today: datetime) -> bool:
        """Tell whether the seat is held back from the owner of these fingerprints.

        `today` is the midnight that began the day.
        """
        return now < self.until or (today <= self.given_up_at and not fingerprints.isdisjoint(self.fingerprints))


@dataclass(slots=True)
class Slot:
    """One slot as it was opened: later changes of the configuration do not move people who have a number.

    `seats` maps queue numbers to booking codes. `cooling` maps the numbers of seats that were given up to how they are
    held back, until the seat is taken again. A slot with `closed_at` gives no seats any more; by `finished_at`
    everybody who did not come to it had been told. `reopened` counts how often a check-in in it was taken back.
    """

    starts_at: datetime
    first_number: int
    capacity: int
    seats: dict[int, str] = field(default_factory=dict)
    closed_at: datetime | None = None
    finished_at: datetime | None = None
    reopened: int = 0
    cooling: dict[int, Cooling] = field(default_factory=dict)

    @classmethod
    def planned(cls, plan: SlotPlan) -> "Slot":
        """Return the slot that configuration describes, with all its seats free."""
        return cls(plan.starts_at, plan.first_number, plan.capacity)

    def free_numbers(self) -> Iterable[int]:
        """Yield the queue numbers that nobody has, lowest first; some of them may be cooling."""
        return (n for n in range(self.first_number, self.first_number + self.capacity) if n not in self.seats)


def fingerprints(key: bytes, *senders: Sender) -> frozenset[str]:
    """Return the fingerprints of these senders, made with the office's secret key."""
    return frozenset(codes.fingerprint(key, identity) for sender in senders for identity in sender.identities)


def cooling(office: Office, key: bytes, message_id: str, fingerprints: frozenset[str], now: datetime) -> Cooling | None:
    """Return how a seat that this message gives up now is held back, None where the office lets it be booked at once.

    The time is derived from the message's id.
    """
    low, high = office.service.cooling_minutes
    if not high:
        return None
    given_up_at = now.replace(second=0, microsecond=0)
    # From the next full minute on, so that it never cools for less than the office wants.
    minutes = codes.pseudorandom_number(key, "cooling", message_id, low, high) + 1
    return Cooling(given_up_at, given_up_at + timedelta(minutes=minutes), fingerprints)


def earliest_free(
    office: Office, slots: Iterable[Slot], now: datetime, fingerprints: frozenset[str] = frozenset()
) -> tuple[Slot, int] | None:
    """Return slot and number of the earliest seat that the owner of these fingerprints can have and reach, or None.

    Takes the slots in the order of their hours.
    """
    return next(all_free(office, slots, now, fingerprints), None)


def all_free(
    office: Office, slots: Iterable[Slot], now: datetime, fingerprints: frozenset[str] = frozenset()
) -> Iterator[tuple[Slot, int]]:
    """Yield slot and number of every seat that the owner of these fingerprints can have and reach, earliest first.

    A seat can be reached while one can still come as long before its hour as the office asks.
    """
    come_early = office.service.come_early
    today = office.start_of(office.local(now).date())
    for slot in slots:
        if slot.closed_at is None and slot.starts_at - come_early >= now:
            for number in slot.free_numbers():
                if number not in slot.cooling or not slot.cooling[number].keeps_from(fingerprints, now, today):
                    yield slot, number


def seat(office: Office, slot: Slot, number: int) -> Seat:
    """Return the seat with this number, with the times at which the door opens and closes for it."""
    return Seat(
        number=number,
        service_date=office.local(slot.starts_at).date(),
        starts_at=slot.starts_at,
        opens_at=slot.starts_at - office.service.come_early,
        void_after=slot.starts_at + office.service.grace,
    )
