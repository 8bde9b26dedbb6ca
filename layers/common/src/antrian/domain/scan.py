"""A scan: one presentation of a code at the door, and what is kept of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Scan:
    """Who scanned when, on which phone.

    `nonce` is the phone's own name for the scan: sent again, it is the same scan. `at` is when it happened, `learnt_at`
    when the server heard of it; they differ for a phone that had no connection. With `admits_late` a supervisor lets
    the holder in within the grace.
    """

    nonce: str
    officer: str
    device: str
    at: datetime
    learnt_at: datetime
    admits_late: bool = False


@dataclass(frozen=True, slots=True)
class Undoing:
    """Who took a check-in back, when, and why."""

    officer: str
    device: str
    reason: str
    at: datetime
