"""What happens at the door, in DynamoDB. The write table in `docs/data-model.md` lists every condition here."""

from datetime import timedelta

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactWrite

from antrian.adapters.table.booking_item import BookingItem, moves_to
from antrian.adapters.table.items import Item
from antrian.adapters.table.slot_item import SlotItem
from antrian.adapters.table.table import Table
from antrian.adapters.table.writes import ALL_OLD, ConditionsRefused, commit, put_new
from antrian.domain.booking import Booking, Move, State
from antrian.domain.door import Outcome, ScanRecord
from antrian.domain.refusals import NotLetIn, Scanned, StaleRead
from antrian.domain.scan import Scan, Undoing


class ScanItem(Item):
    """The item of the decision on one scan; `SCAN#<nonce>` / `SCAN`."""

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
        """Return an item with this scan's keys and nothing else, to be updated."""
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


class TableDoor:
    """The check-ins and scans in an office's table; scans are kept for `retention`."""

    def __init__(self, table: Table, retention: timedelta) -> None:
        self._table = table
        self._bookings = table.model(BookingItem)
        self._scans = table.model(ScanItem)
        self._slots = table.model(SlotItem)
        self._retention = retention

    def check_in(self, code: str, scan: Scan, digest: str) -> Booking:
        """Let the holder of a booking in within its window, record the scan, and return the booking.

        Raises NotLetIn, Scanned.
        """
        record = ScanRecord(scan, Outcome.OK, digest, code)

        def fill(transaction: TransactWrite) -> None:
            # The door opens
            # - for a confirmed booking, and for one that was voided before we heard of this scan, which was in time,
            may_come = BookingItem.state.is_in(State.CONFIRMED.value, State.EXPIRED.value)
            # - when its window has begun,
            window_has_begun = BookingItem.opens_at <= scan.at
            # - and while its hour has not passed, or its grace where a supervisor admits. The deadline stands in the
            #   condition, so that a late sweep lets in nobody who is late.
            last_moment = BookingItem.void_after if scan.admits_late else BookingItem.starts_at
            not_late = last_moment >= scan.at
            transaction.update(
                self._bookings.key(code),
                actions=[
                    BookingItem.state.set(State.CHECKED_IN.value),
                    BookingItem.nonce.set(scan.nonce),
                    BookingItem.officer.set(scan.officer),
                    BookingItem.device.set(scan.device),
                    BookingItem.checked_in_at.set(scan.at),
                    BookingItem.learnt_at.set(scan.learnt_at),
                    BookingItem.admits_late.set(scan.admits_late),
                    moves_to(State.CHECKED_IN, Move(scan.at)),
                ],
                condition=may_come & window_has_begun & not_late,
                return_values=ALL_OLD,
            )
            # A scan is decided once.
            transaction.save(
                self._scans.of(record, self._retention), condition=ScanItem.pk.does_not_exist(), return_values=ALL_OLD
            )

        try:
            commit(self._table, fill)
        except ConditionsRefused as refused:
            for item in refused.items(ScanItem, "SCAN#"):
                raise Scanned(item.record()) from refused
            for booking in refused.items(BookingItem, "BOOKING#"):
                raise NotLetIn(booking.booking()) from refused
            raise NotLetIn(None) from refused
        return self._bookings.read(code)

    def keep(self, record: ScanRecord) -> ScanRecord:
        """Record a scan that let nobody in, and return the record that stands: the first one of its nonce."""
        if put_new(self._scans.of(record, self._retention)):
            return record
        return self.record_of(record.scan.nonce) or record

    def record_of(self, nonce: str) -> ScanRecord | None:
        """Return what was decided on a scan."""
        try:
            return self._scans.get(f"SCAN#{nonce}", "SCAN", consistent_read=True).record()
        except DoesNotExist:
            return None

    def undo(self, booking: Booking, record: ScanRecord, undoing: Undoing) -> Booking:
        """Take a check-in back and return the booking, which waits for its holder or the sweep. Raises StaleRead."""
        if booking.seat is None:
            raise StaleRead(f"booking {booking.code} has no seat")
        slot = self._slots.key(booking.service_date, booking.seat.starts_at)

        def fill(transaction: TransactWrite) -> None:
            # A check-in is taken back while it is this scan's that let the holder in; undoing removes the scan's nonce.
            in_by_this_scan = BookingItem.nonce == record.scan.nonce
            transaction.update(
                self._bookings.key(booking.code),
                actions=[
                    BookingItem.state.set(State.CONFIRMED.value),
                    BookingItem.nonce.remove(),
                    BookingItem.officer.remove(),
                    BookingItem.device.remove(),
                    BookingItem.checked_in_at.remove(),
                    BookingItem.learnt_at.remove(),
                    BookingItem.admits_late.remove(),
                    moves_to(State.CONFIRMED, Move(undoing.at)),
                ],
                condition=in_by_this_scan,
            )
            transaction.update(
                self._scans.key(record.scan.nonce),
                actions=[
                    ScanItem.undone_at.set(undoing.at),
                    ScanItem.undone_by.set(undoing.officer),
                    ScanItem.undone_on.set(undoing.device),
                    ScanItem.undone_because.set(undoing.reason),
                ],
                condition=ScanItem.pk.exists(),
            )
            # The sweep has to look at this slot again, which it may have finished while the holder was in. It is
            # counted how often, because a sweep that saw the holder in may be about to finish the slot.
            transaction.update(
                slot, actions=[SlotItem.finished_at.remove(), SlotItem.reopened.add(1)], condition=SlotItem.pk.exists()
            )

        try:
            commit(self._table, fill)
        except ConditionsRefused as refused:
            raise StaleRead(f"the check-in of {booking.code} is not as it was read") from refused
        return self._bookings.read(booking.code)
