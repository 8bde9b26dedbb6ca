"""Uploaded images, checked like Meta checks them, and what applicants sent: kept in memory, fetched through a link."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.simulator.errors import GraphError

IMAGE_TYPES = ("image/jpeg", "image/png")
LARGEST_IMAGE = 5 * 1024 * 1024
ID_LIVES = timedelta(days=30)
RECEIVED_ID_LIVES = timedelta(days=7)
LINK_LIVES = timedelta(minutes=5)

_FIRST_BYTES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}


@dataclass(frozen=True, slots=True)
class Image:
    """One upload, or one picture or document that an applicant sent."""

    id: str
    phone_number_id: str
    mime_type: str
    content: bytes
    uploaded_at: datetime
    lives: timedelta = ID_LIVES

    @property
    def sha256(self) -> str:
        """Return the digest that Meta shows, as hex."""
        return hashlib.sha256(self.content).hexdigest()


class MediaShelf:
    """The uploads, and the signed links to them."""

    def __init__(self) -> None:
        self._images: dict[str, Image] = {}
        self._link_key = secrets.token_bytes(32)

    def put(self, phone_number_id: str, mime_type: str, content: bytes, now: datetime) -> Image:
        """Keep an upload. Raises GraphError 100 for another type than JPEG or PNG, 131053 for a bad or large file."""
        if mime_type not in IMAGE_TYPES:
            raise GraphError(
                100,
                message="(#100) Param file must be a file with one of the following types: "
                f"{', '.join(IMAGE_TYPES)}. Received file of type '{mime_type}'.",
            )
        if len(content) > LARGEST_IMAGE:
            raise GraphError(131053, f"An image may have {LARGEST_IMAGE} bytes; this one has {len(content)}")
        if not content.startswith(_FIRST_BYTES[mime_type]):
            raise GraphError(131053, f"The file says {mime_type}, but its first bytes do not")
        return self._keep(Image(_new_id(), phone_number_id, mime_type, content, now))

    def receive(self, phone_number_id: str, mime_type: str, content: bytes, now: datetime) -> Image:
        """Keep what an applicant sent; WhatsApp lets people send anything."""
        return self._keep(Image(_new_id(), phone_number_id, mime_type, content, now, RECEIVED_ID_LIVES))

    def _keep(self, image: Image) -> Image:
        self._images[image.id] = image
        return image

    def get(self, media_id: str, now: datetime | None = None) -> Image | None:
        """Return an upload; given `now`, only one whose id still lives."""
        image = self._images.get(media_id)
        if image and now and now - image.uploaded_at > image.lives:
            return None
        return image

    def link_query(self, media_id: str, now: datetime) -> dict[str, str]:
        """Return the query of a link that works for five minutes."""
        until = str(int((now + LINK_LIVES).timestamp()))
        return {"mid": media_id, "ext": until, "hash": self._seal(media_id, until)}

    def follow(self, media_id: str, until: str, seal: str, now: datetime) -> Image | None:
        """Return the image that a link leads to, or None when the link is too old or was tampered with."""
        if not hmac.compare_digest(seal.encode(), self._seal(media_id, until).encode()):
            return None
        return self.get(media_id, now) if now.timestamp() <= int(until) else None

    def _seal(self, media_id: str, until: str) -> str:
        return hmac.new(self._link_key, f"{media_id} {until}".encode(), hashlib.sha256).hexdigest()


def _new_id() -> str:
    return str(secrets.randbelow(9 * 10**15) + 10**15)
