"""The scanner page in the hands of an officer."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
)

from local.paths import REPOSITORY
from tests.e2e.chromium import PHONE, SCREENSHOTS
from tests.e2e.conftest import Stack

AXE = (REPOSITORY / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
# What the page keeps on the phone under one name; null where there is nothing.
KEPT = """name => new Promise((resolve, reject) => {
    const opening = indexedDB.open("antrian-BGR");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const reading = opening.result.transaction("kept").objectStore("kept").get(name);
        reading.onsuccess = () => { opening.result.close(); resolve(reading.result ?? null); };
    };
})"""


@dataclass
class Scanner:
    """The page on one phone, as an officer uses it."""

    stack: Stack
    context: BrowserContext
    page: Page

    @property
    def decision(self) -> Locator:
        """Return the decision that fills the screen."""
        return self.page.locator("dialog.decision[data-outcome]")

    @property
    def recent(self) -> Locator:
        """Return the last scans, the newest first."""
        return self.page.locator(".recent li")

    @property
    def state(self) -> Locator:
        """Return the line about connection, list, and unsent scans."""
        return self.page.locator(".state")

    def open(self) -> None:
        """Open the page's address."""
        self.page.goto(self.stack.of("bogor")["scanner_url"])

    def enter(self, username: str, password: str) -> None:
        """Fill the form and send it."""
        self.page.get_by_label("Nama pengguna").fill(username)
        self.page.get_by_label("Kata sandi", exact=True).fill(password)
        self.page.get_by_role("button", name="Masuk").click()

    def sign_in(self, role: str = "officer") -> None:
        """Open the page, sign in, and wait for today's list."""
        person = next(person for person in self.stack.of("bogor")["staff"] if person["role"] == role)
        self.open()
        self.enter(person["username"], person["password"])
        self.see_list()

    def see_list(self) -> None:
        """Wait for today's list."""
        expect(self.state).to_contain_text(re.compile(r"daftar \d\d\.\d\d"))

    def reload_list(self) -> None:
        """Have the list read again, as when the network comes back, and wait for it."""
        with self.page.expect_response(lambda response: "/days/" in response.url):
            self.page.evaluate("window.dispatchEvent(new Event('online'))")

    def type_code(self, code: str) -> None:
        """Type a code and send it."""
        self.page.get_by_label("Ketik kode").fill(code)
        self.page.get_by_role("button", name="Periksa").click()

    def decide(self, code: str, outcome: str) -> Locator:
        """Type a code, and return the decision, which has to be this one."""
        self.type_code(code)
        expect(self.decision).to_have_attribute("data-outcome", outcome)
        return self.decision

    def dismiss(self) -> None:
        """Go on to the next person."""
        # What is green goes by itself, perhaps at this very moment.
        self.page.evaluate("document.querySelector('dialog.decision footer button:last-child')?.click()")
        expect(self.decision).to_be_hidden()

    def scan(self, code: str, outcome: str) -> None:
        """Type a code whose decision has to be this one, and go on to the next person."""
        self.decide(code, outcome)
        self.dismiss()

    def counters(self) -> list[str]:
        """Return how many are inside, how many there are in all, and how many are expected."""
        return self.page.locator(".counters dd").all_inner_texts()

    def lose_network(self) -> None:
        """Walk out of the network's reach."""
        self.context.set_offline(True)

    def find_network(self) -> None:
        """Come back into it."""
        self.context.set_offline(False)

    def hold(self) -> None:
        """Stop the page's timers, so that what goes by itself stays to be looked at."""
        self.page.evaluate("for (let timer = setTimeout(() => {}); timer > 0; timer--) clearTimeout(timer)")

    def on_disk(self, name: str) -> Any:
        """Return what the page keeps in the phone's database under a name."""
        return self.page.evaluate(KEPT, name)

    def show(self, name: str) -> None:
        """Keep screenshots of what is seen, light and dark."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        width = self.page.evaluate("innerWidth")
        for look in ("dark", "light"):
            self.page.emulate_media(color_scheme=look)
            self.page.screenshot(path=SCREENSHOTS / f"door-{width}-{look}-{name}.png")

    def examine(self) -> None:
        """Let axe-core look at what is seen, light and dark, and measure whether fingers can use it."""
        # By the debugger, whom the page's policy does not stop.
        self.page.evaluate(AXE)
        for look in ("dark", "light"):
            self.page.emulate_media(color_scheme=look)
            found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
            assert [summary(violation) for violation in found["violations"]] == [], look
        self.measure()

    def measure(self) -> None:
        """Measure whether fingers can use what is seen, and that nothing hangs over the edge."""
        topmost = self.page.locator("dialog[open]").last if self.page.locator("dialog[open]").count() else self.page
        for control in topmost.locator("button:visible, select:visible, input:visible, a:visible").all():
            # What belongs to a label is touched by it.
            box = control.evaluate("""node => {
                const {width, height} = (node.closest("label.choice") ?? node).getBoundingClientRect();
                return {width, height};
            }""")
            assert min(box["width"], box["height"]) >= 44, control.evaluate("node => node.outerHTML")
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert self.page.evaluate(
            "[...document.querySelectorAll('dialog[open]')].every(dialog => dialog.scrollWidth <= dialog.clientWidth)"
        )


def summary(found: dict[str, Any]) -> str:
    """Return what axe-core found, and where."""
    return f"{found['id']}: {[node['html'][:200] for node in found['nodes']]}"


@contextmanager
def phone(
    browser: Browser,
    stack: Stack,
    viewport: ViewportSize = PHONE,
    **more: Any,
) -> Iterator[Scanner]:
    """Take a phone that nobody has used; what goes wrong on its page fails the test."""
    context = browser.new_context(viewport=viewport, device_scale_factor=2, locale="id-ID", **more)
    page = context.new_page()
    page.set_default_timeout(15_000)
    problems: list[str] = []
    watch(context, stack, problems)
    yield Scanner(stack, context, page)
    context.close()
    assert problems == []


def watch(context: BrowserContext, stack: Stack, problems: list[str]) -> None:
    """Note faults, violations of the policy, requests that leave for elsewhere, and secrets in addresses."""
    api = stack.of("bogor")["api_url"]
    cognito = stack.content["aws_endpoint_url"]
    passwords = [person["password"] for person in stack.of("bogor")["staff"]]

    def on_console(line: ConsoleMessage) -> None:
        # A lost network and a refused password are no faults of the page; files that it lacks are seen below.
        if line.type in {"error", "warning"} and "Failed to load resource" not in line.text:
            problems.append(line.text)

    def on_request(request: Request) -> None:
        if not request.url.startswith(f"{api}/") and request.url.rstrip("/") != cognito:
            problems.append(f"asked {request.url}")
        if "eyJ" in request.url or any(password in request.url for password in passwords):
            problems.append(f"a secret in {request.url}")

    def on_response(response: Response) -> None:
        if response.status >= 400 and urlsplit(response.url).path.startswith(f"{urlsplit(api).path}/scanner"):
            problems.append(f"{response.status} for {response.url}")

    context.on("weberror", lambda fault: problems.append(str(fault.error)))
    context.on("console", on_console)
    context.on("request", on_request)
    context.on("response", on_response)


def scans(stack: Stack) -> list[dict[str, Any]]:
    """Return what the server keeps of each scan, in the order in which it happened."""
    found = stack.client("dynamodb").scan(
        TableName=stack.of("bogor")["table_name"],
        FilterExpression="begins_with(pk, :scan)",
        ExpressionAttributeValues={":scan": {"S": "SCAN#"}},
        ConsistentRead=True,
    )
    items = [{name: next(iter(value.values())) for name, value in item.items()} for item in found["Items"]]
    return sorted(items, key=lambda item: str(item["happened_at"]))


def sent_body(request: Request) -> dict[str, Any]:
    """Return what a request says."""
    body: dict[str, Any] = json.loads(request.post_data or "{}")
    return body
