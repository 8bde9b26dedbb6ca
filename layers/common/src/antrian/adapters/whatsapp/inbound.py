"""What comes in: a webhook body, read item by item.

Meta may put up to a thousand updates into one body, in any nesting of its lists, and adds fields and types at will. So
every level is walked, and what cannot be used is set aside with a reason; nothing raises, and a bad item costs none of
its siblings.

Reasons in `Skipped`, which are stable and fit for a metric:

not_an_object   an entry, change, value, contact, message, status or error that is no JSON object
not_a_list      a level that should be a list
other_field     a change that is not about messages; the type is its field
error           an error that Meta reports in the webhook; the type is its code
no_number_id    it is not said which of our numbers it came to
system          a notice by WhatsApp itself that says of nobody that they go by other ids now
group           group traffic
bad_id          no message id, or none that could be one
bad_timestamp   no timestamp, or none that could be one
no_sender       neither a phone number nor a user id
no_status       a receipt that does not say what happened
duplicate       the same message or receipt again in the same body
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from antrian.adapters.whatsapp.errors import refuses_access
from antrian.domain.message import Message, Photo, Sender
from antrian.domain.plain_text import LONGEST_TEXT, counted_length
from antrian.domain.receipt import Receipt

_ID_LENGTH = 256
_NUMBER_ID_LENGTH = 64
_CALLBACK_DATA_LENGTH = 512
# Ten digits, 2001 to 2286: shorter is no date WhatsApp has seen, longer is milliseconds or nonsense.
_FIRST_SECOND = 1_000_000_000
_LAST_SECOND = 9_999_999_999

_SECONDS = re.compile(r"[0-9]{10}")
_PHONE = re.compile(r"\+?([0-9]{1,15})")
_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]+")
_LABEL = re.compile(r"[A-Za-z0-9_]{1,64}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

# Where the words of a message stand, by its type, and how many units WhatsApp lets stand there.
_CAPTION = ("caption", 1024)
_WORDS = {"text": ("body", LONGEST_TEXT), "image": _CAPTION, "video": _CAPTION, "document": _CAPTION}
# The same of what is tapped.
_PAYLOAD_LENGTH = 256
_REPLIES = {"button_reply": 256, "list_reply": 200}


@dataclass(frozen=True, slots=True)
class Addressed:
    """A message, with the id of the office's phone number that it came to."""

    phone_number_id: str
    message: Message


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a message that was sent.

    `status` is Meta's word (`sent`, `delivered`, `read`, `failed`, `played`, or one that is newer than this code);
    `at` is aware, in UTC; `errors` are Meta's codes; `callback_data` is the `biz_opaque_callback_data` of the send.
    Receipts arrive in any order.
    """

    phone_number_id: str
    message_id: str
    status: str
    at: datetime
    errors: tuple[int, ...] = ()
    callback_data: str | None = None

    @property
    def receipt(self) -> Receipt | None:
        """Return how far the message got, None for a word that is newer than this code."""
        return Receipt(self.status) if self.status in set(Receipt) else None

    @property
    def line_is_down(self) -> bool:
        """Tell whether it says that nothing at all gets out. WhatsApp takes much and refuses it only in a receipt."""
        return self.status == Receipt.FAILED and any(refuses_access(code) for code in self.errors)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why an item was set aside, without a word of what stood in it.

    `reason` is one of the module's list, `type` what WhatsApp called the item (`unknown` when that is no plain word).
    """

    reason: str
    type: str


@dataclass(frozen=True, slots=True)
class Inbound:
    """Everything in one webhook body, each list in the body's order."""

    messages: list[Addressed] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def read(body: object) -> Inbound:
    """Read a decoded webhook body; any JSON value is a body, and none raises."""
    inbound = Inbound()
    if not isinstance(body, dict):
        inbound.skipped.append(Skipped("not_an_object", "body"))
        return inbound
    # A message is the same when id and our number are: an item with a stray number must not displace a good one.
    seen: set[tuple[str, str] | Status] = set()
    for entry in _objects(body, "entry", inbound.skipped):
        for change in _objects(entry, "changes", inbound.skipped):
            name = _label(change.get("field"))
            value = change.get("value")
            if name != "messages":
                inbound.skipped.append(Skipped("other_field", name))
            elif not isinstance(value, dict):
                inbound.skipped.append(Skipped("not_an_object", "value"))
            else:
                _read_value(value, inbound, seen)
    return inbound


def _read_value(value: Mapping[str, object], inbound: Inbound, seen: set[tuple[str, str] | Status]) -> None:
    skipped = inbound.skipped
    metadata = value.get("metadata")
    number_id = _token(metadata.get("phone_number_id"), _NUMBER_ID_LENGTH) if isinstance(metadata, dict) else None
    people = _People(value, skipped)

    for item in _objects(value, "messages", skipped):
        message = _message(item, people)
        if isinstance(message, Skipped):
            skipped.append(message)
        elif number_id is None:
            skipped.append(Skipped("no_number_id", message.type))
        elif (number_id, message.id) in seen:
            skipped.append(Skipped("duplicate", message.type))
        else:
            seen.add((number_id, message.id))
            inbound.messages.append(Addressed(number_id, message))

    for item in _objects(value, "statuses", skipped):
        status = _status(item, number_id)
        if isinstance(status, Skipped):
            skipped.append(status)
        elif status in seen:
            skipped.append(Skipped("duplicate", status.status))
        else:
            seen.add(status)
            inbound.statuses.append(status)

    skipped.extend(Skipped("error", str(code)) for code in _codes(value, skipped))


def _message(item: Mapping[str, object], people: "_People") -> Message | Skipped:
    kind = _label(item.get("type"))
    if item.get("group_id"):
        return Skipped("group", kind)
    message_id = _token(item.get("id"), _ID_LENGTH)
    if message_id is None:
        return Skipped("bad_id", kind)
    if ":" in message_id:
        # Our own ids have a colon (`expired:<code>`) and WhatsApp's have none, so that no message passes for a notice.
        message_id = f"inbound:{message_id}"
    sent_at = _instant(item.get("timestamp"))
    if sent_at is None:
        return Skipped("bad_timestamp", kind)
    if kind == "system":
        moved = _moved(item)
        return Message(message_id, moved[0], sent_at, kind, moved_to=moved[1]) if moved else Skipped("system", kind)
    sender = people.sender(item)
    if sender is None:
        return Skipped("no_sender", kind)
    typed, too_long = _typed(kind, item)
    tapped, photo = _tapped(kind, item), _photo(kind, item)
    return Message(message_id, sender, sent_at, kind, text=typed, button=tapped, photo=photo, too_long=too_long)


def _typed(kind: str, item: Mapping[str, object]) -> tuple[str | None, bool]:
    """Return what was typed: the text, the caption below a picture, or what an edited message says now.

    Nothing, and True, where it is too long.
    """
    if kind == "edit":
        edit = item.get(kind)
        edited = edit.get("message") if isinstance(edit, dict) else None
        if not isinstance(edited, dict):
            return None, False
        kind, item = _label(edited.get("type")), edited
    content = item.get(kind) if kind in _WORDS else None
    if not isinstance(content, dict):
        return None, False
    key, most = _WORDS[kind]
    text = _text(content.get(key))
    return (None, True) if text and counted_length(text) > most else (text, False)


def _tapped(kind: str, item: Mapping[str, object]) -> str | None:
    """Return the id of the button or list row, or the payload of a template's quick reply."""
    content = item.get(kind) if kind in {"interactive", "button"} else None
    if not isinstance(content, dict):
        return None
    if kind == "button":
        return _ours(content.get("payload"), _PAYLOAD_LENGTH)
    reply_type = content.get("type")
    if not isinstance(reply_type, str) or reply_type not in _REPLIES:
        return None
    reply = content.get(reply_type)
    return _ours(reply.get("id"), _REPLIES[reply_type]) if isinstance(reply, dict) else None


def _photo(kind: str, item: Mapping[str, object]) -> Photo | None:
    """Return the picture or document of a message."""
    content = item.get(kind) if kind in {"image", "document"} else None
    if not isinstance(content, dict) or (media_id := _token(content.get("id"), _ID_LENGTH)) is None:
        return None
    # It becomes part of a path; Meta's are digits.
    if not _MEDIA_ID.fullmatch(media_id):
        return None
    mime_type = content.get("mime_type")
    return Photo(media_id, mime_type.partition(";")[0].strip().lower() if isinstance(mime_type, str) else "")


def _moved(item: Mapping[str, object]) -> tuple[Sender, Sender] | None:
    """Return who wrote under which ids up to this notice, and who they are from then on."""
    system = item.get("system")
    if not isinstance(system, dict) or system.get("type") not in ("user_changed_number", "user_changed_user_id"):
        return None
    old_phone, told_id = _identity(item, "from", "from_user_id")
    new_phone, new_id = _identity(system, "wa_id", "user_id")
    old_id = _token(system.get("previous_user_id"), _ID_LENGTH) or (told_id if told_id != new_id else None)
    if new_phone is None and system["type"] == "user_changed_user_id":
        new_phone = old_phone
    if not (old_phone or old_id) or not (new_phone or new_id):
        return None
    return Sender(old_phone, old_id), Sender(new_phone, new_id)


def _status(item: Mapping[str, object], number_id: str | None) -> Status | Skipped:
    status = _label(item.get("status"))
    if number_id is None:
        return Skipped("no_number_id", status)
    if item.get("group_id") or item.get("recipient_type") == "group":
        return Skipped("group", status)
    message_id = _token(item.get("id"), _ID_LENGTH)
    if message_id is None:
        return Skipped("bad_id", status)
    at = _instant(item.get("timestamp"))
    if at is None:
        return Skipped("bad_timestamp", status)
    if status == "unknown":
        return Skipped("no_status", status)
    # We send ids, and never more than Meta's limit, so what could be no key of the table is not ours.
    callback_data = _token(item.get("biz_opaque_callback_data"), _CALLBACK_DATA_LENGTH)
    # An error that cannot be read must not hide the failure that it belongs to.
    return Status(number_id, message_id, status, at, tuple(_codes(item, [])), callback_data)


class _People:
    """Know which phone number and which user id belong to one person, by the contacts of one value."""

    def __init__(self, value: Mapping[str, object], skipped: list[Skipped]) -> None:
        contacts = [_identity(item, "wa_id", "user_id") for item in _objects(value, "contacts", skipped)]
        self._users: dict[str, set[str]] = {}
        self._phones: dict[str, set[str]] = {}
        for phone, user_id in contacts:
            if phone and user_id:
                self._users.setdefault(phone, set()).add(user_id)
                self._phones.setdefault(user_id, set()).add(phone)
        # One contact beside one message is its sender, even where the ids that stand there do not overlap.
        alone = _length(value.get("contacts")) == 1 and _length(value.get("messages")) == 1
        self._only = contacts[0] if contacts and alone else None

    def sender(self, item: Mapping[str, object]) -> Sender | None:
        """Return who wrote this message, with both ids where both are certain, None when neither is known."""
        phone, user_id = _identity(item, "from", "from_user_id")
        if self._only is not None and _agree(phone, self._only[0]) and _agree(user_id, self._only[1]):
            phone, user_id = phone or self._only[0], user_id or self._only[1]
        elif phone and not user_id:
            user_id = _partner(phone, self._users, self._phones)
        elif user_id and not phone:
            phone = _partner(user_id, self._phones, self._users)
        return Sender(phone, user_id) if phone or user_id else None


def _identity(item: Mapping[str, object], phone_key: str, user_key: str) -> tuple[str | None, str | None]:
    phone = item.get(phone_key)
    digits = _PHONE.fullmatch(phone.strip()) if isinstance(phone, str) else None
    # The shape of a user id is Meta's and not checked: for somebody without a number it is the only way to answer.
    return digits[1] if digits else None, _token(item.get(user_key), _ID_LENGTH)


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _partner(one: str, there: Mapping[str, set[str]], back: Mapping[str, set[str]]) -> str | None:
    """Return the id that the contacts pair with this one, None when they do not agree: it may be a stranger's."""
    partners = there.get(one, set())
    partner = next(iter(partners)) if len(partners) == 1 else None
    return partner if partner is not None and len(back[partner]) == 1 else None


def _objects(parent: Mapping[str, object], key: str, skipped: list[Skipped]) -> Iterator[dict[str, object]]:
    """Yield the JSON objects of the list at `key`, and set aside what is none."""
    items = parent.get(key)
    if items is None:
        return
    if not isinstance(items, list):
        skipped.append(Skipped("not_a_list", key))
        return
    for item in items:
        if isinstance(item, dict):
            yield item
        else:
            skipped.append(Skipped("not_an_object", key))


def _codes(parent: Mapping[str, object], skipped: list[Skipped]) -> list[int]:
    codes = (error.get("code") for error in _objects(parent, "errors", skipped))
    # str() of an endless number raises; no code of Meta's is near this bound.
    return [code for code in codes if isinstance(code, int) and not isinstance(code, bool) and 0 <= code < 10**9]


def _instant(value: object) -> datetime | None:
    if isinstance(value, str) and _SECONDS.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and _FIRST_SECOND <= value <= _LAST_SECOND:
        return datetime.fromtimestamp(value, UTC)
    return None


def _label(value: object) -> str:
    """Return a word of Meta's that is fit for logs and metrics, `unknown` for anything else."""
    return value if isinstance(value, str) and _LABEL.fullmatch(value) else "unknown"


def _token(value: object, length: int) -> str | None:
    """Return an id that is fit for keys, hashes and logs: printable ASCII without spaces, of a bounded length."""
    if not isinstance(value, str):
        return None
    token = value.strip()
    fit = 0 < len(token) <= length and token.isascii() and token.isprintable() and " " not in token
    return token if fit else None


def _text(value: object) -> str | None:
    # JSON may hold half a surrogate pair, which no later step could encode.
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else None


def _ours(value: object, most: int) -> str | None:
    """Return a text of ours that comes back. We never send more than Meta's limit, so what is longer is not ours."""
    text = _text(value)
    return text if text and counted_length(text) <= most else None


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0
