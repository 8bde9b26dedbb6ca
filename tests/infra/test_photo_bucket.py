"""Where the photos of an office that asks for them lie, who may do what there, and for how long."""

from tests.infra.template import Template, target

SHUT = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}


def test_an_office_that_asks_for_no_photo_has_no_bucket(bogor: Template, jakarta_pusat: Template) -> None:
    for template in (bogor, jakarta_pusat):
        assert template.of_type("AWS::S3::Bucket") == {}
        assert "PHOTO_BUCKET" not in template.function("notify")["Environment"]["Variables"]
        assert "PhotoBucketName" not in template.body["Outputs"]


def test_photos_are_encrypted_by_kms_each_for_itself(batam: Template) -> None:
    encryption = batam.properties(batam.output("PhotoBucketName"))["BucketEncryption"]
    [rule] = encryption["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms"}
    assert rule.get("BucketKeyEnabled", False) is False


def test_nobody_from_outside_sees_photos_and_nobody_without_tls(batam: Template) -> None:
    bucket = batam.output("PhotoBucketName")
    assert batam.properties(bucket)["PublicAccessBlockConfiguration"] == SHUT
    assert batam.properties(bucket)["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    [policy] = batam.of_type("AWS::S3::BucketPolicy").values()
    assert target(policy["Bucket"]) == bucket
    [statement] = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_photo_goes_when_its_booking_does_and_leaves_no_version(batam: Template) -> None:
    properties = batam.properties(batam.output("PhotoBucketName"))
    [rule] = properties["LifecycleConfiguration"]["Rules"]
    # 90 days after a service date that is at most 3 days ahead.
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 93)
    assert "VersioningConfiguration" not in properties


def test_the_bucket_outlives_its_stack(batam: Template) -> None:
    bucket = batam.resource(batam.output("PhotoBucketName"))
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_notify_may_put_photos_and_nobody_may_read_them(batam: Template) -> None:
    bucket = batam.output("PhotoBucketName")
    notify = batam.function("notify")
    assert target(notify["Environment"]["Variables"]["PHOTO_BUCKET"]) == bucket
    grants = {
        (name, action, resource)
        for name in ("webhook", "confirm", "expiry", "checkin", "notify")
        for action, resource in batam.grants(target(batam.function(name)["Role"]))
        if action.startswith("s3:")
    }
    assert grants == {("notify", "s3:PutObject", f"{{{bucket}}}/photos/" + "?" * len("BTM7K3M92QX"))}


def test_notify_may_tell_whose_photo_is_lost(batam: Template) -> None:
    granted = batam.grants(target(batam.function("notify")["Role"]))
    assert ("sqs:SendMessage", batam.output("OutboxQueueUrl")) in granted


def test_nothing_else_is_different_at_an_office_that_asks_for_photos(batam: Template, bogor: Template) -> None:
    def kinds(template: Template) -> dict[str, int]:
        types = [resource["Type"] for resource in template.body["Resources"].values()]
        return {kind: types.count(kind) for kind in sorted(set(types))}

    assert kinds(batam) == {**kinds(bogor), "AWS::S3::Bucket": 1, "AWS::S3::BucketPolicy": 1}
