"""The record of what went out, in DynamoDB."""

from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from antrian.adapters.table.items import MESSAGES_KEPT, SentItem
from antrian.domain.ports import Outgoing


class TableSentLog:
    """Remember in the bound table what went out: by its id and name, without its content."""

    def has(self, outgoing_id: str) -> bool:
        """Tell whether this answer went out, or was given up."""
        try:
            SentItem.get(f"SENT#{outgoing_id}", "SENT", consistent_read=True)
        except DoesNotExist:
            return False
        return True

    def add(self, outgoing: Outgoing, whatsapp_id: str, at: datetime) -> None:
        """Record that an answer went out."""
        item = _item(outgoing, at)
        item.whatsapp_id = whatsapp_id or None
        item.save()

    def give_up(self, outgoing: Outgoing, failure: str, at: datetime) -> None:
        """Record why an answer will never go out."""
        item = _item(outgoing, at)
        item.failure = failure
        item.save()


def _item(outgoing: Outgoing, at: datetime) -> SentItem:
    return SentItem(
        f"SENT#{outgoing.id}",
        "SENT",
        kind=outgoing.answer.kind.value,
        sent_at=at,
        expires_at=at + MESSAGES_KEPT,
    )
