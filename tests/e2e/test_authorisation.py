"""Who may do what at the door: each kind of caller on each route, and that a refusal changes nothing."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.conftest import Applicant, Stack, eventually, request

Move = Callable[[datetime], None]
DEVICE = "device-of-this-test"


@dataclass(frozen=True)
class Door:
    """Somebody who was let in by one scan, and somebody who comes in the grace."""

    stack: Stack
    inside: str
    late: str
    nonce: str

    def ask(self, route: str, headers: Mapping[str, str]) -> int:
        """Ask for something that would change or show something, and return the status."""
        day = self.stack.booking(self.late)["service_date"]
        method, path, body = {
            "check in": ("POST", "checkins", {"code": self.late, "nonce": uuid4().hex, "device": DEVICE}),
            "admit": ("POST", "checkins", {"code": self.late, "nonce": uuid4().hex, "device": DEVICE, "grace": True}),
            "undo": ("DELETE", f"checkins/{self.nonce}", {"reason": "salah pindai", "device": DEVICE}),
            "undo on another phone": ("DELETE", f"checkins/{self.nonce}", {"reason": "salah", "device": "device-two"}),
            "list": ("GET", f"days/{day}", None),
            "search": ("GET", f"days/{day}/search?phone=0001", None),
        }[route]
        content = None if body is None else json.dumps(body).encode()
        return request(f"{self.stack.of('bogor')['api_url']}/{path}", method, content, **headers)[0]

    def states(self) -> list[dict[str, Any]]:
        return [self.stack.booking(code) for code in (self.inside, self.late)]


ROUTES = ("check in", "admit", "undo", "undo on another phone", "list", "search")


@pytest.fixture
def door(stack: Stack, moved_clock: Move) -> Door:
    """Provide a door in the grace of somebody's hour; somebody else was let in a minute ago."""
    stack.empty("bogor")  # so that both get the same hour
    day = stack.bookable_days()[0]
    inside, late = (Applicant(stack).book(day) for _ in range(2))
    nonce = uuid4().hex
    hour = datetime.fromisoformat(stack.booking(inside)["starts_at"])
    assert datetime.fromisoformat(stack.booking(late)["starts_at"]) == hour
    moved_clock(hour - timedelta(minutes=1))
    body = json.dumps({"code": inside, "nonce": nonce, "device": DEVICE}).encode()
    headers = {"Authorization": f"Bearer {stack.token()}"}
    assert request(f"{stack.of('bogor')['api_url']}/checkins", "POST", body, **headers)[0] == 200
    moved_clock(hour + timedelta(minutes=5))
    return Door(stack, inside, late, nonce)


def payload_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def with_payload(token: str, **changes: object) -> str:
    """Return a token that says something else under the signature that it had."""
    head, _, signature = token.split(".")
    content = base64.urlsafe_b64encode(json.dumps({**payload_of(token), **changes}).encode()).decode().rstrip("=")
    return f"{head}.{content}.{signature}"


def unsigned(token: str) -> str:
    """Return a token that claims to need no signature."""
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return f"{head}.{token.split('.')[1]}."


STRANGERS: dict[str, Callable[[Stack], Mapping[str, str]]] = {
    "no token": lambda _: {},
    "nonsense": lambda _: {"Authorization": "Bearer a.b.c"},
    "not a bearer": lambda stack: {"Authorization": f"Basic {stack.token('supervisor')}"},
    "prolonged by hand": lambda stack: {
        "Authorization": "Bearer " + with_payload(stack.token("supervisor"), exp=int(time.time()) + 86400)
    },
    "made a supervisor": lambda stack: {
        "Authorization": "Bearer " + with_payload(stack.token(), **{"cognito:groups": ["supervisor"]})
    },
    "unsigned": lambda stack: {"Authorization": "Bearer " + unsigned(stack.token("supervisor"))},
    "signature cut": lambda stack: {"Authorization": f"Bearer {stack.token('supervisor')[:-8]}"},
    "another office's supervisor": lambda stack: {
        "Authorization": f"Bearer {stack.token('supervisor', 'jakarta-pusat')}"
    },
}


@pytest.mark.parametrize("who", list(STRANGERS))
def test_strangers_read_nothing_and_change_nothing(who: str, stack: Stack, door: Door) -> None:
    headers, before = STRANGERS[who](stack), door.states()
    assert {route: door.ask(route, headers) for route in ROUTES} == dict.fromkeys(ROUTES, 401)
    assert door.states() == before


def test_a_token_that_has_ended_reads_nothing_and_changes_nothing(stack: Stack, door: Door) -> None:
    headers, before = {"Authorization": f"Bearer {short_token(stack)}"}, door.states()
    eventually(lambda: True if door.ask("list", headers) == 401 else None, "end of the token")
    assert {route: door.ask(route, headers) for route in ROUTES} == dict.fromkeys(ROUTES, 401)
    assert door.states() == before


def test_an_account_in_no_group_of_the_staff_reads_nothing_and_changes_nothing(stack: Stack, door: Door) -> None:
    headers = {"Authorization": f"Bearer {new_account(stack)}"}
    before = door.states()
    assert {route: door.ask(route, headers) for route in ROUTES} == dict.fromkeys(ROUTES, 403)
    assert door.states() == before


def test_an_officer_does_not_do_what_is_a_supervisor_s(stack: Stack, door: Door) -> None:
    headers, before = {"Authorization": f"Bearer {stack.token()}"}, door.states()
    assert [door.ask(route, headers) for route in ("admit", "undo on another phone", "search")] == [403] * 3
    assert door.states() == before
    assert [door.ask(route, headers) for route in ("list", "check in")] == [200, 200]
    assert door.states() == before  # in the grace a check-in consumes nothing
    assert door.ask("undo", headers) == 200
    assert door.states()[0]["state"] == "CONFIRMED"


def test_a_supervisor_does_all_of_it(stack: Stack, door: Door) -> None:
    headers = {"Authorization": f"Bearer {stack.token('supervisor')}"}
    asked = ("list", "search", "check in", "admit", "undo on another phone", "undo")
    assert [door.ask(route, headers) for route in asked] == [200] * 6
    assert [item["state"] for item in door.states()] == ["CONFIRMED", "CHECKED_IN"]


def short_token(stack: Stack) -> str:
    """Return a supervisor's token that is signed as it should be and good for a second."""
    cognito, client_id = stack.client("cognito-idp"), stack.of("bogor")["user_pool_client_id"]
    pool = payload_of(stack.token())["iss"].rsplit("/", 1)[1]
    found = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client_id)["UserPoolClient"]
    told_only = ("ClientSecret", "CreationDate", "LastModifiedDate")
    settings = {name: value for name, value in found.items() if name not in told_only and value not in ("", None)}
    units = {**settings["TokenValidityUnits"], "AccessToken": "seconds"}
    cognito.update_user_pool_client(**{**settings, "AccessTokenValidity": 1, "TokenValidityUnits": units})
    try:
        return stack.token("supervisor")
    finally:
        cognito.update_user_pool_client(**settings)


def new_account(stack: Stack) -> str:
    """Return the access token of an account of the office that is in no group."""
    office, cognito = stack.of("bogor"), stack.client("cognito-idp")
    username, password = f"tamu-{uuid4().hex[:8]}", f"Aa1!{uuid4().hex}"
    pool = payload_of(stack.token())["iss"].rsplit("/", 1)[1]
    cognito.admin_create_user(UserPoolId=pool, Username=username, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=password, Permanent=True)
    signed_in = cognito.initiate_auth(
        ClientId=office["user_pool_client_id"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password},
    )
    return str(signed_in["AuthenticationResult"]["AccessToken"])
