"""The door's API: an officer's phone asks whether a code lets its holder in, and who is expected on a day."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types

from antrian.adapters.telemetry import Telemetry
from antrian.domain.door import UndoRefusal
from antrian.domain.message import trace
from antrian.domain.outcomes import CheckinOutcome
from antrian.domain.refusals import NonceTaken
from antrian.runtime import runtime
from antrian.usecases.door.admission import Decision
from checkin import page, requests, responses
from checkin.dependencies import admission, attendance
from checkin.problem import Problem

telemetry = Telemetry("checkin", lambda: runtime().office_id)
app = APIGatewayHttpResolver()
app.include_router(page.router)

# No browser keeps an answer: the page itself keeps what it needs, and forgets it when somebody signs out.
NEVER_KEPT = {"Cache-Control": "no-store"}
TOLD_LATE = timedelta(minutes=1)
UNDO_REFUSED = {
    UndoRefusal.SCAN_UNKNOWN: (HTTPStatus.NOT_FOUND, "no scan has this nonce"),
    UndoRefusal.LET_NOBODY_IN: (HTTPStatus.CONFLICT, "this scan let nobody in, there is nothing to undo"),
    UndoRefusal.OTHER_DEVICE: (HTTPStatus.FORBIDDEN, "an officer undoes on the phone that scanned; ask a supervisor"),
    UndoRefusal.TOO_LATE: (HTTPStatus.CONFLICT, "an officer undoes within 15 minutes, a supervisor on the same day"),
}


@telemetry.instrument
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one HTTP API request (payload format 2.0), whose JWT the API has checked."""
    return app.resolve(event, context)


@app.exception_handler(Problem)  # type: ignore[untyped-decorator] # Powertools'
def refuse(problem: Problem) -> Response[str]:
    """Answer what is wrong with a request."""
    telemetry.record(problem.code)
    return problem.response()


@app.not_found
def refuse_path(_: Exception) -> Response[str]:
    """Answer that there is nothing under this path."""
    return Problem(HTTPStatus.NOT_FOUND, CheckinOutcome.ROUTE_UNKNOWN, "there is nothing under this path").response()


@app.post("/checkins")
def check_in() -> Response[str]:
    """Decide on a code: 200 with the outcome, whatever it is."""
    shown, scan = requests.check_in(app, runtime().clock.now())
    try:
        decided = admission().check_in(shown, scan)
    except NonceTaken:
        detail = "this nonce belongs to the scan of another code"
        raise Problem(HTTPStatus.CONFLICT, CheckinOutcome.NONCE_TAKEN, detail) from None
    if scan.learnt_at - scan.at > TOLD_LATE:
        # The phone had no connection, or claims so in order to let in somebody who is late.
        minutes = round((scan.learnt_at - scan.at) / timedelta(minutes=1))
        telemetry.record(CheckinOutcome.TOLD_LATE, {"minutes": minutes})
    return _record(decided)


@app.delete("/checkins/<nonce>")
def undo(nonce: str) -> Response[str]:
    """Take a check-in back."""
    nonce, undoing, officer = requests.undo(app, nonce, runtime().clock.now())
    decided = admission().undo(nonce, undoing, supervisor=officer.supervisor)
    if isinstance(decided, UndoRefusal):
        status, detail = UNDO_REFUSED[decided]
        raise Problem(status, decided, detail)
    return _record(decided)


@app.get("/days/<date>", compress=True)
def day(date: str) -> Response[str]:
    """Return a day's list, or 304 to a phone that has it."""
    requests.officer(app)
    wanted, office = requests.day(date), runtime().office
    bookings = responses.listed(attendance().of(wanted), office)
    tag = f'"{hashlib.sha256(json.dumps([date, bookings]).encode()).hexdigest()[:32]}"'
    content = responses.day_list(wanted, bookings, runtime().clock.now(), office)
    # A phone sets its clock by this moment, also when nothing else is new.
    headers = {**NEVER_KEPT, "ETag": tag, "Antrian-Now": content["now"]}
    if app.current_event.headers.get("if-none-match") == tag:
        return Response(int(HTTPStatus.NOT_MODIFIED), content_types.APPLICATION_JSON, "", headers, compress=False)
    return _answer(content, headers)


@app.get("/days/<date>/search")
def search(date: str) -> Response[str]:
    """Find bookings of a day by part of the code, or by the last digits of the phone number."""
    requests.supervisor(app)
    wanted, (by, part) = requests.day(date), requests.search(app)
    bookings = (
        attendance().with_code_like(wanted, part) if by == "code" else attendance().with_phone_ending(wanted, part)
    )
    return _answer({"bookings": responses.found(bookings, runtime().office)})


def _record(decided: Decision) -> Response[str]:
    telemetry.record(decided.outcome, {"booking": trace(decided.booking.code) if decided.booking else None})
    return _answer(responses.decision(decided, runtime().office))


def _answer(content: dict[str, Any], headers: Mapping[str, str] = NEVER_KEPT) -> Response[str]:
    return Response(int(HTTPStatus.OK), content_types.APPLICATION_JSON, json.dumps(content), dict(headers))
