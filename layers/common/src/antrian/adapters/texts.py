"""Puts answers into words, from the texts file of a language."""

import string
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from antrian.domain import codes
from antrian.domain.answer import Answer
from antrian.domain.office import Office
from antrian.domain.ports import Button, Rendered, Template
from antrian.domain.request import shown_date

TEXTS = Path(__file__).parent.parent / "texts"


class Texts:
    """Render answers in one language for one office."""

    def __init__(self, office: Office, language: str = "id") -> None:
        content = _content(language)
        self._language = language
        self._answers: Mapping[str, Mapping[str, Any]] = content["answers"]
        zone = str(content["words"]["zones"].get(office.zone.key, ""))
        self._formatter = _Formatter(office, zone, content["words"])
        self._office_fields = {
            "office": office.name,
            "office_number": office.whatsapp_number,
            "zone": zone,
        }

    def render(self, answer: Answer) -> Rendered:
        """Return an answer in words. Raises KeyError when the texts know no such answer or it lacks a value."""
        entry = self._answers[answer.kind]
        fields = {**self._office_fields, **answer.fields}

        def say(text: str) -> str:
            return self._formatter.vformat(text, (), fields)

        template = None
        if "template" in entry:
            parameters = tuple(say(parameter) for parameter in entry["parameters"])
            template = Template(entry["template"], self._language, parameters)
        return Rendered(
            text=say(entry["text"]).strip(),
            buttons=tuple(Button(say(button["id"]), say(button["title"])) for button in entry.get("buttons", ())),
            template=template,
        )


class _Formatter(string.Formatter):
    """Show plain values in the formats that the texts file explains."""

    def __init__(self, office: Office, zone: str, words: Mapping[str, Any]) -> None:
        self._office = office
        self._zone = zone
        self._words = words

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "" | "plain":
                return str(value)
            case "day":
                return self._day(date.fromisoformat(value))
            case "weekday":
                return str(self._words["weekdays"][date.fromisoformat(value).weekday()])
            case "short_day":
                return self._short_day(date.fromisoformat(value))
            case "date":
                return shown_date(date.fromisoformat(value))
            case "hour":
                local = self._office.local(datetime.fromisoformat(value))
                return f"{local:%H.%M} {self._zone}".rstrip()
            case "moment":
                local = self._office.local(datetime.fromisoformat(value))
                return f"{self._day(local.date())}, {self.format_field(value, 'hour')}"
            case "days":
                return self._days(value)
            case "code":
                return codes.shown(value)
            case "list":
                return "\n".join(f"• {item}" for item in value)
            case "read":
                return str(value) or str(self._words["unread"])
        raise ValueError(f"the texts use the format {format_spec!r}, which does not exist")

    def _day(self, day: date) -> str:
        return f"{self._words['weekdays'][day.weekday()]}, {shown_date(day)}"

    def _short_day(self, day: date) -> str:
        return f"{self._words['short_weekdays'][day.weekday()]} {day:%d-%m}"

    def _days(self, days: Sequence[str]) -> str:
        return ", ".join(self._short_day(date.fromisoformat(day)) for day in days) or str(self._words["no_days"])


@cache
def _content(language: str) -> Mapping[str, Any]:
    return tomllib.loads((TEXTS / f"{language}.toml").read_text(encoding="utf-8"))
