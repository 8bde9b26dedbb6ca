"""What all items have in common. An item stands beside the store that owns it, or alone where several need it."""

from datetime import date, timedelta

from pynamodb.attributes import Attribute, TTLAttribute, UnicodeAttribute
from pynamodb.constants import STRING
from pynamodb.models import Model

# WhatsApp delivers a message again for up to 7 days, and the outbox keeps an answer for up to 14: what is stored to
# know a message again is kept for longer than both together.
MESSAGES_KEPT = timedelta(days=30)


class DateAttribute(Attribute[date]):
    """Store a calendar day as ISO 8601."""

    attr_type = STRING

    def serialize(self, value: date) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        return date.fromisoformat(value)


class Item(Model):
    """Hold what all items share: the keys, and when TTL may remove them."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute(null=True)
