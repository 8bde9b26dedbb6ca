"""Everything that one office runs in AWS."""

from pathlib import Path

from aws_cdk import CfnOutput, Duration, Environment, Stack, Tags
from constructs import Construct

from infra.api import Api
from infra.booking_table import GET_AND_UPDATE, READ_AND_UPDATE, READ_UPDATE_AND_PUT
from infra.office_alarms import add_office_alarms
from infra.office_functions import OfficeFunctions
from infra.office_resources import OfficeResources
from infra.schedule import Schedule


class OfficeStack(Stack):
    """One office: its resources, its functions, which function may use what, what invokes them, and the alarms.

    `code` is the folder of the functions' packages, `layer` a folder that `build_layer` returned, and `scanner_page`
    one that `build_scanner_page` returned. `photo_retention_days` is None at an office that asks for no photos.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        office: str,
        code: Path,
        layer: Path,
        scanner_page: Path,
        photo_retention_days: int | None,
        env: Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env, description=f"Antrian: the WhatsApp queue of {office}")
        Tags.of(self).add("project", "antrian")
        Tags.of(self).add("office", office)

        resources = OfficeResources(self, office=office, photo_retention_days=photo_retention_days)
        functions = OfficeFunctions(self, office=office, code=code, layer=layer, scanner_page=scanner_page)

        resources.table.allow(functions.webhook, READ_UPDATE_AND_PUT)
        resources.table.allow(functions.confirm, READ_UPDATE_AND_PUT)
        resources.table.allow(functions.expiry, READ_AND_UPDATE)
        resources.table.allow(functions.checkin, READ_UPDATE_AND_PUT)
        resources.table.allow(functions.notify, GET_AND_UPDATE)
        resources.secrets.allow_codes(functions.webhook)
        resources.secrets.allow_codes(functions.confirm)
        resources.secrets.allow_whatsapp(functions.webhook)
        resources.secrets.allow_whatsapp(functions.notify)
        resources.signing_key.allow_signing(functions.notify)
        resources.signing_key.allow_verifying(functions.checkin)
        resources.staff.allow_sign_in(functions.checkin)
        for sender in (functions.webhook, functions.confirm, functions.expiry):
            resources.day_queue.allow_sending(sender)
            resources.outbox.allow_sending(sender)
        if resources.photos:
            resources.photos.allow_putting(functions.notify)
            resources.outbox.allow_sending(functions.notify)  # to tell an applicant whose photo is lost

        resources.day_queue.deliver_to(functions.confirm)
        resources.outbox.deliver_to(functions.notify)
        schedule = Schedule(self, "EveryMinute", function=functions.expiry, interval=Duration.minutes(1))
        api = Api(
            self,
            "Api",
            office=office,
            webhook=functions.webhook,
            checkin=functions.checkin,
            staff=resources.staff,
        )

        add_office_alarms(office, resources, functions, schedule)
        self._add_outputs(resources, functions, api)

    def _add_outputs(self, resources: OfficeResources, functions: OfficeFunctions, api: Api) -> None:
        outputs = {
            "WebhookUrl": f"{api.url}/webhook",
            "ApiUrl": api.url,
            "ScannerUrl": f"{api.url}/scanner",
            "TableName": resources.table.table.table_name,
            "UserPoolId": resources.staff.user_pool.user_pool_id,
            "UserPoolClientId": resources.staff.client.user_pool_client_id,
            "DayQueueUrl": resources.day_queue.queue.queue_url,
            "OutboxQueueUrl": resources.outbox.queue.queue_url,
            "WebhookFunction": functions.webhook.lambda_function.function_name,
            "ConfirmFunction": functions.confirm.lambda_function.function_name,
            "ExpiryFunction": functions.expiry.lambda_function.function_name,
            "CheckinFunction": functions.checkin.lambda_function.function_name,
            "NotifyFunction": functions.notify.lambda_function.function_name,
        }
        if resources.photos:
            outputs["PhotoBucketName"] = resources.photos.bucket.bucket_name
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
