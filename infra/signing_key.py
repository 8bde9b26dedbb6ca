"""The key that signs an office's QR codes."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


class SigningKey(Construct):
    """Define the key, which outlives its stack: tickets that are out were signed with it.

    It is made in AWS and never leaves it. Whoever holds its public half, as the scanner page does, can verify.
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

    def allow_signing(self, role: iam.IRole) -> None:
        """Let a role sign."""
        self.key.grant(role, "kms:Sign")

    def allow_verifying(self, role: iam.IRole) -> None:
        """Let a role verify signatures, and give the public key away."""
        self.key.grant(role, "kms:Verify", "kms:GetPublicKey")
