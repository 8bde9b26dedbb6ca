"""What synth makes, and what it refuses."""

import json
import shutil
from pathlib import Path

import pytest

from infra.function import UnsupportedPythonError, runtime_of
from tests.infra.synthesis import REPOSITORY, synthesize
from tests.infra.template import Template

OPEN_BUCKET = """
from aws_cdk import App, aws_s3
from infra.app import add_offices

app = App()
[stack] = add_offices(app)
aws_s3.Bucket(stack, "Open")
app.synth()
"""


def test_two_offices_are_two_stacks_that_share_no_name(bogor: Template, jakarta_pusat: Template) -> None:
    assert bogor.names() == {"Antrian-bogor", "/aws/vendedlogs/antrian/bogor/api", "alias/antrian-bogor-qr"}
    assert not bogor.names() & jakarta_pusat.names()


@pytest.mark.parametrize("office", ["batam", "bogor", "jakarta-pusat"])
def test_every_resource_that_can_be_tagged_says_whose_it_is(assembly: Path, office: str) -> None:
    template = Template.read(assembly, f"Antrian-{office}")
    for kind in ("AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::Logs::LogGroup", "AWS::IAM::Role"):
        for properties in template.of_type(kind).values():
            tags = {tag["Key"]: tag["Value"] for tag in properties["Tags"]}
            assert tags == {"project": "antrian", "office": office}


def test_every_office_stays_in_indonesia(assembly: Path) -> None:
    artifacts = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    stacks = {name: a["environment"] for name, a in artifacts.items() if a["type"] == "aws:cloudformation:stack"}
    assert stacks == dict.fromkeys(
        ("Antrian-batam", "Antrian-bogor", "Antrian-jakarta-pusat"), "aws://unknown-account/ap-southeast-3"
    )


def test_without_a_choice_every_office_is_synthesized(tmp_path: Path) -> None:
    assert synthesize(tmp_path, "").returncode == 0
    stacks = {path.name.removesuffix(".template.json") for path in tmp_path.glob("*.template.json")}
    assert stacks == {f"Antrian-{path.stem}" for path in (REPOSITORY / "offices").glob("*.toml")}


def test_an_office_without_a_file_is_refused_with_the_offices_that_have_one(tmp_path: Path) -> None:
    finished = synthesize(tmp_path, "bogor atlantis")
    assert finished.returncode == 1
    assert finished.stderr.startswith("antrian: offices/atlantis.toml does not exist; the offices are batam, bogor")
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ("\ncounters = 5\n", "\ncounters = 0\n", "service.counters = 0"),
        ("\n[texts]\n", '\n[texts]\nhalo = "Halo"\n', 'texts.halo = "Halo"'),
    ],
)
def test_a_wrong_office_file_is_refused_with_file_key_and_value(
    tmp_path: Path, right: str, wrong: str, named: str
) -> None:
    for folder in ("infra", "offices"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    office = tmp_path / "offices" / "bogor.toml"
    text = office.read_text(encoding="utf-8")
    office.write_text(text.replace(right, wrong), encoding="utf-8")
    assert office.read_text(encoding="utf-8") != text
    finished = synthesize(tmp_path / "cdk.out", "jakarta-pusat", repository=tmp_path)
    assert finished.returncode == 1
    assert finished.stderr.startswith(f"antrian: bogor.toml: {named} is not right: ")
    assert "Traceback" not in finished.stderr


def test_an_insecure_setting_that_nobody_acknowledged_is_refused(tmp_path: Path) -> None:
    finished = synthesize(tmp_path, "bogor", app=("-c", OPEN_BUCKET))
    assert finished.returncode != 0
    assert "AwsSolutions-S1" in finished.stdout + finished.stderr


def test_a_python_that_lambda_does_not_run_is_refused_with_those_that_it_does() -> None:
    with pytest.raises(UnsupportedPythonError, match=r"Python 3\.15 .* 3\.11, 3\.12, 3\.13, 3\.14"):
        runtime_of((3, 15))
