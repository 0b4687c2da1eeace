"""Every single AWS call of a notice fails once, in each way: nobody is left untold, hardly any told twice.

The event comes as SQS messages do: again under the same id, three minutes later, until it was handled; and as
a second message, since the publisher too says everything at least once.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from moto.ses.models import ses_backends

from choriste.adapters.aws.dynamodb.identity import DynamoAccounts
from choriste.adapters.aws.dynamodb.structures import DynamoDirectory
from choriste.adapters.aws.ses.mailer import SesMailer
from choriste.application.access.records import Credentials
from choriste.local.platform.settings import ACCOUNT
from functions.notification.handler import handler
from infra.messaging import ATTEMPTS
from tests.builders.contexts import a_context
from tests.builders.faults import Fault, FaultPlan, FaultyClient, Killed
from tests.builders.identity import a_manager
from tests.builders.intake import deposited, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import REGION, SUPPLIER, TOWN_HALL, Bench, a_moto_bench

pytestmark = pytest.mark.slow

CALLS = 11
"""What one notice to two people makes; `test_plan_covers_every_call` holds it to that."""

HIDDEN = 180
"""Seconds after which a message that was not handled comes again: six times the function's limit."""

READERS = ("comptable@valbrume.example", "facturation@cimes.example")
CLAIMS = "choriste-idempotency"
SENDER = "ne-pas-repondre@choriste.example"
CUT_OFF = frozenset({Fault.TIMEOUT_AFTER_SUCCESS, Fault.KILLED_AFTER})


@dataclass(frozen=True)
class Post:
    """The function with its clients, which fail as the plan says, and the mailbox behind it."""

    bench: Bench
    plan: FaultPlan
    body: str
    """The message that tells of a delivery."""
    rows: Any
    """A client of the tables that never fails."""

    def forget(self) -> None:
        """Empty the mailbox, and forget who was told."""
        ses_backends[ACCOUNT][REGION].sent_messages.clear()
        for row in self.rows.scan(TableName=CLAIMS)["Items"]:
            self.rows.delete_item(TableName=CLAIMS, Key={"id": row["id"]})

    def deliver(self, *messages: str) -> None:
        """Deliver the event as so many messages, each until it is handled or given up."""
        waiting = list(messages)
        for _ in range(ATTEMPTS):
            waiting = [message for message in waiting if not self._handled(message)]
            if not waiting:
                return
            self.bench.clock.advance(seconds=HIDDEN)
        raise AssertionError(waiting)

    def told(self) -> Counter[str]:
        """Return how many mails each address was sent."""
        sent: list[Any] = ses_backends[ACCOUNT][REGION].sent_messages
        return Counter(address for mail in sent for address in mail.destinations["ToAddresses"])

    def _handled(self, message: str) -> bool:
        try:
            answer = handler({"Records": [{"messageId": message, "body": self.body}]}, a_context())
        except Killed:
            return False
        return answer == {"batchItemFailures": []}


@pytest.fixture
def post(everything: Post) -> Post:
    everything.forget()
    return everything


@pytest.fixture(scope="module")
def everything() -> Iterator[Post]:
    plan = FaultPlan()
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        with a_moto_bench(plan) as bench:
            ports = _on_aws(bench, plan)
            environment.setattr("choriste.runtime.ports.built_ports", lambda: ports)
            head = the_invoice(ports, deposited(ports, a_cii()))
            body = json.dumps({"detail": {"invoice_id": head.id, "version": head.version}})
            yield Post(bench, plan, body, boto3.client("dynamodb", region_name=REGION))


def _on_aws(bench: Bench, plan: FaultPlan) -> Any:
    """Return the workshop with the users and the mail on moto too."""
    ses = boto3.client("ses", region_name=REGION)
    ses.verify_email_identity(EmailAddress=SENDER)
    client: Any = FaultyClient(boto3.client("dynamodb", region_name=REGION), plan)
    mail: Any = FaultyClient(ses, plan)
    accounts, directory = DynamoAccounts(client, "choriste-core"), DynamoDirectory(client, "choriste-core")
    for structure in (TOWN_HALL, SUPPLIER):
        kept = bench.ports.directory.structure(structure)
        assert kept is not None
        directory.add_structure(kept)
    for structure, address in zip((TOWN_HALL, SUPPLIER), READERS, strict=True):
        user = a_manager(structure, address)
        accounts.add_user(user, Credentials(user=user.id, password_hash="", totp_secret=""))
    return replace(bench.ports, directory=directory, mailer=SesMailer(mail, sender=SENDER))


def test_plan_covers_every_call(post: Post) -> None:
    post.plan.fail(at=0)

    post.deliver("sound")

    assert post.plan.stop() == CALLS
    assert post.told() == Counter(READERS)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_everybody_is_told_once_whichever_call_fails(post: Post, at: int, fault: Fault) -> None:
    post.plan.fail(at=at, fault=fault)

    post.deliver("first")

    _check(post, at, fault)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_second_message_of_an_event_makes_no_second_mail(post: Post, at: int, fault: Fault) -> None:
    post.plan.fail(at=at, fault=fault)

    post.deliver("first", "second")

    _check(post, at, fault)


def _check(post: Post, at: int, fault: Fault) -> None:
    """Everybody was told once; twice is one of them whose mail had left before that was written down."""
    failed, before = post.plan.calls[at - 1], post.plan.calls[at - 2]
    unwritten = failed == "send_email" if fault in CUT_OFF else before == "send_email" and at > 1
    post.plan.stop()
    told = post.told()
    assert set(told) == set(READERS)
    assert sum(told.values()) == len(READERS) + unwritten
    assert max(told.values()) == 1 + unwritten
