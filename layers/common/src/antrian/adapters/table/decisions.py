"""What each message decided, in DynamoDB. The write table in `docs/data-model.md` lists the conditions here."""

from collections.abc import Iterable, Mapping

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from antrian.adapters.table.items import MESSAGES_KEPT, DateAttribute, Item
from antrian.adapters.table.table import Table
from antrian.adapters.table.writes import put_new
from antrian.domain.answers import Answer, Fields, Kind
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.decision import Decision
from antrian.domain.message import Sender


class DecisionItem(Item):
    """The item of a message's decision; `DECISION#<message id>` / `DECISION`.

    It holds an answer, or a seat request and, once there is one, the answer to it.
    """

    sent_at = UTCDateTimeAttribute()
    kind = UnicodeAttribute(null=True)
    fields = JSONAttribute(null=True)
    action = UnicodeAttribute(null=True)
    booking_code = UnicodeAttribute(null=True)
    service_date = DateAttribute(null=True)
    asked_at = UTCDateTimeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, message_id: str) -> "DecisionItem":
        """Return an item that has only the keys of this message's item, to be updated."""
        return cls(f"DECISION#{message_id}", "DECISION")

    @classmethod
    def of(cls, decision: Decision) -> "DecisionItem":
        """Return the item of a new decision."""
        item = cls.key(decision.message_id)
        item.sent_at, item.expires_at = decision.sent_at, decision.sent_at + MESSAGES_KEPT
        match decision.outcome:
            case Answer(kind, fields):
                item.kind, item.fields = kind.value, dict(fields)
            case SeatRequest() as request:
                item.action, item.booking_code = request.action.value, request.booking_code
                item.service_date, item.asked_at = request.service_date, request.sent_at
                item.phone, item.user_id = request.sender.phone, request.sender.user_id
        return item

    @property
    def message_id(self) -> str:
        """Return the id of the message."""
        return str(self.pk).removeprefix("DECISION#")

    def answer(self) -> Answer:
        """Return the answer that the item holds. There is one if there is a `kind`."""
        fields: Fields = {
            name: tuple(value) if isinstance(value, list) else value for name, value in self.fields.items()
        }
        return Answer(Kind(self.kind), fields)

    def decision(self) -> Decision:
        """Return the decision. A request stays the decision after it has been answered."""
        if self.action is None:
            return Decision(self.message_id, self.sent_at, self.answer())
        sender = Sender(self.phone, self.user_id)
        action, day = SeatAction(self.action), self.service_date
        request = SeatRequest(action, self.booking_code, day, self.message_id, sender, self.asked_at)
        return Decision(self.message_id, self.sent_at, request)


class TableDecisions:
    """The decisions in an office's table, kept for as long as their messages may come again."""

    def __init__(self, table: Table) -> None:
        self._decisions = table.model(DecisionItem)

    def decision_on(self, message_id: str) -> Decision | None:
        """Return the decision of a message, None if it has none yet."""
        item = self._decisions.key(message_id)
        try:
            return self._decisions.get(item.pk, item.sk, consistent_read=True).decision()
        except DoesNotExist:
            return None

    def decide(self, decision: Decision) -> Decision:
        """Record a decision, unless its message has one, and return the one that is recorded."""
        # A message decides once.
        if put_new(self._decisions.of(decision)):
            return decision
        return self.decision_on(decision.message_id) or decision

    def answers_to(self, message_ids: Iterable[str]) -> Mapping[str, Answer]:
        """Return the recorded answers to these messages, by message id."""
        keys = [(f"DECISION#{message_id}", "DECISION") for message_id in sorted(set(message_ids))]
        items = self._decisions.batch_get(keys, consistent_read=True) if keys else ()
        return {item.message_id: item.answer() for item in items if item.kind is not None}


def record(transaction: TransactWrite, decisions: type[DecisionItem], decision: Decision) -> None:
    """Add to a transaction that the answer to a message is recorded, beside the request if there is one."""
    new = decisions.of(decision)
    # A message is answered once.
    unanswered: Condition = DecisionItem.kind.does_not_exist()
    transaction.update(
        decisions.key(decision.message_id),
        actions=[
            DecisionItem.sent_at.set(new.sent_at),
            DecisionItem.kind.set(new.kind),
            DecisionItem.fields.set(new.fields),
            DecisionItem.expires_at.set(new.expires_at),
        ],
        condition=unanswered,
    )
