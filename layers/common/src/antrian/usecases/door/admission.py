"""Decides at the door, once, whether a code lets its holder in, and takes a check-in back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from antrian.domain import codes, qr
from antrian.domain.booking import Booking
from antrian.domain.door import Outcome, ScanRecord, UndoRefusal, refusal
from antrian.domain.office import Office
from antrian.domain.ports import Bookings, Door, SigningKey
from antrian.domain.refusals import NonceTaken, NotLetIn, Scanned, StaleRead, Unsettled
from antrian.domain.scan import Scan, Undoing


@dataclass(frozen=True, slots=True)
class PresentedCode:
    """A code shown at the door: the text of a QR code, or a booking code that somebody typed."""

    text: str
    is_qr: bool = False

    @property
    def digest(self) -> str:
        """Return the SHA-256 that we keep instead of the text, the same however a code is typed."""
        text = self.text if self.is_qr else codes.normalised(self.text)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision of the door, with what an officer needs to see.

    `booking` is None for a code of another office, whose name is `office_name`, and for a code that nobody has.
    `record` is what we keep of the scan.
    """

    outcome: Outcome
    record: ScanRecord
    booking: Booking | None = None
    office_name: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """The door of one office; `office_names` are the names of all offices by the prefix of their codes."""

    office: Office
    office_names: Mapping[str, str]
    bookings: Bookings
    door: Door
    key: SigningKey

    def check_in(self, presented: PresentedCode, scan: Scan) -> Decision:
        """Decide on a code that was shown. The same scan sent again gets the same decision. Raises NonceTaken."""
        code, outcome = self._read(presented)
        booking = None
        if outcome is None:
            try:
                booking = self.door.check_in(code, scan, presented.digest)
                return Decision(Outcome.OK, ScanRecord(scan, Outcome.OK, presented.digest, code), booking)
            except Scanned as scanned:
                return self._again(scanned.record, presented, code)
            except NotLetIn as refused:
                booking = refused.booking
                today = self.office.local(scan.at).date()
                outcome = Outcome.UNKNOWN if booking is None else refusal(booking, scan.at, today)
        decided = ScanRecord(scan, outcome, presented.digest)
        record = self.door.keep(decided)
        if record != decided:
            return self._again(record, presented, code)
        return Decision(record.outcome, record, booking, self._office_name(record.outcome, code))

    def undo(self, nonce: str, undoing: Undoing, *, supervisor: bool) -> Decision | UndoRefusal:
        """Take back the check-in that this scan made; a repeat succeeds too. Raises Unsettled."""
        record = self.door.record_of(nonce)
        if record is None:
            return UndoRefusal.SCAN_UNKNOWN
        if record.undoing is not None:
            return Decision(Outcome.UNDONE, record, self._booking_of(record))
        same_day = self.office.local(record.scan.at).date() == self.office.local(undoing.at).date()
        refused = record.undo_refusal(undoing, supervisor=supervisor, same_day=same_day)
        return refused or self._undo(record, undoing)

    def _undo(self, record: ScanRecord, undoing: Undoing) -> Decision:
        booking = self._booking_of(record)
        try:
            booking = self.door.undo(booking, record, undoing)
        except StaleRead as moved:
            again = self.door.record_of(record.scan.nonce)
            if again is None or again.undoing is None:
                raise Unsettled("a check-in could not be taken back; it has to be asked for again") from moved
            return Decision(Outcome.UNDONE, again, self._booking_of(again))
        return Decision(Outcome.UNDONE, replace(record, undoing=undoing), booking)

    def _booking_of(self, record: ScanRecord) -> Booking:
        booking = self.bookings.get(record.booking_code) if record.booking_code else None
        if booking is None:
            raise LookupError("a scan let somebody in whose booking is gone")
        return booking

    def _read(self, presented: PresentedCode) -> tuple[str, Outcome | None]:
        """Return the booking code that was shown, and the outcome where it does not depend on the booking."""
        if not presented.is_qr:
            code = codes.read_booking_code(presented.text)
            if code is None:
                return "", Outcome.MISTYPED if codes.is_mistyped(presented.text) else Outcome.UNKNOWN
            return code, self._of_another_office(code)
        held_up = qr.read(presented.text)
        if held_up is None:
            return "", Outcome.UNKNOWN
        elsewhere = self._of_another_office(held_up.code)
        if elsewhere is None and not self.key.verifies(held_up.content, held_up.signature):
            return held_up.code, Outcome.FORGED
        return held_up.code, elsewhere

    def _of_another_office(self, code: str) -> Outcome | None:
        prefix = code[: codes.PREFIX_LENGTH]
        if prefix == self.office.code_prefix:
            return None
        return Outcome.WRONG_OFFICE if prefix in self.office_names else Outcome.UNKNOWN

    def _office_name(self, outcome: Outcome, code: str) -> str | None:
        return self.office_names[code[: codes.PREFIX_LENGTH]] if outcome is Outcome.WRONG_OFFICE else None

    def _again(self, record: ScanRecord, presented: PresentedCode, code: str) -> Decision:
        """Return what was decided on this scan before, with its booking as it is now."""
        if record.digest != presented.digest:
            raise NonceTaken
        outcome = record.outcome if record.undoing is None else Outcome.UNDONE
        # Whoever forges a code learns nothing of its booking.
        booking = None if outcome in {Outcome.FORGED, Outcome.WRONG_OFFICE} or not code else self.bookings.get(code)
        return Decision(outcome, record, booking, self._office_name(outcome, code))
