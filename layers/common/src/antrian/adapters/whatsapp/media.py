"""Fetches the photos that applicants send: asks for a photo's URL, and downloads it from there."""

import time
from typing import Final
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from antrian.adapters.whatsapp.client import Node, text_at
from antrian.adapters.whatsapp.errors import INVALID, AccessRefused, NotThisWay, OurFault, Retry, translated
from antrian.domain.message import Photo
from antrian.domain.refusals import NoPhoto

# The download carries the token, so it may go only to Meta: over https, to a host of these domains.
META_HOSTS: Final = (".fbsbx.com", ".fbcdn.net", ".facebook.com", ".whatsapp.net")
# WhatsApp's own limit for pictures is 5 MB; a scan as a document may be twice that. The function has 512 MB.
LARGEST: Final = 10 * 1024 * 1024
CHUNK: Final = 256 * 1024
TIMEOUT: Final = urllib3.Timeout(connect=2, read=5)
"""Seconds to wait for a connection, and for each part of the answer."""
DOWNLOAD_SECONDS: Final = 12


class WhatsAppMedia:
    """The photos of WhatsApp, fetched through the Graph API."""

    def __init__(self, http: urllib3.PoolManager, base_url: str, version: str, access_token: str) -> None:
        self._http = http
        self._base_url = base_url
        self._version = version
        self._token = access_token

    def fetch(self, photo: Photo) -> bytes:
        """Return a photo. Raises NoPhoto, TryLater, LineDown."""
        media = _Media(self._http, self._base_url, self._version, photo.media_id, self._token, timeout=TIMEOUT)
        with translated():
            return media.content()


class _Media(Node):
    """The node of one picture or document."""

    def content(self) -> bytes:
        try:
            # The URL is good for five minutes, so each try asks for a new one.
            url = text_at(self._get(""), "url")
        except (OurFault, NotThisWay) as error:
            raise NoPhoto(f"{type(error).__name__}:{error.code}") from error
        except AccessRefused as error:
            # Meta answers alike for an id that is gone or another number's, and for a number that the token cannot see.
            if error.code == INVALID:
                raise NoPhoto("gone") from error
            raise
        if url is None:
            raise Retry(None, 200, "the answer about a photo has no url")
        if not self._is_metas(url):
            raise NoPhoto("elsewhere")
        return self._download(url)

    def _is_metas(self, url: str) -> bool:
        """Tell whether the token may go to this address: a host of Meta's, or the host that has just got it."""
        try:
            there, here = urlsplit(url), urlsplit(self._url)
            same = (there.scheme, there.hostname, there.port) == (here.scheme, here.hostname, here.port)
            return same or (there.scheme == "https" and there.port in (None, 443) and _is_host_of_meta(there.hostname))
        except ValueError:
            return False

    def _download(self, url: str) -> bytes:
        response = self._open("GET", url)
        try:
            if response.status != 200:
                # Not classified: a 401 would stop the line, although Meta has just accepted the token.
                raise Retry(None, response.status, "the photo was not served")
            content = self._read(response)
        except HTTPError as error:
            # Also for a photo that breaks off: urllib3 compares the length with the one that was announced.
            raise Retry(None, None, type(error).__name__) from error
        finally:
            response.close()
        if len(content) > LARGEST:
            raise NoPhoto("too_large")
        if not content:
            raise NoPhoto("empty")
        return content

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """Return the body, or its beginning with at least one byte more than we take."""
        until = time.monotonic() + DOWNLOAD_SECONDS
        content = bytearray()
        while len(content) <= LARGEST and (part := response.read(CHUNK)):
            content += part
            # Each part has its own time-out, and many parts could go on for hours.
            if time.monotonic() > until:
                raise Retry(None, 200, "the photo comes too slowly")
        return bytes(content)


def _is_host_of_meta(host: str | None) -> bool:
    return host is not None and host.endswith(META_HOSTS)
