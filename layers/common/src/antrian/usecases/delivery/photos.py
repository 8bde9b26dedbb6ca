"""Keeps the photo of a booking: fetches it from WhatsApp and lays it where few may see it."""

from dataclasses import dataclass

from antrian.domain import answers
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import STANDING
from antrian.domain.delivery import Outgoing, PhotoToKeep
from antrian.domain.ports import Bookings, Outbox, PhotoSource, PhotoStore
from antrian.domain.refusals import NoPhoto


@dataclass(frozen=True, slots=True)
class PhotoKeeping:
    """Keep photos of one office."""

    bookings: Bookings
    source: PhotoSource
    store: PhotoStore
    outbox: Outbox

    def keep(self, wanted: PhotoToKeep) -> str:
        """Keep a booking's photo, and return what became of it.

        `photo_kept`, `photo_kept_before`, `photo_not_needed` (the booking has ended meanwhile), or `photo_lost`: then
        the holder is told; his booking stands, and he brings the originals anyway. May be repeated, and die anywhere.
        Every fault of the outside passes through; then the photo has to be asked for again.
        """
        booking = self.bookings.get(wanted.booking_code)
        if booking is None or booking.state not in STANDING:
            return "photo_not_needed"
        if booking.photo_key is not None:
            return "photo_kept_before"
        try:
            content = self.source.fetch(wanted.photo)
        except NoPhoto:
            answer = Answer(Kind.PHOTO_NOT_KEPT, answers.details(booking))
            self.outbox.put(Outgoing(f"photo_lost:{booking.code}", booking.sender, answer))
            return "photo_lost"
        key = self.store.put(booking.code, wanted.photo, content)
        self.bookings.note_photo(booking.code, wanted.photo, key)
        return "photo_kept"
