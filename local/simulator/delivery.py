"""Webhook delivery as Meta does it: signed over the raw bytes, tried again when the answer is not 200."""

import asyncio
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import urllib3

from local.simulator.errors import Json

# The local AWS unpacks and starts a function for each webhook that it answers at the same time, a second of work each.
CONNECTIONS = 16
TIMEOUT_SECONDS = 30.0
# Meta goes on for up to seven days. A person or a test that waits for the answer is better served by ten seconds.
PAUSES = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a delivery: the last answer (`status` is None when there was none), and how many tries it took."""

    status: int | None
    body: Any
    tries: int

    @property
    def delivered(self) -> bool:
        """Tell whether the receiver took it."""
        return self.status == 200

    def as_json(self) -> Json:
        """Return what the tools show."""
        return {"status": self.status, "body": self.body, "tries": self.tries}


def sign(secret: str, body: bytes) -> str:
    """Return the value of `X-Hub-Signature-256` for these raw bytes."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Delivery:
    """The delivery of webhooks, outside the event loop, at most `CONNECTIONS` at a time; the rest wait their turn."""

    def __init__(self, pauses: tuple[float, ...] = PAUSES) -> None:
        self._pauses = pauses
        self._http = urllib3.PoolManager(
            maxsize=CONNECTIONS, retries=False, timeout=urllib3.Timeout(connect=5, read=TIMEOUT_SECONDS)
        )
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="webhook")

    async def deliver(self, url: str, secret: str, payload: Json, *, retry: bool) -> Outcome:
        """Post `payload`; with `retry`, again after 429, 5xx and connection errors, but not after another 4xx."""
        # Escaped like Meta's own bodies, so that a receiver that signs what it parsed and re-serialised fails.
        body = json.dumps(payload, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": sign(secret, body),
        }
        pauses = (*(self._pauses if retry else ()), None)
        for tries, pause in enumerate(pauses, start=1):
            outcome = await asyncio.get_running_loop().run_in_executor(
                self._threads, self._post, url, body, headers, tries
            )
            may_change = outcome.status is None or outcome.status == 429 or outcome.status >= 500
            if not may_change or pause is None:
                break
            await asyncio.sleep(pause)
        return outcome

    def _post(self, url: str, body: bytes, headers: dict[str, str], tries: int) -> Outcome:
        try:
            answer = self._http.request("POST", url, body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            return Outcome(None, f"{type(error).__name__}: {error}", tries)
        text = answer.data.decode("utf-8", "replace")
        try:
            return Outcome(answer.status, json.loads(text), tries)
        except ValueError:
            return Outcome(answer.status, text, tries)

    def close(self) -> None:
        """Release threads and connections; deliveries that have not started are given up."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.clear()
