"""The office's key for QR codes. It lies in KMS, which signs with it and never hands it out."""

from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_ALGORITHM: Final = "ECDSA_SHA_256"
_HALF = 32  # bytes of each of the two numbers of a signature on P-256
_SEQUENCE, _INTEGER = 0x30, 0x02


class KmsSigningKey:
    """A signing key on P-256. A signature is its two numbers side by side, 64 bytes, as browsers take it."""

    def __init__(self, client: "KMSClient", key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    def sign(self, content: bytes) -> bytes:
        """Return the signature of a content of at most 4,096 bytes."""
        answer = self._client.sign(KeyId=self._key_id, Message=content, MessageType="RAW", SigningAlgorithm=_ALGORITHM)
        return raw_of(answer["Signature"])

    def verifies(self, content: bytes, signature: bytes) -> bool:
        """Tell whether this key signed this content."""
        try:
            answer = self._client.verify(
                KeyId=self._key_id,
                Message=content,
                MessageType="RAW",
                Signature=der_of(signature),
                SigningAlgorithm=_ALGORITHM,
            )
        except self._client.exceptions.KMSInvalidSignatureException:
            return False
        return answer["SignatureValid"]

    @cached_property
    def public_key(self) -> bytes:
        """Return the public key as SubjectPublicKeyInfo in DER; with it, anybody can verify. Asks KMS once."""
        return self._client.get_public_key(KeyId=self._key_id)["PublicKey"]


def der_of(raw: bytes) -> bytes:
    """Return a signature of 64 bytes as KMS takes it, in DER (RFC 3279, section 2.2.3)."""
    numbers = b"".join(_integer(int.from_bytes(half)) for half in (raw[:_HALF], raw[_HALF:]))
    return bytes([_SEQUENCE, len(numbers)]) + numbers


def raw_of(der: bytes) -> bytes:
    """Return a signature that KMS gave in DER as its 64 bytes. Raises ValueError for anything else."""
    second = 4 + int.from_bytes(der[3:4])  # where the second number begins, behind the first one's own length
    halves = (der[4:second], der[second + 2 :])
    raw = b"".join(half[-_HALF:].rjust(_HALF, b"\0") for half in halves)
    # DER has only one way to write a value: whatever was read wrongly, or was not DER, would not come back the same.
    if der_of(raw) != der:
        raise ValueError("not a signature on P-256 in DER")
    return raw


def _integer(number: int) -> bytes:
    # Room for one bit more than the number has, because the first bit of a DER integer is its sign.
    content = number.to_bytes(number.bit_length() // 8 + 1)
    return bytes([_INTEGER, len(content)]) + content
