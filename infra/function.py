"""One function of an office: code, role, log group and settings alike for all five."""

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from aws_cdk import Acknowledgment, Duration, IgnoreMode, RemovalPolicy, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from antrian.domain.outcomes import metric_name
from infra.alarm import ring

METRICS = "Antrian"
LOG_RETENTION = logs.RetentionDays.ONE_MONTH

RUNTIMES = {
    (3, 11): lambda_.Runtime.PYTHON_3_11,
    (3, 12): lambda_.Runtime.PYTHON_3_12,
    (3, 13): lambda_.Runtime.PYTHON_3_13,
    (3, 14): lambda_.Runtime.PYTHON_3_14,
}


class UnsupportedPythonError(ValueError):
    """Refuse to synthesize with a Python that Lambda does not run; the text names those that it does."""


def runtime_of(version: tuple[int, int]) -> lambda_.Runtime:
    """Return Lambda's runtime of the Python that synthesizes.

    What the tests ran on is what runs in AWS, and the layer's .pyc files are good for one minor version only.
    Raises UnsupportedPythonError for a version that Lambda does not have.
    """
    if version not in RUNTIMES:
        known = ", ".join(f"{major}.{minor}" for major, minor in RUNTIMES)
        raise UnsupportedPythonError(
            f"Python {version[0]}.{version[1]} is no runtime of Lambda; synthesize with one of {known}"
        )
    return RUNTIMES[version]


class Function(Construct):
    """Define a function, with a role that may do nothing but write its log.

    Its code is the package in the folder `functions` that is named as `construct_id`, in small letters. What else it
    may do is granted to `role` by whoever sees both sides.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Path,
        layers: Sequence[lambda_.ILayerVersion],
        timeout: Duration,
        memory_mb: int,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = name = construct_id.lower()
        log_group = logs.LogGroup(self, "Logs", retention=LOG_RETENTION, removal_policy=RemovalPolicy.DESTROY)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant(self.role, "logs:CreateLogStream", "logs:PutLogEvents")
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=runtime_of(sys.version_info[:2]),
            architecture=lambda_.Architecture.ARM_64,
            handler=f"{name}.handler.handler",
            code=lambda_.Code.from_asset(
                str(functions), exclude=["/*", f"!/{name}", "__pycache__"], ignore_mode=IgnoreMode.GIT
            ),
            layers=layers,
            timeout=timeout,
            memory_size=memory_mb,
            role=self.role,
            log_group=log_group,
            environment={
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": METRICS,
                "POWERTOOLS_LOG_LEVEL": "INFO",
                **environment,
            },
        )
        Validations.of(self.function).acknowledge(
            Acknowledgment(
                id="AwsSolutions-L1",
                reason="The runtime is the Python that the tests ran on and that compiled the layer; it may be older "
                "than Lambda's newest.",
            )
        )

    def consume(self, queue: sqs.IQueue) -> None:
        """Invoke the function with up to ten messages of a queue; it answers which of them failed.

        It also chooses how long those wait for their next try.
        """
        receive = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility")
        queue.grant(self.role, *receive)
        self.function.add_event_source_mapping(
            "Messages", event_source_arn=queue.queue_arn, batch_size=10, report_batch_item_failures=True
        )

    def ring_on(self, outcomes: Mapping[StrEnum, str], *, office: str) -> None:
        """Define an alarm for each outcome that rings while it was counted in the last quarter of an hour.

        `outcomes` are descriptions of the alarms, by the outcome, which has to be one that is counted.
        """
        for outcome, description in outcomes.items():
            ring(
                self,
                f"{outcome[0].upper()}{outcome[1:]}Alarm".replace("_", ""),
                description,
                cloudwatch.Metric(
                    namespace=METRICS,
                    metric_name=metric_name(self._name, outcome),
                    dimensions_map={"service": self._name, "office": office},
                    # As long as the longest pause between two tries, so that an alarm does not end between them.
                    period=Duration.minutes(15),
                    statistic="Sum",
                ),
            )
