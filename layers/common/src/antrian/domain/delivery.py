"""What is delivered to applicants over WhatsApp: answers in words, and signs that a message was seen."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from antrian.domain.answers import Answer, Kind
from antrian.domain.message import Photo, Sender
from antrian.domain.receipt import Ticket

# The dots of typing say that an answer is near.
SEEN_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An answer and its recipient. `id` is the same whenever the same answer is made again: it goes out once."""

    id: str
    to: Sender
    answer: Answer

    @property
    def ticket(self) -> Ticket | None:
        """Return which ticket this is, None for every other answer and for a ticket of which too little is known."""
        code, day = self.answer.fields.get("booking_code"), self.answer.fields.get("service_date")
        if self.answer.kind is not Kind.TICKET or not code or not day:
            return None
        return Ticket(str(code), date.fromisoformat(str(day)))


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign for the sender of a message, sent at this moment, that it was read and an answer is on its way."""

    message_id: str
    to: Sender
    sent_at: datetime

    def is_timely(self, now: datetime) -> bool:
        """Tell whether somebody may still be looking at the chat."""
        return now - self.sent_at <= SEEN_WITHIN


@dataclass(frozen=True, slots=True)
class PhotoToKeep:
    """The photo of a booking, which its holder sent, and which is to be fetched from WhatsApp and kept."""

    booking_code: str
    photo: Photo


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `id` is what the applicant could have typed instead."""

    id: str
    title: str


# WhatsApp shows so many rows in all.
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
    """An answer in words. `qr` is what a QR image beside the text shows; the text is then its caption.

    `rows` are a list that opens with a tap on `rows_title`; there are no buttons then.

    `template` says the same to somebody who has not written for a day, where there is one.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    rows: tuple[Row, ...] = ()
    rows_title: str = ""
    qr: str | None = None
    template: Template | None = None
