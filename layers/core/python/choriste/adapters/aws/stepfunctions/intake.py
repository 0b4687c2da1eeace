"""The intake state machine on Step Functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from choriste.application.shared.messages import SCHEMA
from choriste.domain.shared.ids import FlowId

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient


class StepFunctionsIntake:
    """Implements `application.deposits.ports.Intake`; an execution is named after document and attempt."""

    def __init__(self, client: SFNClient, *, machine: str) -> None:
        self._client = client
        self._machine = machine

    def start(self, flow_id: FlowId, position: int, *, attempt: int = 0) -> None:
        """Start the machine for a document; a name that was used already is left alone."""
        try:
            self._client.start_execution(
                stateMachineArn=self._machine,
                name=f"{flow_id}-{position}-{attempt}",
                input=json.dumps({"schema": SCHEMA, "flow_id": flow_id, "document": position}),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return
