"""Receives WhatsApp's receipts for the answers that it took, and tells the desk whose ticket did not arrive."""

from dataclasses import dataclass
from datetime import datetime

from antrian.domain.outcomes import WebhookOutcome
from antrian.domain.ports import Bookings, SentLog
from antrian.domain.receipt import Receipt, SentRecord


@dataclass(frozen=True, slots=True)
class Receipts:
    """The receipts for one office's answers."""

    sent: SentLog
    bookings: Bookings

    def receive(
        self,
        outgoing_id: str,
        receipt: Receipt,
        whatsapp_id: str,
        at: datetime,
        errors: tuple[int, ...] = (),
        *,
        line_is_down: bool = False,
    ) -> WebhookOutcome:
        """Record how far an answer got; `line_is_down` tells that it failed because nothing gets out.

        Receipts may come in any order, again, and before our own record of the answer. Every fault of the outside
        passes through; then the receipt has to come again.
        """
        # All that is known counts, not only what this receipt adds: we may have died before we told the desk.
        tell_the_desk(self.bookings, self.sent.receive(outgoing_id, receipt, whatsapp_id, at, errors))
        return WebhookOutcome.RECEIPT_LINE_DOWN if line_is_down else WebhookOutcome(f"receipt_{receipt}")


def tell_the_desk(bookings: Bookings, record: SentRecord) -> None:
    """Mark a ticket's booking as soon as we know whether the ticket arrived."""
    if record.ticket is not None and record.arrived is not None:
        bookings.note_ticket(record.ticket, arrived=record.arrived)
