"""A scan: one presentation of a code at the door, and what is kept of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: who scanned when, on which phone.

    `nonce` is the phone's own name for the scan; a scan that is sent again has the same. `at` is when it happened,
    `learnt_at` when the server heard of it; they differ for a phone that had no connection. With `admits_late` a
    supervisor lets the holder in within the grace.
    """

    nonce: str
    officer: str
    device: str
    at: datetime
    learnt_at: datetime
    admits_late: bool = False


@dataclass(frozen=True, slots=True)
class Undoing:
    """The undoing of a check-in: who took it back, on which phone, when, and why."""

    officer: str
    device: str
    reason: str
    at: datetime
