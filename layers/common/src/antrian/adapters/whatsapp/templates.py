"""The templates of a business account at the Graph API: finding them, and submitting them for approval."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from antrian.adapters.texts import TemplateText
from antrian.adapters.whatsapp.client import Node

# Meta's category for messages about something that the recipient has asked for.
CATEGORY = "UTILITY"


@dataclass(frozen=True, slots=True)
class Listed:
    """A template as the account has it: Meta's words for its status and category, and what it says."""

    status: str
    category: str
    body: str
    buttons: tuple[str, ...]

    def says(self, text: TemplateText) -> bool:
        """Tell whether it says what this text does."""
        titles = tuple(button.title for button in text.template.buttons)
        return (self.body, self.buttons) == (text.body, titles)


class BusinessAccount(Node):
    """The templates of one business account, which is the node."""

    def find(self, name: str, language: str) -> Listed | None:
        """Return the template of this name and language. Raises GraphError."""
        # The account finds every name that contains this one.
        query = {"name": name, "fields": "name,language,status,category,components", "limit": 100}
        for item in _objects(self._get(f"message_templates?{urlencode(query)}"), "data"):
            if (item.get("name"), item.get("language")) == (name, language):
                components = {str(component.get("type")): component for component in _objects(item, "components")}
                return Listed(
                    status=str(item.get("status")),
                    category=str(item.get("category")),
                    body=str(components.get("BODY", {}).get("text")),
                    buttons=tuple(str(b.get("text")) for b in _objects(components.get("BUTTONS", {}), "buttons")),
                )
        return None

    def submit(self, text: TemplateText) -> str:
        """Ask for the approval of a template, and return its status. Raises GraphError."""
        template = text.template
        components: list[dict[str, object]] = [
            {"type": "BODY", "text": text.body, "example": {"body_text": [list(template.parameters)]}}
        ]
        if template.buttons:
            replies = [{"type": "QUICK_REPLY", "text": button.title} for button in template.buttons]
            components.append({"type": "BUTTONS", "buttons": replies})
        content = {
            "name": template.name,
            "language": template.language,
            "category": CATEGORY,
            "components": components,
        }
        answer = self._post("message_templates", json.dumps(content).encode())
        return str(answer.get("status", "PENDING")) if isinstance(answer, dict) else "PENDING"


def _objects(parent: object, key: str) -> Iterator[Mapping[str, Any]]:
    items = parent.get(key) if isinstance(parent, Mapping) else None
    yield from (item for item in items or () if isinstance(item, Mapping))
