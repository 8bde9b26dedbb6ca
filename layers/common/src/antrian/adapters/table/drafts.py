"""Drafts of registrations in DynamoDB. The write table in `docs/data-model.md` lists the condition here."""

import operator
from datetime import datetime, timedelta
from functools import reduce

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from antrian.adapters.table.items import DateAttribute, Item
from antrian.adapters.table.table import Table
from antrian.adapters.table.writes import update_if
from antrian.domain.draft import Draft, SentPhoto, SentWords
from antrian.domain.message import Photo, Sender
from antrian.domain.request import Registration

# Longer than words and photo wait for each other, because WhatsApp may bring either late; not much longer, because a
# draft holds name, birth date and address without a booking.
DRAFTS_KEPT = timedelta(days=1)


class DraftItem(Item):
    """The item of a sender's draft; `DRAFT#<key>` / `DRAFT`."""

    name = UnicodeAttribute(null=True)
    birth_date = DateAttribute(null=True)
    service_date = DateAttribute(null=True)
    address = UnicodeAttribute(null=True)
    words_in = UnicodeAttribute(null=True)
    words_at = UTCDateTimeAttribute(null=True)
    photo_id = UnicodeAttribute(null=True)
    photo_type = UnicodeAttribute(null=True)
    photo_in = UnicodeAttribute(null=True)
    photo_at = UTCDateTimeAttribute(null=True)

    @classmethod
    def key(cls, sender: Sender) -> "DraftItem":
        """Return an item with the keys of this sender's draft and nothing else, to be updated."""
        return cls(f"DRAFT#{sender.primary_identity}", "DRAFT")

    def draft(self) -> Draft:
        """Return what the item stores."""
        words = photo = None
        if self.words_in:
            registration = Registration(self.name, self.birth_date, self.service_date, self.address)
            words = SentWords(registration, self.words_in, self.words_at)
        if self.photo_in:
            photo = SentPhoto(Photo(self.photo_id, self.photo_type), self.photo_in, self.photo_at)
        return Draft(words, photo)


class TableDrafts:
    """The drafts in an office's table."""

    def __init__(self, table: Table) -> None:
        self._drafts = table.model(DraftItem)

    def keep(self, sender: Sender, draft: Draft) -> Draft:
        """Keep what one message brought, and return the draft as it is stored then; whatever was sent later stays."""
        item = self._drafts.key(sender)
        actions: list[Action] = []
        conditions: list[Condition] = []
        sent_at: list[datetime] = []
        if words := draft.words:
            registration = words.registration
            actions += [
                DraftItem.name.set(registration.name),
                DraftItem.birth_date.set(registration.birth_date),
                DraftItem.address.set(registration.address) if registration.address else DraftItem.address.remove(),
                DraftItem.service_date.set(registration.service_date)
                if registration.service_date
                else DraftItem.service_date.remove(),
                DraftItem.words_in.set(words.message_id),
                DraftItem.words_at.set(words.sent_at),
            ]
            conditions.append(_no_later(DraftItem.words_at, DraftItem.words_in, words))
            sent_at.append(words.sent_at)
        if photo := draft.photo:
            actions += [
                DraftItem.photo_id.set(photo.photo.media_id),
                DraftItem.photo_type.set(photo.photo.mime_type),
                DraftItem.photo_in.set(photo.message_id),
                DraftItem.photo_at.set(photo.sent_at),
            ]
            conditions.append(_no_later(DraftItem.photo_at, DraftItem.photo_in, photo))
            sent_at.append(photo.sent_at)
        actions.append(DraftItem.expires_at.set(max(sent_at) + DRAFTS_KEPT))
        if update_if(item, actions, reduce(operator.and_, conditions)):
            return item.draft()
        item.refresh(consistent_read=True)
        left = draft.not_overtaken(item.draft())
        return self.keep(sender, left) if left.words or left.photo else item.draft()


def _no_later(at: UTCDateTimeAttribute, message_id: UnicodeAttribute, part: SentWords | SentPhoto) -> Condition:
    # Messages come in any order, so a part replaces only an older one. The message id decides within one second.
    in_this_second: Condition = (at == part.sent_at) & (message_id <= part.message_id)
    condition: Condition = at.does_not_exist() | (at < part.sent_at) | in_this_second
    return condition
