"""Proof that a webhook body comes from Meta."""

import hmac
from collections.abc import Sequence

_PREFIX = "sha256="


def verify(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Tell whether one of the app secrets signed these bytes.

    `body` is the request's body as it arrived, never re-serialised; `header` the value of `X-Hub-Signature-256`
    (`sha256=` and 64 lower-case hexadecimal digits). Several secrets are accepted so that one can be rotated.
    Raises nothing: a missing or malformed header is a wrong signature.
    """
    if header is None or not header.startswith(_PREFIX):
        return False
    # compare_digest raises on a str that is not ASCII; as bytes, garbage is merely different.
    given = header.removeprefix(_PREFIX).encode("utf-8", "replace")
    # A lone str is a sequence of str too: iterated, it would accept what was signed with a single letter.
    candidates = (secrets,) if isinstance(secrets, str) else secrets
    proven = False
    for secret in candidates:
        # Anyone can sign with an empty secret, so one that was left empty by mistake must not count.
        if secret:
            expected = hmac.new(secret.encode(), body, "sha256").hexdigest().encode()
            proven |= hmac.compare_digest(expected, given)
    return proven
