"""What an applicant writes, read from a tool's request and turned into Meta's webhook bodies.

InboundError
    A request that says nothing deliverable; its text names the field and what would be right.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from local.simulator.errors import Json
from local.simulator.limits import USER_ID, Recipient
from local.simulator.stack import ACCOUNT_ID, Office
from local.simulator.state import Person, Sent, State, new_message_id

MOST_IN_ONE_POST = 1_000
MOST_TIMES = 100
DEFAULT_NAME = "Pemohon Simulator"

FIELDS = frozenset({"from", "user_id", "text", "photo", "button_id", "content", "id", "timestamp", "times", "name"})


class InboundError(ValueError):
    """A tool's request that is refused."""


@dataclass(frozen=True, slots=True)
class Written:
    """One message of one person, as it will stand in the webhook, and how many times."""

    person: Person
    message: Json
    times: int


def read_written(request: Json, office: Office, state: State) -> Written:
    """Build one inbound message. Raises InboundError."""
    unknown = set(request) - FIELDS
    if unknown:
        raise InboundError(f"unknown field {', '.join(sorted(unknown))}; known are {', '.join(sorted(FIELDS))}")
    person = _person(request)
    message_id = request.get("id", new_message_id(person.phone or person.user_id or "", inbound=True))
    if not isinstance(message_id, str) or not message_id:
        raise InboundError(f"id must be a non-empty string, not {message_id!r}")
    message: Json = {}
    if person.phone:
        message["from"] = person.phone
    if person.user_id:
        message["from_user_id"] = person.user_id
    message["id"] = message_id
    message["timestamp"] = _timestamp(request, state)
    message |= _content(request, office, person, state)
    return Written(person, message, read_times(request))


def read_times(request: Json) -> int:
    """Return how many times something is delivered; 1 when the request does not say."""
    times = request.get("times", 1)
    if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MOST_TIMES:
        raise InboundError(f"times must be a whole number from 1 to {MOST_TIMES}, not {times!r}")
    return times


def message_webhook(office: Office, written: Iterable[Written]) -> Json:
    """Return the body of one POST: a change for each run of messages of one person, as Meta batches them."""
    repeated = [one for one in written for _ in range(one.times)]
    changes = []
    for person, run in groupby(repeated, key=lambda one: one.person):
        contact: Json = {"profile": {"name": person.name}}
        if person.phone:
            contact["wa_id"] = person.phone
        if person.user_id:
            contact["user_id"] = person.user_id
        messages = [one.message for one in run]
        changes.append(_change(office, {"contacts": [contact], "messages": messages}))
    return _envelope(changes)


def status_webhook(office: Office, message: Sent, status: str, recipient: Recipient, now: datetime) -> Json:
    """Return the body of one delivery receipt."""
    receipt: Json = {
        "id": message.id,
        "status": status,
        "timestamp": str(int(now.timestamp())),
        "recipient_id" if recipient.is_phone else "recipient_user_id": recipient.identity,
    }
    if "biz_opaque_callback_data" in message.body:
        receipt["biz_opaque_callback_data"] = message.body["biz_opaque_callback_data"]
    if status == "failed":
        receipt["errors"] = [
            {
                "code": 131026,
                "title": "Message undeliverable",
                "message": "Message undeliverable",
                "error_data": {"details": "Message Undeliverable."},
            }
        ]
    return _envelope([_change(office, {"statuses": [receipt]})])


def _envelope(changes: list[Json]) -> Json:
    return {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT_ID, "changes": changes}]}


def _change(office: Office, content: Json) -> Json:
    metadata = {
        "display_phone_number": re.sub(r"\D", "", office.display_phone_number),
        "phone_number_id": office.phone_number_id,
    }
    return {"value": {"messaging_product": "whatsapp", "metadata": metadata, **content}, "field": "messages"}


def _person(request: Json) -> Person:
    phone, user_id, name = request.get("from"), request.get("user_id"), request.get("name", DEFAULT_NAME)
    if phone is not None:
        phone = str(phone).removeprefix("+")
        if not re.fullmatch(r"[0-9]{7,15}", phone):
            raise InboundError(f"from must be a phone number of 7 to 15 digits with country code, not {phone!r}")
    if user_id is not None and not (isinstance(user_id, str) and USER_ID.fullmatch(user_id)):
        raise InboundError(f"user_id must look like ID.13491208655302741918, not {user_id!r}")
    if not (phone or user_id):
        raise InboundError("from, user_id, or both must say who writes")
    if not isinstance(name, str):
        raise InboundError(f"name must be a string, not {name!r}")
    return Person(phone, user_id, name)


def _timestamp(request: Json, state: State) -> str:
    given = request.get("timestamp")
    if given is None:
        return str(int(state.clock.now().timestamp()))
    if isinstance(given, bool) or not re.fullmatch(r"[0-9]{1,11}", str(given)):
        raise InboundError(f"timestamp must be whole seconds since 1970, not {given!r}")
    return str(given)


def _content(request: Json, office: Office, person: Person, state: State) -> Json:
    if "photo" in request:
        return _photo(request, office, state)
    kinds = [kind for kind in ("text", "button_id", "content") if kind in request]
    if len(kinds) != 1:
        raise InboundError(f"exactly one of text, photo, button_id and content must be given, not {kinds or 'none'}")
    value: Any = request[kinds[0]]
    if kinds[0] == "content":
        # Whatever else WhatsApp knows (sticker, audio, location, ...), spelt out as it stands in the webhook.
        if not isinstance(value, dict) or not isinstance(value.get("type"), str):
            raise InboundError('content must be an object with a type, such as {"type": "sticker", "sticker": {...}}')
        return dict(value)
    if not isinstance(value, str) or not value:
        raise InboundError(f"{kinds[0]} must be a non-empty string, not {value!r}")
    if kinds[0] == "text":
        return {"type": "text", "text": {"body": value}}
    return _tapped(value, office, person, state)


def _photo(request: Json, office: Office, state: State) -> Json:
    """Return a picture, or a document where its type is none of a picture's; a text is its caption."""
    photo, caption = request["photo"], request.get("text")
    if "button_id" in request or "content" in request:
        raise InboundError("beside photo only text makes sense, which is its caption")
    if not isinstance(photo, dict) or not set(photo) <= {"base64", "mime_type"} or not isinstance(caption, str | None):
        raise InboundError('photo must be {"base64": "...", "mime_type": "image/jpeg"}, and text its caption')
    mime_type = photo.get("mime_type", "image/jpeg")
    if not isinstance(mime_type, str) or "/" not in mime_type:
        raise InboundError(f"mime_type must be one such as image/jpeg, not {mime_type!r}")
    try:
        content = base64.b64decode(photo.get("base64", ""), validate=True)
    except (TypeError, ValueError) as error:
        raise InboundError(f"base64 must be the file's bytes in base64: {error}") from error
    kept = state.media.receive(office.phone_number_id, mime_type, content, state.clock.now())
    kind = "image" if mime_type.startswith("image/") else "document"
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    said = {"caption": caption} if caption else {}
    return {"type": kind, kind: {"id": kept.id, "mime_type": mime_type, "sha256": digest, **said}}


def _tapped(button_id: str, office: Office, person: Person, state: State) -> Json:
    identities = person.identities.union(*(state.known_as(one) for one in person.identities))
    choice = state.choice(office.phone_number_id, identities, button_id)
    if choice is None:
        # The button was never shown: it is forged, or older than the simulator. Meta would pass it on like this.
        title = button_id[:20]
        return {
            "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": {"id": button_id, "title": title}},
        }
    context = {"from": re.sub(r"\D", "", office.display_phone_number), "id": choice.message_id}
    if choice.kind == "quick_reply":
        return {"context": context, "type": "button", "button": {"payload": button_id, "text": choice.title}}
    reply = {"id": button_id, "title": choice.title}
    if choice.description is not None:
        reply["description"] = choice.description
    return {"context": context, "type": "interactive", "interactive": {"type": choice.kind, choice.kind: reply}}
