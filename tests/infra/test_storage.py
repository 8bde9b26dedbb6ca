"""What holds bookings and messages, and how long."""

from typing import Any

import pytest

from antrian.domain.backoff import LINE_DOWN_BACKOFF, LONGEST_PAUSE_SECONDS
from tests.infra.template import Template, target

FOURTEEN_DAYS = 14 * 24 * 60 * 60


def test_the_table_outlives_its_stack(bogor: Template) -> None:
    table = bogor.resource(bogor.output("TableName"))
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert [replica["DeletionProtectionEnabled"] for replica in table["Properties"]["Replicas"]] == [True]


def test_the_table_can_be_restored_to_any_second(bogor: Template) -> None:
    [replica] = bogor.properties(bogor.output("TableName"))["Replicas"]
    assert replica["Region"] == "ap-southeast-3"
    assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_the_table_is_encrypted_forgets_in_time_and_bills_by_use(bogor: Template) -> None:
    table = bogor.properties(bogor.output("TableName"))
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_table_is_keyed_by_pk_and_sk(bogor: Template) -> None:
    table = bogor.properties(bogor.output("TableName"))
    assert {key["AttributeName"]: key["KeyType"] for key in table["KeySchema"]} == {"pk": "HASH", "sk": "RANGE"}
    assert {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]} == {"pk": "S", "sk": "S"}
    assert "GlobalSecondaryIndexes" not in table


def the_alarm_on(template: Template, queue: str) -> Any:
    [alarm] = [
        alarm
        for alarm in template.of_type("AWS::CloudWatch::Alarm").values()
        if target(alarm["Dimensions"][0]["Value"]) == queue
    ]
    return alarm


@pytest.mark.parametrize(("queue", "attempts"), [("DayQueueUrl", 12), ("OutboxQueueUrl", 1000)])
def test_a_message_that_keeps_failing_is_kept_and_rings(bogor: Template, queue: str, attempts: int) -> None:
    redrive = bogor.properties(bogor.output(queue))["RedrivePolicy"]
    assert redrive["maxReceiveCount"] == attempts
    dead_letters = target(redrive["deadLetterTargetArn"])
    assert bogor.properties(dead_letters)["FifoQueue"] is True
    assert bogor.properties(dead_letters)["MessageRetentionPeriod"] == FOURTEEN_DAYS
    alarm = the_alarm_on(bogor, dead_letters)
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "GreaterThanOrEqualToThreshold")


@pytest.mark.parametrize("queue", ["DayQueueUrl", "OutboxQueueUrl"])
def test_what_waits_for_long_rings_whatever_holds_it_up(bogor: Template, queue: str) -> None:
    """A fault that is tried again a thousand times would else be known in a week."""
    alarm = the_alarm_on(bogor, bogor.output(queue))
    assert (alarm["MetricName"], alarm["Statistic"]) == ("ApproximateAgeOfOldestMessage", "Maximum")
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (30 * 60, "GreaterThanOrEqualToThreshold")
    assert (alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (1, "notBreaching")


def test_an_answer_outlasts_a_line_that_is_down_for_a_week(bogor: Template) -> None:
    attempts = bogor.properties(bogor.output("OutboxQueueUrl"))["RedrivePolicy"]["maxReceiveCount"]
    waits = [
        LINE_DOWN_BACKOFF.first * LINE_DOWN_BACKOFF.factor ** min(received, 10) for received in range(attempts - 1)
    ]
    shortest = sum(min(LONGEST_PAUSE_SECONDS, wait) / 2 for wait in waits)
    assert FOURTEEN_DAYS / 3 < shortest < FOURTEEN_DAYS


@pytest.mark.parametrize("queue", ["DayQueueUrl", "OutboxQueueUrl"])
def test_a_queue_keeps_order_in_each_group_at_the_groups_own_pace(bogor: Template, queue: str) -> None:
    properties = bogor.properties(bogor.output(queue))
    assert properties["FifoQueue"] is True
    assert properties["FifoThroughputLimit"] == "perMessageGroupId"
    assert properties["DeduplicationScope"] == "messageGroup"
    assert properties["ContentBasedDeduplication"] is False


@pytest.mark.parametrize("queue", ["DayQueueUrl", "OutboxQueueUrl"])
def test_a_queue_waits_two_weeks_for_its_consumer(bogor: Template, queue: str) -> None:
    assert bogor.properties(bogor.output(queue))["MessageRetentionPeriod"] == FOURTEEN_DAYS


def test_every_queue_is_encrypted_at_rest_and_on_the_way(bogor: Template) -> None:
    queues = bogor.of_type("AWS::SQS::Queue")
    assert all(queue["SqsManagedSseEnabled"] is True for queue in queues.values())
    refusals = {
        target(queue)
        for policy in bogor.of_type("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for queue in policy["Queues"]
    }
    assert refusals == queues.keys()


@pytest.mark.parametrize(("queue", "consumer"), [("DayQueueUrl", "confirm"), ("OutboxQueueUrl", "notify")])
def test_a_consumer_gets_ten_messages_and_answers_for_each(bogor: Template, queue: str, consumer: str) -> None:
    [source] = [
        source
        for source in bogor.of_type("AWS::Lambda::EventSourceMapping").values()
        if target(source["EventSourceArn"]) == bogor.output(queue)
    ]
    assert target(source["FunctionName"]) == bogor.output(f"{consumer.title()}Function")
    assert source["BatchSize"] == 10
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    visibility = bogor.properties(bogor.output(queue))["VisibilityTimeout"]
    assert visibility >= 6 * bogor.function(consumer)["Timeout"]
