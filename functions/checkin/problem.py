"""How the API refuses a request: problem+json (RFC 9457) with codes that never change."""

import json
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from antrian.domain.door import UndoRefusal
from antrian.domain.outcomes import CheckinOutcome


class Problem(Exception):
    """A request that is refused; `code` is for programs, `detail` says what is wrong and what would be right."""

    def __init__(self, status: HTTPStatus, code: CheckinOutcome | UndoRefusal, detail: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail

    def response(self) -> Response[str]:
        """Return the answer that says so."""
        content = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "code": self.code,
            "detail": self.detail,
        }
        return Response(int(self.status), "application/problem+json", json.dumps(content))


def bad_request(code: CheckinOutcome, detail: str) -> Problem:
    """Return the refusal of a request that cannot be read."""
    return Problem(HTTPStatus.BAD_REQUEST, code, detail)
