"""`make templates`: what it says of each template, how it exits, and that it never shows the token."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra import templates
from local.simulator.stack import ACCOUNT_ID
from tests.unit.simulator.world import TOKEN, World, small_world

ACCOUNT = {"access_token": TOKEN, "business_account_id": ACCOUNT_ID, "phone_number_id": "1"}
NAMES = {"antrian_hangus"}


@pytest.fixture(scope="module")
def started_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with small_world(tmp_path_factory.mktemp("simulator")) as made:
        yield made


@pytest.fixture
def world(started_world: World) -> World:
    started_world.begin_anew()
    return started_world


@pytest.fixture
def command(aws: None, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Provide the command; it returns its exit code and what it said on each stream."""

    def run(office: str = "bogor", *more: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["templates", office, "--graph-url", world.url, *more])
        code = templates.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert TOKEN not in said.out + said.err
        return code, said.out, said.err

    return run


def put_secret(content: object) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    boto3.client("secretsmanager").create_secret(Name="antrian/bogor/whatsapp", SecretString=text)


def test_what_is_not_there_is_submitted_and_then_exists(command: Any) -> None:
    put_secret(ACCOUNT)
    code, out, err = command()
    assert (code, err) == (0, "")
    assert {line.partition(":")[0] for line in out.splitlines()} >= NAMES
    assert all(line.endswith(": submitted, PENDING") for line in out.splitlines())
    code, out, err = command()
    assert (code, err) == (0, "")
    assert all(line.endswith(": exists, APPROVED") for line in out.splitlines())


def test_another_text_under_our_name_is_told_and_left_alone(command: Any, world: World) -> None:
    put_secret(ACCOUNT)
    theirs = {
        "name": "antrian_hangus",
        "language": "id",
        "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Kode Anda hangus."}],
    }
    answer = world.submit_template(ACCOUNT_ID, theirs)
    assert answer.status == 200
    code, _, err = command()
    assert code == 1
    assert err.startswith("antrian: antrian_hangus: differs from ours, and nothing was changed; give ours another name")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("no json", "is not what docs/operations.md shows"),
        ("[]", "is not what docs/operations.md shows"),
        ({"business_account_id": "1"}, "is not what docs/operations.md shows"),
        ({"access_token": TOKEN}, "lacks business_account_id"),
        ({**ACCOUNT, "access_token": "with a space"}, "the access token must be printable ASCII"),
        ({**ACCOUNT, "access_token": "revoked"}, "Meta refused: code 190, HTTP 401"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(command: Any, content: object, words: str) -> None:
    if content is not None:
        put_secret(content)
    code, out, err = command()
    assert (code, out) == (1, "")
    assert err.startswith("antrian: ")
    assert words in err
    assert len(err.splitlines()) == 1


def test_an_office_without_a_file_is_named_with_those_that_have_one(command: Any) -> None:
    code, _, err = command("atlantis")
    assert code == 1
    assert err.startswith("antrian: offices/atlantis.toml does not exist; the offices are ")


def test_a_silent_meta_is_said_in_one_line(command: Any) -> None:
    put_secret(ACCOUNT)
    code, out, err = command("bogor", "--graph-url", "http://127.0.0.1:9")
    assert (code, out) == (1, "")
    assert err == "antrian: Meta refused: code None, HTTP None: NewConnectionError\n"


def test_a_template_that_cannot_be_sent_is_told(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put_secret(ACCOUNT)
    command()
    monkeypatch.setattr(templates, "MAY_BE_USED", {"PENDING"})
    code, _, err = command()
    assert code == 1
    assert "antrian_hangus: cannot be sent while it is APPROVED" in err


def test_offices_may_share_a_business_account(command: Any) -> None:
    """Whatever an office's file says, its templates say the same as every other office's."""
    for path in sorted(templates.OFFICES.glob("*.toml")):
        name = f"antrian/{path.stem}/whatsapp"
        boto3.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(ACCOUNT))
        code, _, err = command(path.stem)
        assert (code, err) == (0, ""), path.stem
