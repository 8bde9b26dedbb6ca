"""The errors of the Graph API, worded as Meta words them.

GraphError
    Everything that `POST /{version}/...` refuses; carries HTTP status, code and body.
"""

import secrets
from typing import Any

Json = dict[str, Any]

# Code -> title, from Meta's list of error codes. Used for our own refusals and for faults that a test orders.
TITLES = {
    0: "AuthException",
    1: "API Unknown",
    2: "API Service",
    3: "API Method",
    4: "API Too Many Calls",
    10: "Permission Denied",
    33: "Parameter value is not valid",
    100: "Invalid parameter",
    190: "Access token has expired",
    368: "Temporarily blocked for policies violations",
    80007: "Rate limit issues",
    130403: "Message blocked",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131005: "Access denied",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131031: "Account has been locked",
    131042: "Business eligibility payment issue",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131050: "User has stopped marketing messages",
    131051: "Unsupported message type",
    131052: "Media download error",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    131057: "Account in maintenance mode",
    131062: "Business-scoped user id is not supported for this message",
    132000: "Template param count mismatch",
    132001: "Template does not exist",
    132005: "Template hydrated text too long",
    132007: "Template format character policy violated",
    132012: "Template parameter format mismatch",
    132015: "Template is paused",
    132016: "Template is disabled",
    133004: "Server temporarily unavailable",
    133010: "Phone number not registered",
}


class GraphError(Exception):
    """A Graph API request that is refused.

    `details` is what a developer needs to find the mistake; `message` replaces Meta's title of `code` where Meta names
    the parameter in the message itself; `status` is the HTTP status.
    """

    def __init__(
        self,
        code: int,
        details: str | None = None,
        *,
        message: str | None = None,
        status: int = 400,
        subcode: int | None = None,
        kind: str = "OAuthException",
    ) -> None:
        self.code = code
        self.details = details
        self.status = status
        self.subcode = subcode
        self.kind = kind
        self.message = message or f"(#{code}) {TITLES.get(code, 'Unknown error')}"
        super().__init__(f"{self.message}: {details}" if details else self.message)

    def body(self) -> Json:
        """Return the JSON that Meta would answer with, with a fresh trace id."""
        error: Json = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return {"error": error}


def missing(path: str) -> GraphError:
    """Return the error for a parameter that Meta's parser asks for by name."""
    return GraphError(100, message=f"(#100) The parameter {path} is required.")


def too_long(path: str, longest: int) -> GraphError:
    """Return the error for a parameter of more than `longest` characters."""
    return GraphError(100, message=f"(#100) Param {path} must be at most {longest} characters long.")


def incomplete(details: str) -> GraphError:
    """Return 131008: a part that this type of message cannot do without is missing."""
    return GraphError(131008, details)


def invalid(details: str) -> GraphError:
    """Return 131009: a value is outside what WhatsApp shows or sends."""
    return GraphError(131009, details)
