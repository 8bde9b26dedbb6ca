"""Sends answers to WhatsApp, each once. Some failures lead to a template instead, others to a record."""

from dataclasses import dataclass, replace
from datetime import date

from antrian.domain import qr
from antrian.domain.answers import Answer
from antrian.domain.delivery import Outgoing, Rendered, Seen, Template
from antrian.domain.notice import Notice
from antrian.domain.outcomes import NotifyOutcome
from antrian.domain.ports import Bookings, Channel, Clock, SentLog, SigningKey, Wording
from antrian.domain.receipt import SentRecord
from antrian.domain.refusals import Undeliverable, Unsayable, WindowClosed
from antrian.usecases.delivery.receipts import tell_the_desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """The sending of one office's answers."""

    wording: Wording
    channel: Channel
    sent: SentLog
    bookings: Bookings
    key: SigningKey
    clock: Clock

    def send(self, outgoing: Outgoing) -> NotifyOutcome:
        """Send one answer and return what became of it.

        An answer that is stale, given up or our fault leaves a record. WhatsApp has no idempotency key: if we die
        between its response and our record, the answer goes out twice, which is better than never, unless a receipt
        comes first. Raises Unsayable, TryLater, LineDown; they and every fault of the outside mean that the answer has
        to come again.
        """
        known = self.sent.find(outgoing.id)
        if known is None:
            known, outcome = self._send(outgoing)
        else:
            outcome = NotifyOutcome.SENT_BEFORE
            if not known.kind:
                # We have only its receipt: we died before we could record what we had sent.
                known = self.sent.add(outgoing, "", self.clock.now())
        # Also for an answer that was recorded before: we may have died before we told the desk.
        tell_the_desk(self.bookings, known)
        return outcome

    def give_up_unsayable(self, outgoing: Outgoing) -> None:
        """Record that an answer will never be put into words."""
        tell_the_desk(self.bookings, self.sent.give_up(outgoing, "unsayable", self.clock.now()))

    def give_up_unread(self, outgoing_id: str) -> None:
        """Record that an answer will never be read."""
        self.sent.give_up_unread(outgoing_id, self.clock.now())

    def show_seen(self, seen: Seen) -> NotifyOutcome:
        """Let the sender of a message see that it was read, and return what became of it.

        Raises as the channel does; the caller may ignore it.
        """
        if not seen.is_timely(self.clock.now()):
            return NotifyOutcome.SEEN_TOO_LATE
        self.channel.show_seen(seen.message_id)
        return NotifyOutcome.SEEN

    def _send(self, outgoing: Outgoing) -> tuple[SentRecord, NotifyOutcome]:
        """Send an answer of which nothing is known, and return the record of it and what became of it."""
        due = self._due(outgoing)
        if due is None:
            return self.sent.give_up(outgoing, "stale", self.clock.now()), NotifyOutcome.STALE
        try:
            whatsapp_id, outcome = self._deliver(due, self._rendered(due))
        except Undeliverable as refused:
            given_up = self.sent.give_up(due, str(refused), self.clock.now())
            return given_up, NotifyOutcome.OUR_FAULT if refused.ours else NotifyOutcome.GIVEN_UP
        return self.sent.add(due, whatsapp_id, self.clock.now()), outcome

    def _due(self, outgoing: Outgoing) -> Outgoing | None:
        """Return what is to go out; None for a notice that was overtaken because somebody cancelled, moved, or came.

        A notice goes to the ids that the holder of its booking has by now: a number that they gave up may be a
        stranger's.
        """
        notice = Notice.of(outgoing.id)
        if notice is None:
            return outgoing
        code, day = (str(outgoing.answer.fields.get(key, "")) for key in ("booking_code", "service_date"))
        if not code or not day:
            raise Unsayable(f"a notice of {notice} says of which booking and day it is")
        booking = self.bookings.get(code)
        if booking is None or not notice.is_true_of(booking, date.fromisoformat(day), self.clock.now()):
            return None
        return replace(outgoing, to=booking.sender)

    def _rendered(self, outgoing: Outgoing) -> Rendered:
        rendered, ticket = self._words(outgoing.answer), outgoing.ticket
        if ticket is None:
            return rendered
        content = qr.unsigned(ticket.booking_code, ticket.service_date)
        return replace(rendered, qr=qr.signed(content, self.key.sign(content.encode())))

    def _words(self, answer: Answer) -> Rendered:
        try:
            return self.wording.render(answer)
        except (LookupError, TypeError, ValueError) as fault:
            raise Unsayable(f"{answer.kind} cannot be put into words") from fault

    def _deliver(self, outgoing: Outgoing, rendered: Rendered) -> tuple[str, NotifyOutcome]:
        """Return WhatsApp's id for what went out, and what that was."""
        if rendered.template is not None and Notice.of(outgoing.id) is not None:
            # Nobody asked for a notice, so it mostly comes after the 24 hours. WhatsApp may take a text all the same,
            # and tell only in a receipt that it went nowhere.
            return self._deliver_template(outgoing, rendered, rendered.template)
        try:
            return self.channel.send(outgoing.to, rendered, outgoing.id), NotifyOutcome.SENT
        except WindowClosed as closed:
            if rendered.template is None:
                raise Undeliverable("window_closed") from closed
            return self.channel.send_template(outgoing.to, rendered.template, outgoing.id), NotifyOutcome.SENT

    def _deliver_template(
        self, outgoing: Outgoing, rendered: Rendered, template: Template
    ) -> tuple[str, NotifyOutcome]:
        try:
            return self.channel.send_template(outgoing.to, template, outgoing.id), NotifyOutcome.SENT
        except Undeliverable as refused:
            # Not approved, or not submitted: a text may still get through.
            if not refused.ours:
                raise
            try:
                return self.channel.send(outgoing.to, rendered, outgoing.id), NotifyOutcome.SENT_WITHOUT_TEMPLATE
            except WindowClosed:
                raise refused from None
