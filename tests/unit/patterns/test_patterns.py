"""No pattern can be made to try more often than a text is long: recheck judges each, in Python and JavaScript."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
PYTHON = ("layers", "functions", "local", "infra")
JAVASCRIPT = ("scanner", "local/simulator/static")
RIGHT = {"safe", "linear", "excepted"}

# Where patterns begin by how they are used; everything else looks for them at each character.
WRAPPED = {"fullmatch": "^(?:{})$", "match": "^(?:{})"}
JAVASCRIPTS_FLAGS = {re.IGNORECASE: "i", re.DOTALL: "s", re.MULTILINE: "m"}
LITERAL = re.compile(
    r"(?:^|[(,=:!&|?\[{};]|=>|\breturn)\s*/(?![*/])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+)/([a-z]*)", re.MULTILINE
)

# By file and the beginning of the pattern, why it may cost more.
EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("layers/common/src/antrian/adapters/whatsapp/errors.py", "(?=[A-Za-z"): "looks 200 characters ahead at most",
    ("scanner/src/sw.ts", "[?#].*$"): "an address that our own page asks for, in which no line breaks",
    ("local/simulator/static/markup.js", "```"): "what the developer's own system answers, on their own chat page",
}
# Files in which a function makes a pattern of its argument.
OF_ARGUMENTS: Mapping[str, str] = {
    "layers/common/src/antrian/adapters/office_file/table.py": "its callers' shapes of values in office files",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """Hold a pattern as it is written, and as JavaScript's that looks for it in the same way."""

    where: str
    pattern: str
    source: str
    flags: str


def in_javascript(where: str, pattern: str, flags: int, used: str) -> Pattern:
    source = WRAPPED.get(used, "{}").replace("{}", re.sub(r"\(\?P<", "(?<", pattern))
    letters = (letter for flag, letter in JAVASCRIPTS_FLAGS.items() if flags & flag)
    return Pattern(where, pattern, source, "".join(letters))


def sources(folders: tuple[str, ...], *endings: str) -> Iterator[tuple[str, str]]:
    """Yield each file's path in the repository and its text."""
    for folder in folders:
        for path in sorted((REPOSITORY / folder).rglob("*")):
            if path.suffix in endings and path.is_file():
                yield path.relative_to(REPOSITORY).as_posix(), path.read_text()


def pythons() -> Iterator[Pattern]:
    """Yield each pattern of the Python code, once for each way in which it is used."""
    for where, text in sources(PYTHON, ".py"):
        tree = ast.parse(text)
        names = {
            id(node.value): node.targets[0].id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for call in ast.walk(tree):
            match call:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=used), args=[first, *_]):
                    uses = _uses(names.get(id(call), ""), text) if used == "compile" else [used]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield from (in_javascript(where, first.value, _flags(call), use) for use in uses)
                    elif where not in OF_ARGUMENTS:
                        yield from _computed(where, text)


def _uses(name: str, text: str) -> list[str]:
    """Return the methods of a named pattern that its module calls; a search where it calls none."""
    return sorted(set(re.findall(rf"\b{name}\.(\w+)", text))) if name and f"{name}." in text else ["search"]


def _flags(call: ast.Call) -> int:
    flags = [node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute) and node.attr.isupper()]
    return sum({int(getattr(re, flag)) for flag in flags})


def _computed(where: str, text: str) -> Iterator[Pattern]:
    """Yield the patterns that a module has made when it is imported."""
    module = import_module(re.sub(r"^(layers/common/src|functions)/|\.py$", "", where).replace("/", "."))
    for name, value in vars(module).items():
        for pattern in value.values() if isinstance(value, dict) else [value]:
            if isinstance(pattern, re.Pattern):
                uses = _uses(name, text) if pattern is value else ["search"]
                yield from (in_javascript(where, pattern.pattern, pattern.flags, use) for use in uses)


def javascripts() -> Iterator[Pattern]:
    """Yield each literal pattern of the TypeScript and JavaScript code."""
    for where, text in sources(JAVASCRIPT, ".ts", ".tsx", ".mjs", ".js"):
        yield from (Pattern(where, source, source, flags) for source, flags in LITERAL.findall(text))


@pytest.fixture(scope="module")
def verdicts() -> list[dict[str, str]]:
    modules = [where for where, text in sources(JAVASCRIPT, ".ts", ".tsx", ".mjs", ".js") if "new RegExp(" in text]
    patterns = [asdict(pattern) for pattern in {*pythons(), *javascripts()}]
    asked = json.dumps({"patterns": patterns, "modules": modules, "exceptions": list(EXCEPTIONS)})
    command = [Path(sys.executable).with_name("node"), Path(__file__).with_name("judge.mjs")]
    judged = subprocess.run(  # noqa: S603 - our own script
        command, input=asked, capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    found: list[dict[str, str]] = json.loads(judged.stdout)
    return found


def test_no_pattern_costs_more_than_the_length_of_a_text(verdicts: list[dict[str, str]]) -> None:
    assert [v for v in verdicts if v["verdict"] not in RIGHT] == []


def test_no_exception_is_left_over_and_no_folder_was_missed(verdicts: list[dict[str, str]]) -> None:
    assert len([v for v in verdicts if v["verdict"] == "excepted"]) == len(EXCEPTIONS)
    assert all(any(v["where"].startswith(folder) for v in verdicts) for folder in (*PYTHON, *JAVASCRIPT))
