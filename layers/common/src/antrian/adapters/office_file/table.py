"""Reads typed values from a table of an office file, and makes the errors that say what is wrong with one."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class OfficeFileError(ValueError):
    """An office file that is wrong; the text names file, key, value and what would be right."""


class OfficeTable:
    """A TOML table that returns typed values, and remembers which keys were read, so as to refuse all others."""

    def __init__(self, file: str, path: str, values: Mapping[str, Any]) -> None:
        self._file = file
        self._path = path
        self._values = values
        self._asked: set[str] = set()

    def refuse(self, key: str, value: object, right: str) -> OfficeFileError:
        """Return the error that says that a value is not right."""
        shown = (
            value.isoformat() if isinstance(value, date | time) else json.dumps(value, default=str, ensure_ascii=False)
        )
        return OfficeFileError(f"{self._file}: {self._path}{key} = {shown} is not right: {right}")

    def missing(self, key: str, right: str) -> OfficeFileError:
        """Return the error that says that a key is missing."""
        return OfficeFileError(f"{self._file}: {self._path}{key} is missing: {right}")

    def take(self, key: str, right: str, *, default: object = ...) -> Any:
        """Return the value of a key as it is; raise OfficeFileError when it is missing and has no default."""
        self._asked.add(key)
        if key in self._values:
            return self._values[key]
        if default is ...:
            raise self.missing(key, right)
        return default

    def text(self, key: str, right: str, *, matches: str = r".*\S.*") -> str:
        """Return a text that matches a pattern as a whole."""
        value = self.take(key, right)
        if not isinstance(value, str) or not re.fullmatch(matches, value):
            raise self.refuse(key, value, right)
        return value.strip()

    def number(self, key: str, low: int, high: int, what: str) -> int:
        """Return a whole number between two bounds, both included."""
        right = f"{what}, a whole number from {low} to {high}"
        value = self.take(key, right)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.refuse(key, value, right)
        return value

    def flag(self, key: str, what: str) -> bool:
        """Return true or false."""
        value = self.take(key, f"{what}: true or false")
        if not isinstance(value, bool):
            raise self.refuse(key, value, f"{what}: true or false")
        return value

    def hour(self, key: str, *, optional: bool = False) -> time | None:
        """Return a time of day, None where it is optional and absent."""
        right = 'a time such as "08:30", in the office\'s zone'
        value = self.take(key, right, default=None) if optional else self.take(key, right)
        if value is None:
            return None
        if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise self.refuse(key, value, right)
        return time.fromisoformat(value)

    def entries(self, key: str, right: str, accept: Callable[[object], bool], *, least: int = 0) -> list[Any]:
        """Return a list whose items are all accepted; it may be absent where none is needed."""
        value = self.take(key, right) if least else self.take(key, right, default=[])
        if not isinstance(value, list) or len(value) < least:
            raise self.refuse(key, value, right)
        for position, item in enumerate(value, start=1):
            if not accept(item):
                raise self.refuse(f"{key}[{position}]", item, right)
        return value

    def table(self, key: str, right: str, *, optional: bool = False) -> "OfficeTable":
        """Return a table within this one."""
        value = self.take(key, right, default={}) if optional else self.take(key, right)
        if not isinstance(value, dict):
            raise self.refuse(key, value, right)
        return OfficeTable(self._file, f"{self._path}{key}.", value)

    def tables(self, key: str, right: str) -> list["OfficeTable"]:
        """Return a list of tables, at least one."""
        value = self.entries(key, right, lambda item: isinstance(item, dict), least=1)
        return [OfficeTable(self._file, f"{self._path}{key}[{i}].", item) for i, item in enumerate(value, start=1)]

    def items(self) -> Mapping[str, Any]:
        """Return everything, for a table whose keys are data."""
        self._asked.update(self._values)
        return self._values

    def finish(self) -> None:
        """Refuse keys that nobody has read: a misspelt one would otherwise be ignored in silence.

        Raises OfficeFileError.
        """
        for key in self._values:
            if key not in self._asked:
                raise OfficeFileError(
                    f"{self._file}: {self._path}{key} is not a key that means anything; "
                    f"known here: {', '.join(sorted(self._asked))}"
                )
