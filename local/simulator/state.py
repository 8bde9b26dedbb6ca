"""What the simulated WhatsApp remembers. Everything here is used from the event loop only, so it needs no lock."""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from local.simulator.clock import Clock, iso
from local.simulator.errors import Json
from local.simulator.events import Events
from local.simulator.media import MediaShelf
from local.simulator.templates import Templates

WINDOW = timedelta(hours=24)
PAIR_SECONDS = 6.0
PAIR_BURST = 45

Tick = Literal["sent", "delivered", "read", "failed"]
_ORDER: dict[Tick, int] = {"sent": 0, "failed": 1, "delivered": 2, "read": 3}


def new_message_id(partner: str, *, inbound: bool) -> str:
    """Return a message id in WhatsApp's own layout: base64 of the partner's number and a random part."""
    direction, size = (b"\x12\x18\x14", 10) if inbound else (b"\x11\x18\x12", 9)
    who = partner.encode()[:64]
    inner = b"\x1c\x18" + bytes([len(who)]) + who + b"\x15\x02\x00" + direction
    return "wamid." + base64.b64encode(inner + secrets.token_hex(size).upper().encode() + b"\x00").decode()


@dataclass(frozen=True, slots=True)
class Person:
    """A person who writes: the digits of their phone number, their user id, or both."""

    phone: str | None
    user_id: str | None
    name: str

    @property
    def identities(self) -> frozenset[str]:
        """Return everything this person can be addressed by."""
        return frozenset(one for one in (self.phone, self.user_id) if one)


@dataclass(slots=True)
class Received:
    """What an applicant wrote, as it stood in the webhook, and what became of it."""

    phone_number_id: str
    identities: frozenset[str]
    at: datetime
    message: Json
    tick: Tick = "sent"
    reason: str | None = None

    @property
    def id(self) -> str:
        """Return WhatsApp's id of the message, its `wamid`."""
        return str(self.message["id"])

    def as_json(self) -> Json:
        """Return what the chat page shows."""
        return {
            "direction": "in",
            "id": self.id,
            "at": iso(self.at),
            "message": self.message,
            "tick": self.tick,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Sent:
    """What an office sent; `shown` is what a person reads of a template that the account has."""

    id: str
    phone_number_id: str
    identity: str
    at: datetime
    body: Json
    shown: Json | None = None

    def as_tool(self) -> Json:
        """Return what `GET /simulator/messages` shows: id, time, and the body that was sent."""
        return {**self.body, "id": self.id, "at": iso(self.at)}

    def as_json(self) -> Json:
        """Return what the chat page shows."""
        return {"direction": "out", "id": self.id, "at": iso(self.at), "body": self.body, "shown": self.shown}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be tapped: a button, a row of a list, a quick reply of a template."""

    kind: Literal["button_reply", "list_reply", "quick_reply"]
    title: str
    description: str | None
    message_id: str


@dataclass(slots=True)
class Fault:
    """A fault that makes the next sends fail. `times` counts down; `template` limits it to sends of that template."""

    status: int
    code: int
    times: int
    message: str | None = None
    details: str | None = None
    subcode: int | None = None
    template: str | None = None
    used: int = 0

    def strikes(self, body: Json) -> bool:
        """Tell whether this send fails, and count it."""
        name = (body.get("template") or {}).get("name") if isinstance(body.get("template"), dict) else None
        if self.times < 1 or (self.template is not None and self.template != name):
            return False
        self.times -= 1
        self.used += 1
        return True


@dataclass(slots=True)
class Receipts:
    """The statuses that go back to the office after each send, in order; none by default."""

    statuses: tuple[str, ...] = ()


@dataclass(slots=True)
class State:
    """The simulated world."""

    clock: Clock
    events: Events = field(default_factory=Events)
    media: MediaShelf = field(default_factory=MediaShelf)
    templates: Templates = field(default_factory=Templates)
    sent: list[Sent] = field(default_factory=list)
    dropped: list[Sent] = field(default_factory=list)
    reads: list[Json] = field(default_factory=list)
    timeline: list[Sent | Received] = field(default_factory=list)
    received: dict[str, Received] = field(default_factory=dict)
    fault: Fault | None = None
    receipts: Receipts = field(default_factory=Receipts)
    # Off, because tests play a hundred messages of one person in a second; PUT /simulator/pair-rate switches it on.
    pair_rate: bool = False
    _links: dict[str, frozenset[str]] = field(default_factory=dict)
    _wrote_at: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _choices: dict[tuple[str, str, str], Choice] = field(default_factory=dict)
    _pair_until: dict[tuple[str, str], float] = field(default_factory=dict)

    def known_as(self, identity: str) -> frozenset[str]:
        """Return all identities of the person who is known by this one."""
        return self._links.get(identity, frozenset({identity}))

    def receive(self, phone_number_id: str, person: Person, message: Json) -> Received:
        """Remember what a person wrote; it opens the 24-hour window. The same id again changes nothing."""
        identities = person.identities.union(*(self.known_as(one) for one in person.identities))
        for identity in identities:
            self._links[identity] = identities
        wrote_at = datetime.fromtimestamp(int(message["timestamp"]), self.clock.now().tzinfo)
        for identity in identities:
            latest = self._wrote_at.get((phone_number_id, identity))
            self._wrote_at[phone_number_id, identity] = max(wrote_at, latest) if latest else wrote_at
        known = self.received.get(message["id"])
        if known is None:
            known = Received(phone_number_id, identities, wrote_at, message)
            self.received[known.id] = known
            self.timeline.append(known)
            self._tell(known.phone_number_id, identities, {"event": "message", "item": known.as_json()})
        return known

    def tick(self, received: Received, tick: Tick, reason: str | None = None) -> None:
        """Move a message's tick forward; a later repeat never takes back what was reached."""
        if _ORDER[tick] < _ORDER[received.tick]:
            return
        received.tick, received.reason = tick, reason
        event = {"event": "tick", "id": received.id, "tick": tick, "reason": reason}
        self._tell(received.phone_number_id, received.identities, event)

    def send(self, message: Sent) -> None:
        """Remember what an office sent, and everything on it that can be tapped."""
        self.sent.append(message)
        self.timeline.append(message)
        for choice_id, choice in _choices_in(message):
            self._choices[message.phone_number_id, message.identity, choice_id] = choice
        identities = self.known_as(message.identity)
        self._tell(message.phone_number_id, identities, {"event": "message", "item": message.as_json()})

    def read(self, received: Received, *, typing: bool) -> None:
        """Mark a person's message as read, and show the typing indicator."""
        at = iso(self.clock.now())
        self.reads.append({"message_id": received.id, "at": at, "typing_indicator": typing})
        self.tick(received, "read")
        if typing:
            self._tell(received.phone_number_id, received.identities, {"event": "typing"})

    def window_is_open(self, phone_number_id: str, identity: str) -> bool:
        """Tell whether this person wrote to this office within 24 hours, by the simulated clock."""
        wrote_at = self._wrote_at.get((phone_number_id, identity))
        return wrote_at is not None and self.clock.now() - wrote_at < WINDOW

    def choice(self, phone_number_id: str, identities: Iterable[str], choice_id: str) -> Choice | None:
        """Return what was last shown to this person under that id. Survives `forget`."""
        found = (self._choices.get((phone_number_id, one, choice_id)) for one in identities)
        return next((one for one in found if one), None)

    def is_too_fast(self, phone_number_id: str, identity: str) -> bool:
        """Tell whether one more message breaks the pair rate: one in 6 s, up to 45 borrowed from the future."""
        if not self.pair_rate:
            return False
        now = self.clock.now().timestamp()
        booked_until = max(now, self._pair_until.get((phone_number_id, identity), now))
        if booked_until - now >= PAIR_BURST * PAIR_SECONDS:
            return True
        self._pair_until[phone_number_id, identity] = booked_until + PAIR_SECONDS
        return False

    def conversation(self, phone_number_id: str | None, identity: str) -> list[Sent | Received]:
        """Return what one person and an office (or all of them) wrote to each other, in order of arrival."""
        people = self.known_as(identity)
        return [
            one
            for one in self.timeline
            if phone_number_id in {None, one.phone_number_id}
            and (one.identity in people if isinstance(one, Sent) else bool(one.identities & people))
        ]

    def forget(self) -> int:
        """Clear both sides of all conversations and return how many messages the offices had sent.

        Open windows, uploads, and titles of buttons stay: a person does not forget what is on the screen.
        """
        count = len(self.sent)
        for kept in (self.sent, self.dropped, self.reads, self.timeline):
            kept.clear()
        self.events.publish({"event": "cleared"})
        return count

    def begin_anew(self) -> None:
        """Forget everything: conversations, windows, uploads, faults, switches, and the moved clock."""
        self.forget()
        for kept in (self.received, self._links, self._wrote_at, self._choices, self._pair_until):
            kept.clear()
        self.media = MediaShelf()
        self.templates.clear()
        self.fault = None
        self.receipts = Receipts()
        self.pair_rate = False
        self.clock.reset()
        self.events.publish({"event": "clock"})

    def _tell(self, phone_number_id: str, identities: Iterable[str], event: Json) -> None:
        self.events.publish(event, phone_number_id=phone_number_id, identities=identities)


def _choices_in(message: Sent) -> Iterable[tuple[str, Choice]]:
    """Yield the id and the face of everything that can be tapped. The body has passed `limits`."""
    if message.body.get("type") == "interactive":
        action = message.body["interactive"]["action"]
        for button in action.get("buttons", []):
            reply = button["reply"]
            yield reply["id"], Choice("button_reply", reply["title"], None, message.id)
        for section in action.get("sections", []):
            for row in section["rows"]:
                yield row["id"], Choice("list_reply", row["title"], row.get("description"), message.id)
    if message.body.get("type") == "template":
        for component in message.body["template"].get("components", []):
            if str(component.get("sub_type", "")).lower() == "quick_reply":
                for parameter in component.get("parameters", []):
                    payload = str(parameter.get("payload", ""))
                    # The title belongs to the template; without a submitted template the payload stands in for it.
                    shown = enumerate(message.shown["buttons"] if message.shown else [])
                    title = {str(index): title for index, title in shown}.get(str(component.get("index")), payload)
                    yield payload, Choice("quick_reply", title, None, message.id)
