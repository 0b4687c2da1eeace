"""Reads the synthesised template: the one source of what the platform is made of.

A topology is either one CloudFormation template or an object of templates by stack name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Final

from choriste.local.platform import naming
from choriste.local.platform.intrinsics import NO_VALUE, Resolver, TemplateError
from choriste.local.platform.settings import ACCOUNT, PARTITION, REGION
from choriste.local.platform.shapes import Json

_PSEUDO: Final[Mapping[str, Json]] = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": PARTITION,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": NO_VALUE,
    "AWS::StackName": "choriste",
    "AWS::StackId": f"arn:{PARTITION}:cloudformation:{REGION}:{ACCOUNT}:stack/choriste/local",
    "AWS::NotificationARNs": [],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of the template with its intrinsic functions resolved."""

    logical_id: str
    kind: str
    name: str
    properties: Mapping[str, Json]

    @property
    def arn(self) -> str:
        """The ARN the resource has locally."""
        return naming.arn(self.kind, self.name)


class Stack:
    """One template: its parameters at their defaults, its conditions evaluated.

    `url` is the local address, which takes the place of the API's own endpoint.
    """

    def __init__(self, name: str, template: Mapping[str, Json], *, topology: Topology, url: str) -> None:
        self.name = name
        self._template = template
        self._url = url
        self._names: dict[str, str] = {}
        self._resolver = Resolver(
            ref=self._ref,
            attribute=self._attribute,
            imported=topology.imported,
            conditions=template.get("Conditions", {}),
            mappings=template.get("Mappings", {}),
        )

    def resources(self) -> Iterator[Resource]:
        """Every resource whose condition holds."""
        for logical_id, body in self._template.get("Resources", {}).items():
            if "Condition" not in body or self._resolver.condition(body["Condition"]):
                yield self._resource(logical_id, body)

    def exports(self) -> Iterator[tuple[str, Json]]:
        """The outputs other stacks may import, as pairs of export name and unresolved value."""
        for output in self._template.get("Outputs", {}).values():
            if "Export" in output:
                yield self._resolver.resolve(output["Export"]["Name"]), output["Value"]

    def resolve(self, node: Json) -> Json:
        """A fragment of this template in plain values."""
        return self._resolver.resolve(node)

    def _resource(self, logical_id: str, body: Mapping[str, Json]) -> Resource:
        return Resource(
            logical_id=logical_id,
            kind=body["Type"],
            name=self._physical_name(logical_id),
            properties=self._resolver.resolve(body.get("Properties", {})),
        )

    def _ref(self, name: str) -> Json:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._template.get("Parameters", {}):
            return self._template["Parameters"][name].get("Default", "")
        return naming.reference(self._kind(name), self._physical_name(name))

    def _attribute(self, logical_id: str, attribute: str) -> Json:
        kind = self._kind(logical_id)
        if kind == "AWS::ApiGatewayV2::Api" and attribute == "ApiEndpoint":
            return self._url
        if kind == "AWS::CloudFront::Distribution" and attribute == "DomainName":
            return self._url.split("://", 1)[1]
        return naming.attribute(kind, self._physical_name(logical_id), attribute)

    def _kind(self, logical_id: str) -> str:
        try:
            return str(self._template["Resources"][logical_id]["Type"])
        except KeyError as missing:
            raise TemplateError(
                f"stack {self.name} refers to {logical_id}, which it does not hold"
            ) from missing

    def _physical_name(self, logical_id: str) -> str:
        if logical_id not in self._names:
            body = self._template["Resources"][logical_id]
            properties = {
                key: self._resolver.resolve(value)
                for key, value in body.get("Properties", {}).items()
                if key.endswith(("Name", "FifoQueue", "EmailIdentity"))
            }
            self._names[logical_id] = naming.physical_name(self.name, logical_id, body["Type"], properties)
        return self._names[logical_id]


class Topology:
    """The templates of all stacks and what they export to one another."""

    def __init__(self, templates: Mapping[str, Mapping[str, Json]], *, url: str) -> None:
        self._stacks = [
            Stack(name, template, topology=self, url=url) for name, template in sorted(templates.items())
        ]

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource of every stack."""
        return tuple(resource for stack in self._stacks for resource in stack.resources())

    def of_kind(self, *kinds: str) -> tuple[Resource, ...]:
        """The resources of these CloudFormation types."""
        return tuple(resource for resource in self.resources if resource.kind in kinds)

    def imported(self, name: str) -> Json:
        """The value exported under that name by any stack; raises TemplateError."""
        for stack in self._stacks:
            for exported, value in stack.exports():
                if exported == name:
                    return stack.resolve(value)
        raise TemplateError(f"no stack exports {name}")


def load_topology(source: Path | Mapping[str, Json] | None, *, url: str) -> Topology:
    """The topology of a file, of a template given as an object, or, for None, the one shipped.

    Raises TemplateError if the shipped template is missing.
    """
    if isinstance(source, Mapping):
        return Topology(_by_stack(source), url=url)
    if source is not None:
        return Topology(_by_stack(json.loads(source.read_text("utf-8"))), url=url)
    shipped = resources.files("choriste.local.platform") / "topology.json"
    if not shipped.is_file():
        raise TemplateError(
            "choriste/local/platform/topology.json is missing: run `make synth` in a checkout"
        )
    return Topology(_by_stack(json.loads(shipped.read_text("utf-8"))), url=url)


def _by_stack(document: Mapping[str, Json]) -> Mapping[str, Mapping[str, Json]]:
    if "Resources" in document:
        return {"choriste": document}
    stacks = document.get("stacks", document)
    return {name: body for name, body in stacks.items() if isinstance(body, Mapping) and "Resources" in body}
