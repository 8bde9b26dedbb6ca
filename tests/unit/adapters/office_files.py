"""Writes office files for tests: Bogor's, with one thing changed."""

from pathlib import Path

OFFICES = Path(__file__).parents[3] / "offices"
BOGOR = (OFFICES / "bogor.toml").read_text(encoding="utf-8")


def bogor(text: str = BOGOR, /, **changes: str | None) -> str:
    """Return Bogor's file, or this one, with these values, in TOML, put in place of their keys'; None takes a key out.

    A key may be changed that stands once, on one line. `documents` and the sessions have their own ways below.
    """
    for key, value in changes.items():
        lines = [line for line in text.splitlines(keepends=True) if line.removeprefix("# ").startswith(f"{key} =")]
        if len(lines) != 1:
            raise ValueError(f"{key} stands {len(lines)} times in bogor.toml; it must stand once to be changed")
        text = text.replace(lines[0], "" if value is None else f"{key} = {value}\n")
    return text


def with_documents(*documents: str) -> str:
    """Return Bogor's file with these documents, in TOML."""
    before, rest = BOGOR.split("documents = [", 1)
    return f"{before}documents = [{', '.join(documents)}]{rest.split(']', 1)[1]}"


def with_sessions(*sessions: str, text: str = BOGOR, **changes: str | None) -> str:
    """Return Bogor's file with these sessions, each TOML after `[[service.sessions]]`."""
    before, rest = bogor(text, **changes).split("[[service.sessions]]", 1)
    tables = "".join(f"[[service.sessions]]\n{session}\n" for session in sessions)
    return before + tables + "[closed_dates]" + rest.split("[closed_dates]", 1)[1]


def session(weekdays: str, starts: str, ends: str) -> str:
    """Return a session on the weekdays given: `mon tue`."""
    days = ", ".join(f'"{day}"' for day in weekdays.split())
    return f'weekdays = [{days}]\nstarts = "{starts}"\nends = "{ends}"'


def write(folder: Path, text: str, name: str = "bogor.toml") -> Path:
    """Write an office file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
