"""The secrets of an office: its access to WhatsApp, and the key of its codes."""

from aws_cdk import Acknowledgment, RemovalPolicy, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.function import Function


class Secrets(Construct):
    """Two secrets: one that exists before the deploy, and one that is made in AWS and that nobody needs to know.

    The first, `antrian/<office>/whatsapp`, is written by whoever registers the office at Meta: JSON with
    phone_number_id, access_token, app_secret and verify_token, and with business_account_id for `make templates`. The
    second is the key from which booking and approval codes are derived.
    """

    def __init__(self, scope: Construct, construct_id: str, *, office: str) -> None:
        super().__init__(scope, construct_id)
        self.whatsapp = secretsmanager.Secret.from_secret_name_v2(self, "Whatsapp", f"antrian/{office}/whatsapp")
        self.codes = secretsmanager.Secret(
            self,
            "Codes",
            description=f"The key from which the booking and approval codes of {office} are derived",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=RemovalPolicy.RETAIN,  # like the table, whose claims were made with it
        )
        Validations.of(self.codes).acknowledge(
            Acknowledgment(
                id="AwsSolutions-SMG4",
                reason="Another key derives other codes: a message that is delivered before and after a rotation would "
                "make two bookings. Nobody needs to know this key, so nobody has it to lose.",
            )
        )

    def allow_whatsapp(self, function: Function) -> None:
        """Let a function read the access to WhatsApp, and tell it the secret's name."""
        # Secrets Manager ends each ARN with six characters of its own, which are unknown for a secret made elsewhere.
        _allow_reading(function, f"{self.whatsapp.secret_arn}-??????")
        function.add_environment("WHATSAPP_SECRET", self.whatsapp.secret_name)

    def allow_codes(self, function: Function) -> None:
        """Let a function read the key of the codes, and tell it the secret's ARN."""
        _allow_reading(function, self.codes.secret_arn)
        function.add_environment("CODES_SECRET", self.codes.secret_arn)


def _allow_reading(function: Function, secret_arn: str) -> None:
    function.role.add_to_policy(iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[secret_arn]))
