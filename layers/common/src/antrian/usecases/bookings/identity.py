"""Knows which ids belong to one account, and keeps its bookings with it when WhatsApp tells other ids.

An account has a phone number, a user id, or both; a message may carry either or both. A message with both links them: a
booking that stands for one then stands for the other too. A notice that somebody has other ids now takes their booking
along. Two bookings that were made before we knew that their ids are one account's both stand until they end.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from antrian.domain.booking import STANDING, Booking
from antrian.domain.claims import Claim, ClaimKey
from antrian.domain.message import Sender
from antrian.domain.outcomes import WebhookOutcome
from antrian.domain.ports import Bookings
from antrian.domain.submission import Submission
from antrian.usecases.retry import retry


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The accounts that write to one office, and the ids of each."""

    bookings: Bookings

    def bookings_of(self, submission: Submission) -> Collection[Booking]:
        """Return the last booking of each of the sender's ids, and link these ids on the way.

        A booking that has gone to another account since counts as this sender's for whatever was sent before that.
        Raises Unsettled.
        """
        found = self.bookings.get_all({claim.booking_code for claim in self._linked(submission).values()}).values()
        return [booking for booking in found if booking.was_of(submission.by, submission.at)]

    def link(self, submission: Submission) -> None:
        """Make a booking that stands for one of the sender's two ids stand for both. Raises Unsettled."""
        if len(submission.by.identities) > 1:
            self._linked(submission)

    def follow(self, submission: Submission, moved_to: Sender) -> WebhookOutcome:
        """Take the sender's bookings along to the ids that they have from this message on.

        Return MOVED where there were any, else MOVED_NOTHING. The former ids then are nobody's, so that messages that
        were sent under them and come late book nothing. Raises Unsettled.
        """
        before, at = submission.by, submission.at

        def take_along() -> bool:
            return self._move(before, moved_to, at, self._claims(*before.identities, *moved_to.identities))

        moved = retry(take_along, _what(submission))
        self.bookings.vacate([key for key in before.identities if key not in moved_to.identities], at)
        return WebhookOutcome.MOVED if moved else WebhookOutcome.MOVED_NOTHING

    def _linked(self, submission: Submission) -> Mapping[ClaimKey, Claim]:
        """Make both ids of the sender stand for their booking, and return the claims of these ids."""
        sender, at = submission.by, submission.at

        def link() -> Mapping[ClaimKey, Claim]:
            claims = self._claims(*sender.identities)
            standing = [claim for claim in claims.values() if claim.until > at]
            if len(standing) != 1 or len(sender.identities) == 1:
                return claims
            return self._claims(*sender.identities) if self._move(sender, sender, at, claims) else claims

        return retry(link, _what(submission))

    def _move(self, before: Sender, after: Sender, at: datetime, claims: Mapping[ClaimKey, Claim]) -> bool:
        """Give the bookings that stand for an account its new ids, and tell whether there were any to change."""
        codes = {claim.booking_code for key in before.identities if (claim := claims.get(key)) and claim.until > at}
        # The message is not about a booking that was registered after it, was not this account's then, or has had other
        # ids since.
        bookings = [
            booking
            for booking in self.bookings.get_all(codes).values()
            if booking.state in STANDING
            and booking.sent_at <= at
            and booking.was_of(before, at)
            and not booking.went_on_after(at)
        ]
        changed = False
        for booking in bookings:
            sender = _moved_sender(booking.sender, before, after)
            # A single booking gets all of the new ids; of two, each gets the successors of those that it had.
            wanted = after.identities if len(bookings) == 1 else _successors(booking, before, after)
            free = [key for key in wanted if key not in claims or claims[key].until <= at]
            # It releases each id that another one replaces, or the message of somebody else could still end it.
            kept = [key for key in booking.claims if key not in booking.sender.identities or key in sender.identities]
            has = tuple(dict.fromkeys([*kept, *free]))
            if (sender, has) != (booking.sender, booking.claims):
                self.bookings.rename(booking, sender, has, at)
                changed = True
        return changed

    def _claims(self, *keys: ClaimKey) -> Mapping[ClaimKey, Claim]:
        return {claim.key: claim for claim in self.bookings.held_by(keys)}


def _moved_sender(sender: Sender, before: Sender, after: Sender) -> Sender:
    """Return a sender with the new ids and without those that are no longer theirs."""
    phone = after.phone or (sender.phone if sender.phone != before.phone else None)
    user_id = after.user_id or (sender.user_id if sender.user_id != before.user_id else None)
    return Sender(phone, user_id)


def _successors(booking: Booking, before: Sender, after: Sender) -> Collection[ClaimKey]:
    """Return the new ids that replace those for which a booking stands."""
    replaced = {key.kind for key in before.identities if key in booking.claims}
    return [key for key in after.identities if key.kind in replaced]


def _what(submission: Submission) -> str:
    return f"what submission {submission.trace} tells about its sender"
