"""Who may check applicants in: the office's officers and supervisors."""

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Validations
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.function import Function

GROUPS = {
    "officer": "Checks applicants in at the door",
    "supervisor": "Also searches, undoes, and admits those who come within the grace",
}


class Staff(Construct):
    """The user pool of an office's staff, and the client with which the scanner page signs them in."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.user_pool = cognito.UserPool(
            self,
            "UserPool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True),
            sign_in_case_sensitive=False,
            account_recovery=cognito.AccountRecovery.NONE,  # no mailbox is known: the directorate sets a password
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=Duration.days(3),
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        Validations.of(self.user_pool).acknowledge(
            Acknowledgment(
                id="AwsSolutions-COG2",
                reason="A second factor on a private phone would stop the door whenever that phone is missing; the "
                "account opens nothing but the check-in of its own office.",
            ),
            Acknowledgment(
                id="AwsSolutions-COG8",
                reason="What the Plus plan adds is threat protection, which judges by a person's usual device and "
                "place; a shared scanner is nobody's. Cognito's lockout after failed attempts holds in every plan.",
            ),
        )
        for name, description in GROUPS.items():
            self.user_pool.add_group(name.title(), group_name=name, description=description)
        self.client = self.user_pool.add_client(
            "ScannerPage",
            generate_secret=False,  # a page cannot keep a secret
            auth_flows=cognito.AuthFlow(user_password=True),
            disable_o_auth=True,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            # A dismissed officer is locked out within 15 minutes; a scanner stays signed in for one shift.
            access_token_validity=Duration.minutes(15),
            id_token_validity=Duration.minutes(15),
            refresh_token_validity=Duration.hours(12),
        )

    def allow_sign_in(self, function: Function) -> None:
        """Tell a function the client that its page signs the staff in with; that takes no permission of its own."""
        function.add_environment("USER_POOL_CLIENT_ID", self.client.user_pool_client_id)
