"""Claims: what keeps one person from having two codes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ClaimKind(StrEnum):
    """The kinds of identity by which we know somebody; the value begins the claim's key."""

    PHONE = "PHONE"
    USER = "USER"
    PERSON = "PERSON"  # a keyed hash of name and birth date


class ClaimKey(str):
    """The key of a claim: its kind and a value, `PHONE#628110000001`. In the table it is this text."""

    __slots__ = ()

    @classmethod
    def of(cls, kind: ClaimKind, value: str) -> "ClaimKey":
        """Return the key of this kind for a value."""
        return cls(f"{kind}#{value}")

    @property
    def kind(self) -> ClaimKind:
        """Return the kind of identity that the key is for."""
        return ClaimKind(self.partition("#")[0])


@dataclass(frozen=True, slots=True)
class Claim:
    """The one booking that an identity (phone number, user id, person) may have, until a moment."""

    key: ClaimKey
    booking_code: str
    until: datetime
