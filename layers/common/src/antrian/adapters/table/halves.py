"""The halves of registrations in DynamoDB. The write table in `docs/data-model.md` lists the condition here."""

import operator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from antrian.adapters.table.items import HalvesItem
from antrian.adapters.table.writes import update_if
from antrian.domain.halves import Halves
from antrian.domain.message import Sender

# Longer than one half may wait for the other, because WhatsApp may bring it late; and not much longer, because name,
# birth date and address lie there without a booking.
HALVES_KEPT = timedelta(days=1)


class TableHalves:
    """Keep halves in the bound table."""

    def keep(self, sender: Sender, halves: Halves) -> Halves:
        """Keep what one message brought, and return it with the other half as stored; what was sent later stays."""
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
            conditions.append(HalvesItem.words_at.does_not_exist() | (HalvesItem.words_at <= words.sent_at))
            sent_at.append(words.sent_at)
        if photo := halves.photo:
            actions += [
                HalvesItem.photo_id.set(photo.photo.media_id),
                HalvesItem.photo_type.set(photo.photo.mime_type),
                HalvesItem.photo_in.set(photo.message_id),
                HalvesItem.photo_at.set(photo.sent_at),
            ]
            conditions.append(HalvesItem.photo_at.does_not_exist() | (HalvesItem.photo_at <= photo.sent_at))
            sent_at.append(photo.sent_at)
        actions.append(HalvesItem.expires_at.set(max(sent_at) + HALVES_KEPT))
        # A half takes the place of an older one only: messages come in any order.
        if not update_if(item, actions, reduce(operator.and_, conditions)):
            item.refresh(consistent_read=True)
        stored = item.halves()
        return replace(stored, words=words or stored.words, photo=photo or stored.photo)
