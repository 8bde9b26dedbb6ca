"""Webhook bodies as Meta sends them, from as few words as a test needs."""

from typing import Any

NUMBER_ID = "106540352242922"
AT = "1795399200"  # 2026-11-23 02:00:00 UTC
PHONE = "6281234567890"
USER_ID = "ID.13491208655302741918"

Json = Any


def message(n: int = 1, kind: str = "text", **fields: Json) -> dict[str, Json]:
    """Build a message; a field set to None is left out."""
    content: dict[str, Json] = {"text": {"body": f"Pesan {n}"}} if kind == "text" else {}
    built = {"from": PHONE, "id": f"wamid.{n}", "timestamp": AT, "type": kind, **content, **fields}
    return {key: value for key, value in built.items() if value is not None}


def sent_by(sender: str | None = None, user_id: str | None = None, n: int = 1) -> dict[str, Json]:
    """Build a text message with exactly these ids of its sender."""
    ids: dict[str, Json] = {"from": sender, "from_user_id": user_id}
    return message(n, **ids)


def contact(wa_id: str | None = None, user_id: str | None = None) -> dict[str, Json]:
    """Build a contact with exactly these ids."""
    ids = {"wa_id": wa_id, "user_id": user_id}
    return {"profile": {"name": "Budi"}, **{key: value for key, value in ids.items() if value is not None}}


def receipt(n: int = 1, status: str = "delivered", **fields: Json) -> dict[str, Json]:
    """Build a status of a message that was sent."""
    built = {"id": f"wamid.{n}", "status": status, "timestamp": AT, "recipient_id": PHONE, **fields}
    return {key: value for key, value in built.items() if value is not None}


def change(**value: Json) -> dict[str, Json]:
    """Build one change about messages."""
    metadata = {"display_phone_number": "628111100333", "phone_number_id": NUMBER_ID}
    return {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}


def body(*changes: Json) -> dict[str, Json]:
    """Build a body with one entry."""
    return {"object": "whatsapp_business_account", "entry": [{"id": "419561257915477", "changes": list(changes)}]}


def messages(*items: Json, contacts: Json = None) -> dict[str, Json]:
    """Build a body with one change that holds these messages."""
    return body(change(messages=list(items), **({} if contacts is None else {"contacts": contacts})))
