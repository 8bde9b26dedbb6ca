"""The deployed stack: the one that runs, brought up to date, or one of our own for the time of the tests."""

import json
import os
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from antrian.adapters.office_file import load_offices
from antrian.domain.office import Office
from local import cloud
from local.paths import REPOSITORY, STACK_FILE
from local.whatsapp import Simulator

OFFICES = ("bogor", "jakarta-pusat", "batam")
UP_SECONDS = 400
ANSWER_SECONDS = 60
T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str, seconds: float = ANSWER_SECONDS) -> T:
    """Return the first thing that is found, looking again and again; fail when time is up."""
    deadline = time.monotonic() + seconds
    pause = 0.02  # an answer takes a few of these; what takes longer is looked for less often
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(pause)
        pause = min(pause * 1.3, 0.5)
    pytest.fail(f"within {seconds} s there was no {what}")


@dataclass
class Stack:
    """Everything that `make up` started."""

    content: dict[str, Any]
    simulator: Simulator
    offices: dict[str, Office]
    clients: dict[str, Any] = field(default_factory=dict)  # making one takes longer than asking it

    def of(self, office: str) -> dict[str, Any]:
        """Return what the stack file says of an office."""
        entry: dict[str, Any] = self.content["offices"][office]
        return entry

    def client(self, service: str) -> Any:
        """Return a client of the local AWS."""
        if service not in self.clients:
            self.clients[service] = cloud.client(service, self.content["aws_endpoint_url"])
        return self.clients[service]

    def now(self) -> datetime:
        """Return the time of the deployed functions."""
        return datetime.fromisoformat(self.simulator.clock()["now"])

    def bookable_days(self, office: str = "bogor") -> list[date]:
        """Return the days for which one may register now."""
        return self.offices[office].bookable_days(self.now())

    def booking(self, code: str, office: str = "bogor") -> dict[str, Any]:
        """Return a booking's item in plain values."""
        key = {"pk": {"S": f"BOOKING#{code.replace('-', '')}"}, "sk": {"S": "BOOKING"}}
        item = self.client("dynamodb").get_item(TableName=self.of(office)["table_name"], Key=key, ConsistentRead=True)
        return {name: next(iter(value.values())) for name, value in item["Item"].items()}

    def token(self, role: str = "officer", office: str = "bogor") -> str:
        """Sign a member of the staff in and return the access token."""
        person = next(person for person in self.of(office)["staff"] if person["role"] == role)
        signed_in = self.client("cognito-idp").initiate_auth(
            ClientId=self.of(office)["user_pool_client_id"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": person["username"], "PASSWORD": person["password"]},
        )
        return str(signed_in["AuthenticationResult"]["AccessToken"])

    def empty(self, office: str) -> None:
        """Forget every booking: one run of the tests must not use up the days of the next."""
        table = self.of(office)["table_name"]
        dynamodb = self.client("dynamodb")
        for page in dynamodb.get_paginator("scan").paginate(TableName=table, ProjectionExpression="pk, sk"):
            for key in page["Items"]:
                dynamodb.delete_item(TableName=table, Key=key)

    def reopen_days(self, office: str = "bogor") -> None:
        """Undo what a moved clock did to slots whose time has not come yet."""
        table = self.of(office)["table_name"]
        dynamodb = self.client("dynamodb")
        for page in dynamodb.get_paginator("scan").paginate(
            TableName=table, FilterExpression="attribute_exists(closed_at)"
        ):
            for item in page["Items"]:
                dynamodb.update_item(
                    TableName=table,
                    Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression="REMOVE closed_at, finished_at",
                )

    def invoke(self, function: str, office: str = "bogor", event: object = None) -> dict[str, Any]:
        """Invoke a function as its schedule or its queue does, and return its answer."""
        answer = self.client("lambda").invoke(
            FunctionName=self.of(office)["functions"][function], Payload=json.dumps(event or {}).encode()
        )
        assert "FunctionError" not in answer, answer["Payload"].read()
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result


def request(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, str]:
    """Send an HTTP request and return status and body, whatever the status."""
    sent = Request(url, data=body, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urlopen(sent, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()


@dataclass
class Applicant:
    """A person who writes to an office: one message, then waits for the answer."""

    stack: Stack
    office: str = "bogor"
    phone: str = field(default_factory=lambda: f"62812{random.randrange(10**8):08d}")
    seen: int = 0

    def __post_init__(self) -> None:
        # One person has one code, so everybody has a name of their own, on a stack that is used again and again too.
        self.name = "Budi " + "".join(random.choices("aeioubdgjkmnprst", k=10)).capitalize()

    def register(self, day: date) -> dict[str, Any]:
        """Register for a day and return the echo."""
        return self.write(f"#{self.name}#25011987#{day:%d%m%Y}")

    def write(self, text: str, **more: object) -> dict[str, Any]:
        """Send a text and return the answer as it was sent to WhatsApp."""
        return self._say(text=text, **more)

    def tap(self, button: dict[str, Any]) -> dict[str, Any]:
        """Tap a button of an answer and return the next answer."""
        return self._say(button_id=button["reply"]["id"])

    def send(self, **message: object) -> dict[str, Any]:
        """Send a message without waiting for an answer."""
        return self.stack.simulator.write(office=self.office, **{"from": self.phone, **message})

    def answers(self) -> list[dict[str, Any]]:
        """Return everything that came so far."""
        return self.stack.simulator.messages(self.phone)

    def next_answer(self) -> dict[str, Any]:
        """Wait for an answer that was not seen yet, and return it."""
        answers = eventually(
            lambda: answers if len(answers := self.answers()) > self.seen else None, f"answer to {self.phone}"
        )
        self.seen += 1
        return answers[self.seen - 1]

    def book(self, day: date) -> str:
        """Register for a day, approve, and return the booking code."""
        return booking_code(self.write(approval_code(self.register(day))))

    def _say(self, **message: object) -> dict[str, Any]:
        self.send(**message)
        return self.next_answer()


def text_of(answer: dict[str, Any]) -> str:
    """Return what a person reads in an answer."""
    match answer["type"]:
        case "image":
            return str(answer["image"]["caption"])
        case "interactive":
            return str(answer["interactive"]["body"]["text"])
        case "template":
            parameters = answer["template"]["components"][0]["parameters"]
            return "\n".join([answer["template"]["name"], *(parameter["text"] for parameter in parameters)])
    return str(answer["text"]["body"])


def buttons_of(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the buttons of an answer by their titles."""
    assert answer["type"] == "interactive", answer
    return {button["reply"]["title"]: button for button in answer["interactive"]["action"]["buttons"]}


def approval_code(echo: dict[str, Any]) -> str:
    """Return the approval code of an echo."""
    found = re.search(r"Kode persetujuan: \*(\d{8})\*", text_of(echo))
    assert found, text_of(echo)
    return found[1]


def booking_code(ticket: dict[str, Any]) -> str:
    """Return the booking code of a ticket."""
    found = re.search(r"Kode booking: \*([0-9A-Z-]+)\*", text_of(ticket))
    assert found, text_of(ticket)
    return found[1]


def queue_number(ticket: dict[str, Any]) -> int:
    """Return the queue number of a ticket."""
    found = re.search(r"Nomor antrian: \*(\d+)\*", text_of(ticket))
    assert found, text_of(ticket)
    return int(found[1])


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Provide the deployed stack with the code as it is now."""
    running = STACK_FILE.exists()
    if running:
        content = json.loads(STACK_FILE.read_text(encoding="utf-8"))
        ports = [content[name].rsplit(":", 1)[1] for name in ("aws_endpoint_url", "simulator_url")]
    else:
        ports = [str(_free_port()), str(_free_port())]
    offices = sorted({*OFFICES, *(json.loads(STACK_FILE.read_text())["offices"] if running else ())})
    try:
        _local("up", *offices, "--quiet", "--aws-port", ports[0], "--simulator-port", ports[1])
        content = json.loads(STACK_FILE.read_text(encoding="utf-8"))
        stack = Stack(content, Simulator(content["simulator_url"]), load_offices(REPOSITORY / "offices"))
        stack.simulator.move_clock(None)
        for office in OFFICES:
            stack.empty(office)
        yield stack
    finally:
        if not running:
            _local("down")


@pytest.fixture
def moved_clock(stack: Stack) -> Iterator[Callable[[datetime], None]]:
    """Provide a way to move the functions' clock, which goes back to the real time after the test."""

    def move(moment: datetime) -> None:
        stack.simulator.move_clock(moment.isoformat())

    try:
        yield move
    finally:
        stack.simulator.move_clock(None)
        stack.reopen_days()


@pytest.fixture
def budi(stack: Stack) -> Applicant:
    """Provide an applicant with a number that nobody has used."""
    return Applicant(stack)


def at_the_office(stack: Stack, day: date, hour: int, minute: int = 0, office: str = "bogor") -> datetime:
    """Return a moment in an office's own time."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=stack.offices[office].zone)


def midnight_after(stack: Stack, day: date, office: str = "bogor") -> datetime:
    """Return the moment at which a day has ended at an office."""
    return at_the_office(stack, day + timedelta(days=1), 0, 0, office)


def _local(*arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": "layers/common/src"}
    result = subprocess.run(  # noqa: S603 - our own words only
        [sys.executable, "-m", "local", *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=UP_SECONDS,
        check=False,
    )
    if result.returncode != 0:
        pytest.fail(f"python -m local {arguments[0]} failed:\n{result.stdout}\n{result.stderr}")


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
