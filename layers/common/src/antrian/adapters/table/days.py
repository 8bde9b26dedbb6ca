"""The slots of each service date in DynamoDB. The write table in `docs/data-model.md` lists every condition here."""

import operator
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import reduce

from pynamodb.connection import Connection
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from antrian.adapters.table.bookings import Releases, commit_with_releases
from antrian.adapters.table.items import (
    MESSAGES_KEPT,
    BookingItem,
    OpenedItem,
    SlotItem,
    WithdrawalItem,
    moves_to,
    seat_of,
)
from antrian.adapters.table.writes import ConditionsRefused, commit
from antrian.domain.booking import Seat, State
from antrian.domain.ports import Cancel, Change, Confirm, LetLapse, Moved
from antrian.domain.seats import Slot


class TableDays:
    """Keep slots in the bound table; they stay for `retention` after their hour."""

    def __init__(self, connection: Connection, retention: timedelta) -> None:
        self._connection = connection
        self._retention = retention

    def slots(self, day: date) -> Mapping[datetime, Slot]:
        """Return the stored slots of a day by their hours; empty when nobody has opened the day yet."""
        items = SlotItem.query(f"DAY#{day.isoformat()}", SlotItem.sk.startswith("SLOT#"), consistent_read=True)
        return {slot.starts_at: slot for slot in (item.slot() for item in items)}

    def open(self, day: date, slots: Iterable[Slot]) -> None:
        """Store all slots of a day at once, unless it is open already.

        All at once, because numbers run through the slots: half a day of one configuration and half of another would
        give one number twice.
        """
        planned = [SlotItem.of(day, slot, self._retention) for slot in slots]

        def fill(transaction: TransactWrite) -> None:
            # On the day, not on its slots: another configuration may have other hours, and then shares no slot with it.
            opened = OpenedItem.key(day)
            opened.expires_at = max((item.expires_at for item in planned), default=None)
            transaction.save(opened, condition=OpenedItem.pk.does_not_exist())
            for item in planned:
                transaction.save(item)

        try:
            commit(self._connection, fill)
        except ConditionsRefused:
            return  # somebody else opened it, which is what was asked for

    def settle(self, day: date, changes: Sequence[Change]) -> None:
        """Make all these changes of one day, or none. A booking stands in one change at most. Raises Moved."""

        def fill(transaction: TransactWrite, releases: Releases) -> None:
            seats = _SeatChanges(day)
            for change in changes:
                match change:
                    case Confirm():
                        seats.note(change.seat, before=None, after=change.booking.code)
                        _confirm(transaction, change)
                    case LetLapse():
                        _let_lapse(transaction, releases, change)
                    case Cancel():
                        if change.booking.seat is not None:
                            seats.note(change.booking.seat, before=change.booking.code, after=None)
                        _cancel(transaction, releases, change)
            seats.write(transaction)

        try:
            commit_with_releases(self._connection, fill)
        except ConditionsRefused as refused:
            raise Moved(f"a seat or a booking of {day} is not as it was read") from refused

    def close(self, day: date, starts_at: datetime, now: datetime) -> Slot:
        """Let a slot give no seats any more, and return it as it then is."""
        item = SlotItem.key(day, starts_at)
        item.update(actions=[SlotItem.closed_at.set(SlotItem.closed_at | now)], condition=SlotItem.pk.exists())
        return item.slot()

    def finish(self, day: date, slot: Slot, now: datetime) -> None:
        """Record that nothing is left to do for a closed slot, unless it was reopened since it was read so."""
        # A slot is finished when it is closed, and nobody's check-in was taken back after its bookings were looked at.
        never = SlotItem.reopened.does_not_exist()
        not_reopened = SlotItem.reopened == slot.reopened if slot.reopened else never
        try:
            SlotItem.key(day, slot.starts_at).update(
                actions=[SlotItem.finished_at.set(now)], condition=SlotItem.closed_at.exists() & not_reopened
            )
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise


class _SeatChanges:
    """Gather the seats of several changes, one update for each slot: no transaction may touch an item twice."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._before: dict[datetime, dict[int, str | None]] = defaultdict(dict)
        self._after: dict[datetime, dict[int, str | None]] = defaultdict(dict)

    def note(self, seat: Seat, *, before: str | None, after: str | None) -> None:
        """Note that a seat goes from one booking code to another; None means free."""
        # A seat may be given back and taken again in one round; what is stored is what it was at first.
        self._before[seat.starts_at].setdefault(seat.number, before)
        self._after[seat.starts_at][seat.number] = after

    def write(self, transaction: TransactWrite) -> None:
        for starts_at, after in self._after.items():
            # A seat is taken when nobody has it, and given back by whoever has it;
            conditions: list[Condition] = [
                seat_of(number).does_not_exist() if code is None else seat_of(number) == code
                for number, code in self._before[starts_at].items()
            ]
            # a closed slot gives no seats, but takes them back.
            if any(after.values()):
                conditions.append(SlotItem.closed_at.does_not_exist())
            actions: list[Action] = [
                seat_of(number).remove() if code is None else seat_of(number).set(code)
                for number, code in after.items()
            ]
            transaction.update(
                SlotItem.key(self._day, starts_at), actions=actions, condition=reduce(operator.and_, conditions)
            )


def _confirm(transaction: TransactWrite, change: Confirm) -> None:
    # A booking gets its seat once, while it is pending.
    still_pending = BookingItem.state == State.PENDING.value
    transaction.update(
        BookingItem.key(change.booking.code),
        actions=[
            BookingItem.state.set(State.CONFIRMED.value),
            BookingItem.number.set(change.seat.number),
            BookingItem.starts_at.set(change.seat.starts_at),
            BookingItem.opens_at.set(change.seat.opens_at),
            BookingItem.void_after.set(change.seat.void_after),
            moves_to(State.CONFIRMED, change.move),
        ],
        condition=still_pending,
    )


def _let_lapse(transaction: TransactWrite, releases: Releases, change: LetLapse) -> None:
    still_pending = BookingItem.state == State.PENDING.value
    transaction.update(
        BookingItem.key(change.booking.code),
        actions=[
            BookingItem.state.set(State.LAPSED.value),
            BookingItem.lapse.set(change.lapse.value),
            moves_to(State.LAPSED, change.move),
        ],
        condition=still_pending,
    )
    releases.add(transaction, change.booking, change.booking.claims, change.move.at)


def _cancel(transaction: TransactWrite, releases: Releases, change: Cancel) -> None:
    # A booking is cancelled in the state in which it was read: with a seat to give back or without one.
    as_it_was_read = BookingItem.state == change.booking.state.value
    transaction.update(
        BookingItem.key(change.booking.code),
        actions=[
            BookingItem.state.set(State.CANCELLED.value),
            moves_to(State.CANCELLED, change.move),
        ],
        condition=as_it_was_read,
    )
    # A message cancels one booking, once.
    cancelled_nothing_yet = WithdrawalItem.pk.does_not_exist()
    transaction.save(
        WithdrawalItem(
            *WithdrawalItem.key(change.move.message_id),
            booking_code=change.booking.code,
            expires_at=change.move.at + MESSAGES_KEPT,
        ),
        condition=cancelled_nothing_yet,
    )
    releases.add(transaction, change.booking, change.booking.claims, change.move.at)
