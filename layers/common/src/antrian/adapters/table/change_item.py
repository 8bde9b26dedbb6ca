"""What a message changed, as the table stores it."""

from pynamodb.attributes import UnicodeAttribute

from antrian.adapters.table.items import Item


class ChangeItem(Item):
    """Store which booking a message changed, or asked in vain to change; `CHANGE#<message id>` / `CHANGE`."""

    booking_code = UnicodeAttribute()

    @classmethod
    def key(cls, message_id: str) -> tuple[str, str]:
        """Return the keys of what a message changed."""
        return f"CHANGE#{message_id}", "CHANGE"
