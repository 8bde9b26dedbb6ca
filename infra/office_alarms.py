"""All alarms of an office: each is about something that only a person can mend."""

from collections.abc import Mapping
from enum import StrEnum

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from antrian.domain.outcomes import NotifyOutcome, WebhookOutcome, metric_name
from infra.alarm import add_alarm
from infra.fifo_queue import FifoQueue
from infra.function import METRICS_NAMESPACE, Function
from infra.office_functions import OfficeFunctions
from infra.office_resources import OfficeResources
from infra.schedule import Schedule

LONGEST_WAIT = Duration.minutes(30)  # the pauses of a single recipient rarely add up to this
# The longest pause between two tries, so that an alarm does not end between them.
OUTCOME_PERIOD = Duration.minutes(15)

# Descriptions by outcome, with the same enums by which the functions count.
NOTIFY_OUTCOMES: Mapping[StrEnum, str] = {
    NotifyOutcome.LINE_DOWN: "Nothing gets out to WhatsApp: mend token, permission or account. Answers wait.",
    NotifyOutcome.OUR_FAULT: "Answers were given up, because what we made cannot be sent: read the log of notify.",
    NotifyOutcome.SENT_WITHOUT_TEMPLATE: "Notices went out as texts, which mostly vanish: run make templates.",
}
WEBHOOK_OUTCOMES: Mapping[StrEnum, str] = {
    WebhookOutcome.RECEIPT_LINE_DOWN: "WhatsApp takes answers and does not deliver them: mend account or payment.",
    WebhookOutcome.FAULT: "Messages could not be handled, and come again: read the log of webhook.",
}


def add_office_alarms(office: str, resources: OfficeResources, functions: OfficeFunctions, schedule: Schedule) -> None:
    """Add every alarm of an office, each within the construct that it watches."""
    _watch_queue(resources.day_queue)
    _watch_queue(resources.outbox)
    _watch_outcomes(functions.notify, NOTIFY_OUTCOMES, office)
    _watch_outcomes(functions.webhook, WEBHOOK_OUTCOMES, office)
    add_alarm(
        schedule,
        "ErrorsAlarm",
        "No code is voided, nobody reminded, or no closed day told: read the log of expiry.",
        functions.expiry.lambda_function.metric_errors(period=Duration.minutes(15), statistic="Sum"),
        threshold=5,
    )


def _watch_queue(queue: FifoQueue) -> None:
    add_alarm(
        queue,
        "DeadLettersAlarm",
        "Messages failed too often and wait for a person: read the consumer's log, then redrive.",
        queue.dead_letters.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(1), statistic="Maximum"
        ),
    )
    # Sees whatever holds a message up, even a consumer that does not start.
    add_alarm(
        queue,
        "WaitingAlarm",
        "A message has waited for half an hour: read the consumer's log. Nothing is lost yet.",
        queue.queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(5), statistic="Maximum"),
        threshold=LONGEST_WAIT.to_seconds(),
    )


def _watch_outcomes(function: Function, descriptions: Mapping[StrEnum, str], office: str) -> None:
    for outcome, description in descriptions.items():
        add_alarm(
            function,
            f"{outcome[0].upper()}{outcome[1:]}Alarm".replace("_", ""),
            description,
            cloudwatch.Metric(
                namespace=METRICS_NAMESPACE,
                metric_name=metric_name(function.name, outcome),
                dimensions_map={"service": function.name, "office": office},
                period=OUTCOME_PERIOD,
                statistic="Sum",
            ),
        )
