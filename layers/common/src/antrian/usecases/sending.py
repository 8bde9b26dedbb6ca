"""Sends answers to WhatsApp, each once, and knows which failures end in a template and which in a record."""

from dataclasses import dataclass, replace
from datetime import date

from antrian.domain import qr
from antrian.domain.answer import Answer, Kind
from antrian.domain.clock import Clock
from antrian.domain.ports import Channel, Outgoing, Rendered, SentLog, SigningKey, Undeliverable, WindowClosed, Wording


@dataclass(frozen=True, slots=True)
class Sending:
    """Send what is in the outbox."""

    wording: Wording
    channel: Channel
    sent: SentLog
    key: SigningKey
    clock: Clock

    def send(self, outgoing: Outgoing) -> str:
        """Send one answer and return what became of it: `sent`, `sent_before`, or `given_up`.

        WhatsApp has no idempotency key: a death between its answer and our record sends the answer twice, which is
        better than never. Every fault of the channel or the key passes through; the answer then has to come again.
        """
        if self.sent.has(outgoing.id):
            return "sent_before"
        try:
            whatsapp_id = self._deliver(outgoing, self._rendered(outgoing.answer))
        except Undeliverable as refused:
            self.sent.give_up(outgoing, str(refused), self.clock.now())
            return "given_up"
        self.sent.add(outgoing, whatsapp_id, self.clock.now())
        return "sent"

    def _rendered(self, answer: Answer) -> Rendered:
        rendered = self.wording.render(answer)
        if answer.kind is not Kind.TICKET:
            return rendered
        code, day = str(answer.fields["booking_code"]), date.fromisoformat(str(answer.fields["service_date"]))
        content = qr.unsigned(code, day)
        return replace(rendered, qr=qr.signed(content, self.key.sign(content.encode())))

    def _deliver(self, outgoing: Outgoing, rendered: Rendered) -> str:
        try:
            return self.channel.send(outgoing.to, rendered, outgoing.id)
        except WindowClosed as closed:
            if rendered.template is None:
                raise Undeliverable("window_closed") from closed
            return self.channel.send_template(outgoing.to, rendered.template, outgoing.id)
