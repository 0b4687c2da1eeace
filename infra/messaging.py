"""How the parts talk: the bus, the queues with their dead-letter queues, and the notices by e-mail.

Every asynchronous edge is an SQS queue (S3 → queue → function, bus → queue → function): it gives replay,
back-pressure and a place where nothing is lost. Messages name keys and event ids, never personal facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.catalogue import BY_NAME
from infra.naming import Naming, pin
from infra.settings import MailIdentity, Settings

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Consumer:
    """How a function takes the messages of its queue: so many at once, after so many seconds of waiting."""

    batch: int = 1
    window: int = 0


CONSUMERS = {
    "inbox": Consumer(),
    "opening": Consumer(),
    "admission": Consumer(),
    "notification": Consumer(batch=10, window=10),
    "exchange": Consumer(batch=10, window=5),
}
"""By name of function and queue. What may last goes alone: a message that outlives its function would
take nine others with it. Nobody minds some seconds in an e-mail or a
partner's file: ten changes then share one call."""

KEPT = Duration.days(14)  # the longest SQS allows: time for a person to look
EVENT_SOURCE_PREFIX = "choriste"


class Messaging(Construct):
    """The bus, one queue for each consumer, one dead-letter queue for each queue and schedule."""

    def __init__(self, scope: Construct, construct_id: str, *, naming: Naming) -> None:
        """Declare the queues, the bus and the rule between them."""
        super().__init__(scope, construct_id)
        self._naming = naming
        self.dead_letters: dict[str, sqs.Queue] = {}
        self.queues = {name: self._queue(name) for name in CONSUMERS}
        self.inbox, self.notification = self.queues["inbox"], self.queues["notification"]
        self.exchange = self.queues["exchange"]
        self.schedule_dead_letters = self._dead_letter_queue("schedule")
        self.rule_dead_letters = self._dead_letter_queue("rule")
        self.bus = self._bus()
        for consumer in ("notification", "exchange"):
            self._everything_to(consumer)

    def _queue(self, consumer: str) -> sqs.Queue:
        """Declare the queue of one consumer.

        A message stays hidden for six times the function's time limit, and the batching window.
        """
        queue = sqs.Queue(
            self,
            f"{consumer.capitalize()}Queue",
            queue_name=self._naming.name(consumer),
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=ATTEMPTS, queue=self._dead_letter_queue(consumer)
            ),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=KEPT,
            visibility_timeout=Duration.seconds(6 * BY_NAME[consumer].timeout + CONSUMERS[consumer].window),
        )
        pin(queue, f"{consumer.capitalize()}Queue")
        return queue

    def receive_from_bucket(self, bucket: s3.Bucket) -> None:
        """Send a message to the inbox queue for each object created in the inbox.

        Through the bucket's own property: the higher construct would add a custom resource and its function.
        """
        self._allow(self.inbox, service="s3.amazonaws.com", source_arn=self._naming.bucket_arn("inbox"))
        resource = cast("s3.CfnBucket", bucket.node.default_child)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                s3.CfnBucket.QueueConfigurationProperty(
                    event="s3:ObjectCreated:*", queue=self.inbox.queue_arn
                )
            ]
        )
        policy = self.inbox.node.find_child("Policy")
        bucket.node.add_dependency(policy)

    def _dead_letter_queue(self, short: str) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            f"{short.capitalize()}DeadLetters",
            queue_name=self._naming.name(f"{short}-dlq"),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=KEPT,
        )
        pin(queue, f"{short.capitalize()}DeadLetterQueue")
        self.dead_letters[short] = queue
        return queue

    def _bus(self) -> events.CfnEventBus:
        return cast(
            "events.CfnEventBus",
            pin(events.CfnEventBus(self, "Bus", name=self._naming.prefix), "EventBus"),
        )

    def _everything_to(self, consumer: str) -> None:
        """Send every event of the bus to the queue of a consumer."""
        queue = self.queues[consumer]
        rule_arn = self._naming.arn("events", f"rule/{self._naming.prefix}/{self._naming.name(consumer)}")
        for target in (queue, self.rule_dead_letters):
            self._allow(target, service="events.amazonaws.com", source_arn=rule_arn)
        rule = events.CfnRule(
            self,
            f"{consumer.capitalize()}Rule",
            name=self._naming.name(consumer),
            event_bus_name=self.bus.ref,
            event_pattern={"source": [{"prefix": EVENT_SOURCE_PREFIX}]},
            targets=[
                events.CfnRule.TargetProperty(
                    id=consumer,
                    arn=queue.queue_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=self.rule_dead_letters.queue_arn
                    ),
                )
            ],
        )
        pin(rule, f"{consumer.capitalize()}Rule")

    @staticmethod
    def _allow(queue: sqs.Queue, *, service: str, source_arn: str) -> None:
        statement = iam.PolicyStatement(
            actions=["sqs:SendMessage"],
            principals=[iam.ServicePrincipal(service)],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": source_arn}},
        )
        queue.add_to_resource_policy(statement)


class Mail(Construct):
    """The SES identity that signs the notices, and the configuration set that counts bounces."""

    def __init__(self, scope: Construct, construct_id: str, *, naming: Naming, settings: Settings) -> None:
        """Declare the identity of the mail domain, unless the account has it already."""
        super().__init__(scope, construct_id)
        domain = settings.mail_domain
        self.configuration_set = ses.CfnConfigurationSet(
            self,
            "Set",
            name=naming.prefix,
            delivery_options=ses.CfnConfigurationSet.DeliveryOptionsProperty(tls_policy="REQUIRE"),
            reputation_options=ses.CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True
            ),
            suppression_options=ses.CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=["BOUNCE", "COMPLAINT"]
            ),
        )
        pin(self.configuration_set, "MailConfigurationSet")
        self.dns_records: dict[str, str] = {}
        if settings.mail_identity is MailIdentity.NEW:
            self.dns_records = self._identity(domain)
        self.identity_arn = naming.arn("ses", f"identity/{domain}")
        self.set_arn = naming.arn("ses", f"configuration-set/{naming.prefix}")

    def _identity(self, domain: str) -> dict[str, str]:
        """Declare the identity, and return the records to publish in DNS, by the name of their output."""
        identity = ses.CfnEmailIdentity(
            self,
            "Identity",
            email_identity=domain,
            configuration_set_attributes=ses.CfnEmailIdentity.ConfigurationSetAttributesProperty(
                configuration_set_name=self.configuration_set.ref
            ),
        )
        pin(identity, "MailIdentity")
        dkim = (
            (identity.attr_dkim_dns_token_name1, identity.attr_dkim_dns_token_value1),
            (identity.attr_dkim_dns_token_name2, identity.attr_dkim_dns_token_value2),
            (identity.attr_dkim_dns_token_name3, identity.attr_dkim_dns_token_value3),
        )
        records = {
            f"DnsRecordDkim{n}": f"{name} CNAME {value}" for n, (name, value) in enumerate(dkim, start=1)
        }
        records["DnsRecordSpf"] = f'{domain} TXT "v=spf1 include:amazonses.com ~all"'
        records["DnsRecordDmarc"] = f'_dmarc.{domain} TXT "v=DMARC1; p=quarantine; adkim=s"'
        return records
