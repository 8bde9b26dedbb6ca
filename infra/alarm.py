"""What all alarms have in common."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


def add_alarm(
    scope: Construct, construct_id: str, description: str, metric: cloudwatch.IMetric, *, threshold: float = 1
) -> None:
    """Add an alarm that goes off as soon as a metric reaches a threshold, but not while nothing is measured."""
    cloudwatch.Alarm(
        scope,
        construct_id,
        alarm_description=description,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
