"""A person uses the chat page: over the simulator alone, with an invented office behind the webhook.

Screenshots of every state go to .local/screenshots, at 360 px and wide, light and dark.
"""

import hashlib
import hmac
import io
import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import segno
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, ViewportSize, expect, sync_playwright

from local.simulator.server import running
from local.simulator.stack import ACCOUNT_ID
from local.whatsapp import Simulator
from tests.e2e.chromium import DESK, PHONE, SCREENSHOTS, launch, needs_chromium

NUMBER_ID = "200000000000001"
TOKEN = "token-of-the-invented-office"
SECRET = "test_app_secret"
BOOKING_CODE = "BGR-7K2M-94XQ"

pytestmark = needs_chromium


class InventedOffice(BaseHTTPRequestHandler):
    """An office that answers as a real one would, through the simulator's Graph API."""

    graph_url: ClassVar[str] = ""
    broken: ClassVar[threading.Event] = threading.Event()
    # Some answers wait until the test has looked at what the page shows before them.
    may_answer: ClassVar[threading.Event] = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(self.headers["X-Hub-Signature-256"], expected)
        self.send_response(400 if self.broken.is_set() else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if not self.broken.is_set():
            for change in json.loads(body)["entry"][0]["changes"]:
                for message in change["value"]["messages"]:
                    self.answer(message)

    def answer(self, message: dict[str, Any]) -> None:
        button = message.get("interactive", {}).get("button_reply", {}).get("id")
        row = message.get("interactive", {}).get("list_reply", {}).get("title")
        text = message.get("text", {}).get("body", "")
        to = {"to": "+" + message["from"]} if "from" in message else {"recipient": message["from_user_id"]}
        if button == "approve":
            self.send(to, "image", {"id": self.upload_ticket(), "caption": TICKET_CAPTION})
        elif row:
            self.send(to, "text", {"body": f"Anda memilih *{row}*.\nKeterangan: https://www.imigrasi.go.id/"})
        elif text == "hari":
            self.send(to, "interactive", DAYS)
        elif text == "pengingat":
            self.send(to, "template", REMINDER)
        else:
            typing = {"status": "read", "message_id": message["id"], "typing_indicator": {"type": "text"}}
            self.post("messages", {"messaging_product": "whatsapp", **typing})
            assert self.may_answer.wait(20)
            self.send(to, "interactive", ECHO)

    @classmethod
    def send(cls, to: dict[str, str], kind: str, content: dict[str, Any]) -> None:
        cls.post("messages", {"messaging_product": "whatsapp", **to, "type": kind, kind: content})

    def upload_ticket(self) -> str:
        drawn = io.BytesIO()
        segno.make(BOOKING_CODE, error="m").save(drawn, kind="png", scale=12, border=4)
        parts = b"".join(
            b'--ticket\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % part
            for part in ((b"messaging_product", b"whatsapp"), (b"type", b"image/png"))
        )
        file = (
            b'--ticket\r\nContent-Disposition: form-data; name="file"; filename="t.png"\r\nContent-Type: image/png\r\n'
        )
        body = parts + file + b"\r\n" + drawn.getvalue() + b"\r\n--ticket--\r\n"
        answer = self.post("media", body, "multipart/form-data; boundary=ticket")
        return str(answer["id"])

    @classmethod
    def post(cls, path: str, body: Any, content_type: str = "application/json", node_id: str = NUMBER_ID) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": content_type}
        request = urllib.request.Request(f"{cls.graph_url}/v26.0/{node_id}/{path}", raw, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Keep the test's output for the test."""


ECHO = {
    "type": "button",
    "header": {"type": "text", "text": "Periksa data Anda"},
    "body": {
        "text": "Nomor WA: 628110000001\nNama: *Budi Santoso*\nTgl lahir: 25-01-1987\nTgl layanan: *Senin, 23-11-2026*"
        "\n\nBalas dengan kode persetujuan *00002681* atau tekan tombol di bawah."
    },
    "footer": {"text": "Kode berlaku sampai 24.00"},
    "action": {
        "buttons": [
            {"type": "reply", "reply": {"id": "approve", "title": "Setuju"}},
            {"type": "reply", "reply": {"id": "withdraw", "title": "Batal"}},
        ]
    },
}
TICKET_CAPTION = (
    f"*Terkonfirmasi.* Tunjukkan kode ini di pintu.\n\nNama: Budi Santoso\nKode booking: *{BOOKING_CODE}*\n"
    "Nomor antrian: *7*\nHari: Senin, 23 November 2026\nJam layanan: *08.30 WIB*, datang 08.00\n\n"
    "Bawa asli dan fotokopi:\n• e-KTP\n• Kartu Keluarga\n• Akta kelahiran, ijazah, atau buku nikah\n• Paspor lama\n\n"
    "Berhalangan? Balas #batal"
)
DAYS = {
    "type": "list",
    "body": {"text": "Pilih hari layanan."},
    "action": {
        "button": "Pilih hari",
        "sections": [
            {
                "title": "Pekan depan",
                "rows": [
                    {"id": "day:1", "title": "Senin, 23 November", "description": "sisa 12 tempat"},
                    {"id": "day:2", "title": "Selasa, 24 November", "description": "sisa 40 tempat"},
                ],
            }
        ],
    },
}
# As the account would have it.
REMINDER_TEXT = {
    "name": "pengingat_besok",
    "language": "id",
    "category": "UTILITY",
    "components": [
        {"type": "BODY", "text": "Untuk {{1}}, besok: {{2}}. Mohon datang.", "example": {"body_text": [["Budi", "8"]]}},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Tidak jadi"}]},
    ],
}
REMINDER = {
    "name": "pengingat_besok",
    "language": {"code": "id"},
    "components": [
        {
            "type": "body",
            "parameters": [
                {"type": "text", "parameter_name": "nama", "text": "Budi Santoso"},
                {"type": "text", "parameter_name": "jam", "text": "08.30 WIB"},
            ],
        },
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "Batalkan"}],
        },
    ],
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[str]:
    InventedOffice.broken.clear()
    InventedOffice.may_answer.set()
    office = ThreadingHTTPServer(("127.0.0.1", 0), InventedOffice)
    thread = threading.Thread(target=office.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    url = f"http://127.0.0.1:{office.server_port}/webhook"
    (tmp_path / "tokens.json").write_text(json.dumps({NUMBER_ID: TOKEN}))
    entry = {
        "webhook_url": url,
        "phone_number_id": NUMBER_ID,
        "display_phone_number": "+62 811 1100 333",
        "app_secret": SECRET,
    }
    try:
        with running(tmp_path / "stack.json", tmp_path) as simulator_url:
            InventedOffice.graph_url = simulator_url
            (tmp_path / "stack.json").write_text(
                json.dumps({"offices": {"bogor": entry, "batam": {**entry, "gives_the_day": True}}})
            )
            yield simulator_url
    finally:
        office.shutdown()
        thread.join()
        office.server_close()


@contextmanager
def page_of(browser: Browser, viewport: ViewportSize, *, dark: bool = False) -> Iterator[Page]:
    """Open a page that fails the test when something goes wrong on it, or when it asks another origin."""
    context = browser.new_context(
        viewport=viewport, color_scheme="dark" if dark else "light", device_scale_factor=2, locale="id-ID"
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    page.set_default_timeout(15_000)

    def same_origin_only(route: Route) -> None:
        if re.match(r"http://127\.0\.0\.1:", route.request.url):
            route.continue_()
        else:
            problems.append(f"asked {route.request.url}")
            route.abort()

    page.route("**/*", same_origin_only)
    yield page
    context.close()
    assert problems == []


def write(page: Page, text: str) -> None:
    page.get_by_label("Tulis pesan").fill(text)
    page.get_by_role("button", name="Kirim", exact=True).click()


def last_answer(page: Page) -> Locator:
    return page.locator(".bubble.theirs").last


def keep(page: Page, name: str) -> bytes:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return page.screenshot(path=SCREENSHOTS / f"{name}.png")


def approve(page: Page) -> Locator:
    """Register, approve by the button, and return the ticket's image."""
    write(page, "#Budi Santoso#25011987#23112026")
    last_answer(page).get_by_role("button", name="Setuju").click()
    image = last_answer(page).locator("img")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", True)
    return image


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["360", "wide"])
def test_a_registration_ends_with_a_ticket_that_a_scanner_can_read(
    browser: Browser, simulator: str, viewport: ViewportSize, dark: bool
) -> None:
    look = f"{viewport['width']}-{'dark' if dark else 'light'}"
    with page_of(browser, viewport, dark=dark) as page:
        page.goto(f"{simulator}/?office=bogor&as=628110000001")
        expect(page.get_by_role("heading", name="Kantor Imigrasi Bogor")).to_be_visible()
        keep(page, f"{look}-1-empty")
        page.get_by_role("button", name=re.compile(r"^#Budi Santoso#25011987#\d{8}$")).click()
        InventedOffice.may_answer.clear()
        page.get_by_role("button", name="Kirim", exact=True).click()
        mine = page.locator(".bubble.mine").last
        expect(mine).to_contain_text("#Budi Santoso#25011987#")
        expect(mine.get_by_text("dibaca")).to_be_attached()
        expect(page.locator("#typing")).to_be_visible()
        keep(page, f"{look}-2-typing")
        InventedOffice.may_answer.set()
        echo = last_answer(page)
        expect(echo.locator("b", has_text="00002681")).to_be_visible()
        expect(page.locator("#typing")).to_be_hidden()
        keep(page, f"{look}-3-echo")
        echo.get_by_role("button", name="Setuju").click()
        image = last_answer(page).locator("img")
        expect(image).to_be_visible()
        expect(last_answer(page)).to_contain_text("Nomor antrian: 7")
        expect(mine).to_contain_text("Setuju")
        keep(page, f"{look}-4-ticket")
        page.get_by_role("button", name="Gambar: Terkonfirmasi").click()
        expect(page.get_by_role("dialog", name="Gambar")).to_be_visible()
        shown = keep(page, f"{look}-5-picture")
        with Image.open(io.BytesIO(shown)) as screen:
            codes = zxingcpp.read_barcodes(screen)
        assert [code.text for code in codes] == [BOOKING_CODE]


def test_what_comes_while_the_conversation_is_loaded_stays(browser: Browser, simulator: str) -> None:
    with page_of(browser, PHONE) as page:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/simulator/conversation**", hold)
        page.goto(f"{simulator}/?office=bogor&as=628110000001")
        write(page, "hari")
        expect(last_answer(page)).to_contain_text("Pilih hari layanan.")
        for route in held:
            route.fulfill(json={"items": []})
        write(page, "hari")
        expect(page.locator(".bubble")).to_have_count(4)


def test_a_long_conversation_scrolls_and_the_phone_around_it_does_not(browser: Browser, simulator: str) -> None:
    with page_of(browser, PHONE) as page:
        page.goto(f"{simulator}/?office=bogor&as=628110000001")
        for number in range(1, 11):
            page.get_by_role("textbox", name="Tulis pesan").fill(f"pesan {number}")
            page.get_by_role("button", name="Kirim", exact=True).click()
            expect(page.locator(".bubble.mine").last).to_contain_text(f"pesan {number}")
        assert page.evaluate("document.documentElement.scrollHeight") == PHONE["height"]


def test_a_ticket_taller_than_the_phone_scrolls_the_phone_alone(browser: Browser, simulator: str) -> None:
    with page_of(browser, {"width": 1280, "height": 600}) as page:
        page.goto(f"{simulator}/?office=bogor&as=628110000001")
        expect(approve(page)).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.scrollingElement.scrollHeight > innerHeight")
        assert page.evaluate("scrollY") == 0


def test_a_message_of_the_next_day_is_in_sight(browser: Browser, simulator: str) -> None:
    with page_of(browser, PHONE) as page:
        page.goto(f"{simulator}/?office=bogor&as=628110000001")
        approve(page)
        # What was tapped has the focus, and keeps it; it is no reason to scroll back to it.
        place = page.evaluate("document.getElementById('paper').scrollTop")
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        Simulator(simulator).move_clock(tomorrow)
        expect(page.get_by_text("Kemarin")).to_be_attached()
        assert page.evaluate("document.getElementById('paper').scrollTop") == place
        InventedOffice.send({"to": "+628110000001"}, "template", REMINDER)
        expect(page.locator(".bubble")).to_have_count(5)
        expect(page.get_by_role("button", name="Setuju")).to_be_focused()
        expect(last_answer(page)).to_be_in_viewport(ratio=1)


def test_a_reload_shows_the_conversation_again(browser: Browser, simulator: str) -> None:
    with page_of(browser, PHONE) as page:
        page.goto(f"{simulator}/?office=bogor&as=628110000001")
        approve(page)
        before = page.locator(".bubble").all_inner_texts()
        page.reload()
        expect(page.locator(".bubble")).to_have_count(len(before))
        assert page.locator(".bubble").all_inner_texts() == before


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_row_of_a_list_is_chosen_in_a_sheet(browser: Browser, simulator: str, dark: bool) -> None:
    with page_of(browser, PHONE, dark=dark) as page:
        page.goto(f"{simulator}/?office=bogor&as=628110000002")
        write(page, "hari")
        last_answer(page).get_by_role("button", name="Pilih hari").click()
        sheet = page.get_by_role("dialog", name="Pilih hari")
        expect(sheet.get_by_text("sisa 40 tempat")).to_be_visible()
        keep(page, f"360-{'dark' if dark else 'light'}-6-list")
        sheet.get_by_role("button", name=re.compile("^Selasa")).click()
        expect(last_answer(page)).to_contain_text("Anda memilih Selasa, 24 November.")
        expect(last_answer(page).get_by_role("link")).to_have_attribute("href", "https://www.imigrasi.go.id/")


def test_somebody_without_a_visible_number_gets_answers_and_templates(browser: Browser, simulator: str) -> None:
    with page_of(browser, DESK) as page:
        page.goto(simulator)
        page.get_by_role("radio", name="Dewi Lestari").check()
        write(page, "pengingat")
        expect(last_answer(page)).to_contain_text("pengingat_besok")
        expect(last_answer(page)).to_contain_text("08.30 WIB")
        keep(page, "1280-light-7-template")
        last_answer(page).get_by_role("button", name="Batalkan").click()
        expect(page.locator(".bubble.mine").last).to_contain_text("Batalkan")


def test_a_template_that_the_account_has_is_shown_as_people_read_it(browser: Browser, simulator: str) -> None:
    InventedOffice.post("message_templates", REMINDER_TEXT, node_id=ACCOUNT_ID)
    with page_of(browser, PHONE) as page:
        page.goto(f"{simulator}/?office=bogor&as=628110000001")
        write(page, "pengingat")
        expect(last_answer(page)).to_contain_text("Untuk Budi Santoso, besok: 08.30 WIB. Mohon datang.")
        expect(last_answer(page)).not_to_contain_text("pengingat_besok")
        keep(page, "360-light-7-template")
        last_answer(page).get_by_role("button", name="Tidak jadi").click()
        mine = page.locator(".bubble.mine").last
        expect(mine.locator(".quote")).to_contain_text("Untuk Budi Santoso")
        expect(mine.locator(".text")).to_have_text("Tidak jadi")


def test_a_photo_goes_with_the_words_below_it_or_alone(browser: Browser, simulator: str) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (86, 54), "teal").save(drawn, "JPEG")
    file: FilePayload = {"name": "e-ktp.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}
    with page_of(browser, PHONE) as page:
        page.goto(f"{simulator}/?office=batam&as=628110000001")
        page.get_by_role("button", name=re.compile("^Budi Santoso#25011987#Jl")).click()
        page.get_by_label("Tulis pesan").fill("hari")
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Lampirkan foto").click()
        chooser.value.set_files(file)
        expect(page.get_by_text("e-ktp.jpg")).to_be_visible()
        keep(page, "360-light-10-attached")
        page.get_by_role("button", name="Kirim", exact=True).click()
        expect(page.get_by_text("e-ktp.jpg")).to_be_hidden()
        mine = page.locator(".bubble.mine").last
        expect(mine.locator("img")).to_have_js_property("naturalWidth", 86)
        expect(mine).to_contain_text("hari")
        chooser.value.set_files(file)
        page.get_by_role("button", name="Lepas lampiran").click()
        page.get_by_role("button", name="Kirim", exact=True).click()
        chooser.value.set_files(file)
        page.get_by_role("button", name="Kirim", exact=True).click()
        expect(page.locator(".bubble.mine img")).to_have_count(2)
        expect(page.locator(".bubble.mine")).to_have_count(2)


def test_another_number_can_be_typed_and_a_wrong_one_is_explained(browser: Browser, simulator: str) -> None:
    with page_of(browser, DESK) as page:
        page.goto(simulator)
        other = page.get_by_label("Nomor atau user id lain")
        other.fill("081")
        page.get_by_role("button", name="Pakai").click()
        expect(page.get_by_role("alert").first).to_contain_text("0812 3456 7890")
        other.fill("0812 0000 0009")
        page.get_by_role("button", name="Pakai").click()
        expect(page.get_by_role("radio", name="Nomor lain")).to_be_checked()
        write(page, "halo")
        expect(last_answer(page)).to_be_visible()
        expect(page).to_have_url(re.compile("as=6281200000009"))


def test_a_message_that_was_not_taken_says_why_and_can_be_sent_again(browser: Browser, simulator: str) -> None:
    with page_of(browser, PHONE) as page:
        page.goto(f"{simulator}/?office=bogor&as=628110000003")
        InventedOffice.broken.set()
        write(page, "hari")
        mine = page.locator(".bubble.mine").last
        expect(mine).to_contain_text("Tidak terkirim: sistem kantor menjawab HTTP 400.")
        keep(page, "360-light-8-failed")
        InventedOffice.broken.clear()
        mine.get_by_role("button", name="Kirim lagi").click()
        expect(last_answer(page)).to_contain_text("Pilih hari layanan.")
        expect(page.locator(".bubble.mine")).to_have_count(1)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["360", "wide"])
def test_the_clock_is_moved_and_set_back_on_the_page(
    browser: Browser, simulator: str, tmp_path: Path, viewport: ViewportSize
) -> None:
    with page_of(browser, viewport) as page:
        page.goto(simulator)
        page.get_by_role("button", name=re.compile("^Jam simulator")).click()
        page.get_by_label("Pindahkan ke").fill("2031-11-24T08:10")
        page.get_by_role("button", name="Pindah", exact=True).click()
        expect(page.locator("#clock-now")).to_have_text(re.compile("Senin, 24 November 2031, 08[.:]1[01]"))
        assert float((tmp_path / "clock").read_text()) > 0
        keep(page, f"{viewport['width']}-light-9-clock")
        page.get_by_role("button", name="+1 hari").click()
        expect(page.locator("#clock-now")).to_have_text(re.compile("Selasa, 25 November 2031"))
        page.get_by_role("button", name="Jam nyata").click()
        expect(page.get_by_text("Sama dengan jam nyata.")).to_be_visible()
        assert not (tmp_path / "clock").exists()


def test_everything_is_reached_with_the_keyboard_alone(browser: Browser, simulator: str) -> None:
    with page_of(browser, PHONE) as page:
        page.goto(f"{simulator}/?office=bogor&as=628110000001")
        page.get_by_label("Tulis pesan").fill("#Budi")
        page.keyboard.press("Enter")
        button = last_answer(page).get_by_role("button", name="Setuju")
        expect(button).to_be_visible()
        for _ in range(20):
            page.keyboard.press("Shift+Tab")
            if button.evaluate("node => node === document.activeElement"):
                break
        page.keyboard.press("Enter")
        expect(last_answer(page).locator("img")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["360", "wide"])
def test_nothing_to_tap_is_smaller_than_a_finger_and_nothing_overflows(
    browser: Browser, simulator: str, viewport: ViewportSize
) -> None:
    with page_of(browser, viewport) as page:
        page.goto(f"{simulator}/?office=bogor&as=628110000001")
        approve(page)
        if viewport == PHONE:
            page.get_by_role("button", name="Ganti kantor, nomor, atau jam").click()
        controls = page.locator("button:visible, select:visible, input:visible:not([type=radio]), textarea:visible")
        for index in range(controls.count()):
            box = controls.nth(index).bounding_box()
            assert box is not None
            assert box["height"] >= 44, controls.nth(index).evaluate("node => node.outerHTML")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_before_the_deployment_the_page_says_what_to_do_and_joins_by_itself(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path / "stack.json", tmp_path) as url, page_of(browser, PHONE) as page:
        page.goto(url)
        expect(page.get_by_text("Sistem kantor belum menyala")).to_be_visible()
        expect(page.get_by_label("Tulis pesan")).to_be_disabled()
        entry = {
            "webhook_url": "http://127.0.0.1:9/",
            "phone_number_id": NUMBER_ID,
            "display_phone_number": "+62 811 1100 333",
            "app_secret": SECRET,
        }
        (tmp_path / "stack.json").write_text(json.dumps({"offices": {"bogor": entry}}))
        expect(page.get_by_role("heading", name="Kantor Imigrasi Bogor")).to_be_visible()
        expect(page.get_by_label("Tulis pesan")).to_be_enabled()
