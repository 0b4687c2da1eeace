"""Reads from the topology what connects to what: functions, routes, queues, streams, schedules, variables."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from choriste.local.gateway.routes import Route
from choriste.local.platform.hosting import FunctionSpec
from choriste.local.platform.intrinsics import TemplateError
from choriste.local.platform.nudging import StreamSource
from choriste.local.platform.queues import QueueSource
from choriste.local.platform.schedules import Schedule, schedule_event
from choriste.local.platform.shapes import Json
from choriste.local.platform.topology import Resource, Topology

logger: Final = logging.getLogger("choriste.local.platform.wiring")


def functions(topology: Topology) -> tuple[FunctionSpec, ...]:
    """The platform's own functions; a framework's helper functions have no handler to run here."""
    return tuple(
        FunctionSpec(
            name=resource.name,
            handler=resource.properties["Handler"],
            timeout=int(resource.properties.get("Timeout", 3)),
            memory=int(resource.properties.get("MemorySize", 128)),
        )
        for resource in topology.of_kind("AWS::Lambda::Function")
        if "." in str(resource.properties.get("Handler", ""))
    )


def environment(topology: Topology) -> Mapping[str, str]:
    """The variables of all functions together; where two disagree the first wins, which is logged."""
    variables: dict[str, str] = {}
    for resource in topology.of_kind("AWS::Lambda::Function"):
        for name, value in resource.properties.get("Environment", {}).get("Variables", {}).items():
            kept = variables.setdefault(name, str(value))
            if kept != str(value) and not name.startswith("POWERTOOLS_"):
                logger.warning("variable %s is %r for one function and %r for another", name, kept, value)
    return variables


def function_name(arn: str) -> str:
    """The function's name in its ARN or its qualified ARN."""
    return arn.split(":")[6] if arn.startswith("arn:") else arn


def routes(topology: Topology) -> Iterator[Route]:
    """The routes of the HTTP API."""
    integrations = {
        resource.name: resource for resource in topology.of_kind("AWS::ApiGatewayV2::Integration")
    }
    for resource in topology.of_kind("AWS::ApiGatewayV2::Route"):
        properties = resource.properties
        if properties.get("AuthorizationType", "NONE") != "NONE":
            raise TemplateError(f"route {properties['RouteKey']}: authorization is not known locally")
        integration = integrations[str(properties["Target"]).removeprefix("integrations/")]
        yield Route(
            key=properties["RouteKey"],
            function=function_name(integration.properties["IntegrationUri"]),
        )


def _event_sources(topology: Topology) -> Iterator[tuple[Mapping[str, Json], str]]:
    for resource in topology.of_kind("AWS::Lambda::EventSourceMapping"):
        if resource.properties.get("Enabled", True):
            yield resource.properties, str(resource.properties["EventSourceArn"])


def queue_sources(topology: Topology) -> tuple[QueueSource, ...]:
    """The queues that feed functions."""
    return tuple(
        QueueSource(
            queue_name=arn.rsplit(":", 1)[-1],
            queue_arn=arn,
            function=function_name(properties["FunctionName"]),
            batch_size=int(properties.get("BatchSize", 10)),
            window=_window(properties),
            reports_item_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
        )
        for properties, arn in _event_sources(topology)
        if ":sqs:" in arn
    )


def _window(properties: Mapping[str, Json]) -> int:
    return int(properties.get("MaximumBatchingWindowInSeconds", 0))


def stream_sources(topology: Topology) -> tuple[StreamSource, ...]:
    """The tables whose stream feeds functions."""
    return tuple(
        StreamSource(
            table=arn.split(":table/", 1)[1].split("/", 1)[0],
            stream_arn=arn,
            function=function_name(properties["FunctionName"]),
            batch_size=int(properties.get("BatchSize", 100)),
            window=_window(properties),
        )
        for properties, arn in _event_sources(topology)
        if ":dynamodb:" in arn
    )


def schedules(topology: Topology, *, now: datetime) -> Iterator[Schedule]:
    """The schedules whose target is a function, from EventBridge Scheduler and from scheduled rules."""
    for resource in topology.of_kind("AWS::Scheduler::Schedule"):
        yield from _schedule(resource, resource.properties["Target"], now=now)
    for resource in topology.of_kind("AWS::Events::Rule"):
        if "ScheduleExpression" in resource.properties:
            for target in resource.properties.get("Targets", ()):
                yield from _schedule(resource, target, now=now)


def _schedule(resource: Resource, target: Mapping[str, Json], *, now: datetime) -> Iterator[Schedule]:
    if resource.properties.get("State", "ENABLED") != "ENABLED":
        return
    if ":lambda:" not in target["Arn"]:
        logger.warning("schedule %s does not call a function and is left out locally", resource.logical_id)
        return
    yield Schedule(
        name=resource.name,
        expression=resource.properties["ScheduleExpression"],
        function=function_name(target["Arn"]),
        event=schedule_event(target.get("Input"), name=resource.arn, now=now),
    )


def sweepers(topology: Topology) -> tuple[str, ...]:
    """The functions that find what is due or left open."""
    return tuple(spec.name for spec in functions(topology) if spec.name.endswith("sweeper"))
