"""Bookings and claims in DynamoDB. The write table in `docs/data-model.md` lists every condition here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from antrian.adapters.table.booking_item import (
    BookingItem,
    claims_as_read,
    leaves_ids,
    moves_to,
    sender_as_read,
    stored_claims,
)
from antrian.adapters.table.claims import ClaimItem, Releases, commit_with_releases
from antrian.adapters.table.decisions import DecisionItem
from antrian.adapters.table.items import MESSAGES_KEPT, Item
from antrian.adapters.table.table import Table
from antrian.adapters.table.writes import ALL_OLD, ConditionsRefused, commit, update_if
from antrian.domain.booking import APPROVAL_MAY_WAIT, STANDING, Booking, Move, State
from antrian.domain.changes import Retirement
from antrian.domain.claims import Claim, ClaimKey
from antrian.domain.decision import Decision
from antrian.domain.message import Photo, Sender
from antrian.domain.receipt import Ticket
from antrian.domain.refusals import BookingExists, ClaimsHeld, Decided, StaleRead

# Stored as the booking of ids that were given up.
NO_BOOKING = "-"
# WhatsApp dates messages to the second, so this is the step from the last moment of a grace to the first after it.
A_SECOND = timedelta(seconds=1)


class ApprovalItem(Item):
    """The item of the booking that last got an approval code, only to explain; `APPROVAL#<code>` / `APPROVAL`."""

    booking_code = UnicodeAttribute()


class TableBookings:
    """The bookings and claims in an office's table, kept for `retention` after the service date."""

    def __init__(self, table: Table, retention: timedelta) -> None:
        self._table = table
        self._bookings = table.model(BookingItem)
        self._claims = table.model(ClaimItem)
        self._approvals = table.model(ApprovalItem)
        self._decisions = table.model(DecisionItem)
        self._retention = retention

    def get(self, code: str) -> Booking | None:
        """Return a booking as it is now."""
        try:
            return self._bookings.read(code)
        except DoesNotExist:
            return None

    def get_all(self, codes: Iterable[str]) -> Mapping[str, Booking]:
        """Return those of these bookings that exist, by code, as they are now."""
        keys = [(f"BOOKING#{code}", "BOOKING") for code in sorted(set(codes))]
        bookings = [item.booking() for item in self._bookings.batch_get(keys, consistent_read=True)] if keys else []
        return {booking.code: booking for booking in bookings}

    def held_by(self, claim_keys: Iterable[ClaimKey]) -> Sequence[Claim]:
        """Return the claims that these identities have, ended ones included."""
        keys = [(f"CLAIM#{key}", "CLAIM") for key in sorted(set(claim_keys))]
        return [item.claim() for item in self._claims.batch_get(keys, consistent_read=True)] if keys else []

    def code_behind(self, approval_code: str) -> str | None:
        """Return the booking that last got this approval code. It serves to explain, and decides nothing."""
        try:
            return self._approvals.get(f"APPROVAL#{approval_code}", "APPROVAL").booking_code
        except DoesNotExist:
            return None

    def register(self, booking: Booking, retired: Collection[Retirement], decision: Decision | None = None) -> None:
        """Put a pending booking, take its claims, retire others and record the message's decision, all or nothing.

        Raises Decided, BookingExists, ClaimsHeld, StaleRead.
        """
        expires_at = booking.claims_until + self._retention

        def fill(transaction: TransactWrite, releases: Releases) -> None:
            if decision is not None:
                # A message decides once.
                undecided = DecisionItem.pk.does_not_exist()
                transaction.save(self._decisions.of(decision), condition=undecided, return_values=ALL_OLD)
            transaction.save(
                self._bookings.of(booking, expires_at), condition=BookingItem.pk.does_not_exist(), return_values=ALL_OLD
            )
            transaction.save(
                self._approvals(
                    f"APPROVAL#{booking.approval_code}",
                    "APPROVAL",
                    booking_code=booking.code,
                    expires_at=expires_at,
                )
            )
            retired_codes = [retirement.booking.code for retirement in retired]
            for key in booking.claims:
                item = self._claims.key(key)
                item.booking_code = booking.code
                item.until = booking.claims_until
                item.expires_at = expires_at
                # A claim may be taken
                # - when nobody has it,
                never_held = ClaimItem.pk.does_not_exist()
                # - when it ended before the message was sent (the end overtakes every older message),
                ended_before = ClaimItem.until <= booking.sent_at
                allowed = never_held | ended_before
                # - when its booking is retired in this very transaction.
                if retired_codes:
                    allowed |= ClaimItem.booking_code.is_in(*retired_codes)
                transaction.save(item, condition=allowed, return_values=ALL_OLD)
            for retirement in retired:
                self._retire(transaction, releases, retirement, booking)

        try:
            commit_with_releases(self._table, fill)
        except ConditionsRefused as refused:
            for decided in refused.items(DecisionItem, "DECISION#"):
                raise Decided(decided.decision()) from refused
            taken = [item.booking() for item in refused.items(BookingItem, "BOOKING#")]
            for other in taken:
                if other.code == booking.code:
                    raise BookingExists(other) from refused
            claims = [item.claim() for item in refused.items(ClaimItem, "CLAIM#")]
            if taken or not claims:
                raise StaleRead("a booking to be retired is no longer pending") from refused
            raise ClaimsHeld(claims) from refused

    def expire(self, booking: Booking, now: datetime) -> None:
        """Void a confirmed booking whose time has passed and release its claims. Raises StaleRead."""
        if booking.seat is None:
            raise StaleRead(f"booking {booking.code} has no seat whose time could pass")
        # Its claims are free for every message that was sent after it was void, not only after the sweep has run.
        void_from = booking.seat.void_after + A_SECOND

        def fill(transaction: TransactWrite, releases: Releases) -> None:
            # A booking expires only once, when it is confirmed and its time has passed.
            confirmed = BookingItem.state == State.CONFIRMED.value
            too_late = BookingItem.void_after < now
            transaction.update(
                self._bookings.key(booking.code),
                actions=[
                    BookingItem.state.set(State.EXPIRED.value),
                    moves_to(State.EXPIRED, Move(now)),
                ],
                condition=confirmed & too_late & claims_as_read(booking),
            )
            releases.add(transaction, booking, booking.claims, void_from)

        try:
            commit_with_releases(self._table, fill)
        except ConditionsRefused as refused:
            raise StaleRead(f"booking {booking.code} is not to be voided") from refused

    def note_ticket(self, ticket: Ticket, *, arrived: bool) -> None:
        """Record for the desk that a booking's ticket reached its holder, or did not."""
        # A ticket counts for the day that the booking is for.
        for_that_day = BookingItem.service_date == ticket.service_date
        # Two marks, neither of which erases the other: receipts of two tickets for one day come in any order.
        mark = BookingItem.ticket_arrived_for if arrived else BookingItem.ticket_missed_for
        update_if(self._bookings.key(ticket.booking_code), [mark.set(ticket.service_date)], for_that_day)

    def note_photo(self, code: str, photo: Photo, key: str) -> None:
        """Record under which key a booking's photo is kept. Does nothing where the booking is gone."""
        # A booking's photo never changes. The condition keeps a booking that TTL removed from coming back as a torso.
        update_if(self._bookings.key(code), [BookingItem.photo_key.set(key)], BookingItem.photo_id == photo.media_id)

    def rename(self, booking: Booking, sender: Sender, claims: Collection[ClaimKey], at: datetime) -> None:
        """Give a standing booking this sender and these claims, all or nothing, and keep its former ids.

        Raises StaleRead.
        """
        expires_at = booking.claims_until + self._retention
        lost = [key for key in booking.claims if key not in claims]

        def fill(transaction: TransactWrite) -> None:
            # A booking gets other ids while it stands, with the sender and the claims with which it was read, which
            # still end when they did: it may have been moved to another day.
            stands = BookingItem.state.is_in(*(state.value for state in STANDING))
            phone = BookingItem.phone.set(sender.phone) if sender.phone else BookingItem.phone.remove()
            user_id = BookingItem.user_id.set(sender.user_id) if sender.user_id else BookingItem.user_id.remove()
            transaction.update(
                self._bookings.key(booking.code),
                actions=[phone, user_id, BookingItem.claims.set(stored_claims(claims)), leaves_ids(booking, at)],
                condition=stands & sender_as_read(booking) & claims_as_read(booking),
            )
            for key in claims:
                if key not in booking.claims:
                    # It takes a claim that nobody has, or that has ended by this moment.
                    free = ClaimItem.pk.does_not_exist() | (ClaimItem.until <= at)
                    item = self._claims.key(key)
                    item.booking_code, item.until, item.expires_at = booking.code, booking.claims_until, expires_at
                    transaction.save(item, condition=free)
            for key in lost:
                still_ours = ClaimItem.booking_code == booking.code
                transaction.update(self._claims.key(key), actions=[ClaimItem.until.set(at)], condition=still_ours)

        try:
            commit(self._table, fill)
        except ConditionsRefused as refused:
            raise StaleRead(f"booking {booking.code} or a claim that it was to take is not as it was read") from refused

    def vacate(self, claim_keys: Iterable[ClaimKey], at: datetime) -> None:
        """Record that these identities are nobody's from then on, except those with a booking or a later end."""
        for key in claim_keys:
            actions: list[Action] = [
                ClaimItem.until.set(at),
                ClaimItem.booking_code.set(NO_BOOKING),
                ClaimItem.expires_at.set(ClaimItem.expires_at | (at + MESSAGES_KEPT)),
            ]
            update_if(self._claims.key(key), actions, ClaimItem.pk.does_not_exist() | (ClaimItem.until < at))

    def _retire(
        self, transaction: TransactWrite, releases: Releases, retirement: Retirement, successor: Booking
    ) -> None:
        booking = retirement.booking
        state = State.REPLACED if retirement.lapse is None else State.LAPSED
        # A booking is retired
        # - while it is pending,
        still_pending = BookingItem.state == State.PENDING.value
        # - by a message that is not older than its own,
        not_newer = BookingItem.sent_at <= successor.sent_at
        # - with no other claims than those that end below,
        allowed = still_pending & not_newer & claims_as_read(booking)
        actions: list[Action] = [
            BookingItem.state.set(state.value),
            moves_to(state, Move(successor.sent_at, successor.message_id)),
        ]
        if retirement.lapse is not None:
            # - and, where it lapses, when no approval that came in time can still be waiting.
            allowed &= BookingItem.approve_by < successor.sent_at - APPROVAL_MAY_WAIT
            actions.append(BookingItem.lapse.set(retirement.lapse.value))
        transaction.update(self._bookings.key(booking.code), actions=actions, condition=allowed, return_values=ALL_OLD)
        left = [key for key in booking.claims if key not in successor.claims]
        releases.add(transaction, booking, left, successor.sent_at)
