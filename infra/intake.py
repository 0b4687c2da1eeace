"""The Step Functions state machines, from their ASL files.

Adding a machine is one entry of `MACHINES` and one file `infra/machines/NAME.asl.json`. The files are
JSONPath ASL with `${FunctionArn}` placeholders, the form that both AWS and the local interpreter run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.catalogue import pascal
from infra.functions import Functions
from infra.naming import Naming, pin

FOLDER = Path(__file__).parent / "machines"


class MachineType(StrEnum):
    """Express: short, idempotent, cheap. Standard: waits for people, for months if need be."""

    EXPRESS = "EXPRESS"
    STANDARD = "STANDARD"


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """One state machine: its type and the functions it may invoke."""

    name: str
    type: MachineType
    functions: tuple[str, ...]

    @property
    def logical_id(self) -> str:
        """The logical id in the template."""
        return f"{self.name.capitalize()}Machine"

    def definition(self) -> str:
        """The ASL text, compact."""
        text = (FOLDER / f"{self.name}.asl.json").read_text(encoding="utf-8")
        return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))


MACHINES = (
    MachineSpec("intake", MachineType.EXPRESS, ("intake_validate", "documents", "intake_deliver")),
    MachineSpec("approval", MachineType.STANDARD, ("approval",)),
)

# Step Functions delivers its logs through an API that knows no resource-level permissions:
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)


class Machines(Construct):
    """Every state machine of `MACHINES`, each with a role that invokes its own functions only."""

    def __init__(self, scope: Construct, construct_id: str, *, naming: Naming, functions: Functions) -> None:
        """Declare the machines."""
        super().__init__(scope, construct_id)
        self._naming = naming
        self._functions = functions
        self.roles: dict[str, iam.Role] = {}
        self.by_name = {spec.name: self._machine(spec) for spec in MACHINES}

    def _machine(self, spec: MachineSpec) -> stepfunctions.CfnStateMachine:
        role = self._role(spec)
        machine = stepfunctions.CfnStateMachine(
            self,
            spec.logical_id,
            state_machine_name=self._naming.name(spec.name),
            state_machine_type=spec.type,
            definition_string=spec.definition(),
            definition_substitutions={
                f"{pascal(name)}Arn": self._functions.by_name[name].function_arn for name in spec.functions
            },
            logging_configuration=self._logging(spec),
            role_arn=role.role_arn,
        )
        pin(machine, spec.logical_id)
        return machine

    def _logging(self, spec: MachineSpec) -> stepfunctions.CfnStateMachine.LoggingConfigurationProperty:
        """Log every step without its input and output: an Express machine has no other history."""
        group = logs.LogGroup(
            self,
            f"{spec.logical_id}Logs",
            # Step Functions needs this prefix once an account logs many machines.
            log_group_name=f"/aws/vendedlogs/states/{self._naming.name(spec.name)}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        pin(group, f"{spec.logical_id}Logs")
        destination = stepfunctions.CfnStateMachine.CloudWatchLogsLogGroupProperty(
            log_group_arn=group.log_group_arn
        )
        return stepfunctions.CfnStateMachine.LoggingConfigurationProperty(
            destinations=[
                stepfunctions.CfnStateMachine.LogDestinationProperty(cloud_watch_logs_log_group=destination)
            ],
            include_execution_data=False,
            level="ALL",
        )

    def _role(self, spec: MachineSpec) -> iam.Role:
        functions = [self._naming.function_arn(name) for name in spec.functions]
        statements = [
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=functions),
            iam.PolicyStatement(actions=list(LOG_DELIVERY), resources=["*"]),
        ]
        role = iam.Role(
            self,
            f"{spec.logical_id}Role",
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
            inline_policies={"least": iam.PolicyDocument(statements=statements)},
        )
        pin(role, f"{spec.logical_id}Role")
        self.roles[spec.name] = role
        return role
