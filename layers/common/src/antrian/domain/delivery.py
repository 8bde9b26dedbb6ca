"""What is delivered to applicants over WhatsApp: answers in words, and signs that a message was seen."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from antrian.domain.answers import Answer, Kind
from antrian.domain.message import Photo, Sender
from antrian.domain.receipt import Ticket

# The typing indicator says that an answer is near, so it must not come later than this.
SEEN_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An answer and its recipient. The same answer made again has the same `id`, so it goes out once."""

    id: str
    to: Sender
    answer: Answer

    @property
    def ticket(self) -> Ticket | None:
        """Return the ticket that this answer is; None for every other answer, and for a ticket without code or day."""
        code, day = self.answer.fields.get("booking_code"), self.answer.fields.get("service_date")
        if self.answer.kind is not Kind.TICKET or not code or not day:
            return None
        return Ticket(str(code), date.fromisoformat(str(day)))


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign for the sender of a message that it was read and an answer is on its way. `sent_at` is the message's."""

    message_id: str
    to: Sender
    sent_at: datetime

    def is_timely(self, now: datetime) -> bool:
        """Tell whether the sender may still be looking at the chat."""
        return now - self.sent_at <= SEEN_WITHIN


@dataclass(frozen=True, slots=True)
class PhotoToKeep:
    """A booking's photo, sent by its holder, that has to be fetched from WhatsApp and kept."""

    booking_code: str
    photo: Photo


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `id` is what the applicant could have typed instead."""

    id: str
    title: str


# The most rows that WhatsApp shows in a list.
MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A line in a list; `id` is what the applicant could have typed instead."""

    id: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Template:
    """A message that WhatsApp approved beforehand, with the values of its parameters in order, and its buttons."""

    name: str
    language: str
    parameters: tuple[str, ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer in words.

    `qr` is the content of a QR image, whose caption is then the text. `rows` are a list that opens with a tap on
    `rows_title`; there are no buttons then. `template`, where there is one, says the same to somebody who has not
    written for 24 hours.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    rows: tuple[Row, ...] = ()
    rows_title: str = ""
    qr: str | None = None
    template: Template | None = None
