"""The booking that a message changed, as the table stores it."""

from pynamodb.attributes import UnicodeAttribute

from antrian.adapters.table.items import Item


class ChangeItem(Item):
    """The item of the booking that a message changed, or asked in vain to change; `CHANGE#<message id>` / `CHANGE`."""

    booking_code = UnicodeAttribute()

    @classmethod
    def key(cls, message_id: str) -> tuple[str, str]:
        """Return the keys of a message's item."""
        return f"CHANGE#{message_id}", "CHANGE"
