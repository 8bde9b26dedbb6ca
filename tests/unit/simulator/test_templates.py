"""The templates that we submit, face to face with what is known of Meta's rules."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import urllib3

from antrian.adapters.texts import TemplateText
from antrian.adapters.whatsapp.errors import AccessRefused, OurFault
from antrian.adapters.whatsapp.templates import BusinessAccount
from antrian.domain.delivery import Button, Template
from tests.unit.simulator.world import BUDI, TOKEN, World

TEXT = TemplateText(
    Template("antrian_contoh", "id", ("Budi", "08.00 WIB"), (Button("#batal BGR1", "Batalkan"),)),
    "Kepada {{1}}: jam {{2}} besok.",
)


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager() as pool:
        yield pool


@pytest.fixture
def account(world: World, http: urllib3.PoolManager) -> BusinessAccount:
    return BusinessAccount(http, world.url, "v26.0", "100000000000001", TOKEN)


def test_a_template_that_was_submitted_is_found_as_it_was(account: BusinessAccount) -> None:
    assert account.find("antrian_contoh", "id") is None
    assert account.submit(TEXT) == "PENDING"
    found = account.find("antrian_contoh", "id")
    assert found is not None
    assert (found.status, found.category) == ("APPROVED", "UTILITY")
    assert found.says(TEXT)
    assert not found.says(replace(TEXT, body="Kepada {{1}}: pukul {{2}} besok."))
    assert not found.says(replace(TEXT, template=replace(TEXT.template, buttons=())))


def test_a_name_is_found_as_a_whole_and_in_its_language(account: BusinessAccount) -> None:
    account.submit(replace(TEXT, template=replace(TEXT.template, name="antrian_contoh_2")))
    account.submit(replace(TEXT, template=replace(TEXT.template, language="en")))
    assert account.find("antrian_contoh", "id") is None


def test_another_account_has_its_own(account: BusinessAccount, world: World, http: urllib3.PoolManager) -> None:
    account.submit(TEXT)
    assert BusinessAccount(http, world.url, "v26.0", "2", TOKEN).find("antrian_contoh", "id") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": "{{1}}: jam {{2}} besok."},
        {"body": "Kepada {{1}}: jam {{2}}"},
        {"body": "Kepada {{1}} {{2}} besok."},
        {"body": "Kepada {{1}}: jam {{3}} besok."},
        {"body": "Kepada {{1}} besok."},
        {"body": "Kepada {{1}}: jam {{2}} besok." + "x" * 1024},
        {"template": replace(TEXT.template, name="Antrian")},
        {"template": replace(TEXT.template, buttons=(Button("1", "B" * 26),))},
    ],
)
def test_what_meta_would_refuse_is_refused(account: BusinessAccount, wrong: dict[str, Any]) -> None:
    with pytest.raises(OurFault):
        account.submit(replace(TEXT, **wrong))
    assert account.find("antrian_contoh", "id") is None


def test_a_name_that_is_taken_is_refused(account: BusinessAccount) -> None:
    account.submit(TEXT)
    with pytest.raises(OurFault):
        account.submit(replace(TEXT, body="Kepada {{1}}: pukul {{2}} besok."))


def test_a_token_that_has_ended_is_told(world: World, http: urllib3.PoolManager) -> None:
    with pytest.raises(AccessRefused):
        BusinessAccount(http, world.url, "v26.0", "100000000000001", "revoked").find("antrian_contoh", "id")


def sent(*values: str) -> dict[str, Any]:
    reply = {"type": "button", "sub_type": "quick_reply", "index": "0"}
    return {
        "name": "antrian_contoh",
        "language": {"code": "id"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]},
            {**reply, "parameters": [{"type": "payload", "payload": "#batal BGR1"}]},
        ],
    }


def shown(world: World) -> Any:
    return world.tool("GET", f"conversation?with={BUDI}").json["items"][-1]["shown"]


def test_the_page_gets_the_words_that_a_person_reads(account: BusinessAccount, world: World) -> None:
    account.submit(TEXT)
    assert world.send("template", sent("Budi", "08.00 WIB")).status == 200
    assert shown(world) == {"text": "Kepada Budi: jam 08.00 WIB besok.", "buttons": ["Batalkan"]}
    world.inbound(**{"from": BUDI}, button_id="#batal BGR1")
    assert world.webhook.messages[-1]["button"] == {"payload": "#batal BGR1", "text": "Batalkan"}


def test_nobody_knows_the_words_of_one_that_was_not_submitted(world: World) -> None:
    assert world.send("template", sent("Budi")).status == 200
    assert shown(world) is None
    world.inbound(**{"from": BUDI}, button_id="#batal BGR1")
    assert world.webhook.messages[-1]["button"]["text"] == "#batal BGR1"


def test_values_that_do_not_fit_are_refused(account: BusinessAccount, world: World) -> None:
    account.submit(TEXT)
    assert world.send("template", sent("Budi")).error["code"] == 132000
    assert world.sent() == []


def test_nothing_is_left_when_the_world_begins_anew(account: BusinessAccount, world: World) -> None:
    account.submit(TEXT)
    world.begin_anew()
    assert account.find("antrian_contoh", "id") is None
