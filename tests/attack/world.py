"""The handlers in their surroundings: called as AWS calls them, by queues, a schedule, phones and Meta."""

import io
import json
import logging
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import botocore.session
import pytest
import segno
import urllib3

# Powertools reads these when a handler is imported; in AWS the stack sets them.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Antrian")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "attack")

from checkin import handler as checkin
from confirm import handler as confirm
from expiry import handler as expiry
from notify import handler as notify
from tests.attack.outside import TABLE, Items, Outside, Told, create_table
from tests.attack.rules import Rule, Violation
from tests.attack.script import Ask, Clock, Office, Post, Receipts, Tick, receipts, scanned
from tests.attack.seam import Died, Fault
from tests.builders import NOW
from tests.integration.door import request
from tests.integration.stack import Context, Stack, build_stack, delivery, failed_in, write_office
from webhook import handler as webhook

REGION = "ap-southeast-3"
BETWEEN_ACTIONS = timedelta(seconds=10)
SCHEMA: dict[str, Any] = {
    "TableName": TABLE,
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    "BillingMode": "PAY_PER_REQUEST",
}
CONFIRM, NOTIFY = "confirm", "notify"
# What calls a function: a queue's name, or the action itself.
What = str | Post | Ask | Tick | Receipts


@dataclass(frozen=True)
class Blow:
    """Say what befalls one invocation.

    `call` counts from 0. Without a fault all went well, and nobody learnt of it. `at_end`: what failed comes again only
    when the conversation is over, else at once.
    """

    call: int = 0
    fault: Fault | None = None
    at_end: bool = False


@dataclass
class World:
    """Be one office with everything around it."""

    stack: Stack
    outside: Outside
    office: Office = field(default_factory=Office)
    deferred: list[What] = field(default_factory=list)
    brought: tuple[Post, ...] = ()
    """The receipts that WhatsApp has brought: they tell of what was sent by then."""
    noted: list[Violation] = field(default_factory=list)
    on_disk: Office | None = None

    def put_back(self, state: bytes) -> None:
        """Take on a state that was taken out, in a new environment."""
        inner, self.office, self.deferred, self.brought = pickle.loads(state)  # noqa: S301 - our own
        self.outside.put_back(inner)
        self.noted = []
        self.stack.forget()

    def take_out(self) -> bytes:
        """Return the whole state but what was told."""
        return pickle.dumps((self.outside.take_out(), self.office, self.deferred, self.brought))

    def fingerprint(self) -> str:
        """Return what two states share from which the same follows."""
        return f"{self.outside.fingerprint()} {self.office} {self.deferred} {self.brought}"

    @property
    def told(self) -> list[Told]:
        """Return what WhatsApp took since the state was put back."""
        return self.outside.told

    @property
    def items(self) -> Items:
        """Return what is in the table."""
        return self.outside.items()

    def waits(self, by: timedelta = BETWEEN_ACTIONS) -> None:
        """Let time pass."""
        self.outside.now += by

    def set(self, action: Clock | Office) -> None:
        """Set the clock, or the office's file."""
        if isinstance(action, Clock):
            self.outside.now = action.moment.astimezone(UTC)
        else:
            self.office = action

    def next_in_queues(self) -> str | None:
        """Return which function has something to do."""
        for function, queue in ((CONFIRM, self.outside.days), (NOTIFY, self.outside.outbox)):
            blocked = {message.group for message in queue.waiting if message.held}
            if any(message.group not in blocked for message in queue.waiting):
                return function
        return None

    def invoke(self, what: What, blow: Blow | None = None) -> None:
        """Call a function as AWS does, and let what failed come again."""
        if isinstance(what, str):
            self._bring(what, blow)
            return
        if isinstance(what, Post | Ask) and not what.needs <= set(self.outside.taken):
            self.deferred.append(what)
            return
        done = self._call(what, blow) and not (blow and blow.fault is None)
        if done:
            return
        if blow and blow.at_end:
            self.deferred.append(what)
        else:
            self._call(what, None)

    def release(self) -> list[What]:
        """Let everything come again that the queues kept back, and return what else is to come again."""
        self.outside.days.release()
        self.outside.outbox.release()
        deferred, self.deferred = self.deferred, []
        return deferred

    def _bring(self, function: str, blow: Blow | None) -> None:
        queue = self.outside.days if function == CONFIRM else self.outside.outbox
        batch = queue.receive()
        handler = confirm if function == CONFIRM else notify
        response = self._run(handler, {"Records": [each.record(self.outside.now) for each in batch]}, blow)
        everything = [message.id for message in batch]
        unnoticed = blow is not None and blow.fault is None
        failed = everything if response is None or unnoticed else failed_in(response)
        queue.settle(batch, failed, hold=blow is not None and blow.at_end)

    def _call(self, what: Post | Ask | Tick | Receipts, blow: Blow | None) -> bool:
        match what:
            case Post(body):
                return self._post(body, blow)
            case Receipts(status):
                told = receipts(status, self.outside.taken, self.outside.now)
                self.brought += (Post(told),)
                return self._post(told, blow)
            case Ask(method, path, body, _, groups):
                response = self._run(checkin, request(method, path, body, groups=groups), blow)
                if response is None or response["statusCode"] >= 500:
                    return False
                if method == "POST":
                    self.outside.note(scanned(json.loads(body)["nonce"]))
                return True
            case Tick():
                return self._run(expiry, {}, blow) is not None

    def _post(self, body: str, blow: Blow | None) -> bool:
        response = self._run(webhook, delivery(body.encode()), blow)
        return response is not None and response["statusCode"] == 200

    def _run(self, function: Any, event: dict[str, Any], blow: Blow | None) -> dict[str, Any] | None:
        """Return the response, None where there was none."""
        self._write_office()
        self.outside.seam.begin((blow.call, blow.fault) if blow and blow.fault else None)
        self.stack.at(self.outside.now)
        try:
            # Metrics are written to where AWS reads them.
            with redirect_stdout(_Nowhere()):
                response: dict[str, Any] = function.handler(event, Context())
        except Died:
            self.stack.forget()
            return None
        except Exception as error:  # noqa: BLE001 - whatever a function raises, Lambda calls it failed
            if not blow or not blow.fault:
                self.noted.append(Violation(Rule.RAISED, f"{function.__name__}: {error!r}"))
            return None
        return response

    def _write_office(self) -> None:
        if self.on_disk == self.office:
            return
        office = self.on_disk = self.office
        write_office(
            self.stack.offices,
            "contoh",
            "CTH",
            approval=office.approval,
            messages=office.messages,
            format_=office.format_,
            photo=office.photo,
        )
        if office.closed:
            with (self.stack.offices / "contoh.toml").open("a", encoding="utf-8") as file:
                file.write("\n[closed_dates]\n" + "".join(f'{day} = "Listrik padam"\n' for day in office.closed))
        self.stack.forget()


class _Nowhere(io.TextIOBase):
    """Keep nothing of what is written."""

    def write(self, text: str, /) -> int:
        return len(text)


@contextmanager
def surroundings(folder: Path) -> Iterator[World]:
    """Put everything that the handlers call into this process, and provide the world with an empty table."""
    outside = Outside(now=NOW.astimezone(UTC))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
            patch.setenv(name, REGION)
        patch.setenv("PHOTO_BUCKET", "photos")
        _make_once(patch)
        patch.setattr(botocore.client.BaseClient, "_make_api_call", _method(outside.ask))
        patch.setattr(urllib3.PoolManager, "request", _method(outside.request))
        patch.setattr(ThreadPoolExecutor, "submit", _at_once)
        patch.setattr("time.sleep", _no_pause_in_the_main_thread(time.sleep))
        create_table(SCHEMA)
        stack = build_stack(TABLE, folder)
        # Every new environment reads all offices, and this attack needs one.
        (stack.offices / "bogor.toml").unlink()
        for name, value in stack.environment.items():
            patch.setenv(name, value)
        patch.syspath_prepend(str(folder))
        patch.setattr("antrian.runtime.clock_from", lambda _environ: stack.clock)
        stack.forget()
        logging.disable()
        try:
            yield World(stack, outside)
        finally:
            logging.disable(logging.NOTSET)
            stack.forget()


def _make_once(patch: pytest.MonkeyPatch) -> None:
    """Let be made once what takes longer than most invocations, and holds nothing that outlives a call."""
    ours, boto3_s = botocore.session.get_session(), boto3.session.Session()
    patch.setattr("pynamodb.connection.base.get_session", lambda: ours)
    patch.setattr("boto3.session.Session", lambda **_how: boto3_s)
    patch.setattr(botocore.session.Session, "create_client", _once_for_each_service(ours.create_client))
    patch.setattr("segno.make", cache(_drawn_once(segno.make)))


def _once_for_each_service(create: Callable[..., Any]) -> Callable[..., Any]:
    made: dict[str, Any] = {}

    def client(_session: object, service: str, *args: Any, **how: Any) -> Any:
        if service not in made:
            made[service] = create(service, *args, **how)
        return made[service]

    return client


class _Drawn:
    """Be a QR code that is drawn once."""

    def __init__(self, code: segno.QRCode) -> None:
        self._code = code
        self._images: dict[str, bytes] = {}

    def save(self, out: io.BytesIO, **how: Any) -> None:
        if repr(how) not in self._images:
            image = io.BytesIO()
            self._code.save(image, **how)
            self._images[repr(how)] = image.getvalue()
        out.write(self._images[repr(how)])


def _drawn_once(make: Callable[..., segno.QRCode]) -> Callable[..., _Drawn]:
    return lambda *args, **how: _Drawn(make(*args, **how))


def _method(do: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: object, *args: Any, **how: Any) -> Any:
        return do(self, *args, **how)

    return method


def _no_pause_in_the_main_thread(sleep: Callable[[float], None]) -> Callable[[float], None]:
    # MiniStack's threads sleep, too, and must.
    return lambda seconds: None if threading.current_thread() is threading.main_thread() else sleep(seconds)


def _at_once(_pool: ThreadPoolExecutor, do: Any, /, *args: Any, **how: Any) -> "Future[Any]":
    """Do what a thread would, so that the n-th call is the same in every run."""
    future: Future[Any] = Future()
    try:
        future.set_result(do(*args, **how))
    except BaseException as fault:  # noqa: BLE001 - as a thread hands it over
        future.set_exception(fault)
    return future
