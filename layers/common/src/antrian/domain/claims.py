"""Claims: what keeps one person from having two codes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """The one booking that an identity (phone number, user id, person) may have, until a moment."""

    key: str
    booking_code: str
    until: datetime
