"""Puts answers into words, from the texts file of a language."""

import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from antrian.domain import codes
from antrian.domain.answers import Answer, Kind
from antrian.domain.delivery import Button, Rendered, Row, Template
from antrian.domain.office import Office
from antrian.domain.request import shown_date

TEXTS = Path(__file__).parent.parent / "texts"


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A template with examples of its parameters, and its text, in which they are `{{1}}`, `{{2}}`, …"""

    template: Template
    body: str


class Texts:
    """The texts of one office in one language."""

    def __init__(self, office: Office, language: str = "id") -> None:
        content = _content(language)
        self._language = language
        self._templates = office.templates
        self._answers: Mapping[str, Mapping[str, Any]] = content["answers"]
        self._overrides = office.texts
        self._format = office.registration.format
        zone = str(content["words"]["zones"].get(office.zone.key, ""))
        self._formatter = _Formatter(office, zone, content["words"])
        with_photo = str(content["words"]["with_photo"]) if office.registration.photo else ""
        self._office_fields: Mapping[str, str | tuple[str, ...]] = {
            "office": office.name,
            "office_number": office.whatsapp_number,
            "zone": zone,
            "pattern": str(content["words"]["patterns"][office.registration.format]) + with_photo,
            "with_photo": with_photo,
            **_hours(office, zone, content["words"]),
            "not_here": office.service.not_here,
            "come_directly": office.service.come_directly,
        }

    @property
    def office_values(self) -> Mapping[str, str | tuple[str, ...]]:
        """Return the office's own values, which every answer may show."""
        return self._office_fields

    def usual(self, kind: Kind) -> str:
        """Return the text of an answer at this office, unless the office's file overrides it."""
        entry = self._answers[kind]
        return str(entry.get(self._format, entry["text"]))

    def render(self, answer: Answer) -> Rendered:
        """Return an answer in words. Raises KeyError when the texts lack the answer, or the answer lacks a value."""
        entry = self._answers[answer.kind]
        fields = {**self._office_fields, **answer.fields}

        def say(text: str) -> str:
            return self._formatter.vformat(text, (), fields)

        shown = entry.get(f"{self._format}_buttons", entry.get("buttons", ()))
        buttons = tuple(Button(say(button["id"]), say(button["title"])) for button in shown)
        template = None
        if "template" in entry:
            parameters = tuple(say(field) for _, field in self._parts(entry["template"]) if field)
            template = Template(self._templates[answer.kind], self._language, parameters, buttons)
        text = self._overrides.get(answer.kind) or self.usual(answer.kind)
        return Rendered(
            text=say(text).strip(),
            buttons=buttons,
            rows=tuple(self._rows(entry["row"], fields)) if "row" in entry else (),
            rows_title=entry.get("rows_title", ""),
            template=template,
        )

    def _rows(self, row: Mapping[str, str], fields: Mapping[str, Any]) -> Iterator[Row]:
        """Yield the rows of a list. Of the values whose names begin with `row_`, each row has its own."""
        for number in range(len(fields["row_id"])):
            own = {name: value[number] for name, value in fields.items() if name.startswith("row_")}
            id_, title, description = (
                self._formatter.vformat(row[part], (), {**fields, **own}) for part in ("id", "title", "description")
            )
            yield Row(id_, title, description)

    def templates(self, example: Mapping[str, str | tuple[str, ...]]) -> list[TemplateText]:
        """Return the templates that WhatsApp has to approve, with these values as examples of their parameters.

        Raises KeyError for a value that is missing.
        """
        texts = []
        for kind, entry in self._answers.items():
            if "template" in entry and (template := self.render(Answer(Kind(kind), example)).template) is not None:
                texts.append(TemplateText(template, self._template_body(entry["template"])))
        return texts

    def _template_body(self, text: str) -> str:
        """Return the text of a template with its parameters numbered, in WhatsApp's form."""
        number = count(1)
        return "".join(
            literal + (f"{{{{{next(number)}}}}}" if field else "") for literal, field in self._parts(text.strip())
        )

    def _parts(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the parts of a text: words, and the field behind them in its written form, empty at the end."""
        for literal, name, format_spec, _ in self._formatter.parse(text):
            yield literal, f"{{{name}:{format_spec or ''}}}" if name else ""


def _hours(office: Office, zone: str, words: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the registration hours: both ends, in words, and as a sentence; all empty where one may at any time."""
    opens, closes = office.registration.opens, office.registration.closes
    if opens is None or closes is None:
        return dict.fromkeys(("opens", "closes", "open_hours", "hours"), "")
    ends = {"opens": f"{opens:%H.%M}", "closes": f"{closes:%H.%M}"}
    open_hours = str(words["open_hours"]).format(**ends, zone=zone)
    return {**ends, "open_hours": open_hours, "hours": str(words["hours"]).format(open_hours=open_hours)}


class _Formatter(string.Formatter):
    """A formatter that shows plain values in the formats that the texts file explains."""

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
        return self._in_words(value, format_spec)

    def _in_words(self, value: Any, format_spec: str) -> str:
        """Return a value for which the texts file has words."""
        match format_spec:
            case "read":
                return str(value) or str(self._words["unread"])
            case "cases":
                return ", ".join(str(self._words["cases"][case]) for case in value)
            case "question":
                return str(self._words["questions"][value])
            case "reason":
                return str(value) or str(self._words["no_reason"])
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
