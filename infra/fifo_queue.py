"""A FIFO queue, and where its messages go when they fail again and again."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

LONGEST_RETENTION = Duration.days(14)  # the most that SQS offers


class FifoQueue(Construct):
    """Define a queue that keeps order within a group, and its dead-letter queue.

    Senders give each message its deduplication id. A group waits while one of its messages is being retried.
    """

    def __init__(self, scope: Construct, construct_id: str, *, consumer_timeout: Duration, attempts: int) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = self._fifo("DeadLetters")
        self.queue = self._fifo(
            "Queue",
            # Lambda's advice: six times the timeout, so that waiting for a free invocation is no second delivery.
            visibility_timeout=Duration.seconds(6 * consumer_timeout.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=attempts),
        )

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
            # Together: high throughput, where each group has its own limit instead of 300 sends a second for the queue.
            deduplication_scope=sqs.DeduplicationScope.MESSAGE_GROUP,
            fifo_throughput_limit=sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=LONGEST_RETENTION,
            visibility_timeout=visibility_timeout,
            dead_letter_queue=dead_letter_queue,
        )
