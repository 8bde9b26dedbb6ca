"""The key that signs an office's QR codes."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.function import Function


class SigningKey(Construct):
    """The key pair. It outlives its stack, because it has signed the tickets that applicants hold.

    The private key is made in AWS and never leaves it. The public key is enough to verify, as the scanner page does.
    """

    def __init__(self, scope: Construct, construct_id: str, *, office: str) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            alias=f"alias/antrian-{office}-qr",
            description=f"Signs the QR codes of {office}",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def allow_signing(self, function: Function) -> None:
        """Let a function sign, and tell it the key's id."""
        self._allow(function, "kms:Sign")

    def allow_verifying(self, function: Function) -> None:
        """Let a function verify signatures and hand out the public key, and tell it the key's id."""
        self._allow(function, "kms:Verify", "kms:GetPublicKey")

    def _allow(self, function: Function, *actions: str) -> None:
        self.key.grant(function.role, *actions)
        function.add_environment("SIGNING_KEY_ID", self.key.key_id)
