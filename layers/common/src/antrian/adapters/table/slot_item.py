"""A slot with its seats as the table stores it, and the stored form of a seat that cools."""

from datetime import UTC, date, datetime, timedelta

from pynamodb.attributes import MapAttribute, NumberAttribute, UTCDateTimeAttribute
from pynamodb.expressions.operand import Path

from antrian.adapters.table.items import Item
from antrian.domain.seats import Cooling, Slot


class SlotItem(Item):
    """The item of one slot with its seats; `DAY#2026-11-23` / `SLOT#<starts_at in UTC>`.

    Under its number a seat has a booking code or, once it was given up, how it is held back. Both stand in one place,
    so that one condition guards both.
    """

    starts_at = UTCDateTimeAttribute()
    first_number = NumberAttribute()
    capacity = NumberAttribute()
    seats: MapAttribute[str, str] = MapAttribute(default=dict)  # type: ignore[no-untyped-call] # PynamoDB's
    closed_at = UTCDateTimeAttribute(null=True)
    finished_at = UTCDateTimeAttribute(null=True)
    reopened = NumberAttribute(null=True)

    @classmethod
    def key(cls, day: date, starts_at: datetime) -> "SlotItem":
        """Return an item with this slot's keys and nothing else, to be updated."""
        return cls(f"DAY#{day.isoformat()}", f"SLOT#{starts_at:%Y-%m-%dT%H:%MZ}")

    @classmethod
    def of(cls, day: date, slot: Slot, retention: timedelta) -> "SlotItem":
        """Return the item of a slot with all its seats free."""
        item = cls.key(day, slot.starts_at)
        item.starts_at = slot.starts_at
        item.first_number = slot.first_number
        item.capacity = slot.capacity
        item.expires_at = slot.starts_at + retention
        return item

    def slot(self) -> Slot:
        """Return what the item stores."""
        held = {int(number): holder for number, holder in self.seats.attribute_values.items()}
        return Slot(
            starts_at=self.starts_at,
            first_number=int(self.first_number),
            capacity=int(self.capacity),
            seats={number: holder for number, holder in held.items() if not is_cooling(holder)},
            cooling={number: parse_cooling(holder) for number, holder in held.items() if is_cooling(holder)},
            closed_at=self.closed_at,
            finished_at=self.finished_at,
            reopened=int(self.reopened or 0),
        )


def seat_of(number: int) -> Path:
    """Return the place of a queue number in a slot's item."""
    return Path(["seats", str(number)])


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def format_cooling(cooling: Cooling) -> str:
    """Return how a seat is held back in at most 15 characters, because the seats of a slot share 1 KB.

    In base 36: five for the minute since 1970 in which it was given up, two for the minutes until it is free. Then four
    for each fingerprint.
    """
    given_up_at = _base36((cooling.given_up_at - _EPOCH) // _MINUTE, 5)
    return (
        given_up_at
        + _base36((cooling.until - cooling.given_up_at) // _MINUTE, 2)
        + "".join(sorted(cooling.fingerprints))
    )


def is_cooling(holder: str) -> bool:
    """Tell whether this is a stored cooling and not a booking code.

    A code begins with a capital or a digit; a minute since 2002 begins with a small letter.
    """
    return holder[0].islower()


def parse_cooling(text: str) -> Cooling:
    """Return what `format_cooling` wrote."""
    given_up_at = _EPOCH + int(text[:5], 36) * _MINUTE
    until = given_up_at + int(text[5:7], 36) * _MINUTE
    return Cooling(given_up_at, until, frozenset(text[at : at + 4] for at in range(7, len(text), 4)))


def _base36(number: int, length: int) -> str:
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text
