"""The commands for people: what they say when something is wrong, and how they exit."""

import json
import shutil
import sys
from pathlib import Path

import boto3
import pytest

from infra import check_offices, preflight
from local.paths import REPOSITORY

WHATSAPP = {"phone_number_id": "1", "access_token": "2", "app_secret": "3", "verify_token": "4"}


def run_preflight(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["preflight", "bogor"])
    return preflight.main()


def put_secret(content: str) -> None:
    boto3.client("secretsmanager").create_secret(Name="antrian/bogor/whatsapp", SecretString=content)


def bootstrap() -> None:
    boto3.client("ssm").put_parameter(Name=preflight.BOOTSTRAP_VERSION, Value="30", Type="String")


def test_a_deploy_is_told_everything_that_is_missing(
    aws: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_preflight(monkeypatch) == 1
    said = capsys.readouterr().err
    assert "make bootstrap ACCOUNT=123456789012" in said
    assert "the secret antrian/bogor/whatsapp cannot be read (ResourceNotFoundException)" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not json", ["is not a JSON object"]),
        (json.dumps({**WHATSAPP, "app_secret": ""}), ["lacks app_secret"]),
        (json.dumps({"access_token": "2"}), ["lacks app_secret", "lacks phone_number_id", "lacks verify_token"]),
    ],
)
def test_a_secret_that_cannot_work_is_named_without_being_shown(
    aws: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: str, words: list[str]
) -> None:
    bootstrap()
    put_secret(content)
    assert run_preflight(monkeypatch) == 1
    said = capsys.readouterr().err
    assert [line for line in said.splitlines() if "bootstrap" in line] == []
    assert all(part in said for part in words)
    assert content not in said


def test_an_account_that_has_everything_may_be_deployed_to(
    aws: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap()
    put_secret(json.dumps(WHATSAPP))
    assert run_preflight(monkeypatch) == 0
    assert "everything that bogor needs is there" in capsys.readouterr().out


def test_checking_the_offices_says_what_each_comes_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["check_offices"])
    assert check_offices.main() == 0
    assert "bogor: Kantor Imigrasi Bogor, 5 days a week, 150 seats a day at most" in capsys.readouterr().out


def test_checking_the_offices_refuses_texts_that_cannot_be_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copytree(REPOSITORY / "offices", tmp_path / "offices")
    bogor = tmp_path / "offices" / "bogor.toml"
    bogor.write_text(bogor.read_text(encoding="utf-8").replace("[texts]", '[texts]\necho = "Halo"'), encoding="utf-8")
    monkeypatch.setattr(check_offices, "OFFICES", tmp_path / "offices")
    monkeypatch.setattr(sys, "argv", ["check_offices"])
    assert check_offices.main() == 1
    assert capsys.readouterr().err.startswith('antrian: bogor.toml: texts.echo = "Halo" is not right: it has to show {')


def test_checking_the_offices_names_file_key_value_and_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copytree(REPOSITORY / "offices", tmp_path / "offices")
    bogor = tmp_path / "offices" / "bogor.toml"
    bogor.write_text(bogor.read_text(encoding="utf-8").replace("counters = 5", "counters = 0"), encoding="utf-8")
    monkeypatch.setattr(check_offices, "OFFICES", tmp_path / "offices")
    monkeypatch.setattr(sys, "argv", ["check_offices"])
    assert check_offices.main() == 1
    said = capsys.readouterr().err
    assert said.startswith("antrian: bogor.toml: service.counters = 0 is not right:")
    assert "a whole number from 1 to 100" in said
