"""Where state lives: the key, the four tables, and the four buckets.

In production everything here outlives the stack: it is retained on deletion, and the tables refuse to be
deleted. What a failed first deployment made is removed all the same, since a second attempt would meet its
names. A trial takes everything away with it (`infra.deploy`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.naming import Naming, pin
from infra.settings import ArchiveMode, Settings

TRIAL_ARCHIVE_DAYS = 1
EXCHANGED_DAYS = 30
PRINTOUTS_PREFIX = "printouts/"  # where `choriste.domain.printouts.printout` keeps them
PRINTOUT_DAYS = 1  # a printout is fetched within minutes, and made anew at each request
LOG_DAYS = 400

SIRENE_KEY = "sirene-key"
"""The secret that holds the key of the subscription to API Sirene; the operator puts it there."""

CORE_INDEXES = {
    "by_supplier": ("supplier_key", "deposit_key"),
    "by_recipient": ("recipient_key", "deposit_key"),
    "by_owner": ("owner_key", "owner_sort"),
    "by_parties": ("parties_key", "deposit_key"),
    "by_service": ("service_key", "deposit_key"),
    "by_assignee": ("assignee_key", "deposit_key"),
    "supplier_queues": ("supplier_queue", "deposit_key"),
    "recipient_queues": ("recipient_queue", "deposit_key"),
    "by_payment_day": ("payer_key", "payment_key"),
    "due": ("due_shard", "due_at"),
    "outbox": ("outbox_shard", "outbox_at"),
}


class Data(Construct):
    """Tables by lifetime and trust, buckets by who writes them, one key for all of it."""

    def __init__(self, scope: Construct, construct_id: str, *, naming: Naming, settings: Settings) -> None:
        """Declare the state of one deployment."""
        super().__init__(scope, construct_id)
        self._settings = settings
        self._removal = (
            RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if settings.is_production else RemovalPolicy.DESTROY
        )
        self._naming = naming
        self.key = self._key()
        self.secrets = self._secrets_key()
        self.core = self._core()
        self.audit = self._table("audit", keys=("pk", "sk"))
        self.sessions = self._table("sessions", keys=("pk",), ttl="expires_at")
        self.idempotency = self._table("idempotency", keys=("id",), ttl="expiration")
        self.sirene_key = self._secret(SIRENE_KEY, "Key of the subscription to API Sirene (INSEE)")
        self._access_logs = self._log_bucket()
        self.inbox = self._exchanged("inbox")
        self.outbox = self._exchanged("outbox")
        self.archive = self._archive()
        self.documents = self._bucket("documents", versioned=True, rules=[_short_lived_printouts()])

    @property
    def tables(self) -> dict[str, dynamodb.Table]:
        """The tables by short name."""
        return {
            "core": self.core,
            "audit": self.audit,
            "sessions": self.sessions,
            "idempotency": self.idempotency,
        }

    @property
    def buckets(self) -> dict[str, s3.Bucket]:
        """The buckets by short name, without the one for access logs."""
        return {
            "inbox": self.inbox,
            "outbox": self.outbox,
            "archive": self.archive,
            "documents": self.documents,
        }

    def _key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            description=f"{self._naming.prefix}: tables, buckets and alarm topic",
            enable_key_rotation=True,
            removal_policy=self._removal,
        )
        pin(key, "PlatformKey")
        return key

    def _secrets_key(self) -> kms.Key:
        """The key of second factors: without naming the account, nothing is sealed and nothing opened."""
        key = kms.Key(
            self,
            "Secrets",
            alias=f"alias/{self._naming.name('secrets')}",
            description=f"{self._naming.prefix}: secrets of second factors, each bound to its account",
            enable_key_rotation=True,
            removal_policy=self._removal,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["kms:Decrypt", "kms:Encrypt"],
                resources=["*"],
                conditions={"Null": {"kms:EncryptionContext:account": "true"}},
            )
        )
        pin(key, "SecretsKey")
        return key

    def _core(self) -> dynamodb.Table:
        table = self._table("core", keys=("pk", "sk"), stream=dynamodb.StreamViewType.KEYS_ONLY)
        for name, (partition, sort) in CORE_INDEXES.items():
            table.add_global_secondary_index(
                index_name=name,
                partition_key=_attribute(partition),
                sort_key=_attribute(sort),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )
        return table

    def _table(
        self,
        short: str,
        *,
        keys: Sequence[str],
        ttl: str | None = None,
        stream: dynamodb.StreamViewType | None = None,
    ) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            f"{short.capitalize()}Table",
            table_name=self._naming.name(short),
            partition_key=_attribute(keys[0]),
            sort_key=_attribute(keys[1]) if len(keys) > 1 else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            warm_throughput=self._warm(short),
            deletion_protection=self._settings.is_production,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=self._removal,
            stream=stream,
            time_to_live_attribute=ttl,
        )
        pin(table, f"{short.capitalize()}Table")
        return table

    def _secret(self, short: str, purpose: str) -> secretsmanager.CfnSecret:
        """Declare a secret without a value: nobody but the operator ever has it."""
        secret = secretsmanager.CfnSecret(
            self,
            "SireneKey",
            name=self._naming.name(short),
            description=f"{self._naming.prefix}: {purpose}",
            kms_key_id=self.key.key_arn,
        )
        secret.apply_removal_policy(self._removal)
        pin(secret, "SireneKeySecret")
        return secret

    def _warm(self, short: str) -> dynamodb.WarmThroughput | None:
        """Return what the core table stands from its first day; a new one throttles above 4,000 writes/s."""
        writes = self._settings.warm_writes
        if short != "core" or not writes:
            return None
        return dynamodb.WarmThroughput(write_units_per_second=writes)

    def _log_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "AccessLogs",
            bucket_name=self._naming.bucket("access-logs"),
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,  # the log delivery service cannot use our key
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(LOG_DAYS))],
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=self._removal,
        )
        pin(bucket, "AccessLogsBucket")
        return bucket

    def _bucket(
        self,
        short: str,
        *,
        versioned: bool,
        rules: Sequence[s3.LifecycleRule] = (),
        locked: bool = False,
    ) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            short.capitalize(),
            bucket_name=self._naming.bucket(short),
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            bucket_key_enabled=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            enforce_ssl=True,
            lifecycle_rules=[_abandoned_uploads(), *rules],
            minimum_tls_version=1.2,
            object_lock_enabled=locked or None,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=self._removal,
            server_access_logs_bucket=self._access_logs,
            server_access_logs_prefix=f"{short}/",
            versioned=versioned,
        )
        pin(bucket, f"{short.capitalize()}Bucket")
        return bucket

    def _exchanged(self, short: str) -> s3.Bucket:
        """Declare the bucket that partners drop files in, or the one that they fetch files from.

        What lies in the inbox was copied to the archive at once, or refused unread; what lies in the outbox
        can be made again.
        """
        expire = s3.LifecycleRule(expiration=Duration.days(EXCHANGED_DAYS))
        return self._bucket(short, versioned=False, rules=[expire])

    def _archive(self) -> s3.Bucket:
        """Originals as they came, locked for as long as accounting documents are kept.

        COMPLIANCE is asked for by name: until its end nobody, not even the account's root, can delete one.
        """
        colder = s3.Transition(
            storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transition_after=Duration.days(90)
        )
        rules = [s3.LifecycleRule(transitions=[colder])]
        bucket = self._bucket("archive", versioned=True, rules=rules, locked=True)
        resource = cast("s3.CfnBucket", bucket.node.default_child)
        resource.object_lock_configuration = s3.CfnBucket.ObjectLockConfigurationProperty(
            object_lock_enabled="Enabled",
            rule=s3.CfnBucket.ObjectLockRuleProperty(default_retention=self._retention()),
        )
        return bucket

    def _retention(self) -> s3.CfnBucket.DefaultRetentionProperty:
        mode = (self._settings.archive_mode or ArchiveMode.GOVERNANCE).upper()
        if not self._settings.is_production:
            return s3.CfnBucket.DefaultRetentionProperty(mode=mode, days=TRIAL_ARCHIVE_DAYS)
        return s3.CfnBucket.DefaultRetentionProperty(mode=mode, years=self._settings.archive_years)


def _attribute(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _abandoned_uploads() -> s3.LifecycleRule:
    return s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(1))


def _short_lived_printouts() -> s3.LifecycleRule:
    """Delete printouts, and what they replaced; a rule in days also removes its own delete markers."""
    return s3.LifecycleRule(
        prefix=PRINTOUTS_PREFIX,
        expiration=Duration.days(PRINTOUT_DAYS),
        noncurrent_version_expiration=Duration.days(PRINTOUT_DAYS),
    )
