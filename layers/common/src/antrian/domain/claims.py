"""Claims: what keeps one person from having two codes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """Tie an identity (phone number, user id, person) to the one booking that it may have, until a moment."""

    key: str
    booking_code: str
    until: datetime
