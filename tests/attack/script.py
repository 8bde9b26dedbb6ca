"""The words in which conversations are written down: who does what, and when."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tests.attack.outside import Told
from tests.builders import WIB
from tests.unit.whatsapp import builders as meta

PEOPLE = {
    name: (f"62811000000{n}", f"ID.1349120865530274191{n}")
    for n, name in enumerate(("budi", "siti", "agus", "dewi", "joko", "rina"), start=1)
}
NEW_NUMBER = "628229999999"
APPROVAL = r"Kode persetujuan: \*?(\d{8})"
CODE = r"[A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}"


@dataclass(frozen=True)
class Says:
    """Let a person write. `{approval}` and `{code}` are the last ones that they were told.

    `sent`: when, where WhatsApp brings it only now.
    """

    who: str
    text: str
    known_by: str = "phone"
    sent: str | None = None


@dataclass(frozen=True)
class Taps:
    """Let a person tap the button, or the line of a list, that begins so in the last message with one."""

    who: str
    title: str


@dataclass(frozen=True)
class Sends:
    """Let a person send a photo."""

    who: str
    media_id: str
    caption: str | None = None


@dataclass(frozen=True)
class ChangesNumber:
    """Let WhatsApp tell that a person has another number, and another user id."""

    who: str


Written = Says | Taps | Sends | ChangesNumber


@dataclass(frozen=True)
class Together:
    """Let one body bring all these messages."""

    messages: tuple[Written, ...]


@dataclass(frozen=True)
class Waiting:
    """Let this reach the webhook, and the queues stand still until the next thing."""

    what: Written | Together


@dataclass(frozen=True)
class Again:
    """Let Meta bring the n-th body once more, counted from 1, although all was well."""

    n: int


@dataclass(frozen=True)
class Receipts:
    """Let WhatsApp tell how far everything got that it has taken."""

    status: str


@dataclass(frozen=True)
class At:
    """Let it be this moment in WIB, such as `2026-11-23 07:45`."""

    moment: str


@dataclass(frozen=True)
class Tick:
    """Let the schedule call expiry."""


@dataclass(frozen=True)
class Scan:
    """Let an officer type a person's code at the door. `happened`: when, on a phone that could tell only now."""

    who: str
    nonce: str
    happened: str | None = None


@dataclass(frozen=True)
class Undo:
    """Let a supervisor take a check-in back."""

    nonce: str


@dataclass(frozen=True)
class Office:
    """Let the office's file say this from now on; what is not named is as in `tests/integration/stack.py`."""

    approval: bool = True
    messages: int = 0
    photo: bool = False
    format_: str = "name_birth_day"
    closed: tuple[date, ...] = ()


Step = Written | Together | Waiting | Again | Receipts | At | Tick | Scan | Undo | Office


@dataclass(frozen=True)
class Conversation:
    """Hold a conversation.

    `limited`: which messages are answered depends on the order in which they are counted. `contested`: one body brings
    people who want the same seats, so a fault may change who has which.
    """

    name: str
    steps: Sequence[Step]
    limited: bool = False
    contested: bool = False

    @property
    def people(self) -> list[str]:
        """Return who writes in it."""
        return [name for name in PEOPLE if any(f"'{name}'" in repr(step) for step in self.steps)]


# What the steps become: the very calls, the same in every run.


@dataclass(frozen=True)
class Post:
    """Bring a body to the webhook. `drains`: then the queues are emptied.

    `needs` are the answers without which nobody could write that: a code, a button. Who lacks one waits for it.
    """

    body: str
    needs: frozenset[str] = frozenset()
    drains: bool = True

    @property
    def ids(self) -> list[str]:
        """Return the ids of the messages in it."""
        return re.findall(r'"id": "(wamid\.[^"]+)"', self.body)


@dataclass(frozen=True)
class Ask:
    """Ask the door's API; `needs` as for a post, and for an undoing its scan."""

    method: str
    path: str
    body: str
    needs: frozenset[str]
    groups: str = "[officer]"


@dataclass(frozen=True)
class Clock:
    """Set the clock."""

    moment: datetime


Action = Post | Ask | Clock | Tick | Office | Receipts


@dataclass
class Writer:
    """Turn steps into actions, one after the other, by what has been told so far."""

    name: str
    number: int = 0
    needs: set[str] = field(default_factory=set)
    posts: list[Post] = field(default_factory=list)
    numbers: dict[str, tuple[str, str]] = field(default_factory=lambda: dict(PEOPLE))

    def action(self, step: Step, now: datetime, told: Sequence[Told]) -> Action:
        """Return what a step is at this moment, after all this was told."""
        self.needs = set()
        match step:
            case Waiting(what):
                action = self.action(what, now, told)
                return replace(action, drains=False) if isinstance(action, Post) else action
            case Together(messages):
                return self._post([self._message(each, now, told) for each in messages])
            case Says() | Taps() | Sends() | ChangesNumber():
                return self._post([self._message(step, now, told)])
            case At(moment):
                return Clock(_wib(moment))
            case Again(n):
                return self.posts[n - 1]
            case Scan(who, nonce, happened):
                at = (_wib(happened) if happened else now.astimezone(WIB)).isoformat()
                asked = {"code": self._last(CODE, who, told), "nonce": nonce, "device": "device-1", "happened_at": at}
                return Ask("POST", "/checkins", json.dumps(asked), frozenset(self.needs))
            case Undo(nonce):
                asked = {"reason": "salah pindai", "device": "device-1"}
                path = f"/checkins/{nonce}"
                return Ask("DELETE", path, json.dumps(asked), frozenset({scanned(nonce)}), "[supervisor]")
            case Tick() | Office() | Receipts():
                return step

    def status(self, who: str, now: datetime) -> Post:
        """Return a person's question what they have."""
        ids = {"from": self.numbers[who][0]}
        return self._post([self._built(f"wamid.probe.{who}", "text", now, text={"body": "#status"}, **ids)])

    @property
    def people(self) -> dict[str, str]:
        """Return who is behind each number, as WhatsApp is told it, and each user id."""
        known = ((who, id_) for numbers in (PEOPLE, self.numbers) for who, ids in numbers.items() for id_ in ids)
        return {id_ if id_.startswith("ID.") else f"+{id_}": who for who, id_ in known}

    def _message(self, written: Written, now: datetime, told: Sequence[Told]) -> dict[str, Any]:
        self.number += 1
        id_ = f"wamid.{self.name}.{self.number}"
        phone, user_id = self.numbers[written.who]
        match written:
            case Says(who, text, known_by, sent):
                for placeholder, pattern in (("{approval}", APPROVAL), ("{code}", CODE)):
                    if placeholder in text:
                        text = text.replace(placeholder, self._last(pattern, who, told))
                ids = {
                    "from": None if known_by == "user id" else phone,
                    "from_user_id": None if known_by == "phone" else user_id,
                }
                return self._built(id_, "text", _wib(sent) if sent else now, text={"body": text}, **ids)
            case Taps(_, title):
                tapped = self._tapped(title, written.who, told)
                return self._built(id_, "interactive", now, interactive=tapped, **{"from": phone})
            case Sends(_, media_id, caption):
                image = {"id": media_id, "mime_type": "image/jpeg", **({"caption": caption} if caption else {})}
                return self._built(id_, "image", now, image=image, **{"from": phone})
            case ChangesNumber(who):
                self.numbers[who] = NEW_NUMBER, user_id + "9"
                system = {
                    "type": "user_changed_number",
                    "wa_id": NEW_NUMBER,
                    "user_id": user_id + "9",
                    "previous_user_id": user_id,
                }
                return self._built(id_, "system", now, system=system, **{"from": phone})

    def _built(self, id_: str, kind: str, now: datetime, **fields: Any) -> dict[str, Any]:
        return meta.message(kind=kind, **{"id": id_, "timestamp": str(int(now.timestamp())), **fields})

    def _post(self, messages: list[dict[str, Any]]) -> Post:
        self.posts.append(Post(json.dumps(meta.messages(*messages)), frozenset(self.needs)))
        return self.posts[-1]

    def _to(self, who: str, told: Sequence[Told]) -> list[Told]:
        """Return what a person was told, the last first."""
        people = self.people
        return [each for each in reversed(told) if people[each.to] == who]

    def _last(self, pattern: str, who: str, told: Sequence[Told]) -> str:
        for answer in self._to(who, told):
            if found := re.search(pattern, answer.content):
                self.needs.add(answer.id)
                return found[found.re.groups]
        raise LookupError(f"{who} was not told {pattern}: the conversation does not go as it is written")

    def _tapped(self, title: str, who: str, told: Sequence[Told]) -> dict[str, Any]:
        for answer in self._to(who, told):
            action = json.loads(answer.content).get("interactive", {}).get("action", {})
            buttons = [button["reply"] for button in action.get("buttons", [])]
            rows = [row for section in action.get("sections", []) for row in section["rows"]]
            for kind, shown in (("button_reply", buttons), ("list_reply", rows)):
                for line in shown:
                    if line["title"].startswith(title):
                        self.needs.add(answer.id)
                        return {"type": kind, kind: {"id": line["id"], "title": line["title"]}}
        raise LookupError(f"{who} was not shown {title}: the conversation does not go as it is written")


def receipts(status: str, taken: Iterable[str], now: datetime) -> str:
    """Return the body by which WhatsApp tells how far these answers got."""
    at = str(int(now.timestamp()))
    told = [
        meta.receipt(status=status, id=f"wamid.out.{id_}", timestamp=at, biz_opaque_callback_data=id_) for id_ in taken
    ]
    return json.dumps(meta.body(meta.change(statuses=told)))


def scanned(nonce: str) -> str:
    """Return under which name it is known that a phone had the answer to a scan."""
    return f"scan {nonce}"


def _wib(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=WIB)
