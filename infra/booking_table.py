"""The one table of an office: slots, bookings, claims."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.function import Function

GET_AND_UPDATE = ("dynamodb:GetItem", "dynamodb:UpdateItem")
READ_AND_UPDATE = (*GET_AND_UPDATE, "dynamodb:BatchGetItem", "dynamodb:Query")
READ_UPDATE_AND_PUT = (*READ_AND_UPDATE, "dynamodb:PutItem")


class BookingTable(Construct):
    """The table. It outlives its stack, because it says whom the office expects."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.aws_managed_key(),  # unlike the default key, its use is in CloudTrail
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="expires_at",
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def allow(self, function: Function, actions: Sequence[str]) -> None:
        """Let a function do these actions on the table, and tell it the table's name."""
        self.table.grant(function.role, *actions)
        function.add_environment("TABLE_NAME", self.table.table_name)
