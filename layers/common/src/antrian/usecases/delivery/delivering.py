"""Delivers the messages of the outbox, and decides what becomes of those that could not be delivered."""

from collections.abc import Callable
from dataclasses import dataclass

from antrian.domain.backoff import DEFAULT_BACKOFF, LINE_DOWN_BACKOFF, RECIPIENT_BACKOFF, Backoff
from antrian.domain.delivery import Outgoing, PhotoToKeep, Seen
from antrian.domain.outcomes import NotifyOutcome
from antrian.domain.refusals import LineDown, TryLater, Unsayable
from antrian.usecases.delivery.circuit_breaker import CircuitBreaker
from antrian.usecases.delivery.photos import PhotoKeeping
from antrian.usecases.delivery.sending import Sending

# A message that we cannot read or put into words stays so until a person mends it, and everything else for its
# recipient waits behind it. Ten tries with doubling pauses take a quarter of an hour, which outlasts a deploy that is
# under way.
FAULT_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of one try to deliver a message of the outbox.

    `backoff` says how long the message waits for its next try, None where there is none. `reason` is WhatsApp's,
    `fault` what went wrong on our side.
    """

    outcome: NotifyOutcome
    backoff: Backoff | None = None
    reason: str | None = None
    fault: Exception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivering:
    """The delivery of answers, of photos that are to be kept, and of signs that a message was seen.

    `sending` and `photo_keeping` are called anew for each message, because WhatsApp's access token may have changed.
    """

    sending: Callable[[], Sending]
    photo_keeping: Callable[[], PhotoKeeping]
    breaker: CircuitBreaker

    def deliver(self, content: Outgoing | Seen | PhotoToKeep, attempt: int, *, in_time: bool) -> Delivery:
        """Deliver a message; `attempt` counts from 1, and `in_time` tells whether there is time left for it.

        A message that fails because of the outside comes again for as long as the queue lets it; one that fails because
        of us is given up after ten tries.
        """
        if isinstance(content, Seen):
            return self._show_seen(content, in_time=in_time)
        if self.breaker.is_open:
            return Delivery(NotifyOutcome.HELD, LINE_DOWN_BACKOFF)
        if not in_time:
            return Delivery(NotifyOutcome.NO_TIME_LEFT, DEFAULT_BACKOFF)
        try:
            if isinstance(content, PhotoToKeep):
                return Delivery(self.photo_keeping().keep(content))
            return self._send(content, attempt)
        except LineDown as refused:
            self.breaker.trip()
            return Delivery(NotifyOutcome.LINE_DOWN, LINE_DOWN_BACKOFF, str(refused))
        except TryLater as refused:
            backoff = RECIPIENT_BACKOFF if refused.this_recipient_only else DEFAULT_BACKOFF
            return Delivery(NotifyOutcome.RETRY, backoff, str(refused))
        except Exception as fault:  # noqa: BLE001 - the caller logs it; the other messages must not suffer
            return Delivery(NotifyOutcome.FAULT, DEFAULT_BACKOFF, fault=fault)

    def give_up_unread(self, outgoing_id: str, attempt: int, fault: Exception) -> Delivery:
        """Give up a message that cannot be read, after ten tries, and leave a record."""
        if attempt < FAULT_ATTEMPTS:
            return Delivery(NotifyOutcome.FAULT, DEFAULT_BACKOFF, fault=fault)
        try:
            self.sending().give_up_unread(outgoing_id)
        except Exception as unrecorded:  # noqa: BLE001 - as above
            return Delivery(NotifyOutcome.FAULT, DEFAULT_BACKOFF, fault=unrecorded)
        return Delivery(NotifyOutcome.OUR_FAULT, fault=fault)

    def _send(self, outgoing: Outgoing, attempt: int) -> Delivery:
        try:
            return Delivery(self.sending().send(outgoing))
        except Unsayable as fault:
            if attempt < FAULT_ATTEMPTS:
                raise
            self.sending().give_up_unsayable(outgoing)
            return Delivery(NotifyOutcome.OUR_FAULT, fault=fault)

    def _show_seen(self, seen: Seen, *, in_time: bool) -> Delivery:
        if self.breaker.is_open or not in_time:
            return Delivery(NotifyOutcome.SEEN_NOT_SHOWN)
        try:
            return Delivery(self.sending().show_seen(seen))
        except Exception as fault:  # noqa: BLE001 - a courtesy: the answer behind it must not wait for it
            return Delivery(NotifyOutcome.SEEN_NOT_SHOWN, reason=str(fault))
