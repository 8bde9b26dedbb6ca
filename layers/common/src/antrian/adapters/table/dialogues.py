"""Dialogues with senders in DynamoDB. The write table in `docs/data-model.md` lists the condition here."""

from datetime import timedelta

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DoesNotExist

from antrian.adapters.table.items import DateAttribute, Item
from antrian.adapters.table.table import Table
from antrian.adapters.table.writes import put_if
from antrian.domain.dialogue import Dialogue
from antrian.domain.message import Sender
from antrian.domain.refusals import StaleRead

# Longer than a question waits, because WhatsApp may bring an answer again; not much longer, because it holds a name and
# a birth date without a booking.
DIALOGUES_KEPT = timedelta(days=1)


class DialogueItem(Item):
    """The item of a sender's dialogue; `DIALOGUE#<key>` / `DIALOGUE`."""

    message_id = UnicodeAttribute()
    sent_at = UTCDateTimeAttribute()
    name = UnicodeAttribute(null=True)
    birth_date = DateAttribute(null=True)
    address = UnicodeAttribute(null=True)
    service_date = DateAttribute(null=True)
    ended = BooleanAttribute(default=False)

    @classmethod
    def of(cls, sender: Sender, dialogue: Dialogue, kept: timedelta) -> "DialogueItem":
        """Return the item of a sender's dialogue."""
        return cls(
            *cls.key(sender),
            expires_at=dialogue.sent_at + kept,
            message_id=dialogue.message_id,
            sent_at=dialogue.sent_at,
            name=dialogue.name,
            birth_date=dialogue.birth_date,
            address=dialogue.address,
            service_date=dialogue.service_date,
            ended=dialogue.ended,
        )

    @classmethod
    def key(cls, sender: Sender) -> tuple[str, str]:
        """Return the keys of this sender's dialogue."""
        return f"DIALOGUE#{sender.primary_identity}", "DIALOGUE"

    def dialogue(self) -> Dialogue:
        """Return what the item stores."""
        return Dialogue(
            message_id=self.message_id,
            sent_at=self.sent_at,
            name=self.name,
            birth_date=self.birth_date,
            address=self.address,
            service_date=self.service_date,
            ended=self.ended,
        )


class TableDialogues:
    """The dialogues in an office's table."""

    def __init__(self, table: Table) -> None:
        self._dialogues = table.model(DialogueItem)

    def dialogue_with(self, sender: Sender) -> Dialogue | None:
        """Return a sender's dialogue as their last message left it, however long ago; None if there is none."""
        try:
            return self._dialogues.get(*self._dialogues.key(sender), consistent_read=True).dialogue()
        except DoesNotExist:
            return None

    def go_on(self, sender: Sender, dialogue: Dialogue, before: Dialogue | None) -> None:
        """Put a sender's dialogue in place of the one that was read before. Raises StaleRead when it is another."""
        # A dialogue goes on from where it was read: there was none, or the same message left it.
        as_read = DialogueItem.pk.does_not_exist() if before is None else DialogueItem.message_id == before.message_id
        if not put_if(self._dialogues.of(sender, dialogue, DIALOGUES_KEPT), as_read):
            raise StaleRead("another message took the dialogue on")
