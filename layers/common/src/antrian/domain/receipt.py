"""Receipts: how far a message got after WhatsApp took it. They come in any order and more than once."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Receipt(StrEnum):
    """How far a message got; the value is Meta's word."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"

    @property
    def rank(self) -> int:
        """Return its place in their order: what we know of a message only ever rises."""
        return _RANKS[self]

    @property
    def arrived(self) -> bool:
        """Tell whether it proves that the message is on somebody's phone."""
        return self in {Receipt.DELIVERED, Receipt.READ, Receipt.PLAYED}


_RANKS = {Receipt.SENT: 1, Receipt.DELIVERED: 2, Receipt.READ: 3, Receipt.PLAYED: 3, Receipt.FAILED: 4}


@dataclass(frozen=True, slots=True)
class Ticket:
    """A booking's ticket for one service date."""

    booking_code: str
    service_date: date


@dataclass(frozen=True, slots=True)
class SentRecord:
    """Our record of an answer that went out or was given up.

    `kind` is the answer's name, empty while all that we know is from a receipt that came before our own record.
    `failure` says why it was given up. `receipt` is the furthest that it got; if it failed, `errors` are Meta's codes.
    """

    kind: str = ""
    ticket: Ticket | None = None
    whatsapp_id: str | None = None
    failure: str | None = None
    receipt: Receipt | None = None
    receipt_at: datetime | None = None
    errors: tuple[int, ...] = ()

    @property
    def arrived(self) -> bool | None:
        """Tell whether it reached its recipient; None while nobody knows."""
        if self.receipt is not None and self.receipt.arrived:
            return True
        return False if self.failure is not None or self.receipt is Receipt.FAILED else None
