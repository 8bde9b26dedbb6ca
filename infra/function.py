"""A Lambda function and its layers: code, role, log group and settings are alike for all."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import Acknowledgment, AssetHashType, Duration, IgnoreMode, RemovalPolicy, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

METRICS_NAMESPACE = "Antrian"
LOG_RETENTION = logs.RetentionDays.ONE_MONTH

RUNTIMES = {
    (3, 11): lambda_.Runtime.PYTHON_3_11,
    (3, 12): lambda_.Runtime.PYTHON_3_12,
    (3, 13): lambda_.Runtime.PYTHON_3_13,
    (3, 14): lambda_.Runtime.PYTHON_3_14,
}


class UnsupportedPythonError(ValueError):
    """A Python that synthesizes and that Lambda does not run; the message names the versions that Lambda runs."""


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


class Layer(lambda_.LayerVersion):
    """A layer made of a folder, whose name is the digest of what went into it."""

    def __init__(self, scope: Construct, construct_id: str, folder: Path, description: str) -> None:
        super().__init__(
            scope,
            construct_id,
            # The digest spares the CDK reading the whole folder.
            code=lambda_.Code.from_asset(str(folder), asset_hash=folder.name, asset_hash_type=AssetHashType.CUSTOM),
            compatible_runtimes=[runtime_of(sys.version_info[:2])],
            compatible_architectures=[lambda_.Architecture.ARM_64],
            description=description,
        )


class Function(Construct):
    """A function, with a role that by itself may only write its log.

    Its code is the package in the folder `code` that is named as `construct_id`, in small letters. Constructs that own
    a resource have methods that let a function use it: they grant to its role, and tell it by an environment variable
    where the resource is.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: Path,
        layers: Sequence[lambda_.ILayerVersion],
        timeout: Duration,
        memory_mb: int,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = construct_id.lower()
        log_group = logs.LogGroup(self, "Logs", retention=LOG_RETENTION, removal_policy=RemovalPolicy.DESTROY)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant(self.role, "logs:CreateLogStream", "logs:PutLogEvents")
        self.lambda_function = lambda_.Function(
            self,
            "Function",
            runtime=runtime_of(sys.version_info[:2]),
            architecture=lambda_.Architecture.ARM_64,
            handler=f"{self.name}.handler.handler",
            code=lambda_.Code.from_asset(
                str(code), exclude=["/*", f"!/{self.name}", "__pycache__"], ignore_mode=IgnoreMode.GIT
            ),
            layers=layers,
            timeout=timeout,
            memory_size=memory_mb,
            role=self.role,
            log_group=log_group,
            environment={
                "POWERTOOLS_SERVICE_NAME": self.name,
                "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
                "POWERTOOLS_LOG_LEVEL": "INFO",
                **environment,
            },
        )
        Validations.of(self.lambda_function).acknowledge(
            Acknowledgment(
                id="AwsSolutions-L1",
                reason="The runtime is the Python that the tests ran on and that compiled the layer; it may be older "
                "than Lambda's newest.",
            )
        )

    def add_environment(self, name: str, value: str) -> None:
        """Set an environment variable of the function."""
        self.lambda_function.add_environment(name, value)
