"""A FIFO queue as SQS keeps it: order within a group, five minutes of deduplication, dead letters."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

DEDUPLICATED = timedelta(minutes=5)
BATCH = 10
# Fewer than the stack's 12 and 1,000: one fault must not cost a message more than a few tries.
MOST_RECEIVED = 5


@dataclass(frozen=True, slots=True)
class Queued:
    """Hold a message that waits. `held`: its visibility timeout runs, and its group waits with it."""

    id: str
    group: str
    once: str
    body: str
    received: int = 0
    held: bool = False

    def record(self, at: datetime) -> dict[str, Any]:
        """Return the message as Lambda brings it."""
        sent_at = str(int(at.timestamp() * 1000))
        return {
            "messageId": self.id,
            "receiptHandle": self.id,
            "body": self.body,
            "attributes": {
                "ApproximateReceiveCount": str(self.received),
                "MessageGroupId": self.group,
                "MessageDeduplicationId": self.once,
                "SentTimestamp": sent_at,
                "ApproximateFirstReceiveTimestamp": sent_at,
                "SequenceNumber": "1",
            },
            "eventSource": "aws:sqs",
        }


@dataclass
class Fifo:
    """Be one queue. Its whole state can be taken out and put back."""

    waiting: tuple[Queued, ...] = ()
    dead: tuple[Queued, ...] = ()
    known: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def send(self, group: str, once: str, body: str, now: datetime) -> str:
        """Take a message, unless its group had one with this deduplication id within five minutes."""
        last = self.known.get((group, once))
        # The id is the same in every run, so that runs can be compared.
        id_ = hashlib.sha256(f"{group} {once} {last}".encode()).hexdigest()[:32]
        if last is None or now - last > DEDUPLICATED:
            self.known[group, once] = now
            self.waiting += (Queued(id_, group, once, body),)
        return id_

    def receive(self) -> list[Queued]:
        """Return up to ten messages in order, none past one of its group that is held."""
        blocked = {message.group for message in self.waiting if message.held}
        ready = [message for message in self.waiting if message.group not in blocked][:BATCH]
        received = {message.id: replace(message, received=message.received + 1) for message in ready}
        self.waiting = tuple(received.get(message.id, message) for message in self.waiting)
        return list(received.values())

    def settle(self, batch: Collection[Queued], failed: Collection[str], *, hold: bool) -> None:
        """Delete what of a batch was handled, and let the rest come again: at once, or when it is released."""
        handled = {message.id for message in batch} - set(failed)
        kept = []
        for message in self.waiting:
            if message.id in failed and message.received >= MOST_RECEIVED:
                self.dead += (message,)
            elif message.id not in handled:
                kept.append(replace(message, held=hold) if message.id in failed else message)
        self.waiting = tuple(kept)

    def release(self) -> None:
        """Let everything that is held come again."""
        self.waiting = tuple(replace(message, held=False) for message in self.waiting)

    def take_out(self) -> tuple[object, ...]:
        """Return the whole state."""
        return self.waiting, self.dead, tuple(sorted(self.known.items()))

    @classmethod
    def put_back(cls, state: tuple[Any, ...]) -> "Fifo":
        """Return the queue with this state."""
        waiting, dead, known = state
        return cls(waiting, dead, dict(known))
