"""The message templates of business accounts, as Meta keeps them: submitted, looked up, approved at once.

Refusals are worded as Meta's where its rules are known: a text that begins or ends with a parameter, parameters that
are not numbered from 1, examples that do not fit them, a name that is taken, and values that a sent one does not have.
"""

import re
from typing import Any

from local.simulator.errors import GraphError, Json, missing, too_long

LONGEST_BODY = 1024
LONGEST_BUTTON = 25
CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_PARAMETER = re.compile(r"\{\{(\d+)\}\}")


class Templates:
    """The templates of each business account."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], Json] = {}

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def submit(self, account_id: str, body: Json) -> Json:
        """Keep a template, and return Meta's answer. Raises GraphError."""
        for key in ("name", "language", "category", "components"):
            if key not in body:
                raise missing(key)
        name, language = body["name"], body["language"]
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise GraphError(100, "Message template name can only have lowercase letters, digits and underscores")
        if body["category"] not in CATEGORIES:
            raise GraphError(100, message=f"(#100) Param category must be one of {{{', '.join(CATEGORIES)}}}.")
        components = body["components"]
        if not isinstance(components, list) or not all(isinstance(component, dict) for component in components):
            raise GraphError(100, "components must be a list of objects")
        bodies = [component for component in components if component.get("type") == "BODY"]
        if len(bodies) != 1:
            raise GraphError(100, "A template has exactly one BODY")
        _check_body(bodies[0])
        for component in components:
            for button in component.get("buttons", []):
                if len(button.get("text", "")) > LONGEST_BUTTON:
                    raise too_long("buttons['text']", LONGEST_BUTTON)
        if (account_id, name, language) in self._kept:
            raise GraphError(100, f"There is already {language} content for this template", subcode=2388024)
        kept = {**body, "id": str(len(self._kept) + 1), "status": "APPROVED"}
        self._kept[account_id, name, language] = kept
        return {"id": kept["id"], "status": "PENDING", "category": body["category"]}

    def found(self, account_id: str, part: str) -> list[Json]:
        """Return the templates of an account whose name contains this part."""
        return [kept for (account, name, _), kept in self._kept.items() if account == account_id and part in name]

    def shown(self, account_id: str, sent: Json) -> Json | None:
        """Return what a person reads of a template that was sent: its text, and the titles of its buttons.

        None where the account has none of this name and language. Raises GraphError when the values do not fit.
        """
        kept = self._kept.get((account_id, sent["name"], sent["language"]["code"]))
        if kept is None:
            return None
        components = {component["type"]: component for component in kept["components"]}
        values = [
            str(parameter.get("text", ""))
            for component in sent.get("components", [])
            if component["type"].lower() == "body"
            for parameter in component.get("parameters", [])
        ]
        text = components["BODY"]["text"]
        wanted = len(_PARAMETER.findall(text))
        if len(values) != wanted:
            raise GraphError(132000, f"body: {len(values)} values do not match the {wanted} that the template has")
        buttons = components.get("BUTTONS", {}).get("buttons", [])
        return {
            "text": _PARAMETER.sub(lambda found: values[int(found[1]) - 1], text),
            "buttons": [button["text"] for button in buttons],
        }


def _check_body(component: Json) -> None:
    text: Any = component.get("text")
    if not isinstance(text, str) or not text:
        raise missing("components['text']")
    if len(text) > LONGEST_BODY:
        raise too_long("components['text']", LONGEST_BODY)
    if re.match(r"\s*\{\{", text) or re.search(r"\}\}\s*$", text):
        raise GraphError(100, "Variables can't be at the start or end of the template.", subcode=2388299)
    numbers = [int(number) for number in _PARAMETER.findall(text)]
    if numbers != list(range(1, len(numbers) + 1)) or re.search(r"\}\}\s*\{\{", text):
        raise GraphError(100, "Variable parameters must be numbered from 1, with words between them.", subcode=2388073)
    examples = component.get("example", {}).get("body_text", [[]]) if numbers else [[]]
    if len(examples) != 1 or len(examples[0]) != len(numbers):
        raise GraphError(100, "components of type BODY are missing expected field(s) (example)", subcode=2388043)
