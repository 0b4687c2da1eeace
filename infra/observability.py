"""What wakes somebody up and what they look at: alarms, their topic, one dashboard.

An alarm means that a person has something to do: a message nobody could treat, an error, a throttle, a
state machine that failed, a publisher that lags, or an invoice in the incident status.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.catalogue import pascal
from infra.data import Data
from infra.edge import HttpApi
from infra.functions import Functions
from infra.intake import Machines
from infra.messaging import Messaging
from infra.naming import Naming, pin

FIVE_MINUTES = Duration.minutes(5)
METRICS_NAMESPACE = "Choriste"
INCIDENT_METRIC = "Incident"
INCIDENT_LINES = {"intake_deliver": "intake incident", "approval": "approval lapsed"}  # by function
OLDEST_MESSAGE_SECONDS = 900
ITERATOR_AGE_MS = 300_000


class Observability(Construct):
    """Alarms on everything that may fail, one topic for all of them, one dashboard."""

    def __init__(self, scope: Construct, construct_id: str, *, naming: Naming, key: kms.Key) -> None:
        """Declare the topic; the `watch_…` methods add the alarms."""
        super().__init__(scope, construct_id)
        self._naming = naming
        self.topic = self._topic(key)
        self._action = actions.SnsAction(self.topic)
        self._widgets: list[cloudwatch.IWidget] = []

    def subscribe(self, address: str) -> None:
        """Send the alarms to an e-mail address."""
        self.topic.add_subscription(subscriptions.EmailSubscription(address))

    def watch_functions(self, functions: Functions) -> None:
        """Alarm on any error and any throttle of a function, and on a publisher that lags."""
        for name, function in functions.by_name.items():
            title = pascal(name)
            self._alarm(f"{title}Errors", metric=function.metric_errors(period=FIVE_MINUTES))
            self._alarm(f"{title}Throttles", metric=function.metric_throttles(period=FIVE_MINUTES))
        publisher = functions.by_name["publisher"]
        age = publisher.metric("IteratorAge", period=FIVE_MINUTES, statistic="Maximum")
        self._alarm("PublisherIteratorAge", metric=age, above=ITERATOR_AGE_MS)
        everything = functions.by_name.items()
        self._graph(
            "Invocations", {name: f.metric_invocations(period=FIVE_MINUTES) for name, f in everything}
        )
        self._graph("Errors", {name: f.metric_errors(period=FIVE_MINUTES) for name, f in everything})
        slow = {name: f.metric_duration(period=FIVE_MINUTES, statistic="p95") for name, f in everything}
        self._graph("Duration p95, ms", slow)

    def watch_queues(self, messaging: Messaging) -> None:
        """Alarm on the first message in a dead-letter queue, and on a queue that stands still."""
        for name, queue in messaging.dead_letters.items():
            depth = queue.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES)
            self._alarm(f"{name.capitalize()}DeadLetters", metric=depth)
        for name, queue in messaging.queues.items():
            age = queue.metric_approximate_age_of_oldest_message(period=FIVE_MINUTES)
            self._alarm(f"{name.capitalize()}QueueAge", metric=age, above=OLDEST_MESSAGE_SECONDS)
        waiting = {
            name: queue.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES)
            for name, queue in {**messaging.queues, **messaging.dead_letters}.items()
        }
        self._graph("Messages waiting", waiting)

    def watch_machines(self, machines: Machines) -> None:
        """Alarm on each state machine that fails, times out or is throttled."""
        for name, machine in machines.by_name.items():
            dimensions = {"StateMachineArn": machine.ref}
            for metric_name in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled"):
                metric = _metric("AWS/States", metric_name, dimensions)
                self._alarm(f"{name.capitalize()}{metric_name}", metric=metric)
        started = {
            name: _metric("AWS/States", "ExecutionsStarted", {"StateMachineArn": machine.ref})
            for name, machine in machines.by_name.items()
        }
        self._graph("Executions started", started)

    def watch_tables(self, data: Data) -> None:
        """Alarm on throttled reads and writes of each table."""
        for name, table in data.tables.items():
            for kind in ("Read", "Write"):
                metric = _metric("AWS/DynamoDB", f"{kind}ThrottleEvents", {"TableName": table.table_name})
                self._alarm(f"{name.capitalize()}Table{kind}Throttles", metric=metric)

    def watch_api(self, api: HttpApi) -> None:
        """Alarm on answers of class 5xx."""
        dimensions = {"ApiId": api.api.ref}
        self._alarm("HttpServerErrors", metric=_metric("AWS/ApiGateway", "5xx", dimensions))
        self._graph(
            "HTTP answers",
            {name: _metric("AWS/ApiGateway", name, dimensions) for name in ("Count", "4xx", "5xx")},
        )

    def watch_incidents(self, functions: Functions) -> None:
        """Alarm on an invoice that a machine could not bring to its end: a person must look.

        The intake could not finish it, a wait failed while its invoice goes on waiting, or it outlived a
        deadline that the sweeper should have applied. Each is one line in the log of its function; a metric
        filter counts them. A wait that ends although its invoice went on is no incident.
        """
        for name, message in INCIDENT_LINES.items():
            logical_id = f"{pascal(name)}IncidentFilter"
            counted = logs.CfnMetricFilter(
                self,
                logical_id,
                log_group_name=functions.by_name[name].log_group.log_group_name,
                filter_pattern=f'{{ $.message = "{message}" }}',
                metric_transformations=[
                    logs.CfnMetricFilter.MetricTransformationProperty(
                        metric_name=INCIDENT_METRIC,
                        metric_namespace=METRICS_NAMESPACE,
                        metric_value="1",
                        default_value=0,
                    )
                ],
            )
            pin(counted, logical_id)
        metric = _metric(METRICS_NAMESPACE, INCIDENT_METRIC, {})
        self._alarm("Incidents", metric=metric)
        self._graph("Incidents", {"incidents": metric})

    def draw(self) -> None:
        """Declare the dashboard of all graphs so far, two in a row."""
        rows = [self._widgets[index : index + 2] for index in range(0, len(self._widgets), 2)]
        dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=self._naming.prefix, widgets=rows)
        pin(dashboard, "PlatformDashboard")

    def _topic(self, key: kms.Key) -> sns.Topic:
        topic = sns.Topic(
            self, "Topic", topic_name=self._naming.name("alarms"), master_key=key, enforce_ssl=True
        )
        pin(topic, "AlarmTopic")
        self._let_alarms_in(topic, key)
        return topic

    def _let_alarms_in(self, topic: sns.Topic, key: kms.Key) -> None:
        """Let the alarms of this account use the topic and its key.

        The statement that refuses plain HTTP is an explicit policy, which replaces the one that SNS gives a
        topic by default: without this one, no alarm would reach it.
        """
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        alarms = self._naming.arn("cloudwatch", f"alarm:{self._naming.prefix}-*")
        cloudwatch_itself = [iam.ServicePrincipal("cloudwatch.amazonaws.com")]
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsReachTheTopic",
                actions=["sns:Publish"],
                principals=cloudwatch_itself,
                resources=[topic.topic_arn],
                conditions={**ours, "ArnLike": {"aws:SourceArn": alarms}},
            )
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsReachTheTopic",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                principals=cloudwatch_itself,
                resources=["*"],
                conditions=ours,
            )
        )

    def _alarm(self, title: str, *, metric: cloudwatch.IMetric, above: int = 0) -> None:
        alarm = cloudwatch.Alarm(
            self,
            f"{title}Alarm",
            alarm_name=self._naming.name(title),
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            metric=metric,
            threshold=above,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._action)
        pin(alarm, f"{title}Alarm")

    def _graph(self, title: str, metrics: Mapping[str, cloudwatch.IMetric]) -> None:
        labelled = [cast("cloudwatch.Metric", metric).with_(label=label) for label, metric in metrics.items()]
        self._widgets.append(
            cloudwatch.GraphWidget(title=title, left=cast("list[cloudwatch.IMetric]", labelled), width=12)
        )


def _metric(namespace: str, name: str, dimensions: Mapping[str, str]) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dict(dimensions),
        period=FIVE_MINUTES,
        statistic="Sum",
    )
