"""The office's key in KMS: what it signs verifies here and anywhere else, and nothing else does."""

import boto3
import pytest
from botocore.stub import Stubber
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from antrian.adapters.signing import KmsSigningKey

CONTENT = b"ANTRIAN1.BGR.7K3M92QX.20261123"


@pytest.fixture
def key(aws: None) -> KmsSigningKey:
    return new_key()


def new_key() -> KmsSigningKey:
    client = boto3.client("kms")
    made = client.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    return KmsSigningKey(client, made["KeyMetadata"]["KeyId"])


def test_what_it_signed_verifies(key: KmsSigningKey) -> None:
    signature = key.sign(CONTENT)
    assert len(signature) == 64
    assert key.verifies(CONTENT, signature)


def test_what_it_did_not_sign_does_not_verify(key: KmsSigningKey) -> None:
    signature = key.sign(CONTENT)
    assert not key.verifies(CONTENT + b"0", signature)
    assert not key.verifies(CONTENT, signature[32:] + signature[:32])
    assert not key.verifies(CONTENT, bytes(64))
    assert not key.verifies(CONTENT, b"\xff" * 64)
    assert not new_key().verifies(CONTENT, signature)


def test_kms_refusing_a_signature_means_that_it_does_not_verify(aws: None) -> None:
    """moto says so in its answer; AWS, and the local system, with an error."""
    client = boto3.client("kms")
    with Stubber(client) as stubber:
        stubber.add_client_error("verify", "KMSInvalidSignatureException", http_status_code=400)
        assert not KmsSigningKey(client, "key").verifies(CONTENT, bytes(64))


def test_the_public_key_is_all_that_a_page_needs_to_verify(key: KmsSigningKey) -> None:
    public = serialization.load_der_public_key(key.public_key)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert public.curve.name == "secp256r1"
    signature = key.sign(CONTENT)
    numbers = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    public.verify(encode_dss_signature(*numbers), CONTENT, ec.ECDSA(hashes.SHA256()))


def test_a_key_that_is_not_there_is_a_fault_and_no_forgery(key: KmsSigningKey) -> None:
    client = boto3.client("kms")
    gone = KmsSigningKey(client, "6b0c7fd5-0000-4000-8000-000000000000")
    with pytest.raises(client.exceptions.NotFoundException):
        gone.verifies(CONTENT, bytes(64))
