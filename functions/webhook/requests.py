"""Reads Meta's requests from HTTP API events (payload format 2.0), and proves that they are Meta's."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from antrian.adapters.whatsapp import signature


def challenge(event: Mapping[str, Any], verify_token: str) -> str | None:
    """Return the challenge of a verification request with our token, None for any other request."""
    query = event.get("queryStringParameters") or {}
    offered = query.get("hub.verify_token", "").encode()
    if query.get("hub.mode") == "subscribe" and hmac.compare_digest(offered, verify_token.encode()):
        return str(query.get("hub.challenge", ""))
    return None


def signed_body(event: Mapping[str, Any], app_secrets: Sequence[str]) -> bytes | None:
    """Return the body as it came, None where none of these secrets has signed it."""
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return raw if signature.verify(raw, headers.get("x-hub-signature-256"), app_secrets) else None
