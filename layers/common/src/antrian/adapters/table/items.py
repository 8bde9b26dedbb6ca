"""The base of all items. An item stands beside the store that owns it, or in a module of its own if several need it."""

from datetime import date, timedelta

from pynamodb.attributes import Attribute, TTLAttribute, UnicodeAttribute
from pynamodb.constants import STRING
from pynamodb.models import Model

# WhatsApp delivers a message again for up to 7 days, and the outbox keeps an answer for up to 14. Items by which we
# know a message again are kept for longer than both together.
MESSAGES_KEPT = timedelta(days=30)


class DateAttribute(Attribute[date]):
    """A calendar day, stored as ISO 8601."""

    attr_type = STRING

    def serialize(self, value: date) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        return date.fromisoformat(value)


class Item(Model):
    """The attributes of all items: the keys, and when TTL may remove the item."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute(null=True)
