"""Sends answers as WhatsApp messages: text, buttons, a list, or the image of a QR code with its caption."""

import io

import segno

from antrian.adapters.whatsapp.client import Client, addressed
from antrian.adapters.whatsapp.errors import translated
from antrian.domain.delivery import Rendered, Template
from antrian.domain.message import Sender

# Four modules of white around the code, as ISO/IEC 18004 asks, and error correction M: a cracked or greasy screen still
# reads. At 12 pixels a module a ticket's image is 588 pixels wide, sharp on every phone and about a kilobyte.
QR_SCALE = 12
QR_BORDER = 4


class WhatsAppChannel:
    """The channel to applicants through the Graph API."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def send(self, to: Sender, rendered: Rendered, outgoing_id: str) -> str:
        """Send an answer and return WhatsApp's id for it, empty when it is not known.

        Raises WindowClosed, Undeliverable, TryLater, LineDown.
        """
        return self._send(to, self._content(rendered), outgoing_id)

    def send_template(self, to: Sender, template: Template, outgoing_id: str) -> str:
        """Send a template and return WhatsApp's id for it, empty when it is not known.

        Raises as `send` does, but for WindowClosed.
        """
        parameters = [{"type": "text", "text": text} for text in template.parameters]
        # A button's title was approved with the text; what it sends back is ours.
        buttons = [
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": str(index),
                "parameters": [{"type": "payload", "payload": button.id}],
            }
            for index, button in enumerate(template.buttons)
        ]
        content: dict[str, object] = {
            "type": "template",
            "template": {
                "name": template.name,
                "language": {"code": template.language},
                "components": [{"type": "body", "parameters": parameters}, *buttons],
            },
        }
        return self._send(to, content, outgoing_id)

    def show_seen(self, message_id: str) -> None:
        """Show the sender of a message that it was read. Raises as `send` does."""
        with translated():
            self._client.mark_read(message_id)

    def _send(self, to: Sender, content: dict[str, object], outgoing_id: str) -> str:
        body = {**addressed(to), **content, "biz_opaque_callback_data": outgoing_id}
        with translated():
            return self._client.send(body) or ""

    def _content(self, rendered: Rendered) -> dict[str, object]:
        if rendered.qr is not None:
            return {"type": "image", "image": {"id": self._upload(rendered.qr), "caption": rendered.text}}
        if rendered.buttons:
            replies = [
                {"type": "reply", "reply": {"id": button.id, "title": button.title}} for button in rendered.buttons
            ]
            return {
                "type": "interactive",
                "interactive": {
                    "type": "button",
                    "body": {"text": rendered.text},
                    "action": {"buttons": replies},
                },
            }
        if rendered.rows:
            rows = [{"id": row.id, "title": row.title, "description": row.description} for row in rendered.rows]
            return {
                "type": "interactive",
                "interactive": {
                    "type": "list",
                    "body": {"text": rendered.text},
                    "action": {"button": rendered.rows_title, "sections": [{"rows": rows}]},
                },
            }
        return {"type": "text", "text": {"body": rendered.text}}

    def _upload(self, text: str) -> str:
        image = io.BytesIO()
        segno.make(text, error="m", micro=False).save(image, kind="png", scale=QR_SCALE, border=QR_BORDER)
        with translated():
            return self._client.upload(image.getvalue(), "image/png")
