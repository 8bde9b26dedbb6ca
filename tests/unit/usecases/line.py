"""Stands in for the words and for WhatsApp."""

from dataclasses import dataclass, field

from antrian.domain.answers import Answer
from antrian.domain.delivery import Rendered, Template
from antrian.domain.message import Sender


@dataclass
class Words:
    """Wording that says an answer's name, and its example where it has one."""

    template: Template | None = None

    def render(self, answer: Answer) -> Rendered:
        return Rendered(f"{answer.kind}: {answer.fields['example']}", template=self.template)


@dataclass
class Line:
    """WhatsApp as a channel that takes what comes, or fails as a test says."""

    faults: list[Exception] = field(default_factory=list)
    template_faults: list[Exception] = field(default_factory=list)
    taken: list[tuple[Sender, Rendered | Template, str]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def show_seen(self, message_id: str) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.seen.append(message_id)

    def send(self, to: Sender, rendered: Rendered, outgoing_id: str) -> str:
        return self._take(self.faults, to, rendered, outgoing_id)

    def send_template(self, to: Sender, template: Template, outgoing_id: str) -> str:
        return self._take(self.template_faults, to, template, outgoing_id)

    def _take(self, faults: list[Exception], to: Sender, content: Rendered | Template, outgoing_id: str) -> str:
        if faults:
            raise faults.pop(0)
        self.taken.append((to, content, outgoing_id))
        return f"out.{len(self.taken)}"
