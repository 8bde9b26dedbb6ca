"""Claims as the table stores them, and how they end with their bookings."""

from collections.abc import Callable, Iterable
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.transactions import TransactWrite

from antrian.adapters.table.items import Item
from antrian.adapters.table.table import Table
from antrian.adapters.table.writes import ALL_OLD, ConditionsRefused, commit
from antrian.domain.booking import Booking
from antrian.domain.claims import Claim, ClaimKey


class ClaimItem(Item):
    """The item of an identity's claim; `CLAIM#<key>` / `CLAIM`."""

    booking_code = UnicodeAttribute()
    until = UTCDateTimeAttribute()

    @classmethod
    def key(cls, claim_key: ClaimKey) -> "ClaimItem":
        """Return an item with this claim's keys and nothing else, to be updated."""
        return cls(f"CLAIM#{claim_key}", "CLAIM")

    def claim(self) -> Claim:
        """Return what the item stores."""
        return Claim(ClaimKey(self.pk.removeprefix("CLAIM#")), self.booking_code, self.until)


class Releases:
    """The claims that a transaction releases together with the bookings that it ends.

    A claim is kept when it has ended, so that a message from before its end that arrives late cannot take it. `gone`
    are the keys of claims that have passed to another booking since and are not ours to end; `ours` are all others.
    """

    def __init__(self, table: Table) -> None:
        self._claims = table.model(ClaimItem)
        self.ours: set[ClaimKey] = set()
        self.gone: set[ClaimKey] = set()

    def add(self, transaction: TransactWrite, booking: Booking, claim_keys: Iterable[ClaimKey], at: datetime) -> None:
        """End these claims of a booking at a moment, unless they have ended by themselves."""
        for key in claim_keys:
            if at < booking.claims_until and key not in self.gone:
                self.ours.add(key)
                still_ours = ClaimItem.booking_code == booking.code
                transaction.update(
                    self._claims.key(key),
                    actions=[ClaimItem.until.set(at)],
                    condition=still_ours,
                    return_values=ALL_OLD,
                )


def commit_with_releases(table: Table, fill: Callable[[TransactWrite, Releases], None]) -> None:
    """Commit a transaction that ends bookings; leave claims alone that turn out to be another booking's by now.

    Raises ConditionsRefused when anything else refuses.
    """
    releases = Releases(table)
    while True:
        try:
            commit(table, lambda transaction: fill(transaction, releases))
        except ConditionsRefused as refused:
            # Claims that the transaction wanted to take may refuse too; the caller deals with those.
            passed_on = {item.claim().key for item in refused.items(ClaimItem, "CLAIM#")} & releases.ours
            if not passed_on or len(passed_on) < refused.count:
                raise
            releases.ours -= passed_on
            releases.gone |= passed_on
        else:
            return
