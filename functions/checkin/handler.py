"""POST /checkins: an officer's phone asks whether a code lets its holder in."""

import json
import os
import re
from functools import cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types
from aws_lambda_powertools.metrics import MetricUnit

from antrian.domain import codes
from antrian.domain.door import Outcome
from antrian.domain.message import trace
from antrian.runtime import Runtime
from antrian.usecases.admission import Admission, Decision

logger = Logger()
metrics = Metrics()
app = APIGatewayHttpResolver()

NONCE = re.compile(r"[\w.:-]{8,64}", re.ASCII)
LONGEST_CODE = 4096  # more than any QR code holds: whatever is scanned gets an outcome
STAFF = {"officer", "supervisor"}


@cache
def admission() -> Admission:
    """Return the one use case of this function."""
    found = Runtime(os.environ)
    names = {office.code_prefix: office.name for office in found.offices.values()}
    return Admission(found.office, names, found.bookings, found.clock)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one HTTP API request (payload format 2.0), whose JWT the API has checked."""
    return app.resolve(event, context)


@app.post("/checkins")
def check_in() -> Response[str]:
    """Decide on `{"code", "nonce"}`: 200 with the outcome whatever it is, 400 for a request that cannot be read."""
    claims = app.current_event.request_context.authorizer.jwt_claim or {}
    if not _roles(claims) & STAFF:
        logger.warning("not_staff")
        return _answer(
            HTTPStatus.FORBIDDEN, {"code": "not_staff", "detail": "this account is in no group of the staff"}
        )
    try:
        body = app.current_event.json_body
    except (ValueError, RecursionError):
        return _refuse("body_not_json", 'the body must be JSON: {"code": "…", "nonce": "…"}')
    if not isinstance(body, dict):
        return _refuse("body_not_object", 'the body must be a JSON object: {"code": "…", "nonce": "…"}')
    code, nonce = body.get("code"), body.get("nonce")
    if not isinstance(code, str) or not 0 < len(code) <= LONGEST_CODE:
        return _refuse("code_missing", f"code must be what was scanned or typed, of at most {LONGEST_CODE} characters")
    if not isinstance(nonce, str) or not NONCE.fullmatch(nonce):
        return _refuse("nonce_missing", "nonce must be 8 to 64 letters, digits or . _ : -, new for each scan")
    decision = admission().check_in(code, nonce, claims["sub"])
    logger.info(decision.outcome, booking=trace(decision.booking.code) if decision.booking else None)
    metrics.add_metric(f"Checkin.{decision.outcome}", MetricUnit.Count, 1)
    return _answer(HTTPStatus.OK, _shown(decision))


def _roles(claims: dict[str, Any]) -> set[str]:
    """Return the groups of a JWT. API Gateway writes a list in a claim as one text: `[officer supervisor]`."""
    return set(re.findall(r"[\w-]+", str(claims.get("cognito:groups", ""))))


def _shown(decision: Decision) -> dict[str, Any]:
    content: dict[str, Any] = {"outcome": decision.outcome}
    if decision.outcome is Outcome.WRONG_OFFICE:
        content["office"] = decision.office_name
    if booking := decision.booking:
        local = admission().office.local
        content |= {
            "code": codes.shown(booking.code),
            "name": booking.masked_name,
            "service_date": booking.service_date.isoformat(),
        }
        if booking.seat is not None:
            content |= {
                "queue_number": booking.seat.number,
                "starts_at": local(booking.seat.starts_at).isoformat(),
                "opens_at": local(booking.seat.opens_at).isoformat(),
                "void_after": local(booking.seat.void_after).isoformat(),
            }
        if decision.check_in is not None and decision.outcome in {Outcome.OK, Outcome.USED}:
            content["checked_in_at"] = local(decision.check_in.at).isoformat(timespec="seconds")
        if decision.outcome is Outcome.CANCELLED and (ended := booking.ended_at) is not None:
            content["cancelled_at"] = local(ended).isoformat(timespec="seconds")
    return content


def _refuse(code: str, detail: str) -> Response[str]:
    logger.warning(code)
    return _answer(HTTPStatus.BAD_REQUEST, {"code": code, "detail": detail})


def _answer(status: HTTPStatus, content: dict[str, Any]) -> Response[str]:
    return Response(int(status), content_types.APPLICATION_JSON, json.dumps(content))
