"""The bucket of the photos that applicants send, at an office that asks for them."""

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from antrian.adapters.photos import PREFIX
from antrian.domain.codes import CODE_LENGTH
from infra.function import Function


class PhotoBucket(Construct):
    """The bucket. It outlives its stack, as the table does, and deletes each photo after `retention_days`.

    An object has one version only, so that a deleted photo is gone.
    """

    def __init__(self, scope: Construct, construct_id: str, *, retention_days: int) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            # Without a bucket key, each look at a photo is one call to KMS, and CloudTrail records who looked at which
            # photo.
            encryption=s3.BucketEncryption.KMS_MANAGED,
            bucket_key_enabled=False,
            versioned=False,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(retention_days), abort_incomplete_multipart_upload_after=Duration.days(1)
                )
            ],
            removal_policy=RemovalPolicy.RETAIN,
        )
        Validations.of(self.bucket).acknowledge(
            Acknowledgment(
                id="AwsSolutions-S1",
                reason="Who looked at which photo stands in CloudTrail, from KMS, without fail; server access logs "
                "promise nothing, and would be one more bucket with traces of people in it.",
            )
        )

    def allow_putting(self, function: Function) -> None:
        """Let a function put photos, but neither read nor list them, and tell it the bucket's name."""
        # Keys of exactly as many characters as a booking code has.
        photos = self.bucket.arn_for_objects(PREFIX + "?" * CODE_LENGTH)
        function.role.add_to_policy(iam.PolicyStatement(actions=["s3:PutObject"], resources=[photos]))
        function.add_environment("PHOTO_BUCKET", self.bucket.bucket_name)
