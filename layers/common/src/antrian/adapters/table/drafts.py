"""The halves of registrations in DynamoDB. The write table in `docs/data-model.md` lists the condition here."""

import operator
from datetime import datetime, timedelta
from functools import reduce

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from antrian.adapters.table.items import HalvesItem
from antrian.adapters.table.writes import update_if
from antrian.domain.draft import Halves, SentPhoto, SentWords
from antrian.domain.message import Sender

# Longer than one half may wait for the other, because WhatsApp may bring it late; and not much longer, because name,
# birth date and address lie there without a booking.
HALVES_KEPT = timedelta(days=1)


class TableHalves:
    """Keep halves in the bound table."""

    def keep(self, sender: Sender, halves: Halves) -> Halves:
        """Keep what one message brought, and return both halves as they are stored then; what was sent later stays."""
        item = HalvesItem.key(sender)
        actions: list[Action] = []
        conditions: list[Condition] = []
        sent_at: list[datetime] = []
        if words := halves.words:
            asked = words.asked
            actions += [
                HalvesItem.name.set(asked.name),
                HalvesItem.birth_date.set(asked.birth_date),
                HalvesItem.address.set(asked.address) if asked.address else HalvesItem.address.remove(),
                HalvesItem.service_date.set(asked.service_date)
                if asked.service_date
                else HalvesItem.service_date.remove(),
                HalvesItem.words_in.set(words.message_id),
                HalvesItem.words_at.set(words.sent_at),
            ]
            conditions.append(_no_later(HalvesItem.words_at, HalvesItem.words_in, words))
            sent_at.append(words.sent_at)
        if photo := halves.photo:
            actions += [
                HalvesItem.photo_id.set(photo.photo.media_id),
                HalvesItem.photo_type.set(photo.photo.mime_type),
                HalvesItem.photo_in.set(photo.message_id),
                HalvesItem.photo_at.set(photo.sent_at),
            ]
            conditions.append(_no_later(HalvesItem.photo_at, HalvesItem.photo_in, photo))
            sent_at.append(photo.sent_at)
        actions.append(HalvesItem.expires_at.set(max(sent_at) + HALVES_KEPT))
        if update_if(item, actions, reduce(operator.and_, conditions)):
            return item.halves()
        item.refresh(consistent_read=True)
        left = halves.not_overtaken(item.halves())
        return self.keep(sender, left) if left.words or left.photo else item.halves()


def _no_later(at: UTCDateTimeAttribute, message_id: UnicodeAttribute, half: SentWords | SentPhoto) -> Condition:
    # A half takes the place of an older one only, of two in one second always the same one: messages come in any order.
    in_this_second: Condition = (at == half.sent_at) & (message_id <= half.message_id)
    condition: Condition = at.does_not_exist() | (at < half.sent_at) | in_this_second
    return condition
