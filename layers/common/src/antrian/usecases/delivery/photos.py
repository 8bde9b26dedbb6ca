"""Keeps the photo of a booking: fetches it from WhatsApp and stores it where few may see it."""

from dataclasses import dataclass

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import STANDING
from antrian.domain.delivery import Outgoing, PhotoToKeep
from antrian.domain.outcomes import NotifyOutcome
from antrian.domain.ports import Bookings, Outbox, PhotoSource, PhotoStore
from antrian.domain.refusals import NoPhoto


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoKeeping:
    """The keeping of photos at one office."""

    bookings: Bookings
    source: PhotoSource
    store: PhotoStore
    outbox: Outbox

    def keep(self, wanted: PhotoToKeep) -> NotifyOutcome:
        """Keep a booking's photo, and return what became of it.

        Applicants are told when their photo is lost; their booking stands, and they bring the originals anyway. May be
        repeated, and die anywhere. Raises TryLater, LineDown; they and every fault of the outside mean that the photo
        has to be asked for again.
        """
        booking = self.bookings.get(wanted.booking_code)
        if booking is None or booking.state not in STANDING:
            return NotifyOutcome.PHOTO_NOT_NEEDED
        if booking.photo_key is not None:
            return NotifyOutcome.PHOTO_KEPT_BEFORE
        try:
            content = self.source.fetch(wanted.photo)
        except NoPhoto:
            answer = Answer(Kind.PHOTO_NOT_KEPT, answers.details(booking))
            self.outbox.put(Outgoing(f"photo_lost:{booking.code}", booking.sender, answer))
            return NotifyOutcome.PHOTO_LOST
        key = self.store.put(booking.code, wanted.photo, content)
        self.bookings.note_photo(booking.code, wanted.photo, key)
        return NotifyOutcome.PHOTO_KEPT
