"""The record of what went out and what became of it, in DynamoDB."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action

from antrian.adapters.table.items import MESSAGES_KEPT, DateAttribute, Item
from antrian.adapters.table.table import Table
from antrian.adapters.table.writes import update_if
from antrian.domain.delivery import Outgoing
from antrian.domain.receipt import Receipt, SentRecord, Ticket


class SentItem(Item):
    """The item of an answer that went out, or of why it cannot, and how far it got; `SENT#<id>` / `SENT`."""

    kind = UnicodeAttribute(null=True)
    sent_at = UTCDateTimeAttribute(null=True)
    whatsapp_id = UnicodeAttribute(null=True)
    failure = UnicodeAttribute(null=True)
    booking_code = UnicodeAttribute(null=True)
    service_date = DateAttribute(null=True)
    receipt = UnicodeAttribute(null=True)
    receipt_rank = NumberAttribute(null=True)
    receipt_at = UTCDateTimeAttribute(null=True)
    errors: ListAttribute[Any] = ListAttribute(default=list)

    @classmethod
    def key(cls, outgoing_id: str) -> "SentItem":
        """Return an item with this answer's keys and nothing else, to be updated."""
        return cls(f"SENT#{outgoing_id}", "SENT")

    def record(self) -> SentRecord:
        """Return what the item stores."""
        ticket = Ticket(self.booking_code, self.service_date) if self.booking_code and self.service_date else None
        return SentRecord(
            kind=self.kind or "",
            ticket=ticket,
            whatsapp_id=self.whatsapp_id,
            failure=self.failure,
            receipt=Receipt(self.receipt) if self.receipt else None,
            receipt_at=self.receipt_at,
            errors=tuple(int(code) for code in self.errors),
        )


class TableSentLog:
    """The record of what was sent, in an office's table: ids and names of answers, without their content.

    Our own writes and those of receipts touch different attributes of an item, so neither erases what the other wrote.
    """

    def __init__(self, table: Table) -> None:
        self._sent = table.model(SentItem)

    def find(self, outgoing_id: str) -> SentRecord | None:
        """Return what is known of an answer that went out or was given up, None when neither happened."""
        try:
            return self._sent.get(f"SENT#{outgoing_id}", "SENT", consistent_read=True).record()
        except DoesNotExist:
            return None

    def add(self, outgoing: Outgoing, whatsapp_id: str, at: datetime) -> SentRecord:
        """Record that an answer went out beside what receipts told already, and return all that is known of it."""
        return self._record(outgoing, at, [SentItem.whatsapp_id.set(whatsapp_id)] if whatsapp_id else [])

    def give_up(self, outgoing: Outgoing, failure: str, at: datetime) -> SentRecord:
        """Record why an answer will never go out, and return all that is known of it."""
        return self._record(outgoing, at, [SentItem.failure.set(failure)])

    def give_up_unread(self, outgoing_id: str, at: datetime) -> None:
        """Record that an answer could not even be read."""
        self._sent.key(outgoing_id).update([*_now("unread", at), SentItem.failure.set("unread")])

    def receive(
        self, outgoing_id: str, receipt: Receipt, whatsapp_id: str, at: datetime, errors: tuple[int, ...]
    ) -> SentRecord:
        """Record how far an answer got, unless more is known already, and return all that is known of it."""
        item = self._sent.key(outgoing_id)
        # Receipts come in any order, so one counts only where less is known of its answer.
        nothing_known = SentItem.receipt_rank.does_not_exist()
        less_known = SentItem.receipt_rank < receipt.rank
        actions: list[Action] = [
            SentItem.receipt.set(receipt.value),
            SentItem.receipt_rank.set(receipt.rank),
            SentItem.receipt_at.set(at),
            SentItem.errors.set(list(errors)),
            SentItem.whatsapp_id.set(SentItem.whatsapp_id | whatsapp_id),
            SentItem.expires_at.set(at + MESSAGES_KEPT),
        ]
        if update_if(item, actions, nothing_known | less_known):
            return item.record()
        return self.find(outgoing_id) or SentRecord()

    def _record(self, outgoing: Outgoing, at: datetime, actions: list[Action]) -> SentRecord:
        item = self._sent.key(outgoing.id)
        actions = [*_now(outgoing.answer.kind.value, at), *actions]
        if outgoing.ticket is not None:
            actions += [
                SentItem.booking_code.set(outgoing.ticket.booking_code),
                SentItem.service_date.set(outgoing.ticket.service_date),
            ]
        # No condition is needed: the outbox has one writer for each recipient, and what receipts wrote stays.
        item.update(actions)
        return item.record()


def _now(kind: str, at: datetime) -> list[Action]:
    return [SentItem.kind.set(kind), SentItem.sent_at.set(at), SentItem.expires_at.set(at + MESSAGES_KEPT)]
