"""The text in a ticket's QR code: which booking, for which day, signed by its office.

`ANTRIAN1.<office prefix>.<rest of the booking code>.<service date, yyyymmdd>.<signature>`

The signature is ECDSA P-256 with SHA-256 over the ASCII text before the last dot: r and s, 32 bytes each, in base 32
without padding. Capital letters, digits and dots only, because a QR code holds twice as much of them.
"""

import base64
import re
from dataclasses import dataclass
from datetime import date

from antrian.domain.codes import ALPHABET, PREFIX_LENGTH, PREFIX_PATTERN, RANDOM_LENGTH

_PADDING = "="
# The last character carries two bits, so only four characters can end what we write.
_FORM = re.compile(
    rf"(ANTRIAN1\.({PREFIX_PATTERN})\.([{ALPHABET}]{{{RANDOM_LENGTH + 1}}})\.([0-9]{{8}}))\.([A-Z2-7]{{102}}[AIQY])"
)


@dataclass(frozen=True, slots=True)
class Qr:
    """What a QR code says. None of it may be trusted before `signature` proves to be the office's over `content`."""

    code: str
    service_date: date
    content: bytes
    signature: bytes


def unsigned(code: str, service_date: date) -> str:
    """Return the text that is signed for a booking."""
    return f"ANTRIAN1.{code[:PREFIX_LENGTH]}.{code[PREFIX_LENGTH:]}.{service_date:%Y%m%d}"


def signed(content: str, signature: bytes) -> str:
    """Return the text of the QR code: what was signed, with its 64 bytes of signature."""
    return f"{content}.{base64.b32encode(signature).decode().rstrip(_PADDING)}"


def read(text: str) -> Qr | None:
    """Return what a scanned text says, None when it is not in this form, as that of any other QR code."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    content, prefix, rest, day, signature = found.groups()
    try:
        service_date = date.fromisoformat(day)
    except ValueError:
        return None
    return Qr(prefix + rest, service_date, content.encode(), base64.b32decode(signature + _PADDING))
