"""Booking codes and approval codes, derived from the message that asked for them: a repeat makes the same code.

A booking code is the office's prefix, seven random-looking characters and a check character, shown as `BGR-7K3M-92QX`.
The alphabet is Crockford's base 32, which leaves out what people misread on cheap screens (I, L, O, U). The check
character is ISO 7064 MOD 37-2: it catches every single wrong character and every swap of neighbours. (MOD 37,36 would
fit the alphabet better, but misses one swap in six hundred.)
"""

import base64
import hashlib
import hmac
import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX_LENGTH = 3
PREFIX_PATTERN = f"[{ALPHABET}]{{{PREFIX_LENGTH}}}"
RANDOM_LENGTH = 7
CODE_LENGTH = PREFIX_LENGTH + RANDOM_LENGTH + 1
_CHECK_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_MISREAD = str.maketrans("OIL", "011")
_SHAPE = re.compile(f"{PREFIX_PATTERN}[{ALPHABET}]{{{RANDOM_LENGTH + 1}}}")


def booking_code(key: bytes, prefix: str, message_id: str, attempt: int = 0) -> str:
    """Return the booking code of the registration that came in this message.

    `attempt` counts up when another booking, by a chance of one in 34 thousand million, has the code already.
    """
    number = int.from_bytes(_digest(key, "booking", message_id, attempt))
    while True:
        payload, rest = prefix, number
        for _ in range(RANDOM_LENGTH):
            rest, index = divmod(rest, len(ALPHABET))
            payload += ALPHABET[index]
        check = check_character(payload)
        if check in ALPHABET:
            return payload + check
        # The standard's check character may be I, L, O or U, which people misread, or an asterisk: take the next code.
        number += 1


def approval_code(key: bytes, message_id: str) -> str:
    """Return the eight digits with which the applicant approves the echo of this message."""
    return f"{int.from_bytes(_digest(key, 'approval', message_id, 0)) % 10**8:08d}"


def person_key(key: bytes, name: str, birth_date: str) -> str:
    """Return the keyed hash that stands for a person, so that no claim's key shows who they are.

    Takes the name as `normalised_name` returns it and the birth date as ISO 8601.
    """
    return hmac.new(key, f"person\n{name}\n{birth_date}".encode(), hashlib.sha256).hexdigest()[:32]


def fingerprint(key: bytes, identity: str) -> str:
    """Return four characters by which we know again who gave a seat up. They reveal no phone number and no user id."""
    return base64.b32encode(_digest(key, "giver", identity, 0))[:4].decode().lower()


def pseudorandom_number(key: bytes, purpose: str, message_id: str, low: int, high: int) -> int:
    """Return a number from `low` up to `high`, excluded. Nobody can guess it; the same message always makes it."""
    return low + int.from_bytes(_digest(key, purpose, message_id, 0)) % (high - low)


def check_character(payload: str) -> str:
    """Return the ISO 7064 MOD 37-2 check character of capital letters and digits."""
    total = 0
    for character in payload:
        total = (total + _CHECK_ALPHABET.index(character)) * 2 % 37
    return _CHECK_ALPHABET[(1 - total) % 37]


def read_booking_code(text: str) -> str | None:
    """Return the booking code that was typed or scanned, or None when the text is no possible code.

    Case, spaces and dashes do not matter; O counts as 0, I and L count as 1. The check character must fit.
    """
    characters = normalised(text)
    if not _SHAPE.fullmatch(characters) or check_character(characters[:-1]) != characters[-1]:
        return None
    return characters


def normalised(text: str) -> str:
    """Return a typed text in the form of booking codes: capitals, no spaces or dashes, O as 0, I and L as 1."""
    return re.sub(r"[\s-]", "", text).upper().translate(_MISREAD)


def is_mistyped(text: str) -> bool:
    """Tell whether somebody mistyped a booking code: the text has about the length of one and is none.

    One character may be missing or too many. A single wrong one nearly always makes the check character fail.
    """
    characters = normalised(text)
    about_its_length = abs(len(characters) - CODE_LENGTH) <= 1
    return about_its_length and characters.isascii() and characters.isalnum() and read_booking_code(text) is None


def shown(code: str) -> str:
    """Return a booking code in the groups in which people read it: `BGR-7K3M-92QX`."""
    return f"{code[:3]}-{code[3:7]}-{code[7:]}"


def _digest(key: bytes, purpose: str, message_id: str, attempt: int) -> bytes:
    return hmac.new(key, f"{purpose}\n{attempt}\n{message_id}".encode(), hashlib.sha256).digest()
