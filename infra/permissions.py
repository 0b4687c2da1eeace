"""What each function may do: the least-privilege table.

A grant names exact actions on named resources. Resources are written in the short form that `resolve`
turns into ARNs: `table/core`, `table/core/index/due`, `objects/archive`, `machine/intake` …
The audit table can only be appended to: no row of this table updates or deletes it, and a test says so.
DynamoDB transactions are authorised through the actions of the items they hold. A test plays the scenarios
of the platform and compares every call that each function makes with its row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.naming import Naming  # the CDK's engine starts at import; this table needs no engine

READ_ITEMS = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")
QUERY = ("dynamodb:Query",)
WRITE_ITEMS = ("dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
ADD_ITEMS = ("dynamodb:PutItem", "dynamodb:UpdateItem")
PUT_ITEM = ("dynamodb:PutItem",)
READ_STREAM = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)
GET_OBJECT = ("s3:GetObject", "s3:GetObjectVersion")
PUT_OBJECT = ("s3:PutObject",)
# Without it S3 answers 403 rather than 404 to an unknown key, and a lost file reads as a lost right.
LIST_BUCKET = ("s3:ListBucket",)
CONSUME = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
)
SEND = ("sqs:SendMessage",)
# Of a queue a function reads how many messages wait, too: what is not finished then is not lost.
ASK_LATER = ("sqs:GetQueueAttributes", "sqs:SendMessage")
START = ("states:StartExecution",)
ANSWER = ("states:SendTaskSuccess",)
SEND_MAIL = ("ses:SendEmail",)
SEAL = ("kms:Decrypt", "kms:Encrypt")
INVOKE = ("lambda:InvokeFunction",)
READ_SECRET = ("secretsmanager:GetSecretValue",)
ASSUME = ("sts:AssumeRole",)
USE_KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")


@dataclass(frozen=True, slots=True)
class Grant:
    """Exact actions on named resources."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]


def grant(actions: tuple[str, ...], *resources: str) -> Grant:
    """Write a grant on one line of the table."""
    return Grant(actions=actions, resources=resources)


CORE_INDEXES = tuple(
    f"table/core/index/{name}"
    for name in (
        "by_assignee",
        "by_owner",
        "by_parties",
        "by_payment_day",
        "by_recipient",
        "by_service",
        "by_supplier",
        "recipient_queues",
        "supplier_queues",
    )
)

# Who moves an invoice starts the wait that begins with its new status, and ends the one that is over.
WAITS = (grant(START, "machine/approval"), grant(ANSWER, "machine/approval"))

DOORS = (
    grant(READ_ITEMS, "table/core", *CORE_INDEXES),
    grant(QUERY, "table/core/index/due"),  # the operator's list of what stands still
    grant(WRITE_ITEMS, "table/core"),
    grant(("dynamodb:GetItem",), "table/sessions", "table/idempotency"),
    grant(WRITE_ITEMS, "table/sessions"),
    grant(PUT_ITEM, "table/idempotency", "table/audit"),
    grant(QUERY, "table/audit"),  # the history of administrative acts
    grant(GET_OBJECT, "objects/archive", "objects/documents"),
    grant(PUT_OBJECT, "objects/archive", "objects/inbox", "objects/documents"),  # pages of drafts, the last
    grant(LIST_BUCKET, "bucket/archive", "bucket/documents"),
    grant(START, "machine/intake"),
    grant(ASK_LATER, "queue/opening", "queue/admission"),
    grant(INVOKE, "function/documents"),  # which alone stands on the documents layer
    grant(SEND_MAIL, "identity", "mailset"),  # links and codes that somebody waits for
    grant(SEAL, "secrets"),  # second factors
    *WAITS,
    grant(READ_SECRET, "secret/sirene-key"),  # a structure is registered with what Sirene has of it
    grant(USE_KEY, "key"),
)

PARTNER_ROLE = (
    grant(("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"), "partners/inbox"),
    grant(("s3:DeleteObject", "s3:GetObject"), "partners/outbox"),
    grant(LIST_BUCKET, "bucket/inbox", "bucket/outbox"),
    grant(("kms:Decrypt", "kms:GenerateDataKey"), "key"),
)
"""What a session of a partner may do at most; its session policy leaves its own folders of it
(`choriste.adapters.aws.sts.folder_keys`)."""

PERMISSIONS: Mapping[str, tuple[Grant, ...]] = {
    "api": (
        *DOORS,
        grant(ASSUME, "role/partner"),  # for one account's folders at a time
    ),
    "console": DOORS,
    "chorus": (
        *DOORS,
        grant(GET_OBJECT, "objects/inbox"),  # pieces that a client sent before its invoice
        grant(LIST_BUCKET, "bucket/inbox"),
    ),
    "inbox": (
        grant((*CONSUME, *SEND), "queue/inbox"),
        grant(SEND, "queue/opening"),
        grant(GET_OBJECT, "objects/inbox", "objects/archive"),
        grant(PUT_OBJECT, "objects/archive", "objects/outbox"),
        grant(LIST_BUCKET, "bucket/inbox"),
        grant(READ_ITEMS, "table/core"),
        grant(WRITE_ITEMS, "table/core"),
        grant(("dynamodb:GetItem", "dynamodb:PutItem"), "table/idempotency"),
        grant(PUT_ITEM, "table/audit"),  # an uploaded attachment, a status that a partner sets
        grant(START, "machine/intake"),
        *WAITS,
        grant(USE_KEY, "key"),
    ),
    "opening": (
        grant((*CONSUME, *SEND), "queue/opening"),
        grant(SEND, "queue/admission"),
        grant(GET_OBJECT, "objects/archive"),
        grant(PUT_OBJECT, "objects/archive", "objects/outbox"),  # a report on a refused archive
        grant(LIST_BUCKET, "bucket/archive"),
        grant(READ_ITEMS, "table/core"),
        grant(ADD_ITEMS, "table/core"),
        grant(START, "machine/intake"),
        grant(USE_KEY, "key"),
    ),
    "admission": (
        grant((*CONSUME, *SEND), "queue/admission"),
        grant(READ_ITEMS, "table/core"),
        grant(START, "machine/intake"),
        grant(USE_KEY, "key"),
    ),
    "intake_validate": (
        grant(GET_OBJECT, "objects/archive"),
        grant(PUT_OBJECT, "objects/documents", "objects/outbox"),  # reports on flows of partners
        grant(LIST_BUCKET, "bucket/archive"),
        grant(READ_ITEMS, "table/core"),
        grant(ADD_ITEMS, "table/core"),
        grant(PUT_ITEM, "table/audit"),
        grant(USE_KEY, "key"),
    ),
    "exchange": (
        grant((*CONSUME, *SEND), "queue/exchange"),
        grant(GET_OBJECT, "objects/archive", "objects/documents"),
        grant(LIST_BUCKET, "bucket/archive", "bucket/documents"),
        grant(PUT_OBJECT, "objects/outbox"),
        grant(READ_ITEMS, "table/core"),
        grant(PUT_ITEM, "table/core"),
        grant(USE_KEY, "key"),
    ),
    "documents": (
        grant(GET_OBJECT, "objects/archive", "objects/documents"),
        grant(PUT_OBJECT, "objects/documents"),
        grant(LIST_BUCKET, "bucket/archive", "bucket/documents"),
        grant(READ_ITEMS, "table/core"),
        grant(USE_KEY, "key"),
    ),
    "intake_deliver": (
        grant(READ_ITEMS, "table/core"),
        grant(WRITE_ITEMS, "table/core"),
        grant(PUT_ITEM, "table/audit"),
        *WAITS,
        grant(USE_KEY, "key"),
    ),
    "approval": (
        grant(READ_ITEMS, "table/core"),
        grant(WRITE_ITEMS, "table/core"),
        grant(PUT_ITEM, "table/audit"),
        *WAITS,
        grant(USE_KEY, "key"),
    ),
    "notification": (
        grant((*CONSUME, *SEND), "queue/notification"),
        grant(READ_ITEMS, "table/core"),
        grant(PUT_ITEM, "table/idempotency"),
        grant(SEND_MAIL, "identity", "mailset"),
        grant(USE_KEY, "key"),
    ),
    "daily": (
        grant(QUERY, "table/core/index/due"),
        grant(READ_ITEMS, "table/core"),
        grant(ADD_ITEMS, "table/core"),
        grant(("ses:SendEmail",), "identity", "mailset"),
        grant(USE_KEY, "key"),
    ),
    "registry": (
        grant(QUERY, "table/core/index/due"),
        grant(READ_ITEMS, "table/core"),
        grant(WRITE_ITEMS, "table/core"),
        grant(PUT_ITEM, "table/audit"),
        grant(("ses:SendEmail",), "identity", "mailset"),
        grant(READ_SECRET, "secret/sirene-key"),
        grant(USE_KEY, "key"),
    ),
    "publisher": (
        grant(READ_STREAM, "stream/core"),
        grant(QUERY, "table/core/index/outbox"),
        grant(READ_ITEMS, "table/core"),
        grant(("dynamodb:BatchWriteItem",), "table/core"),
        grant(PUT_ITEM, "table/idempotency"),  # one run at a time empties the outbox
        grant(("events:PutEvents",), "bus"),
        grant(USE_KEY, "key"),
    ),
    "sweeper": (
        grant(QUERY, "table/core/index/due"),
        grant(READ_ITEMS, "table/core"),
        grant(WRITE_ITEMS, "table/core"),
        grant(PUT_ITEM, "table/audit"),
        grant(("dynamodb:GetItem", "dynamodb:PutItem"), "table/idempotency"),
        grant(ASK_LATER, "queue/opening", "queue/admission"),
        grant(START, "machine/intake"),
        *WAITS,
        grant(SEND_MAIL, "identity", "mailset"),  # reminders of requests, roles that pass
        grant(USE_KEY, "key"),
    ),
    "recognition": (),  # it gets a picture and answers words
}

ASKS_RECOGNITION = (grant(INVOKE, "function/recognition"),)
"""What `documents` may do on top where scans and photographs are read."""


def rights_of(function: str) -> frozenset[tuple[str, str]]:
    """Every right of a function, one by one: action and resource in its short form."""
    return frozenset(
        (action, resource)
        for entry in PERMISSIONS[function]
        for action in entry.actions
        for resource in entry.resources
    )


@dataclass(frozen=True, slots=True)
class Unnamed:
    """ARNs that no physical name gives: CloudFormation chooses part of them."""

    key: str
    secrets: str
    stream: str
    identity: str
    mailset: str


def resolve(resource: str, *, naming: Naming, unnamed: Unnamed) -> str:
    """Turn the short form of a resource into its ARN; `KeyError` for a form nobody knows."""
    kind, _, rest = resource.partition("/")
    named: Mapping[str, Callable[[str], str]] = {
        "table": naming.table_arn,
        "bucket": naming.bucket_arn,
        "objects": lambda name: f"{naming.bucket_arn(name)}/*",
        "partners": lambda name: f"{naming.bucket_arn(name)}/partners/*",
        "queue": naming.queue_arn,
        "machine": naming.machine_arn,
        "function": naming.function_arn,
        "secret": naming.secret_arn,
        "role": naming.role_arn,
        "bus": lambda _: naming.arn("events", f"event-bus/{naming.prefix}"),
        "key": lambda _: unnamed.key,
        "secrets": lambda _: unnamed.secrets,
        "stream": lambda _: unnamed.stream,
        "identity": lambda _: unnamed.identity,
        "mailset": lambda _: unnamed.mailset,
    }
    return named[kind](rest)
