"""A FIFO queue with its dead-letter queue."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Function

LONGEST_RETENTION = Duration.days(14)  # the most that SQS offers


class FifoQueue(Construct):
    """A queue that keeps order within a group, and the dead-letter queue of messages that failed `attempts` times.

    Senders give each message its deduplication id. A group waits while one of its messages is being retried. Functions
    find the queue's URL in the environment variable `url_variable`.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, url_variable: str, consumer_timeout: Duration, attempts: int
    ) -> None:
        super().__init__(scope, construct_id)
        self._url_variable = url_variable
        self.dead_letters = self._fifo("DeadLetters")
        self.queue = self._fifo(
            "Queue",
            # AWS advises six times the timeout: a message that waits for a free invocation is not delivered again.
            visibility_timeout=Duration.seconds(6 * consumer_timeout.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=attempts),
        )

    def allow_sending(self, function: Function) -> None:
        """Let a function send messages, and tell it the queue's URL."""
        self._allow(function, "sqs:SendMessage")

    def deliver_to(self, function: Function) -> None:
        """Invoke a function with up to ten messages at a time; it answers which of them failed.

        It is told the queue's URL, because it also chooses how long those wait for their next try.
        """
        self._allow(
            function,
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
        )
        function.lambda_function.add_event_source_mapping(
            "Messages", event_source_arn=self.queue.queue_arn, batch_size=10, report_batch_item_failures=True
        )

    def _allow(self, function: Function, *actions: str) -> None:
        self.queue.grant(function.role, *actions)
        function.add_environment(self._url_variable, self.queue.queue_url)

    def _fifo(
        self,
        construct_id: str,
        *,
        visibility_timeout: Duration | None = None,
        dead_letter_queue: sqs.DeadLetterQueue | None = None,
    ) -> sqs.Queue:
        return sqs.Queue(
            self,
            construct_id,
            fifo=True,
            content_based_deduplication=False,
            # Both together give each group a limit of its own, instead of 300 sends a second for the whole queue.
            deduplication_scope=sqs.DeduplicationScope.MESSAGE_GROUP,
            fifo_throughput_limit=sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=LONGEST_RETENTION,
            visibility_timeout=visibility_timeout,
            dead_letter_queue=dead_letter_queue,
        )
