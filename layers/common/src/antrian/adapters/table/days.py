"""The slots of each service date in DynamoDB. The write table in `docs/data-model.md` lists every condition here."""

import operator
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import reduce

from pynamodb.attributes import UTCDateTimeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from antrian.adapters.table.booking_item import BookingItem, claims_as_read, moves_to
from antrian.adapters.table.claims import ClaimItem, Releases, commit_with_releases
from antrian.adapters.table.decisions import DecisionItem, record
from antrian.adapters.table.items import Item
from antrian.adapters.table.slot_item import SlotItem, format_cooling, seat_of
from antrian.adapters.table.table import Table
from antrian.adapters.table.writes import ConditionsRefused, commit, update_if
from antrian.domain.booking import Booking, Seat, State
from antrian.domain.changes import Cancel, Change, Confirm, LetLapse, Postpone, Reschedule
from antrian.domain.decision import Decision
from antrian.domain.refusals import StaleRead
from antrian.domain.seats import Cooling, Slot


class OpenedItem(Item):
    """The item that says that a day is open, and when people were reminded of it; `DAY#2026-11-23` / `OPENED`."""

    reminded_at = UTCDateTimeAttribute(null=True)

    @classmethod
    def key(cls, day: date) -> "OpenedItem":
        """Return the item of this day."""
        return cls(f"DAY#{day.isoformat()}", "OPENED")


class TableDays:
    """The slots in an office's table, kept for `retention` after their hour."""

    def __init__(self, table: Table, retention: timedelta) -> None:
        self._table = table
        self._slots = table.model(SlotItem)
        self._opened = table.model(OpenedItem)
        self._bookings = table.model(BookingItem)
        self._claims = table.model(ClaimItem)
        self._decisions = table.model(DecisionItem)
        self._retention = retention

    def slots(self, day: date) -> Mapping[datetime, Slot]:
        """Return the stored slots of a day by their hours; empty when nobody has opened the day yet."""
        items = self._slots.query(f"DAY#{day.isoformat()}", SlotItem.sk.startswith("SLOT#"), consistent_read=True)
        return {slot.starts_at: slot for slot in (item.slot() for item in items)}

    def open(self, day: date, slots: Iterable[Slot]) -> None:
        """Store all slots of a day at once, unless it is open already.

        All at once, because numbers run through the slots: half a day of one configuration and half of another would
        have one number twice.
        """
        planned = [self._slots.of(day, slot, self._retention) for slot in slots]

        def fill(transaction: TransactWrite) -> None:
            # The condition is on the day, not on its slots: another configuration may have other hours, and then none
            # of the same slots.
            opened = self._opened.key(day)
            opened.expires_at = max((item.expires_at for item in planned), default=None)
            transaction.save(opened, condition=OpenedItem.pk.does_not_exist())
            for item in planned:
                transaction.save(item)

        try:
            commit(self._table, fill)
        except ConditionsRefused:
            return  # somebody else opened it, which is what was asked for

    def settle(self, changes: Sequence[Change], answered: Collection[Decision] = ()) -> None:
        """Make all these changes and record these answers to messages, all or nothing.

        A booking stands in one change at most. Raises StaleRead, also if a message has its answer already.
        """

        def fill(transaction: TransactWrite, releases: Releases) -> None:
            seats = _SeatChanges()
            for change in changes:
                match change:
                    case Confirm():
                        seats.take(change.seat, change.booking.code, change.cooled)
                        self._confirm(transaction, change)
                    case Postpone():
                        self._postpone(transaction, change)
                    case LetLapse():
                        self._let_lapse(transaction, releases, change)
                    case Cancel():
                        if change.booking.seat is not None:
                            seats.give_back(change.booking.seat, change.booking.code, change.cooling)
                        self._cancel(transaction, releases, change)
                    case Reschedule():
                        if change.booking.seat is None:
                            raise StaleRead(f"booking {change.booking.code} has no seat to be moved from")
                        seats.take(change.seat, change.booking.code, change.cooled)
                        seats.give_back(change.booking.seat, change.booking.code, change.cooling)
                        self._reschedule(transaction, change)
            seats.write(transaction, self._slots)
            for decision in answered:
                record(transaction, self._decisions, decision)

        try:
            commit_with_releases(self._table, fill)
        except ConditionsRefused as refused:
            raise StaleRead("a seat, a booking or a decision is not as it was read") from refused

    def close(self, day: date, starts_at: datetime, now: datetime) -> Slot:
        """Let a slot give no seats any more, and return it as it then is."""
        item = self._slots.key(day, starts_at)
        item.update(actions=[SlotItem.closed_at.set(SlotItem.closed_at | now)], condition=SlotItem.pk.exists())
        return item.slot()

    def finish(self, day: date, slot: Slot, now: datetime) -> None:
        """Record that nothing is left to do for a closed slot, unless it was reopened since it was read."""
        # A slot is finished when it is closed, and nobody's check-in was taken back after its bookings were looked at.
        never = SlotItem.reopened.does_not_exist()
        not_reopened = SlotItem.reopened == slot.reopened if slot.reopened else never
        finished = SlotItem.finished_at.set(now)
        update_if(self._slots.key(day, slot.starts_at), [finished], SlotItem.closed_at.exists() & not_reopened)

    def reminded_at(self, day: date) -> datetime | None:
        """Return when all reminders of a day had gone out, None before that."""
        opened = self._opened.key(day)
        try:
            return self._opened.get(opened.pk, opened.sk, consistent_read=True).reminded_at
        except DoesNotExist:
            return None

    def note_reminded(self, day: date, now: datetime) -> None:
        """Record that all reminders of an open day have gone out; the first time stays."""
        first = OpenedItem.reminded_at.set(OpenedItem.reminded_at | now)
        self._opened.key(day).update(actions=[first], condition=OpenedItem.pk.exists())

    def _confirm(self, transaction: TransactWrite, change: Confirm) -> None:
        # A booking gets its seat once, while it is pending, on the day for which it waits.
        still_pending = BookingItem.state == State.PENDING.value
        same_day = BookingItem.service_date == change.booking.service_date
        transaction.update(
            self._bookings.key(change.booking.code),
            actions=[
                BookingItem.state.set(State.CONFIRMED.value),
                *_seat_updates(change.seat),
                moves_to(State.CONFIRMED, change.move),
            ],
            condition=still_pending & same_day,
        )

    def _postpone(self, transaction: TransactWrite, change: Postpone) -> None:
        # A booking goes on to a later day while it is pending, with the claims with which it was read.
        still_pending = BookingItem.state == State.PENDING.value
        expires_at = change.claims_until + self._retention
        transaction.update(
            self._bookings.key(change.booking.code),
            actions=[
                BookingItem.service_date.set(change.service_date),
                BookingItem.approve_by.set(change.approve_by),
                BookingItem.claims_until.set(change.claims_until),
                BookingItem.expires_at.set(expires_at),
            ],
            condition=still_pending & claims_as_read(change.booking),
        )
        self._prolong_claims(transaction, change.booking, change.claims_until, expires_at)

    def _reschedule(self, transaction: TransactWrite, change: Reschedule) -> None:
        # A booking is moved to another day while it is confirmed, with the claims with which it was read.
        still_confirmed = BookingItem.state == State.CONFIRMED.value
        expires_at = change.claims_until + self._retention
        transaction.update(
            self._bookings.key(change.booking.code),
            actions=[
                *_seat_updates(change.seat),
                BookingItem.claims_until.set(change.claims_until),
                BookingItem.expires_at.set(expires_at),
                moves_to(State.CONFIRMED, change.move),
            ],
            condition=still_confirmed & claims_as_read(change.booking),
        )
        self._prolong_claims(transaction, change.booking, change.claims_until, expires_at)

    def _prolong_claims(
        self, transaction: TransactWrite, booking: Booking, until: datetime, expires_at: datetime
    ) -> None:
        for key in booking.claims:
            # Each claim is still the booking's: none has passed to another booking, as one may when its day is over.
            still_ours = ClaimItem.booking_code == booking.code
            transaction.update(
                self._claims.key(key),
                actions=[ClaimItem.until.set(until), ClaimItem.expires_at.set(expires_at)],
                condition=still_ours,
            )

    def _let_lapse(self, transaction: TransactWrite, releases: Releases, change: LetLapse) -> None:
        still_pending = BookingItem.state == State.PENDING.value
        transaction.update(
            self._bookings.key(change.booking.code),
            actions=[
                BookingItem.state.set(State.LAPSED.value),
                BookingItem.lapse.set(change.lapse.value),
                moves_to(State.LAPSED, change.move),
            ],
            condition=still_pending & claims_as_read(change.booking),
        )
        releases.add(transaction, change.booking, change.booking.claims, change.move.at)

    def _cancel(self, transaction: TransactWrite, releases: Releases, change: Cancel) -> None:
        # A booking is cancelled in the state in which it was read, with a seat to give back or without one, and with
        # the claims that end with it.
        as_it_was_read = BookingItem.state == change.booking.state.value
        actions: list[Action] = [BookingItem.state.set(State.CANCELLED.value), moves_to(State.CANCELLED, change.move)]
        if change.lapse is not None:
            actions.append(BookingItem.lapse.set(change.lapse.value))
        transaction.update(
            self._bookings.key(change.booking.code),
            actions=actions,
            condition=as_it_was_read & claims_as_read(change.booking),
        )
        releases.add(transaction, change.booking, change.booking.claims, change.move.at)


def _stored_cooling(cooling: Cooling | None) -> str | None:
    return None if cooling is None else format_cooling(cooling)


_Slot = tuple[date, datetime]


class _SeatChanges:
    """The seats of several changes, gathered into one update for each slot: a transaction may touch no item twice."""

    def __init__(self) -> None:
        self._before: dict[_Slot, dict[int, str | None]] = defaultdict(dict)
        self._after: dict[_Slot, dict[int, str | None]] = defaultdict(dict)
        self._giving: set[_Slot] = set()

    def take(self, seat: Seat, code: str, cooled: Cooling | None) -> None:
        """Note that a booking takes a seat, which was held back like this until now, or not at all."""
        self._giving.add((seat.service_date, seat.starts_at))
        self._note(seat, _stored_cooling(cooled), code)

    def give_back(self, seat: Seat, code: str, cooling: Cooling | None) -> None:
        """Note that a booking gives a seat back, which is held back like this from now on, or not at all."""
        self._note(seat, code, _stored_cooling(cooling))

    def _note(self, seat: Seat, before: str | None, after: str | None) -> None:
        slot = seat.service_date, seat.starts_at
        # A seat may be given back and taken again in one round; the condition is on its state before the round.
        self._before[slot].setdefault(seat.number, before)
        self._after[slot][seat.number] = after

    def write(self, transaction: TransactWrite, slots: type[SlotItem]) -> None:
        for slot, after in self._after.items():
            # A seat is taken if it is as it was read, when nobody had it and it was not cooling any more; it is given
            # back by the booking that has it;
            conditions: list[Condition] = [
                seat_of(number).does_not_exist() if holder is None else seat_of(number) == holder
                for number, holder in self._before[slot].items()
            ]
            # a closed slot gives no seats, but takes them back.
            if slot in self._giving:
                conditions.append(SlotItem.closed_at.does_not_exist())
            actions: list[Action] = [
                seat_of(number).remove() if holder is None else seat_of(number).set(holder)
                for number, holder in after.items()
            ]
            transaction.update(slots.key(*slot), actions=actions, condition=reduce(operator.and_, conditions))


def _seat_updates(seat: Seat) -> list[Action]:
    return [
        BookingItem.service_date.set(seat.service_date),
        BookingItem.number.set(seat.number),
        BookingItem.starts_at.set(seat.starts_at),
        BookingItem.opens_at.set(seat.opens_at),
        BookingItem.void_after.set(seat.void_after),
    ]
