"""Reads a synthesized template by what its parts are for; generated names appear nowhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Types whose name must be unique in an account and region, with the property that names them.
NAMED = {
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SecretsManager::Secret": "Name",
}


@dataclass(frozen=True)
class Template:
    """One stack's template; a resource is named by its logical id, found through an output or another resource."""

    body: Mapping[str, Any]
    assets: Mapping[str, Path]

    @classmethod
    def read(cls, folder: Path, stack: str) -> "Template":
        """Read a stack's template from the folder of an assembly."""
        body = json.loads((folder / f"{stack}.template.json").read_text(encoding="utf-8"))
        files = json.loads((folder / f"{stack}.assets.json").read_text(encoding="utf-8"))["files"]
        return cls(body, {key: folder / file["source"]["path"] for key, file in files.items()})

    def resource(self, logical_id: str) -> Mapping[str, Any]:
        """Return a resource, its policies on deletion beside its properties."""
        resource: Mapping[str, Any] = self.body["Resources"][logical_id]
        return resource

    def properties(self, logical_id: str) -> Mapping[str, Any]:
        """Return the properties of a resource."""
        properties: Mapping[str, Any] = self.resource(logical_id)["Properties"]
        return properties

    def of_type(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """Return the properties of each resource of a type, by logical id."""
        return {name: r.get("Properties", {}) for name, r in self.body["Resources"].items() if r["Type"] == kind}

    def output(self, name: str) -> str:
        """Return the logical id of the resource that an output refers to."""
        return target(self.body["Outputs"][name]["Value"])

    def function(self, name: str) -> Mapping[str, Any]:
        """Return the properties of one of the five functions."""
        return self.properties(self.output(f"{name.title()}Function"))

    def code(self, name: str) -> Path:
        """Return the folder that is packed as a function's code."""
        return self.assets[self.function(name)["Code"]["S3Key"].removesuffix(".zip")]

    def layer(self, logical_id: str) -> Path:
        """Return the folder that is packed as a layer."""
        return self.assets[self.properties(logical_id)["Content"]["S3Key"].removesuffix(".zip")]

    def grants(self, role: str) -> set[tuple[str, str]]:
        """Return what a role may do, as pairs of action and resource; a resource of the stack is its logical id."""
        assert not self.properties(role).get("ManagedPolicyArns")
        assert not self.properties(role).get("Policies")
        return {
            (action, target(resource))
            for policy in self.of_type("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Allow"
            for action in _listed(statement["Action"])
            for resource in _listed(statement["Resource"])
        }

    def names(self) -> set[str]:
        """Return the names that the template gives to what shares one space of names with other stacks."""
        return {
            properties[key]
            for kind, key in NAMED.items()
            for properties in self.of_type(kind).values()
            if key in properties
        }


def target(value: Any) -> str:
    """Return the logical id that a reference points to, or the text that a join makes, its references as `{id}`."""
    match value:
        case str():
            return value
        case {"Ref": logical_id}:
            return str(logical_id)
        case {"Fn::GetAtt": [logical_id, _]}:
            return str(logical_id)
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(part if isinstance(part, str) else f"{{{target(part)}}}" for part in parts)
    raise AssertionError(f"not a reference: {value}")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
