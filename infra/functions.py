"""The Lambda functions, their layers, roles, logs, event sources and schedules.

A role is written by hand from `infra.permissions`: no managed policy, no grant method that widens it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.bundles import Bundles
from infra.catalogue import FUNCTIONS, RECOGNITION, FunctionSpec, LayerName, pascal
from infra.data import SIRENE_KEY, Data
from infra.messaging import CONSUMERS, Mail, Messaging
from infra.naming import Naming, pin
from infra.permissions import ASKS_RECOGNITION, PERMISSIONS, Grant, Unnamed, resolve
from infra.settings import Settings

CHANGES_WINDOW = 5
"""Seconds a status change waits for others before it leaves: one call of the publisher takes them all, and a
change is out well within a minute."""

SIRENE_URL = "https://api.insee.fr/api-sirene/3.11"

LOG_RETENTION = logs.RetentionDays.THREE_MONTHS
EXCLUDED = ["**/__pycache__/**", "**/*.pyc", "python/choriste/local/**", "python/choriste/cli/**"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function that runs on a rate; `minutes` between two runs, `action` as its whole input."""

    function: str
    minutes: int
    action: str

    @property
    def name(self) -> str:
        """What it is called: after its function, and what it does there if it has several."""
        several = [each for each in SCHEDULES if each.function == self.function]
        return self.function if len(several) == 1 else f"{self.function}-{self.action}"

    @property
    def logical_id(self) -> str:
        """The logical id in the template."""
        return f"{pascal(self.name.replace('-', '_'))}Schedule"


SCHEDULES = (
    Schedule("publisher", 5, "publish"),
    Schedule("sweeper", 5, "deadlines"),
    Schedule("sweeper", 15, "flows"),
    Schedule("daily", 1440, "daily"),
    Schedule("registry", 60, "check"),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the functions stand on: the other constructs of the stack and the settings they pass on."""

    naming: Naming
    data: Data
    messaging: Messaging
    mail: Mail
    bundles: Bundles
    settings: Settings
    base_url: str
    machines: tuple[str, ...]


class Functions(Construct):
    """Every function of the catalogue, on its layers."""

    def __init__(self, scope: Construct, construct_id: str, *, around: Surroundings) -> None:
        """Declare the layers, then the functions, then what triggers them."""
        super().__init__(scope, construct_id)
        self._around = around
        self._specs = (*FUNCTIONS, RECOGNITION) if around.settings.reads_pictures else FUNCTIONS
        unused = {LayerName.RECOGNITION} - {layer for spec in self._specs for layer in spec.layers}
        self._layers = {name: self._layer(name) for name in LayerName if name not in unused}
        self.roles: dict[str, iam.Role] = {}
        self.by_name = {spec.name: self._function(spec) for spec in self._specs}
        for name, queue in around.messaging.queues.items():
            self._consume_queue(name, queue)
        self._follow_stream("publisher")
        self._schedule()

    def environment(self, spec: FunctionSpec) -> Mapping[str, str]:
        """The one set of variables that all functions share; `choriste.runtime` reads it."""
        data, naming, queues = self._around.data, self._around.naming, self._around.messaging.queues
        tables = {f"{name.upper()}_TABLE": table.table_name for name, table in data.tables.items()}
        buckets = {f"{name.upper()}_BUCKET": bucket.bucket_name for name, bucket in data.buckets.items()}
        machines = {f"{name.upper()}_MACHINE_ARN": naming.machine_arn(name) for name in self._around.machines}
        return {
            **tables,
            **buckets,
            **machines,
            **{f"{name.upper()}_QUEUE_URL": queue.queue_url for name, queue in queues.items()},
            "INTAKE_AT_ONCE": str(self._around.settings.intake_at_once),
            "PARTNER_ROLE_ARN": naming.role_arn("partner"),
            "DOCUMENTS_FUNCTION": naming.name("documents"),
            **({"RECOGNITION_FUNCTION": naming.name("recognition")} if RECOGNITION in self._specs else {}),
            "BUS_NAME": self._around.messaging.bus.ref,
            "SIRENE_URL": SIRENE_URL,
            "SIRENE_KEY_SECRET": naming.name(SIRENE_KEY),
            "SENDER_ADDRESS": self._around.settings.sender,
            "FACTOR_RESET_HOURS": str(self._around.settings.factor_reset_hours),
            "SECRETS_KEY": f"alias/{naming.name('secrets')}",
            "BASE_URL": self._around.base_url,
            "POWERTOOLS_SERVICE_NAME": spec.name,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "POWERTOOLS_METRICS_NAMESPACE": "Choriste",
        }

    def _layer(self, name: LayerName) -> lambda_.LayerVersion:
        layer = lambda_.LayerVersion(
            self,
            f"{name.capitalize()}Layer",
            code=lambda_.Code.from_asset(self._around.bundles.layer(name), exclude=EXCLUDED),
            compatible_architectures=[lambda_.Architecture.ARM_64],
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            layer_version_name=self._around.naming.name(name),
            removal_policy=RemovalPolicy.DESTROY,
        )
        pin(layer, f"{name.capitalize()}Layer")
        return layer

    def _function(self, spec: FunctionSpec) -> lambda_.Function:
        log_group = self._log_group(spec)
        function = lambda_.Function(
            self,
            spec.logical_id,
            function_name=self._around.naming.name(spec.name),
            description=spec.purpose,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(self._around.bundles.function(spec.name), exclude=EXCLUDED),
            environment=self.environment(spec),
            handler=spec.handler,
            layers=[self._layers[layer] for layer in spec.layers],
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            # Lambda's own lines about each start and end (550 bytes, in the metrics too) would cost a tenth
            # of what the tables cost. An invocation that fails or times out is still reported: at WARN.
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            memory_size=spec.memory,
            reserved_concurrent_executions=self._reserved(spec),
            retry_attempts=0,  # whatever runs asynchronously runs again on the next tick of its schedule
            role=self._role(spec),
            runtime=lambda_.Runtime.PYTHON_3_13,
            timeout=Duration.seconds(spec.timeout),
        )
        pin(function, spec.logical_id)
        return function

    def _reserved(self, spec: FunctionSpec) -> int | None:
        """Return what is kept for those who wait for an answer, so that no drop starves them."""
        return (self._around.settings.reserved or None) if spec.answers else None

    def _log_group(self, spec: FunctionSpec) -> logs.LogGroup:
        group = logs.LogGroup(
            self,
            f"{spec.logical_id}Logs",
            log_group_name=self._around.naming.log_group(spec.name),
            retention=LOG_RETENTION,
            removal_policy=RemovalPolicy.DESTROY,
        )
        pin(group, f"{spec.logical_id}Logs")
        return group

    def _role(self, spec: FunctionSpec) -> iam.Role:
        data, mail = self._around.data, self._around.mail
        unnamed = Unnamed(
            key=data.key.key_arn,
            secrets=data.secrets.key_arn,
            stream=cast("str", data.core.table_stream_arn),
            identity=mail.identity_arn,
            mailset=mail.set_arn,
        )
        statements = [
            iam.PolicyStatement(
                actions=list(entry.actions),
                resources=[
                    resolve(short, naming=self._around.naming, unnamed=unnamed) for short in entry.resources
                ],
            )
            for entry in self._grants(spec)
        ]
        write_logs = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[self._around.naming.log_streams(spec.name)],
        )
        role = iam.Role(
            self,
            f"{spec.logical_id}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"{spec.name}: {spec.purpose}",
            inline_policies={"least": iam.PolicyDocument(statements=[*statements, write_logs])},
        )
        pin(role, f"{spec.logical_id}Role")
        self.roles[spec.name] = role
        return role

    def _grants(self, spec: FunctionSpec) -> tuple[Grant, ...]:
        """Return what a function may do; `documents` asks the one that reads pictures, where there is one."""
        asks = spec.name == "documents" and RECOGNITION in self._specs
        return (*PERMISSIONS[spec.name], *(ASKS_RECOGNITION if asks else ()))

    def _consume_queue(self, name: str, queue: sqs.Queue) -> None:
        """Feed a function from its queue."""
        source = lambda_.CfnEventSourceMapping(
            self,
            f"{name.capitalize()}Source",
            event_source_arn=queue.queue_arn,
            function_name=self.by_name[name].function_name,
            batch_size=CONSUMERS[name].batch,
            function_response_types=["ReportBatchItemFailures"],
            maximum_batching_window_in_seconds=CONSUMERS[name].window,
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=self._around.settings.consumers
            ),
        )
        pin(source, f"{name.capitalize()}QueueSource")

    def _follow_stream(self, name: str) -> None:
        """Nudge the publisher: only new rows matter, and a nudge that fails is made up by the schedule."""
        source = lambda_.CfnEventSourceMapping(
            self,
            "StreamSource",
            event_source_arn=self._around.data.core.table_stream_arn,
            function_name=self.by_name[name].function_name,
            batch_size=100,
            bisect_batch_on_function_error=True,
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[lambda_.CfnEventSourceMapping.FilterProperty(pattern='{"eventName":["INSERT"]}')]
            ),
            function_response_types=["ReportBatchItemFailures"],
            maximum_batching_window_in_seconds=CHANGES_WINDOW,
            maximum_record_age_in_seconds=600,
            maximum_retry_attempts=3,
            starting_position="LATEST",
        )
        pin(source, "CoreStreamSource")

    def _schedule(self) -> None:
        dead_letters = self._around.messaging.schedule_dead_letters.queue_arn
        role = self._scheduler_role(dead_letters)
        for schedule in SCHEDULES:
            resource = scheduler.CfnSchedule(
                self,
                schedule.logical_id,
                name=self._around.naming.name(schedule.name),
                flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
                schedule_expression=f"rate({schedule.minutes} minutes)",
                target=scheduler.CfnSchedule.TargetProperty(
                    arn=self.by_name[schedule.function].function_arn,
                    role_arn=role.role_arn,
                    dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=dead_letters),
                    input=f'{{"action":"{schedule.action}"}}',
                    retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=60 * schedule.minutes, maximum_retry_attempts=3
                    ),
                ),
            )
            pin(resource, schedule.logical_id)

    def _scheduler_role(self, dead_letters: str) -> iam.Role:
        names = sorted({schedule.function for schedule in SCHEDULES})
        functions = [self._around.naming.function_arn(name) for name in names]
        statements = [
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=functions),
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[dead_letters]),
        ]
        role = iam.Role(
            self,
            "SchedulerRole",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
            inline_policies={"least": iam.PolicyDocument(statements=statements)},
        )
        pin(role, "SchedulerRole")
        return role
