"""The count of each sender's messages in DynamoDB. The write table in `docs/data-model.md` lists the condition here."""

from datetime import datetime

from pynamodb.attributes import ListAttribute
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from antrian.adapters.table.items import MESSAGES_KEPT, Item
from antrian.adapters.table.table import Table
from antrian.adapters.table.writes import update_if
from antrian.domain.message import Sender, trace


class RateLimitItem(Item):
    """The item of the messages that a sender wrote in a window, in order of arrival; `RATE#<key>` / `<since in UTC>`.

    It holds their traces, which are short, so that it stays under 1 KB.
    """

    messages: ListAttribute[str] = ListAttribute()

    @classmethod
    def key(cls, sender: Sender, since: datetime) -> "RateLimitItem":
        """Return an item with the keys of this sender's window and nothing else, to be updated."""
        return cls(f"RATE#{sender.identities[0]}", f"{since:%Y-%m-%dT%H:%MZ}")


class TableRateLimit:
    """The count of messages in an office's table."""

    def __init__(self, table: Table) -> None:
        self._rate_limits = table.model(RateLimitItem)

    def count(self, sender: Sender, since: datetime, message_id: str, most: int) -> int | None:
        """Count a message, and return its place in its sender's window that began at `since`; None past `most`."""
        item, name = self._rate_limits.key(sender, since), trace(message_id)
        actions: list[Action] = [
            RateLimitItem.messages.set((RateLimitItem.messages | []).append([name])),
            # A message may come again for a week, and must then have the same place.
            RateLimitItem.expires_at.set(since + MESSAGES_KEPT),
        ]
        # A message is counted once, and only up to the first one too many: later ones do not make the item grow.
        messages = Path("messages")
        not_counted = ~messages.contains(name)
        room = ~Path(f"messages[{most - 1}]").exists()
        if not update_if(item, actions, not_counted & room):
            item.refresh(consistent_read=True)
        return item.messages.index(name) + 1 if name in item.messages else None
