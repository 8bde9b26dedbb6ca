"""A schedule that invokes a function."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from infra.function import Function


class Schedule(Construct):
    """A schedule that invokes a function at a fixed interval of at least a minute.

    A run that failed is not repeated: the next one makes up for it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, function: Function, interval: Duration) -> None:
        super().__init__(scope, construct_id)
        # Granted by hand: the target's own grant also covers versions and aliases, with a wildcard.
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
        )
        invoked = function.lambda_function
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[invoked.function_arn]))
        invoked.configure_async_invoke(retry_attempts=0, max_event_age=interval)
        scheduler.Schedule(
            self,
            "Schedule",
            schedule=scheduler.ScheduleExpression.rate(interval),
            time_window=scheduler.TimeWindow.off(),
            target=targets.LambdaInvoke(
                invoked, role=role.without_policy_updates(), retry_attempts=0, max_event_age=interval
            ),
        )
