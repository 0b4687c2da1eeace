"""The tables with every kind of item: written by the adapters, filled from files, read by the adapters."""

from __future__ import annotations

import datetime as dt
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import boto3
from moto import mock_aws

from choriste.adapters.aws.dynamodb.bank_details import DynamoBankRecords
from choriste.adapters.aws.dynamodb.connections import DynamoConnections
from choriste.adapters.aws.dynamodb.drafts import DynamoDrafts
from choriste.adapters.aws.dynamodb.due_items import DynamoDueItems
from choriste.adapters.aws.dynamodb.exchange import DynamoDispatches, DynamoPartners
from choriste.adapters.aws.dynamodb.factor_resets import DynamoFactorResets
from choriste.adapters.aws.dynamodb.flows import DynamoFlows
from choriste.adapters.aws.dynamodb.history import DynamoHistory
from choriste.adapters.aws.dynamodb.idempotency import DynamoIdempotencyStore
from choriste.adapters.aws.dynamodb.identity import DynamoAccounts
from choriste.adapters.aws.dynamodb.invoices import DynamoInvoices
from choriste.adapters.aws.dynamodb.mandates import DynamoMandates
from choriste.adapters.aws.dynamodb.members import DynamoMembers
from choriste.adapters.aws.dynamodb.organisations import DynamoDepartures, DynamoOrganisations
from choriste.adapters.aws.dynamodb.outbox import DynamoOutbox
from choriste.adapters.aws.dynamodb.sandboxes import DynamoSandboxes
from choriste.adapters.aws.dynamodb.sessions import (
    DynamoAttempts,
    DynamoChallenges,
    DynamoDevices,
    DynamoLinks,
    DynamoSessions,
)
from choriste.adapters.aws.dynamodb.structures import DynamoDirectory
from choriste.adapters.aws.dynamodb.supplier_records import DynamoSupplierRecords
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.adapters.aws.stepfunctions.approvals import StepFunctionsApprovals
from choriste.application.access.records import ResetState
from choriste.application.members.ports import Change
from choriste.domain.members.request import RequestState
from choriste.domain.tracking.head import audit_row
from choriste.domain.tracking.journey import Journey
from tests.builders.identity import StillClock
from tests.builders.ports import REGION, create_stores
from tests.contract.records import examples

LATER = examples.LATER
LONG_AFTER = LATER + dt.timedelta(days=30)
FIRST_LINK = audit_row(examples.SUBMITTED, previous="")
SECOND_LINK = audit_row(examples.REFUSAL, previous=examples.HASH)


@dataclass(frozen=True)
class Stores:
    """Every store on the tables of the template."""

    flows: DynamoFlows
    supplier_records: DynamoSupplierRecords
    invoices: DynamoInvoices
    drafts: DynamoDrafts
    outbox: DynamoOutbox
    due_items: DynamoDueItems
    directory: DynamoDirectory
    bank_details: DynamoBankRecords
    sandboxes: DynamoSandboxes
    mandates: DynamoMandates
    accounts: DynamoAccounts
    connections: DynamoConnections
    partners: DynamoPartners
    dispatches: DynamoDispatches
    sessions: DynamoSessions
    attempts: DynamoAttempts
    links: DynamoLinks
    challenges: DynamoChallenges
    organisations: DynamoOrganisations
    departures: DynamoDepartures
    factor_resets: DynamoFactorResets
    devices: DynamoDevices
    idempotency: DynamoIdempotencyStore
    approvals: StepFunctionsApprovals
    members: DynamoMembers
    history: DynamoHistory
    tables: Mapping[str, str]


@contextmanager
def empty_stores() -> Iterator[Stores]:
    """Give the stores on empty tables."""
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name=REGION)
        names = create_stores()
        core, sessions = CoreTable(client, names["CoreTable"]), names["SessionsTable"]
        clock = StillClock(examples.AT)
        yield Stores(
            flows=DynamoFlows(core),
            supplier_records=DynamoSupplierRecords(core),
            invoices=DynamoInvoices(core, audit_table=names["AuditTable"]),
            drafts=DynamoDrafts(core),
            outbox=DynamoOutbox(core),
            due_items=DynamoDueItems(core),
            directory=DynamoDirectory(client, core.name),
            bank_details=DynamoBankRecords(core),
            sandboxes=DynamoSandboxes(core),
            mandates=DynamoMandates(core),
            accounts=DynamoAccounts(client, core.name),
            connections=DynamoConnections(client, core.name),
            partners=DynamoPartners(core),
            dispatches=DynamoDispatches(core),
            sessions=DynamoSessions(client, sessions),
            attempts=DynamoAttempts(client, sessions),
            links=DynamoLinks(client, sessions),
            challenges=DynamoChallenges(client, sessions),
            organisations=DynamoOrganisations(core),
            departures=DynamoDepartures(client, sessions),
            factor_resets=DynamoFactorResets(core),
            devices=DynamoDevices(client, sessions),
            idempotency=DynamoIdempotencyStore(client, names["IdempotencyTable"], clock=clock),
            approvals=StepFunctionsApprovals(
                boto3.client("stepfunctions", region_name=REGION), core, machine="none"
            ),
            members=DynamoMembers(core, CoreTable(client, names["AuditTable"])),
            history=DynamoHistory(CoreTable(client, names["AuditTable"])),
            tables={
                name: names[f"{name.capitalize()}Table"]
                for name in ("core", "audit", "sessions", "idempotency")
            },
        )


def write_everything(stores: Stores) -> None:
    """Have the adapters write each kind of item."""
    _write_identity(stores)
    _write_challenges(stores)
    _write_organisations(stores)
    _write_members(stores)
    _write_flows(stores)
    _write_invoices(stores)
    for draft in examples.DRAFTS:
        stores.drafts.save(draft, expected_version=0)
    stores.supplier_records.save(examples.SUPPLIER_RECORD, expected_version=0)
    stores.approvals.remember(examples.WHOLE_HEAD.id, 2, "a token of the machine")
    stores.idempotency.acquire("notice#1", by="message-1", until=LATER)
    stores.idempotency.acquire("notice#2", by="message-2", until=LATER)
    stores.idempotency.complete("notice#2", until=LATER)
    stores.idempotency.put_if_absent("drop#partners/a/b.xml#v1", examples.FLOWS[0].id, until=LATER)


def _write_challenges(stores: Stores) -> None:
    for challenge in examples.CHALLENGES:
        stores.challenges.save_challenge(challenge)


def _write_organisations(stores: Stores) -> None:
    first, second, third = examples.ORGANISATION_SIGN_INS
    stores.organisations.save(first, known=None)
    stores.organisations.save(second, known=first)
    stores.organisations.save(third, known=second)
    stores.organisations.add_identity(examples.IDENTITY)
    for departure in examples.DEPARTURES:
        stores.departures.save_departure(departure)
    stores.sessions.save_session(examples.ORGANISATION_SESSION)


def _write_identity(stores: Stores) -> None:
    for structure in examples.STRUCTURES:
        stores.directory.add_structure(structure)
    stores.bank_details.save(replace(examples.BANK_DETAILS, version=1))
    stores.bank_details.save(examples.BANK_DETAILS)
    stores.sandboxes.save(replace(examples.SANDBOX, version=1))
    stores.sandboxes.save(examples.SANDBOX)
    stores.mandates.save(replace(examples.MANDATE, version=1))
    stores.mandates.save(examples.MANDATE)
    for user, credentials in zip(examples.USERS, examples.CREDENTIALS, strict=True):
        stores.accounts.add_user(user, credentials)
    for account in examples.TECHNICAL_ACCOUNTS:
        stores.connections.add_account(replace(account, version=1))
        if account.version > 1:
            stores.connections.replace_account(account)
    for client in examples.API_CLIENTS:
        stores.connections.add_client(replace(client, version=1))
        if client.version > 1:
            stores.connections.replace_client(client)
    for partner in examples.PARTNERS:
        stores.partners.add(replace(partner, version=1))
        if partner.version > 1:
            stores.partners.replace(partner)
    first, second = examples.DISPATCHES
    stores.dispatches.begin(first, after=None)
    stores.dispatches.begin(replace(second, sent_at=None), after=first)
    stores.dispatches.finish(second)
    stores.connections.count_token("c-2", examples.AT.date())
    stores.connections.note_refusal("c-2", examples.CLIENT_REFUSAL)
    stores.accounts.add_user(examples.NEW_USER, examples.NEW_CREDENTIALS)
    stores.accounts.save_credentials(examples.FULL_CREDENTIALS)
    stores.links.save_link(examples.LINK)
    stores.links.save_link(examples.ADDRESS_LINK)
    waiting, granted = examples.FACTOR_RESETS
    stores.factor_resets.save(waiting)
    stores.factor_resets.save(replace(granted, state=ResetState.ASKED, version=1))
    stores.factor_resets.save(granted)
    stores.sessions.save_token(examples.TOKEN)
    for session in examples.SESSIONS:
        stores.sessions.save_session(session)
    stores.sessions.save_session(examples.FULL_SESSION)
    stores.sessions.challenge_session(examples.FULL_SESSION.token_hash, "12", until=LATER)
    stores.devices.remember_device("device", until=LATER)
    stores.sessions.extend_session(examples.SESSIONS[1].token_hash, expires_at=LATER)
    stores.attempts.count("user#u-1", now=examples.AT)
    stores.attempts.count("user#u-2", now=examples.AT)
    stores.attempts.lock("user#u-2", until=LATER)


def _write_members(stores: Stores) -> None:
    moving = replace(examples.REACHED_USER, email="old@example.fr", contact=None)
    stores.accounts.add_user(moving, replace(examples.CREDENTIALS[0], user=moving.id))
    moved = stores.members.member(moving.id)
    assert moved is not None
    stores.members.save(Change(acts=(), users=((moved, examples.REACHED_USER),)))
    stores.accounts.add_user(
        replace(examples.SUSPENDED_USER, memberships=(), rights=frozenset()),
        replace(examples.CREDENTIALS[0], user=examples.SUSPENDED_USER.id),
    )
    stored = stores.members.member(examples.SUSPENDED_USER.id)
    assert stored is not None
    waiting, approved = examples.REQUESTS
    stores.members.save(
        Change(acts=(examples.ACTS[0],), users=((stored, examples.SUSPENDED_USER),), request=waiting)
    )
    asked = replace(approved, state=RequestState.WAITING, version=1)
    stores.members.save(Change(acts=(), request=asked))
    stores.members.save(Change(acts=(examples.ACTS[1],), request=approved))
    for transfer in examples.TRANSFERS:
        stores.members.save(Change(acts=(), transfer=transfer))
    for merger in examples.MERGERS:
        stores.members.save(Change(acts=(), merger=merger))


def _write_flows(stores: Stores) -> None:
    waiting, settled, unread, empty = examples.FLOWS
    stores.flows.open(waiting)
    stores.flows.add_documents(waiting, [examples.PENDING])
    nothing = frozenset[int]()
    stores.flows.open(replace(settled, documents=None, accepted=nothing, refused=nothing, blocked=False))
    documents = (examples.ACCEPTED, examples.REFUSED)
    stores.flows.add_documents(settled, [_fresh(document) for document in documents])
    stores.flows.open(unread)
    stores.flows.open(replace(empty, documents=None))
    stores.flows.refuse(empty)
    for flow, document in (
        (examples.FOLDED_FLOW, examples.FOLDED_DOCUMENT),
        (examples.JUDGED_FLOW, examples.JUDGED_DOCUMENT),
    ):
        stores.flows.open(replace(flow, documents=None, refused=nothing))
        stores.flows.add_documents(flow, [_fresh(document)])
        stores.flows.settle(document, at=examples.AT)


def _fresh(document: Any) -> Any:
    """Return a document as it is before anybody looked into it."""
    fresh = replace(examples.PENDING, flow_id=document.flow_id, position=document.position)
    return replace(fresh, invoice_id=document.invoice_id)


def _write_invoices(stores: Stores) -> None:
    bare, whole = examples.BARE_HEAD, examples.WHOLE_HEAD
    stores.invoices.register(bare, examples.SUBMITTED, FIRST_LINK, document=examples.PENDING)
    fetched = replace(examples.SUBMITTED, invoice_id=examples.FETCHED_HEAD.id)
    link = audit_row(fetched, previous="")
    stores.invoices.register(examples.FETCHED_HEAD, fetched, link, document=examples.PENDING)
    dated = replace(examples.SUBMITTED, invoice_id=examples.DATED_HEAD.id)
    link = audit_row(dated, previous="")
    stores.invoices.register(examples.DATED_HEAD, dated, link, document=examples.PENDING)
    first = replace(examples.SUBMITTED, invoice_id=whole.id)
    registered = replace(whole, version=1)
    stores.invoices.register(registered, first, audit_row(first, previous=""), document=examples.ACCEPTED)
    stores.invoices.save(Journey(registered, whole, (examples.REFUSAL,), (SECOND_LINK,)))
    stores.outbox.mark_published([first, fetched, dated])
    settled = examples.FLOWS[1].state_at or examples.AT
    stores.flows.settle(examples.ACCEPTED, at=settled)
    stores.flows.settle(examples.REFUSED, at=settled)
    stores.flows.block(whole.flow_id)


def items_of(stores: Stores) -> dict[tuple[str, str], dict[str, Any]]:
    """Return every item in the wire form of JSON, by table and key."""
    client = boto3.client("dynamodb", region_name=REGION)
    found = {}
    for table, name in stores.tables.items():
        for item in client.scan(TableName=name)["Items"]:
            key = " ".join(item[part]["S"] for part in ("pk", "sk", "id") if part in item)
            found[table, key] = {name: _as_text(value) for name, value in sorted(item.items())}
    return found


def put_items(stores: Stores, items: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Fill the tables with items in the wire form of JSON."""
    client: Any = boto3.client("dynamodb", region_name=REGION)
    requests = [
        (stores.tables[table], {"PutRequest": {"Item": {name: _as_bytes(v) for name, v in item.items()}}})
        for table, item in items
    ]
    for start in range(0, len(requests), 25):
        batch: dict[str, list[Any]] = {}
        for table, request in requests[start : start + 25]:
            batch.setdefault(table, []).append(request)
        client.batch_write_item(RequestItems=batch)


def _as_text(value: Any) -> Any:
    if "B" in value:
        return {"B": b64encode(value["B"]).decode()}
    return {kind: sorted(content) if kind in {"NS", "SS"} else content for kind, content in value.items()}


def _as_bytes(value: Any) -> Any:
    return {"B": b64decode(value["B"])} if "B" in value else value
