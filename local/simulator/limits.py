"""Meta's rules for the body of a message: what is required, how long it may be, what fits together.

Lengths are counted in code points. Each check raises GraphError with the code and the wording of the Graph API, as far
as they are known from its documentation and from field reports.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from local.simulator.errors import GraphError, Json, incomplete, invalid, missing, too_long

USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
PHONE = re.compile(r"\+?[0-9]{7,15}")

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_BUTTONS_BODY = 1024
LONGEST_LIST_BODY = 4096
LONGEST_HEADER = 60
LONGEST_FOOTER = 60
LONGEST_BUTTON_TITLE = 20
LONGEST_BUTTON_ID = 256
LONGEST_ROW_TITLE = 24
LONGEST_ROW_DESCRIPTION = 72
LONGEST_ROW_ID = 200
LONGEST_SECTION_TITLE = 24
LONGEST_CALLBACK_DATA = 512
LONGEST_PAYLOAD = 128
MOST_BUTTONS = 3
MOST_ROWS = 10

SIMULATED_TYPES = ("image", "interactive", "template", "text")
# Other types that Meta sends. We have no use for them, so they are refused rather than half simulated.
OTHER_TYPES = ("audio", "contacts", "document", "location", "reaction", "sticker", "video")

_TEMPLATE_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:_[A-Z]{2})?")
_FORBIDDEN_IN_PARAMETER = re.compile(r"[\n\t]| {5,}")

HasImage = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Recipient:
    """The recipient of a message.

    `identity` is digits for a phone number, otherwise the user id. `dropped` is true for a user id in `to`: Meta
    accepts it and delivers nothing.
    """

    identity: str
    given: str
    is_phone: bool
    dropped: bool = False


def check_product(body: Json) -> None:
    """Refuse a body that does not name WhatsApp as its product."""
    if "messaging_product" not in body:
        raise missing("messaging_product")
    product = body["messaging_product"]
    if product != "whatsapp":
        raise GraphError(100, message=f'(#100) Param messaging_product must be one of {{WHATSAPP}} - got "{product}".')


def recipient_of(body: Json) -> Recipient:
    """Return whom `body` is for; `to` wins over `recipient`."""
    if body.get("to"):
        given = str(body["to"])
        if USER_ID.fullmatch(given):
            return Recipient(given, given, is_phone=False, dropped=True)
        if not PHONE.fullmatch(given):
            raise invalid("The phone number is malformed: Please use the format: +1234567890.")
        return Recipient(given.removeprefix("+"), given, is_phone=True)
    if body.get("recipient"):
        given = str(body["recipient"])
        if not USER_ID.fullmatch(given):
            raise invalid("Param recipient must be a business-scoped user id such as ID.13491208655302741918")
        return Recipient(given, given, is_phone=False)
    raise missing("to")


def check_message(body: Json, has_image: HasImage) -> None:
    """Refuse content that Meta would refuse. `has_image` tells whether an uploaded image of that id is still there."""
    if body.get("recipient_type", "individual") != "individual":
        raise GraphError(100, message="(#100) Param recipient_type must be one of {INDIVIDUAL}")
    data = body.get("biz_opaque_callback_data")
    if data is not None and not isinstance(data, str):
        raise GraphError(100, message="(#100) Param biz_opaque_callback_data must be a string")
    if data and len(data) > LONGEST_CALLBACK_DATA:
        raise too_long("biz_opaque_callback_data", LONGEST_CALLBACK_DATA)
    kind = body.get("type", "text")
    if kind in OTHER_TYPES:
        raise GraphError(131051, f"The simulator sends only {', '.join(SIMULATED_TYPES)}, not {kind}")
    if kind not in SIMULATED_TYPES:
        names = ", ".join(sorted(name.upper() for name in (*SIMULATED_TYPES, *OTHER_TYPES)))
        raise GraphError(100, message=f'(#100) Param type must be one of {{{names}}} - got "{kind}".')
    part = body.get(kind)
    if not isinstance(part, dict):
        raise incomplete(f"Parameter '{kind}' is mandatory for type '{kind}'")
    match kind:
        case "text":
            _check_text(part)
        case "image":
            _check_image(part, has_image, "image")
        case "interactive":
            _check_interactive(part, has_image)
        case "template":
            _check_template(part)


def check_read(body: Json) -> str:
    """Return the id of the inbound message that a `status` body marks as read."""
    if body.get("status") != "read":
        raise GraphError(100, message=f'(#100) Param status must be one of {{READ}} - got "{body.get("status")}".')
    message_id = body.get("message_id")
    if not isinstance(message_id, str) or not message_id:
        raise missing("message_id")
    if "typing_indicator" in body and body["typing_indicator"] != {"type": "text"}:
        raise GraphError(100, message="(#100) Param typing_indicator['type'] must be one of {TEXT}")
    return message_id


def _only(part: Json, known: Collection[str], path: str) -> None:
    for key in part:
        if key not in known:
            raise GraphError(100, message=f'(#100) Unexpected key "{key}" on param "{path}".')


def _param(part: Json, key: str, path: str, longest: int) -> str:
    """Return a required string that Meta's parser checks by its path."""
    value = part.get(key)
    where = f"{path}['{key}']"
    if value is None or value == "":
        raise missing(where)
    if not isinstance(value, str):
        raise GraphError(100, message=f"(#100) Param {where} must be a string.")
    if not value.strip():
        raise missing(where)
    if len(value) > longest:
        raise too_long(where, longest)
    return value


def _label(value: Any, name: str, longest: int) -> str:
    """Return a visible part of an interactive message."""
    if value is None:
        raise incomplete(f"{name} is required")
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise invalid(f"{name} length invalid. Min length: 1, Max length: {longest}")
    return value


def _objects(value: Any, name: str) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise incomplete(f"{name} must be a list of objects")
    return value


def _check_text(text: Json) -> None:
    _only(text, ("body", "preview_url"), "text")
    _param(text, "body", "text", LONGEST_TEXT)
    if not isinstance(text.get("preview_url", False), bool):
        raise GraphError(100, message="(#100) Param text['preview_url'] must be a boolean.")


def _check_image(image: Json, has_image: HasImage, path: str) -> None:
    _only(image, ("id", "link", "caption"), path)
    if ("id" in image) == ("link" in image):
        raise GraphError(100, f"Exactly one of id and link must be given in {path}")
    if "id" in image and not has_image(str(image["id"])):
        raise invalid(f"Media id {image['id']} of {path} does not exist, has expired, or is no JPEG or PNG image")
    if "link" in image and not re.fullmatch(r"https?://\S+", str(image["link"])):
        raise GraphError(100, message=f"(#100) Param {path}['link'] must be a valid URI.")
    if "caption" in image:
        if path != "image":
            raise GraphError(100, message=f'(#100) Unexpected key "caption" on param "{path}".')
        _param(image, "caption", path, LONGEST_CAPTION)


def _check_interactive(interactive: Json, has_image: HasImage) -> None:
    _only(interactive, ("type", "header", "body", "footer", "action"), "interactive")
    kind = interactive.get("type")
    if kind is None:
        raise missing("interactive['type']")
    if kind not in {"button", "list"}:
        raise invalid(f"The simulator shows interactive messages of type button and list, not {kind}")
    body = interactive.get("body")
    if not isinstance(body, dict):
        raise incomplete("Interactive body is required")
    _label(body.get("text"), "Body text", LONGEST_BUTTONS_BODY if kind == "button" else LONGEST_LIST_BODY)
    if "header" in interactive:
        _check_header(interactive["header"], has_image, text_only=kind == "list")
    if "footer" in interactive:
        footer = interactive["footer"]
        _label(footer.get("text") if isinstance(footer, dict) else None, "Footer text", LONGEST_FOOTER)
    action = interactive.get("action")
    if not isinstance(action, dict):
        raise incomplete("Interactive action is required")
    if kind == "button":
        _check_buttons(action)
    else:
        _check_list(action)


def _check_header(header: Any, has_image: HasImage, *, text_only: bool) -> None:
    kind = header.get("type") if isinstance(header, dict) else None
    if kind == "text":
        _label(header.get("text"), "Header text", LONGEST_HEADER)
    elif kind == "image" and not text_only:
        image = header.get("image")
        if not isinstance(image, dict):
            raise incomplete("Header image is required")
        _check_image(image, has_image, "interactive['header']['image']")
    else:
        raise invalid(f"Header type {kind} is not allowed. Allowed: text{'' if text_only else ', image'}")


def _check_buttons(action: Json) -> None:
    buttons = _objects(action.get("buttons"), "Buttons")
    if not 1 <= len(buttons) <= MOST_BUTTONS:
        raise invalid(f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: {MOST_BUTTONS}")
    ids: set[str] = set()
    titles: set[str] = set()
    for index, button in enumerate(buttons):
        if button.get("type") != "reply":
            raise invalid(f"Button at index {index} must be of type reply")
        reply = button.get("reply")
        if not isinstance(reply, dict):
            raise incomplete(f"Button at index {index} needs a reply")
        _only(reply, ("id", "title"), f"interactive['action']['buttons'][{index}]['reply']")
        ids.add(_label(reply.get("id"), "Button id", LONGEST_BUTTON_ID))
        titles.add(_label(reply.get("title"), "Button title", LONGEST_BUTTON_TITLE))
    if len(ids) < len(buttons):
        raise invalid("Button ids must be unique")
    if len(titles) < len(buttons):
        raise invalid("Button titles must be unique")


def _check_list(action: Json) -> None:
    _label(action.get("button"), "List button", LONGEST_BUTTON_TITLE)
    sections = _objects(action.get("sections"), "Sections")
    if not 1 <= len(sections) <= MOST_ROWS:
        raise invalid(f"Invalid sections count. Min allowed sections: 1, Max allowed sections: {MOST_ROWS}")
    ids: list[str] = []
    for index, section in enumerate(sections):
        if len(sections) > 1 or "title" in section:
            _label(section.get("title"), "Section title", LONGEST_SECTION_TITLE)
        rows = _objects(section.get("rows"), f"Rows of section {index}")
        if not rows:
            raise invalid(f"Section {index} has no rows")
        for row in rows:
            _only(row, ("id", "title", "description"), f"interactive['action']['sections'][{index}]['rows']")
            ids.append(_label(row.get("id"), "Row id", LONGEST_ROW_ID))
            _label(row.get("title"), "Row title", LONGEST_ROW_TITLE)
            if "description" in row:
                _label(row["description"], "Row description", LONGEST_ROW_DESCRIPTION)
    if len(ids) > MOST_ROWS:
        raise invalid(f"Total row count exceed max allowed count: {MOST_ROWS}")
    if len(set(ids)) < len(ids):
        raise invalid("Row ids must be unique")


def _check_template(template: Json) -> None:
    # A template need not have been submitted here: every name passes, and a test that needs a refusal orders it as a
    # fault (`"template"` in PUT /simulator/faults).
    _only(template, ("name", "language", "components", "namespace"), "template")
    name = template.get("name")
    if not name:
        raise GraphError(100, "Parameter name is missing or empty")
    if not isinstance(name, str) or not _TEMPLATE_NAME.fullmatch(name):
        raise GraphError(132001, f"template name ({name}) must be lower-case letters, digits and underscores")
    language = template.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    if not code:
        raise incomplete("Parameter 'language' with 'code' is mandatory for type 'template'")
    if not _LANGUAGE.fullmatch(str(code)):
        raise GraphError(132001, f"template name ({name}) does not exist in {code}")
    for index, component in enumerate(_objects(template.get("components", []), "Components")):
        _check_component(component, f"template['components'][{index}]")


def _check_component(component: Json, path: str) -> None:
    _only(component, ("type", "sub_type", "index", "parameters"), path)
    kind = str(component.get("type", "")).lower()
    if kind not in {"header", "body", "button"}:
        raise GraphError(100, message=f"(#100) Param {path}['type'] must be one of {{HEADER, BODY, BUTTON}}.")
    if kind == "button" and ("sub_type" not in component or "index" not in component):
        raise incomplete(f"{path} of type button needs sub_type and index")
    parameters = _objects(component.get("parameters", []), f"Parameters of {path}")
    for parameter in parameters:
        kind = str(parameter.get("type", "")).lower()
        value = parameter.get(kind)
        if not kind or value is None or value == "":
            raise GraphError(100, f"Parameter '{kind or 'type'}' is mandatory for component parameter type '{kind}'")
        if kind == "text" and (not isinstance(value, str) or _FORBIDDEN_IN_PARAMETER.search(value)):
            raise GraphError(100, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
        if kind == "payload" and len(str(value)) > LONGEST_PAYLOAD:
            raise too_long(f"{path}['parameters']['payload']", LONGEST_PAYLOAD)
    named = [one for one in parameters if "parameter_name" in one]
    if named and len(named) < len(parameters):
        raise GraphError(132012, f"{path} mixes named and positional parameters")
