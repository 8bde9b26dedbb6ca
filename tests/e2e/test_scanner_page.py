"""Officers use the scanner page on their phones, against the deployed stack.

Screenshots of every decision and screen go to .local/screenshots, light and dark.
"""

import colorsys
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import segno
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, Playwright, Request, Route, expect, sync_playwright

from antrian.domain import codes
from tests.e2e.chromium import launch, needs_chromium
from tests.e2e.conftest import Applicant, Stack, approval_code, booking_code, buttons_of, eventually, request
from tests.e2e.film import shoot
from tests.e2e.scanner import Scanner, phone, scans, sent_body
from tests.e2e.test_authorisation import payload_of

pytestmark = needs_chromium

Move = Callable[[datetime], None]
Phones = Callable[..., Scanner]
MINUTE = timedelta(minutes=1)
OTHER_PHONE = "phone-of-somebody-else"
NOBODYS_CODE = codes.booking_code(b"nobody", "BGR", "wamid.nobody")
JAKARTAS_CODE = codes.booking_code(b"nobody", "JKP", "wamid.nobody")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=15_000)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Provide a browser whose camera shows an empty gate."""
    with before_camera(playwright, shoot(tmp_path_factory.mktemp("film") / "gate.y4m", (None, 1))) as browser:
        yield browser


def before_camera(playwright: Playwright, film: Path) -> Browser:
    """Start a browser whose camera shows a film."""
    return launch(
        playwright,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )


@pytest.fixture
def phones(browser: Browser, stack: Stack) -> Iterator[Phones]:
    """Provide a way to take phones."""
    with ExitStack() as taken:

        def take(**more: Any) -> Scanner:
            opened: AbstractContextManager[Scanner] = phone(browser, stack, **more)
            return taken.enter_context(opened)

        yield take


@pytest.fixture
def scanner(phones: Phones) -> Scanner:
    return phones()


@pytest.fixture(autouse=True)
def empty_office(stack: Stack) -> None:
    """Begin with no bookings, so that those who book for a day get the same hour."""
    stack.empty("bogor")


def starts_at(stack: Stack, code: str) -> datetime:
    return datetime.fromisoformat(stack.booking(code)["starts_at"])


def book(stack: Stack, people: int = 1) -> list[str]:
    """Let people book the first day, and return their codes; they have the same hour."""
    booked = [Applicant(stack).book(stack.bookable_days()[0]) for _ in range(people)]
    assert len({starts_at(stack, code) for code in booked}) == 1
    return booked


def ticket_of(stack: Stack) -> tuple[str, Image.Image]:
    """Let somebody book the first day, and return the code and the picture on the applicant's phone."""
    budi = Applicant(stack)
    ticket = budi.write(approval_code(budi.register(stack.bookable_days()[0])))
    return booking_code(ticket), Image.open(io.BytesIO(stack.simulator.media(ticket["image"]["id"])))


def text_in(ticket: Image.Image) -> str:
    (found,) = zxingcpp.read_barcodes(ticket)
    return str(found.text)


def ask(stack: Stack, method: str, path: str, role: str = "officer", **body: str) -> dict[str, Any]:
    """Ask the API as another phone does, and return what it answers."""
    token = {"Authorization": f"Bearer {stack.token(role)}"}
    status, answer = request(f"{stack.of('bogor')['api_url']}/{path}", method, json.dumps(body).encode(), **token)
    assert status == 200, answer
    decision: dict[str, Any] = json.loads(answer)
    return decision


# Signing in.


@pytest.fixture
def account(stack: Stack) -> Iterator[Callable[..., tuple[str, str]]]:
    """Provide a way to make accounts with a temporary password; they are gone after the test."""
    cognito = stack.client("cognito-idp")
    pool = cognito.list_user_pools(MaxResults=60)["UserPools"]
    client = stack.of("bogor")["user_pool_client_id"]
    (pool_id,) = [
        entry["Id"]
        for entry in pool
        if client
        in {app["ClientId"] for app in cognito.list_user_pool_clients(UserPoolId=entry["Id"])["UserPoolClients"]}
    ]
    made: list[str] = []

    def make(group: str | None) -> tuple[str, str]:
        username, password = f"baru-{uuid4().hex[:8]}", f"Aa1!{uuid4().hex}"
        cognito.admin_create_user(
            UserPoolId=pool_id, Username=username, TemporaryPassword=password, MessageAction="SUPPRESS"
        )
        made.append(username)
        if group is None:
            cognito.admin_set_user_password(UserPoolId=pool_id, Username=username, Password=password, Permanent=True)
        else:
            cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=username, GroupName=group)
        return username, password

    yield make
    for username in made:
        cognito.admin_delete_user(UserPoolId=pool_id, Username=username)


def test_a_wrong_password_is_refused_in_words_and_the_right_one_opens_the_door(stack: Stack, scanner: Scanner) -> None:
    officer = stack.of("bogor")["staff"][0]
    scanner.open()
    scanner.show("sign-in")
    scanner.examine()
    scanner.enter(officer["username"], "salah")
    expect(scanner.page.get_by_role("alert")).to_have_text("Nama pengguna atau kata sandi salah.")
    scanner.show("sign-in-refused")
    scanner.examine()
    scanner.enter(officer["username"], officer["password"])
    expect(scanner.page.get_by_role("heading", name="Kantor Imigrasi Bogor")).to_be_visible()
    scanner.see_list()


def test_the_first_sign_in_asks_for_a_password_that_only_the_officer_knows(
    scanner: Scanner, account: Callable[..., tuple[str, str]]
) -> None:
    username, temporary = account("officer")
    scanner.open()
    scanner.enter(username, temporary)
    page = scanner.page
    first, again = page.get_by_label("Kata sandi baru", exact=True), page.get_by_label("Ulangi kata sandi baru")
    first.fill("terlalu mudah")
    again.fill("terlalu mudah")
    scanner.show("new-password")
    scanner.examine()
    page.get_by_role("button", name="Simpan dan masuk").click()
    expect(page.get_by_role("alert")).to_have_text("Kata sandi belum memenuhi semua syarat.")
    first.fill("Sandi-Baru-2026")
    page.get_by_role("button", name="Simpan dan masuk").click()
    expect(page.get_by_role("alert")).to_have_text("Kedua kata sandi belum sama.")
    again.fill("Sandi-Baru-2026")
    page.get_by_role("button", name="Simpan dan masuk").click()
    scanner.see_list()


def test_an_account_in_no_group_of_the_staff_is_refused_in_words(
    scanner: Scanner, account: Callable[..., tuple[str, str]]
) -> None:
    scanner.open()
    scanner.enter(*account(None))
    expect(scanner.page.get_by_role("alert")).to_contain_text("bukan akun petugas kantor ini")
    assert scanner.page.evaluate("localStorage.length") == 0


def test_a_session_survives_a_reload_and_signing_out_leaves_nothing_on_the_phone(scanner: Scanner) -> None:
    scanner.sign_in()
    scanner.scan(NOBODYS_CODE, "UNKNOWN")
    scanner.page.reload()
    scanner.see_list()
    expect(scanner.recent).to_have_count(1)
    scanner.page.get_by_role("button", name="Menu").click()
    scanner.show("menu")
    scanner.examine()
    scanner.page.get_by_role("button", name="Keluar").click()
    expect(scanner.page.get_by_role("heading", name="Masuk")).to_be_visible()
    eventually(lambda: True if scanner.on_disk("list") is None else None, "phone without the list", 5)
    assert scanner.on_disk("scans") == []
    assert scanner.page.evaluate("Object.keys(localStorage)") == []
    scanner.page.reload()
    expect(scanner.page.get_by_role("heading", name="Masuk")).to_be_visible()


# The camera.


def test_a_ticket_is_read_by_the_camera_and_lets_its_holder_in(
    stack: Stack, playwright: Playwright, tmp_path: Path, moved_clock: Move
) -> None:
    code, ticket = ticket_of(stack)
    moved_clock(starts_at(stack, code) - 10 * MINUTE)
    film = shoot(tmp_path / "ticket.y4m", (None, 1), (ticket, 3))
    with before_camera(playwright, film) as browser, phone(browser, stack) as scanner:
        scanner.sign_in()
        expect(scanner.decision).to_have_attribute("data-outcome", "OK")
        expect(scanner.decision).to_contain_text(code)
    assert stack.booking(code)["state"] == "CHECKED_IN"


def test_bad_good_same_good_before_the_camera_are_four_decisions(
    stack: Stack, playwright: Playwright, tmp_path: Path, moved_clock: Move
) -> None:
    foreign = io.BytesIO()
    segno.make("https://www.imigrasi.go.id/", error="m").save(foreign, kind="png", scale=12, border=4)
    (first, ticket), (second, other) = ticket_of(stack), ticket_of(stack)
    moved_clock(starts_at(stack, first) - 10 * MINUTE)
    # Between two showings of the same code lie more than the five seconds for which it is ignored.
    scenes = ((Image.open(foreign), 3), (None, 1), (ticket, 4), (None, 7), (ticket, 3), (other, 3), (None, 40))
    film = shoot(tmp_path / "gate.y4m", *scenes)
    with before_camera(playwright, film) as browser, phone(browser, stack) as scanner:
        scanner.sign_in()
        for outcome, shown in (("UNKNOWN", ""), ("OK", first), ("USED", first), ("OK", second)):
            expect(scanner.decision).to_have_attribute("data-outcome", outcome)
            expect(scanner.decision).to_contain_text(shown)
        expect(scanner.decision).to_be_hidden()
        words = ("SILAKAN MASUK", r"SUDAH\sMASUK", "SILAKAN MASUK", "KODE TIDAK DIKENAL")
        expect(scanner.recent.locator(".word")).to_have_text([re.compile(word) for word in words])


# The decisions.

MONTHS = (
    *("JANUARI", "FEBRUARI", "MARET", "APRIL", "MEI", "JUNI"),
    *("JULI", "AGUSTUS", "SEPTEMBER", "OKTOBER", "NOVEMBER", "DESEMBER"),
)


@dataclass(frozen=True)
class Told:
    """What an officer is told: the colour, the word, and the other text."""

    colour: str
    word: str
    more: tuple[str, ...] = ()


Arrange = Callable[[Stack, Scanner, Move], str]


def comes(minutes: int) -> Arrange:
    """Return how somebody comes so many minutes after their hour, or before it."""

    def arrange(stack: Stack, _: Scanner, move: Move) -> str:
        (code,) = book(stack)
        move(starts_at(stack, code) + minutes * MINUTE)
        return code

    return arrange


ok, early, late_grace, expired, wrong_day = comes(-10), comes(-31), comes(5), comes(16), comes(-24 * 60)


def used(stack: Stack, scanner: Scanner, move: Move) -> str:
    code = ok(stack, scanner, move)
    assert ask(stack, "POST", "checkins", code=code, nonce=uuid4().hex, device=OTHER_PHONE)["outcome"] == "OK"
    return code


def wrong_office(*_: object) -> str:
    return JAKARTAS_CODE


def cancelled(stack: Stack, _: Scanner, __: Move) -> str:
    budi = Applicant(stack)
    code = budi.book(stack.bookable_days()[0])
    budi.write("#batal")
    return code


def unconfirmed(stack: Stack, _: Scanner, __: Move) -> str:
    echo = Applicant(stack).register(stack.bookable_days()[0])
    return str(buttons_of(echo)["Batalkan"]["reply"]["id"]).removeprefix("#batal ")


def unknown(*_: object) -> str:
    return NOBODYS_CODE


def forged(stack: Stack, _: Scanner, __: Move) -> str:
    content, signature = text_in(ticket_of(stack)[1]).rsplit(".", 1)
    return f"{content}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def mistyped(*_: object) -> str:
    return NOBODYS_CODE[:-1] + ("0" if NOBODYS_CODE[-1] != "0" else "1")


def undone(stack: Stack, scanner: Scanner, move: Move) -> str:
    """Let a supervisor take the check-in back before the phone, whose network is bad, has heard of it."""

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        path = f"checkins/{sent_body(route.request)['nonce']}"
        assert ask(stack, "DELETE", path, "supervisor", reason="salah orang", device=OTHER_PHONE)["outcome"] == "UNDONE"
        route.abort()

    scanner.page.route("**/checkins", lose_the_answer, times=1)
    return ok(stack, scanner, move)


DECISIONS: dict[str, tuple[Arrange, Told]] = {
    "OK": (ok, Told("green", "SILAKAN MASUK", ("Nomor antrian 1", "Jam 08.00", "BUDI "))),
    "EARLY": (early, Told("amber", "TERLALU AWAL", ("masuk mulai 07.30", "Nomor antrian 1", "Jam 08.00"))),
    "LATE_GRACE": (late_grace, Told("amber", "TERLAMBAT", ("izin supervisor", "Nomor antrian 1", "Jam 08.00"))),
    "USED": (used, Told("amber", "SUDAH MASUK 07.50", ("Nomor antrian 1",))),
    "EXPIRED": (expired, Told("red", "HANGUS", ("daftar ulang",))),
    "WRONG_DAY": (wrong_day, Told("red", "UNTUK {day} {month}", ("Nomor antrian 1",))),
    "WRONG_OFFICE": (wrong_office, Told("red", "UNTUK KANTOR IMIGRASI JAKARTA PUSAT")),
    "CANCELLED": (cancelled, Told("red", "DIBATALKAN")),
    "UNCONFIRMED": (unconfirmed, Told("red", "BELUM DISETUJUI")),
    "UNKNOWN": (unknown, Told("red", "KODE TIDAK DIKENAL")),
    "FORGED": (forged, Told("red", "KODE PALSU")),
    "MISTYPED": (mistyped, Told("amber", "SALAH KETIK", ("periksa huruf demi huruf",))),
    "UNDONE": (undone, Told("amber", "MASUK DIBATALKAN 07.50", ("pindai lagi",))),
}


def colour_of(decision: Locator) -> str:
    """Return the name that people have for a decision's colour."""
    red, green, blue = decision.evaluate(
        "node => getComputedStyle(node).backgroundColor.match(/\\d+/g).slice(0, 3).map(part => part / 255)"
    )
    hue, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)
    if saturation < 0.3:
        return "grey"
    return next(name for name, until in (("red", 20), ("amber", 60), ("green", 170), ("red", 361)) if hue * 360 < until)


def look_at(scanner: Scanner, outcome: str, told: Told) -> None:
    """Look at the decision on the screen: colour, word, sign, voice, and what the law asks for people who see badly."""
    decision = scanner.decision
    expect(decision).to_have_attribute("data-outcome", outcome)
    scanner.hold()
    assert colour_of(decision) == told.colour
    expect(decision.get_by_role("heading")).to_contain_text(told.word)
    said = re.sub(r"\s+", " ", decision.get_by_role("alert").inner_text())
    for words in told.more:
        assert words in said
    expect(decision.locator("svg.sign")).to_be_visible()
    expect(decision.get_by_role("button", name="Lanjut")).to_be_focused()
    expect(decision).to_be_in_viewport(ratio=1)
    scanner.show(outcome)
    scanner.examine()
    decision.get_by_role("button", name="Lanjut").click()
    expect(decision).to_be_hidden()


@pytest.mark.parametrize("outcome", DECISIONS)
def test_a_decision_fills_the_screen_in_its_colour_with_its_word_and_sign(
    outcome: str, stack: Stack, scanner: Scanner, moved_clock: Move
) -> None:
    arrange, told = DECISIONS[outcome]
    day = stack.bookable_days()[0]
    told = replace(told, word=told.word.format(day=day.day, month=MONTHS[day.month - 1]))
    code = arrange(stack, scanner, moved_clock)
    scanner.sign_in()
    scanner.type_code(code)
    look_at(scanner, outcome, told)


def test_without_a_connection_a_code_that_is_not_on_the_list_is_neither_good_nor_bad(scanner: Scanner) -> None:
    scanner.sign_in()
    scanner.lose_network()
    scanner.type_code(NOBODYS_CODE)
    look_at(scanner, "NOT_LISTED", Told("grey", "TIDAK ADA DI DAFTAR", ("periksa saat tersambung",)))


def test_without_a_connection_and_a_list_nothing_is_said_about_a_code(stack: Stack, scanner: Scanner) -> None:
    officer = stack.of("bogor")["staff"][0]
    scanner.open()
    scanner.page.route("**/days/*", lambda route: route.abort())
    scanner.enter(officer["username"], officer["password"])
    expect(scanner.state).to_contain_text("belum ada daftar hari ini")
    scanner.lose_network()
    scanner.type_code(NOBODYS_CODE)
    look_at(scanner, "NO_ANSWER", Told("grey", "ULANGI", ("belum tercatat",)))


def test_the_four_colours_have_four_signs(stack: Stack, scanner: Scanner, moved_clock: Move) -> None:
    good = ok(stack, scanner, moved_clock)
    scanner.sign_in()
    signs = set()
    for code, outcome in ((good, "OK"), (mistyped(), "MISTYPED"), (NOBODYS_CODE, "UNKNOWN")):
        signs.add(scanner.decide(code, outcome).locator("svg.sign path").get_attribute("d"))
        scanner.dismiss()
    scanner.lose_network()
    signs.add(scanner.decide(NOBODYS_CODE, "NOT_LISTED").locator("svg.sign path").get_attribute("d"))
    assert len(signs) == 4


# What officers and supervisors do.


def test_of_two_phones_with_one_code_one_lets_its_holder_in_and_the_other_tells_when(
    stack: Stack, phones: Phones, moved_clock: Move
) -> None:
    (code,) = book(stack)
    moved_clock(starts_at(stack, code) - 10 * MINUTE)
    first, second = phones(), phones()
    first.sign_in()
    second.sign_in()
    first.type_code(code)
    second.type_code(code)
    for scanner in (first, second):
        expect(scanner.recent).to_have_count(1)
    words = {re.sub(r"\s", " ", scanner.recent.locator(".word").inner_text()) for scanner in (first, second)}
    assert words == {"SILAKAN MASUK", "SUDAH MASUK 07.50"}


def test_an_officer_takes_a_check_in_back_on_the_phone_that_made_it(
    stack: Stack, phones: Phones, moved_clock: Move
) -> None:
    (code,) = book(stack)
    moved_clock(starts_at(stack, code) - 10 * MINUTE)
    scanner, other = phones(), phones()
    scanner.sign_in()
    scanner.scan(code, "OK")
    expect(scanner.page.locator(".counters dd").first).to_have_text("1")
    other.sign_in()
    other.scan(code, "USED")
    other.recent.get_by_role("button").first.click()
    expect(other.page.get_by_role("dialog")).to_contain_text(code)
    expect(other.page.get_by_role("button", name="Batalkan masuk")).to_be_hidden()

    scanner.recent.get_by_role("button").first.click()
    details = scanner.page.get_by_role("dialog")
    expect(details).to_contain_text(code)
    details.get_by_role("button", name="Batalkan masuk").click()
    details.get_by_label("Lainnya").check()
    details.get_by_label("Alasan").fill("QR orang lain")
    scanner.show("details-undo")
    scanner.examine()
    details.get_by_role("button", name="Batalkan masuk").click()
    expect(details).to_contain_text(re.compile(r"MASUK DIBATALKAN.07\.50"))
    scanner.show("details-undone")
    scanner.examine()
    expect(scanner.page.locator(".counters dd").first).to_have_text("0")
    assert stack.booking(code)["state"] == "CONFIRMED"
    # Two phones know the server's time to half a second each, so the order of their scans is not for certain.
    recorded = {scan["outcome"]: scan for scan in scans(stack)}
    assert recorded.keys() == {"OK", "USED"}
    assert recorded["OK"]["undone_because"] == "QR orang lain"
    details.get_by_role("button", name="Tutup").click()
    scanner.scan(code, "OK")


def test_an_officer_cannot_take_back_what_is_older_than_a_quarter_of_an_hour(
    stack: Stack, scanner: Scanner, moved_clock: Move
) -> None:
    (code,) = book(stack)
    moved_clock(starts_at(stack, code) - 25 * MINUTE)
    scanner.sign_in()
    scanner.scan(code, "OK")
    moved_clock(starts_at(stack, code) - 9 * MINUTE)
    scanner.reload_list()
    scanner.recent.get_by_role("button").first.click()
    expect(scanner.page.get_by_role("dialog")).to_contain_text(code)
    expect(scanner.page.get_by_role("button", name="Batalkan masuk")).to_be_hidden()


def test_a_supervisor_finds_a_person_by_the_last_digits_and_takes_the_check_in_back(
    stack: Stack, phones: Phones, moved_clock: Move
) -> None:
    budi, siti = Applicant(stack), Applicant(stack)
    day = stack.bookable_days()[0]
    code, other = budi.book(day), siti.book(day)
    moved_clock(starts_at(stack, code) - 10 * MINUTE)
    officer, supervisor = phones(), phones()
    officer.sign_in()
    expect(officer.page.get_by_role("button", name="Cari")).to_be_hidden()
    officer.scan(code, "OK")
    supervisor.sign_in("supervisor")
    search = open_search(supervisor)
    search.get_by_label("Nomor WhatsApp").check()
    search.get_by_role("searchbox").fill(budi.phone[-6:])
    search.get_by_role("button", name="Cari").click()
    card = search.get_by_role("article")
    expect(card).to_have_attribute("aria-label", code)
    expect(card).to_contain_text(f"•••{budi.phone[-4:]}")
    expect(card).to_contain_text(re.compile(r"SUDAH.MASUK 07\.50"))
    assert other not in search.inner_text()
    supervisor.show("search")
    supervisor.examine()
    card.get_by_role("button", name="Batalkan masuk").click()
    card.get_by_label("Salah orang").check()
    supervisor.show("search-undo")
    supervisor.examine()
    card.get_by_role("button", name="Batalkan masuk").click()
    expect(card.get_by_role("button", name="Catat masuk")).to_be_visible()
    assert stack.booking(code)["state"] == "CONFIRMED"


def test_a_supervisor_finds_a_person_by_a_part_of_the_code_and_lets_them_in(
    stack: Stack, scanner: Scanner, moved_clock: Move
) -> None:
    code, other = book(stack, 2)
    moved_clock(starts_at(stack, code) - 10 * MINUTE)
    scanner.sign_in("supervisor")
    search = open_search(scanner)
    search.get_by_role("searchbox").fill(code[-6:].lower())
    search.get_by_role("button", name="Cari").click()
    expect(search.get_by_role("article")).to_have_attribute("aria-label", code)
    assert other not in search.inner_text()
    search.get_by_role("button", name="Catat masuk").click()
    expect(scanner.decision).to_have_attribute("data-outcome", "OK")
    assert stack.booking(code)["state"] == "CHECKED_IN"
    scanner.dismiss()
    search.get_by_role("searchbox").fill("ZZZZZ")
    search.get_by_role("button", name="Cari").click()
    expect(search.get_by_role("status")).to_have_text("Tidak ada yang cocok untuk hari ini.")


def open_search(scanner: Scanner) -> Locator:
    scanner.page.get_by_role("button", name="Cari").click()
    return scanner.page.get_by_role("dialog", name="Cari pemohon")


def test_a_supervisor_admits_within_the_grace_with_one_tap_and_is_recorded(
    stack: Stack, phones: Phones, moved_clock: Move
) -> None:
    (code,) = book(stack)
    moved_clock(starts_at(stack, code) + 5 * MINUTE)
    officer, supervisor = phones(), phones()
    officer.sign_in()
    refused = officer.decide(code, "LATE_GRACE")
    expect(refused.get_by_role("button")).to_have_text(["Lanjut"])
    supervisor.sign_in("supervisor")
    decision = supervisor.decide(code, "LATE_GRACE")
    supervisor.show("LATE_GRACE-supervisor")
    supervisor.examine()
    decision.get_by_role("button", name="Izinkan masuk").click()
    expect(supervisor.decision).to_have_attribute("data-outcome", "OK")
    expect(supervisor.decision).to_contain_text("dengan izin supervisor")
    (admitted,) = (scan for scan in scans(stack) if scan["outcome"] == "OK")
    assert admitted["admits_late"] is True
    assert admitted["officer"] == payload_of(stack.token("supervisor"))["sub"]
    assert stack.booking(code)["state"] == "CHECKED_IN"


def test_a_usb_scanner_types_ticket_after_ticket_without_a_touch(
    stack: Stack, scanner: Scanner, moved_clock: Move
) -> None:
    (first, ticket), (second, _) = ticket_of(stack), ticket_of(stack)
    moved_clock(starts_at(stack, first) - 10 * MINUTE)
    scanner.sign_in()
    keyboard = scanner.page.keyboard
    for text, shown in ((text_in(ticket), first), (second, second)):
        keyboard.type(text)
        keyboard.press("Enter")
        expect(scanner.decision).to_have_attribute("data-outcome", "OK")
        expect(scanner.decision).to_contain_text(shown)
    keyboard.type(NOBODYS_CODE)
    keyboard.press("Enter")
    expect(scanner.decision).to_have_attribute("data-outcome", "UNKNOWN")
    # Something red stays until somebody has read it; the next ticket takes its place.
    keyboard.type(first)
    keyboard.press("Enter")
    expect(scanner.decision).to_have_attribute("data-outcome", "USED")
    expect(scanner.recent).to_have_count(4)


# Without a network.


def test_scans_without_a_connection_are_told_later_and_what_the_server_says_otherwise_is_shown(
    stack: Stack, scanner: Scanner, moved_clock: Move
) -> None:
    day = stack.bookable_days()[0]
    people = [Applicant(stack) for _ in range(3)]
    inside, gone, late = (person.book(day) for person in people)
    moved_clock(starts_at(stack, inside) - 10 * MINUTE)
    scanner.sign_in()
    scanner.lose_network()
    for code in (inside, gone, late):
        decision = scanner.decide(code, "OK")
        expect(decision).to_contain_text("TANPA SAMBUNGAN")
        if code == inside:
            scanner.hold()
            scanner.show("OK-offline")
        scanner.dismiss()
    expect(scanner.state).to_contain_text("Tanpa sambungan")
    expect(scanner.state).to_contain_text("3 belum terkirim")
    expect(scanner.state).to_contain_text(re.compile(r"daftar 07\.50 \((baru saja|\d+ menit lalu)\)"))
    expect(scanner.page.locator(".counters dd").first).to_have_text("3")
    scanner.show("offline")
    scanner.examine()
    assert scans(stack) == []
    people[1].write("#batal")

    scanner.find_network()
    difference = scanner.page.locator(".difference")
    expect(difference).to_have_role("alert")
    expect(difference).to_contain_text(re.compile("SILAKAN MASUK.*DIBATALKAN", re.DOTALL))
    expect(scanner.state).to_contain_text("Tersambung")
    expect(scanner.state).not_to_contain_text("belum terkirim")
    scanner.show("difference")
    scanner.examine()
    scanner.page.reload()
    expect(difference).to_be_visible()
    difference.get_by_role("button", name="Sudah saya baca").click()
    expect(difference).to_be_hidden()
    told = scans(stack)
    assert [scan["outcome"] for scan in told] == ["OK", "CANCELLED", "OK"]
    assert all(scan["happened_at"] < scan["learnt_at"] for scan in told)
    assert [stack.booking(code)["state"] for code in (inside, gone, late)] == ["CHECKED_IN", "CANCELLED", "CHECKED_IN"]


def test_a_scan_whose_answer_was_lost_is_asked_again_with_its_nonce(
    stack: Stack, scanner: Scanner, moved_clock: Move
) -> None:
    (code,) = book(stack)
    moved_clock(starts_at(stack, code) - 10 * MINUTE)
    scanner.sign_in()
    asked: list[Request] = []

    def swallow_the_answer(route: Route) -> None:
        """Let the server hear it, and leave the page without an answer until its patience ends."""
        route.fetch()

    scanner.page.on("request", lambda sent: asked.append(sent) if sent.url.endswith("/checkins") else None)
    scanner.page.route("**/checkins", swallow_the_answer, times=1)
    decision = scanner.decide(code, "OK")
    expect(decision).not_to_contain_text("TANPA SAMBUNGAN")
    first, again = (sent_body(sent)["nonce"] for sent in asked)
    assert first == again
    assert stack.booking(code)["state"] == "CHECKED_IN"


def test_after_one_visit_the_page_starts_without_a_network_signed_in_and_with_its_list(
    stack: Stack, scanner: Scanner, moved_clock: Move
) -> None:
    (code,) = book(stack)
    moved_clock(starts_at(stack, code) - 10 * MINUTE)
    scanner.sign_in()
    scanner.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    scanner.page.close()
    scanner.lose_network()
    scanner.page = scanner.context.new_page()
    scanner.open()
    expect(scanner.state).to_contain_text("Tanpa sambungan")
    scanner.see_list()
    expect(scanner.page.locator(".camera")).to_have_attribute("data-state", "on")
    expect(scanner.decide(code, "OK")).to_contain_text("TANPA SAMBUNGAN")


# The page itself.


def test_the_policy_of_the_page_is_strict(stack: Stack, scanner: Scanner) -> None:
    response = scanner.page.goto(stack.of("bogor")["scanner_url"])
    assert response is not None
    policy = dict(part.split(" ", 1) for part in str(response.header_value("content-security-policy")).split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {stack.content['aws_endpoint_url']}"
    assert "unsafe-inline" not in str(policy)
    assert "unsafe-eval'" not in policy["script-src"].replace("'wasm-unsafe-eval'", "")


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_everything_before_an_officer_is_large_enough_for_a_finger_and_nothing_hangs_over(
    width: int, stack: Stack, phones: Phones, moved_clock: Move
) -> None:
    (code,) = book(stack)
    moved_clock(starts_at(stack, code) + 5 * MINUTE)
    scanner = phones(viewport={"width": width, "height": 740 if width < 900 else 900})
    scanner.sign_in("supervisor")
    scanner.scan(JAKARTAS_CODE, "WRONG_OFFICE")
    decision = scanner.decide(code, "LATE_GRACE")
    scanner.show("late")
    scanner.measure()
    decision.get_by_role("button", name="Izinkan masuk").click()
    expect(scanner.page.locator("[data-outcome=OK]")).to_be_visible()
    scanner.dismiss()
    expect(scanner.page.locator("[data-outcome]")).to_have_count(0)
    expect(scanner.page.locator(".camera")).to_have_attribute("data-state", "on")
    scanner.show("main")
    scanner.examine()
    scanner.recent.get_by_role("button").first.click()
    scanner.show("details")
    scanner.examine()
    scanner.page.get_by_role("button", name="Tutup").click()
    search = open_search(scanner)
    search.get_by_role("searchbox").fill(code)
    search.get_by_role("button", name="Cari").click()
    expect(search.get_by_role("article")).to_be_visible()
    scanner.show("found")
    scanner.examine()


def test_without_its_decoder_the_page_weighs_less_than_400_kb(scanner: Scanner) -> None:
    loaded: list[Request] = []

    def keep(request: Request) -> None:
        loaded.append(request)

    scanner.page.on("requestfinished", keep)
    scanner.sign_in()
    expect(scanner.page.locator(".camera")).to_have_attribute("data-state", "on")
    files = [
        sent for sent in loaded if "/scanner" in sent.url and "decoder" not in sent.url and ".wasm" not in sent.url
    ]
    assert len(files) >= 4
    assert sum(sent.sizes()["responseBodySize"] for sent in files) < 400_000


def test_it_is_usable_within_two_seconds_on_a_slow_network_once_it_is_on_the_phone(scanner: Scanner) -> None:
    scanner.sign_in()
    scanner.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    scanner.page.close()

    def leave_waiting(_: Route) -> None:
        """Give the service worker no answer: not even it may need the network for this."""

    scanner.context.route("**/scanner*", leave_waiting)
    scanner.page = scanner.context.new_page()
    network = scanner.context.new_cdp_session(scanner.page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    network.send("Network.emulateNetworkConditions", slow)
    began = time.monotonic()
    scanner.page.goto(scanner.stack.of("bogor")["scanner_url"], wait_until="commit")
    expect(scanner.page.get_by_label("Ketik kode")).to_be_editable()
    assert time.monotonic() - began < 2
