"""The items of the table, as `docs/data-model.md` lists them. Bind them to a table once, before the first use."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.connection import Connection
from pynamodb.constants import STRING
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from antrian.domain.booking import Booking, Lapse, Move, Seat, State
from antrian.domain.door import Outcome, ScanRecord
from antrian.domain.message import Sender
from antrian.domain.ports import Claim
from antrian.domain.scan import Scan, Undoing
from antrian.domain.seats import Slot


class DateAttribute(Attribute[date]):
    """Store a calendar day as ISO 8601."""

    attr_type = STRING

    def serialize(self, value: date) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        return date.fromisoformat(value)


# WhatsApp delivers a message again for up to 7 days, and the outbox keeps an answer for up to 14: what is stored to
# know a message again is kept for longer than both together.
MESSAGES_KEPT = timedelta(days=30)


class Item(Model):
    """Hold what all items share: the keys, and when TTL may remove them."""

    class Meta:
        table_name = ""
        region = ""
        max_pool_connections = 32  # the webhook handles the senders of a batch side by side
        # Several tries fit into the shortest function's time: a connection that went stale must not use all of it up.
        connect_timeout_seconds = 1
        read_timeout_seconds = 4

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute(null=True)


class BookingItem(Item):
    """Store one booking; `BOOKING#<code>` / `BOOKING`."""

    state = UnicodeAttribute()
    approval_code = UnicodeAttribute()
    message_id = UnicodeAttribute()
    phone = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute(null=True)
    name = UnicodeAttribute()
    birth_date = DateAttribute()
    service_date = DateAttribute()
    sent_at = UTCDateTimeAttribute()
    approve_by = UTCDateTimeAttribute()
    claims: ListAttribute[str] = ListAttribute()
    claims_until = UTCDateTimeAttribute()
    number = NumberAttribute(null=True)
    starts_at = UTCDateTimeAttribute(null=True)
    opens_at = UTCDateTimeAttribute(null=True)
    void_after = UTCDateTimeAttribute(null=True)
    lapse = UnicodeAttribute(null=True)
    nonce = UnicodeAttribute(null=True)
    officer = UnicodeAttribute(null=True)
    device = UnicodeAttribute(null=True)
    checked_in_at = UTCDateTimeAttribute(null=True)
    learnt_at = UTCDateTimeAttribute(null=True)
    admits_late = BooleanAttribute(null=True)
    moves: ListAttribute[Any] = ListAttribute(default=list)

    @classmethod
    def key(cls, code: str) -> "BookingItem":
        """Return the item that has this booking's keys and nothing else, to be updated."""
        return cls(f"BOOKING#{code}", "BOOKING")

    @classmethod
    def read(cls, code: str) -> Booking:
        """Return a booking as it is now. Raises DoesNotExist."""
        return cls.get(f"BOOKING#{code}", "BOOKING", consistent_read=True).booking()

    @classmethod
    def of(cls, booking: Booking, expires_at: datetime) -> "BookingItem":
        """Return the item of a booking that is new: pending, or turned away."""
        return cls(
            f"BOOKING#{booking.code}",
            "BOOKING",
            expires_at=expires_at,
            state=booking.state,
            approval_code=booking.approval_code,
            message_id=booking.message_id,
            phone=booking.sender.phone,
            user_id=booking.sender.user_id,
            name=booking.name,
            birth_date=booking.birth_date,
            service_date=booking.service_date,
            sent_at=booking.sent_at,
            approve_by=booking.approve_by,
            claims=list(booking.claims),
            claims_until=booking.claims_until,
            lapse=booking.lapse,
            moves=[moved(booking.state, Move(booking.sent_at, booking.message_id))],
        )

    def booking(self) -> Booking:
        """Return what the item stores."""
        seat = None
        if self.number is not None:
            seat = Seat(int(self.number), self.starts_at, self.opens_at, self.void_after)
        return Booking(
            code=self.pk.removeprefix("BOOKING#"),
            state=State(self.state),
            approval_code=self.approval_code,
            message_id=self.message_id,
            sender=Sender(self.phone, self.user_id),
            name=self.name,
            birth_date=self.birth_date,
            service_date=self.service_date,
            sent_at=self.sent_at,
            approve_by=self.approve_by,
            claims=tuple(self.claims),
            claims_until=self.claims_until,
            seat=seat,
            lapse=Lapse(self.lapse) if self.lapse else None,
            check_in=self._check_in(),
            moves=tuple(
                (State(move["to"]), Move(datetime.fromisoformat(move["at"]), move.get("message_id", "")))
                for move in self.moves
            ),
        )

    def _check_in(self) -> Scan | None:
        if self.nonce is None:
            return None
        learnt_at, late = self.learnt_at, bool(self.admits_late)
        return Scan(self.nonce, self.officer, self.device, self.checked_in_at, learnt_at, late)


class ClaimItem(Item):
    """Store whose booking an identity has; `CLAIM#<key>` / `CLAIM`."""

    booking_code = UnicodeAttribute()
    until = UTCDateTimeAttribute()

    @classmethod
    def key(cls, claim_key: str) -> "ClaimItem":
        """Return the item that has this claim's keys and nothing else, to be updated."""
        return cls(f"CLAIM#{claim_key}", "CLAIM")

    def claim(self) -> Claim:
        """Return what the item stores."""
        return Claim(self.pk.removeprefix("CLAIM#"), self.booking_code, self.until)


class ApprovalItem(Item):
    """Store which booking an approval code was last given to, only for explaining; `APPROVAL#<code>` / `APPROVAL`."""

    booking_code = UnicodeAttribute()


class WithdrawalItem(Item):
    """Store which booking a message has cancelled; `WITHDRAWAL#<message id>` / `WITHDRAWAL`."""

    booking_code = UnicodeAttribute()

    @classmethod
    def key(cls, message_id: str) -> tuple[str, str]:
        """Return the keys of a message's withdrawal."""
        return f"WITHDRAWAL#{message_id}", "WITHDRAWAL"


class OpenedItem(Item):
    """Store that a day's slots are stored; `DAY#2026-11-23` / `OPENED`."""

    @classmethod
    def key(cls, day: date) -> "OpenedItem":
        """Return the item of this day."""
        return cls(f"DAY#{day.isoformat()}", "OPENED")


class SlotItem(Item):
    """Store one slot with its seats; `DAY#2026-11-23` / `SLOT#<starts_at in UTC>`."""

    starts_at = UTCDateTimeAttribute()
    first_number = NumberAttribute()
    capacity = NumberAttribute()
    seats: MapAttribute[str, str] = MapAttribute(default=dict)  # type: ignore[no-untyped-call] # PynamoDB's
    closed_at = UTCDateTimeAttribute(null=True)
    finished_at = UTCDateTimeAttribute(null=True)
    reopened = NumberAttribute(null=True)

    @classmethod
    def key(cls, day: date, starts_at: datetime) -> "SlotItem":
        """Return the item that has this slot's keys and nothing else, to be updated."""
        return cls(f"DAY#{day.isoformat()}", f"SLOT#{starts_at:%Y-%m-%dT%H:%MZ}")

    @classmethod
    def of(cls, day: date, slot: Slot, retention: timedelta) -> "SlotItem":
        """Return the item of a slot of which no seat is taken."""
        item = cls.key(day, slot.starts_at)
        item.starts_at = slot.starts_at
        item.first_number = slot.first_number
        item.capacity = slot.capacity
        item.expires_at = slot.starts_at + retention
        return item

    def slot(self) -> Slot:
        """Return what the item stores."""
        seats = {int(number): code for number, code in self.seats.attribute_values.items()}
        return Slot(
            starts_at=self.starts_at,
            first_number=int(self.first_number),
            capacity=int(self.capacity),
            seats=seats,
            closed_at=self.closed_at,
            finished_at=self.finished_at,
            reopened=int(self.reopened or 0),
        )


class ScanItem(Item):
    """Store what was decided on one scan; `SCAN#<nonce>` / `SCAN`."""

    outcome = UnicodeAttribute()
    digest = UnicodeAttribute()
    officer = UnicodeAttribute()
    device = UnicodeAttribute()
    happened_at = UTCDateTimeAttribute()
    learnt_at = UTCDateTimeAttribute()
    admits_late = BooleanAttribute()
    booking_code = UnicodeAttribute(null=True)
    undone_at = UTCDateTimeAttribute(null=True)
    undone_by = UnicodeAttribute(null=True)
    undone_on = UnicodeAttribute(null=True)
    undone_because = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, nonce: str) -> "ScanItem":
        """Return the item that has this scan's keys and nothing else, to be updated."""
        return cls(f"SCAN#{nonce}", "SCAN")

    @classmethod
    def of(cls, record: ScanRecord, retention: timedelta) -> "ScanItem":
        """Return the item of a scan that nobody has undone."""
        item, scan = cls.key(record.scan.nonce), record.scan
        item.outcome, item.digest, item.booking_code = record.outcome.value, record.digest, record.booking_code
        item.officer, item.device, item.admits_late = scan.officer, scan.device, scan.admits_late
        item.happened_at, item.learnt_at = scan.at, scan.learnt_at
        item.expires_at = scan.learnt_at + retention
        return item

    def record(self) -> ScanRecord:
        """Return what the item stores."""
        nonce = self.pk.removeprefix("SCAN#")
        scan = Scan(nonce, self.officer, self.device, self.happened_at, self.learnt_at, self.admits_late)
        undoing = None
        if self.undone_at is not None:
            undoing = Undoing(self.undone_by or "", self.undone_on or "", self.undone_because or "", self.undone_at)
        return ScanRecord(scan, Outcome(self.outcome), self.digest, self.booking_code, undoing)


class SentItem(Item):
    """Store that an answer went out, or why it cannot; `SENT#<id>` / `SENT`."""

    kind = UnicodeAttribute()
    sent_at = UTCDateTimeAttribute()
    whatsapp_id = UnicodeAttribute(null=True)
    failure = UnicodeAttribute(null=True)


def bind(table_name: str, region: str) -> Connection:
    """Let all items live in this table, and return the one connection that they share."""
    # PynamoDB reads a model's table from its Meta, but the name is known only when a function starts; and it would make
    # a client for each model, at 50 ms and a TLS handshake each.
    Item.Meta.table_name = table_name
    Item.Meta.region = region
    BookingItem._connection = None
    table = BookingItem._get_connection()
    for item in (ClaimItem, ApprovalItem, WithdrawalItem, OpenedItem, SlotItem, ScanItem, SentItem):
        item._connection = table
    return table.connection


def seat_of(number: int) -> Path:
    """Return the place of a queue number in a slot's item."""
    return Path(["seats", str(number)])


def moves_to(state: State, move: Move) -> Action:
    """Return the update that adds a move to a booking's moves."""
    return BookingItem.moves.set(BookingItem.moves.append([moved(state, move)]))


def moved(state: State, move: Move) -> Mapping[str, str]:
    """Return a move as it is stored."""
    at = {"to": state.value, "at": move.at.isoformat()}
    return {**at, "message_id": move.message_id} if move.message_id else at
