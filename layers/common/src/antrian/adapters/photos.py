"""The photos that applicants send, in S3: encrypted, seen by few, and gone with the bookings."""

from typing import Protocol

from antrian.domain.message import Photo

PREFIX = "photos/"


class S3(Protocol):
    """The one call of boto3's client that is made here."""

    def put_object(
        self,
        *,
        Bucket: str,  # noqa: N803 - AWS's names
        Key: str,  # noqa: N803
        Body: bytes,  # noqa: N803
        ContentType: str,  # noqa: N803
        ContentDisposition: str,  # noqa: N803
    ) -> object:
        """Put an object in place of an earlier one of this key."""


class S3PhotoStore:
    """The photos in a bucket, which encrypts them and deletes them by itself when their time is over."""

    def __init__(self, s3: S3, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def put(self, booking_code: str, photo: Photo, content: bytes) -> str:
        """Keep a booking's photo, in place of an earlier one, and return its key in the bucket."""
        key = f"{PREFIX}{booking_code}"
        # A browser offers it for download and never shows it within a page: a stranger sent it.
        self._s3.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=content,
            ContentType=photo.mime_type,
            ContentDisposition="attachment",
        )
        return key
