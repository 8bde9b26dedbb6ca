"""docs/openapi.yaml is kept true: made-up requests, good and bad, and a whole day's, against the deployed API."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from antrian.adapters.office_file import load_offices
from local.paths import REPOSITORY
from tests.e2e.conftest import Applicant, Stack

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
TODAY = load_offices(REPOSITORY / "offices")["bogor"].bookable_days(datetime.now(UTC))[0]
Move = Callable[[datetime], None]

schema = schemathesis.openapi.from_path(REPOSITORY / "docs/openapi.yaml")
# Every request carries a token, and parameters that nobody knows are ignored, so neither makes a bad request.
schema.config.generation.update(with_security_parameters=False, allow_extra_parameters=False)
# Most made-up days are empty; this one is not.
schema.raw_schema["components"]["parameters"]["Date"]["schema"]["examples"] = [TODAY.isoformat()]


@pytest.fixture(scope="session")
def api(stack: Stack) -> Callable[[Any, str], Any]:
    """Provide a way to send a case in a role; an answer that the document does not describe fails the test."""
    Applicant(stack).book(TODAY)
    url, headers = stack.of("bogor")["api_url"], {role: stack.token(role) for role in ("officer", "supervisor")}

    def send(case: Any, role: str) -> Any:
        token = {"Authorization": f"Bearer {headers[role]}"}
        return case.call_and_validate(base_url=url, headers=token, checks=CHECKS)

    return send


@schema.parametrize()
# The same requests each time: a new idea of the generator's must not break main overnight.
@settings(max_examples=40, derandomize=True, deadline=timedelta(seconds=20), suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_describes(case: Any, api: Callable[[Any, str], Any]) -> None:
    api(case, "supervisor")


def test_so_are_the_answers_of_a_whole_day(
    stack: Stack, api: Callable[[Any, str], Any], moved_clock: Move, budi: Applicant
) -> None:
    code = budi.book(TODAY)
    nonce, device = uuid4().hex, "device-of-this-test"

    def scan(role: str = "officer", **more: Any) -> str:
        body: dict[str, Any] = {"code": code, "nonce": uuid4().hex, "device": device, **more}
        answer = api(schema["/checkins"]["POST"].Case(body=body, media_type="application/json"), role)
        return str(answer.json()["outcome"])

    def undo(role: str, by_device: str) -> Any:
        body: Any = {"reason": "salah pindai", "device": by_device}
        case = schema["/checkins/{nonce}"]["DELETE"].Case(
            path_parameters={"nonce": nonce}, body=body, media_type="application/json"
        )
        return api(case, role)

    def look(path: str, **query: str) -> Any:
        case = schema[path]["GET"].Case(path_parameters={"date": TODAY.isoformat()}, query=query)
        return api(case, "supervisor").json()["bookings"]

    hour = datetime.fromisoformat(stack.booking(code)["starts_at"])
    assert scan() == "WRONG_DAY"
    moved_clock(hour - timedelta(hours=1))
    assert scan() == "EARLY"
    moved_clock(hour - timedelta(minutes=1))
    assert [scan(nonce=nonce), scan()] == ["OK", "USED"]
    assert {booking["state"] for booking in look("/days/{date}")} >= {"CHECKED_IN"}
    [found] = look("/days/{date}/search", phone=budi.phone[-10:])
    assert found["nonce"] == nonce
    assert undo("officer", "another-device").status_code == 403
    assert undo("supervisor", "another-device").json()["outcome"] == "UNDONE"
    assert scan(nonce=nonce) == "UNDONE"
    moved_clock(hour + timedelta(minutes=10))
    assert [scan(), scan("supervisor", grace=True)] == ["LATE_GRACE", "OK"]


def test_the_document_names_every_route_of_the_api_that_needs_a_token(stack: Stack) -> None:
    api_id = stack.of("bogor")["api_url"].rsplit("/", 1)[1]
    routes = stack.client("apigatewayv2").get_routes(ApiId=api_id)["Items"]
    guarded = {route["RouteKey"] for route in routes if route.get("AuthorizationType") == "JWT"}
    assert guarded == {f"{verb.upper()} {path}" for path, item in schema.raw_schema["paths"].items() for verb in item}
