"""Reads the requests of an officer's phone. All functions raise Problem for a request that they cannot read."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from antrian.domain.outcomes import CheckinOutcome
from antrian.domain.scan import Scan, Undoing
from antrian.usecases.door.admission import PresentedCode
from checkin.problem import Problem, bad_request

NAME = re.compile(r"[A-Za-z0-9_-]{8,64}")  # of a scan, and of a phone: a UUID fits
LONGEST_TEXT = 8192  # more than any QR code holds, 7,089 digits: whatever is scanned gets an outcome
LONGEST_REASON = 200
LEAST_SEARCHED = 4  # fewer characters would list half the day
PHONE_DIGITS = re.compile(r"[0-9]{4,15}")
CODE_PART = re.compile(r"[0-9A-Za-z -]{4,20}")
# A phone that had no connection reports scans later. After a week it does not: then it lay forgotten in a drawer.
TOLD_WITHIN = timedelta(days=7)
CLOCKS_DIFFER_BY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Officer:
    """The member of the staff who asks: the account's id, and whether it is a supervisor's."""

    id: str
    supervisor: bool


def officer(app: APIGatewayHttpResolver) -> Officer:
    """Return who asks, by the JWT that the API has checked."""
    claims = app.current_event.request_context.authorizer.jwt_claim or {}
    # API Gateway writes a list in a claim as one text: `[officer supervisor]`.
    groups = set(re.findall(r"[\w-]+", str(claims.get("cognito:groups", ""))))
    if not groups & {"officer", "supervisor"}:
        raise Problem(HTTPStatus.FORBIDDEN, CheckinOutcome.NOT_STAFF, "this account is in no group of the staff")
    return Officer(claims["sub"], "supervisor" in groups)


def supervisor(app: APIGatewayHttpResolver) -> Officer:
    """Return who asks, who has to be a supervisor."""
    asks = officer(app)
    if not asks.supervisor:
        raise Problem(HTTPStatus.FORBIDDEN, CheckinOutcome.SUPERVISOR_ONLY, "only a supervisor may do this")
    return asks


def check_in(app: APIGatewayHttpResolver, now: datetime) -> tuple[PresentedCode, Scan]:
    """Return what was held up and the scan of it: `{code | qr, nonce, device, happened_at?, grace?}`."""
    body = _body(app)
    late = body.get("grace", False)
    if not isinstance(late, bool):
        raise bad_request(
            CheckinOutcome.GRACE_INVALID, "grace is true for a supervisor who admits within the grace, else false"
        )
    asks = supervisor(app) if late else officer(app)
    is_qr = "qr" in body
    if is_qr == ("code" in body):
        raise bad_request(CheckinOutcome.CODE_OR_QR, "one of code (typed) and qr (scanned) is needed, not both")
    text = body["qr" if is_qr else "code"]
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise bad_request(CheckinOutcome.CODE_OR_QR, f"code and qr are texts of at most {LONGEST_TEXT} characters")
    nonce = _name(body.get("nonce"), "nonce", "new for each scan")
    device = _name(body.get("device"), "device", "the same for all scans of a phone")
    scan = Scan(nonce, asks.id, device, _happened_at(body, now), now, late)
    return PresentedCode(text, is_qr), scan


def undo(app: APIGatewayHttpResolver, nonce: str, now: datetime) -> tuple[str, Undoing, Officer]:
    """Return the nonce of the scan to be undone, by whom and why: `{reason, device}`."""
    asks = officer(app)
    body = _body(app)
    reason = body.get("reason")
    if not isinstance(reason, str) or not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise bad_request(CheckinOutcome.REASON_INVALID, f"reason is needed, of at most {LONGEST_REASON} characters")
    device = _name(body.get("device"), "device", "the same for all scans of a phone")
    return _name(nonce, "nonce", "the scan's"), Undoing(asks.id, device, reason.strip(), now), asks


def day(text: str) -> date:
    """Return the service date in a path."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise bad_request(CheckinOutcome.DATE_INVALID, f"{text!r} is no date such as 2026-11-23")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise bad_request(CheckinOutcome.DATE_INVALID, f"{text!r} is no date such as 2026-11-23") from None


def search(app: APIGatewayHttpResolver) -> tuple[str, str]:
    """Return what is searched by, `code` or `phone`, and the part of it that is known."""
    asked = app.current_event.query_string_parameters
    by = [name for name in ("code", "phone") if name in asked]
    if len(by) != 1:
        raise bad_request(CheckinOutcome.SEARCH_INVALID, "one of code and phone is needed, not both")
    part = asked[by[0]]
    if by == ["phone"] and not PHONE_DIGITS.fullmatch(part):
        raise bad_request(CheckinOutcome.SEARCH_INVALID, "phone is the last 4 to 15 digits of a number")
    if by == ["code"] and (not CODE_PART.fullmatch(part) or len(re.sub(r"[ -]", "", part)) < LEAST_SEARCHED):
        raise bad_request(
            CheckinOutcome.SEARCH_INVALID, f"code is at least {LEAST_SEARCHED} letters or digits of a booking code"
        )
    return by[0], part


def _body(app: APIGatewayHttpResolver) -> dict[str, Any]:
    try:
        body = app.current_event.json_body
    except (ValueError, RecursionError):
        raise bad_request(CheckinOutcome.BODY_NOT_JSON, "the body has to be a JSON object") from None
    if not isinstance(body, dict):
        raise bad_request(CheckinOutcome.BODY_NOT_OBJECT, "the body has to be a JSON object")
    return body


def _name(value: object, key: str, what: str) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise bad_request(CheckinOutcome(f"{key}_invalid"), f"{key} is 8 to 64 letters, digits, - or _, {what}")
    return value


def _happened_at(body: dict[str, Any], now: datetime) -> datetime:
    value = body.get("happened_at")
    if value is None:
        return now
    try:
        at = datetime.fromisoformat(value)
        in_time = now - TOLD_WITHIN <= at <= now + CLOCKS_DIFFER_BY
    except (TypeError, ValueError):
        raise bad_request(
            CheckinOutcome.HAPPENED_AT_INVALID, "happened_at is a moment in ISO 8601 with its offset"
        ) from None
    if not in_time:
        raise bad_request(
            CheckinOutcome.HAPPENED_AT_INVALID, "happened_at is neither in the future nor more than a week ago"
        )
    return at.astimezone(UTC)
