"""Records of every schema are read by the present code, and what it writes is what its schema says."""

from __future__ import annotations

import datetime as dt
import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from choriste.adapters.aws.dynamodb.invoices import INVOICE, NUMBER_GUARD
from choriste.adapters.aws.dynamodb.records.bodies import deflate, inflate
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat, UnreadableRecordError
from choriste.application.access.records import Attempt
from choriste.application.members.ports import StoredUser
from choriste.application.shared.ports import Acquisition
from choriste.domain.shared.errors import DuplicateInvoiceError, PieceAnsweredError
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import broken_link
from choriste.domain.tracking.lists import InvoiceList, ListKind, invoice_at
from tests.contract.records import examples
from tests.contract.records.goldens import goldens, items_up_to, kind_of, kinds, schema_of
from tests.contract.records.stage import (
    FIRST_LINK,
    LATER,
    LONG_AFTER,
    SECOND_LINK,
    Stores,
    empty_stores,
    items_of,
    put_items,
    write_everything,
)
from tests.contract.records.stored_forms import form_of, formats, path_of

FORMATS = formats()
NEWEST = max(kind.schema for kind in FORMATS.values())
WHOLE, BARE = examples.WHOLE_HEAD, examples.BARE_HEAD


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@pytest.fixture(params=range(1, NEWEST + 1), ids=lambda schema: f"schema {schema}")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores on the golden items, each in its newest schema up to the one of the parameter."""
    with empty_stores() as filled:
        put_items(filled, items_up_to(request.param))
        yield filled


def test_directory_and_accounts_are_read(stores: Stores) -> None:
    directory, accounts = stores.directory, stores.accounts

    first = examples.STRUCTURES[:2]
    assert tuple(directory.structure(one.id) for one in first) == first
    assert tuple(accounts.user(one.id) for one in examples.USERS) == examples.USERS
    assert tuple(accounts.credentials(one.user) for one in examples.CREDENTIALS) == examples.CREDENTIALS
    named = [accounts.technical_account(one.login) for one in examples.TECHNICAL_ACCOUNTS]
    assert named[:2] == list(examples.TECHNICAL_ACCOUNTS[:2])
    clients = [accounts.api_client(one.client_id) for one in examples.API_CLIENTS]
    assert clients[:2] == list(examples.API_CLIENTS[:2])


def test_connections_are_listed_with_their_usage() -> None:
    home = examples.API_CLIENTS[1].structure
    with empty_stores() as stores:
        put_items(stores, items_up_to(NEWEST))

        found = stores.connections.accounts_of(examples.TECHNICAL_ACCOUNTS[0].structure)
        assert sorted(found, key=lambda account: account.login) == list(examples.TECHNICAL_ACCOUNTS)
        assert stores.connections.clients_of(home) == examples.API_CLIENTS[1:]
        assert stores.connections.clients_of(None) == examples.API_CLIENTS[:1]
        assert stores.connections.days_of("c-2", since=examples.AT.date()) == (examples.CLIENT_DAY,)
        assert stores.connections.last_refusal("c-2") == examples.CLIENT_REFUSAL


def test_partners_and_their_files_are_read() -> None:
    with empty_stores() as stores:
        put_items(stores, items_up_to(NEWEST))

        assert stores.partners.of_structure(examples.PARTNERS[0].structure) == examples.PARTNERS
        assert stores.dispatches.latest("ABC001", "statuses#1") == examples.DISPATCHES[1]
        found = stores.dispatches.sent_to("ABC001", after=None, limit=9).rows
        assert found == tuple(reversed(examples.DISPATCHES))


def test_factors_and_links_of_mails_are_read() -> None:
    with empty_stores() as stores:
        put_items(stores, items_up_to(NEWEST))

        assert stores.accounts.credentials(examples.NEW_USER.id) == examples.FULL_CREDENTIALS
        assert stores.links.take_link(examples.LINK.token_hash) == examples.LINK
        assert stores.links.link(examples.LINK.token_hash) is None
        for challenge in examples.CHALLENGES:
            assert stores.challenges.take_challenge(challenge.token_hash) == challenge
        assert stores.links.link(examples.ADDRESS_LINK.token_hash) == examples.ADDRESS_LINK


def test_organisations_and_departures_are_read() -> None:
    with empty_stores() as stores:
        put_items(stores, items_up_to(NEWEST))

        newest = examples.ORGANISATION_SIGN_INS[-1]
        assert stores.organisations.serving("1001") == newest
        assert stores.organisations.serving("1002") is None
        assert stores.organisations.identities_of(examples.NEW_USER.id) == (examples.IDENTITY,)
        session = examples.ORGANISATION_SESSION
        assert stores.sessions.session(session.token_hash) == session
        for departure in examples.DEPARTURES:
            assert stores.departures.take_departure(departure.token_hash) == departure


def test_addresses_and_factor_resets_are_read() -> None:
    with empty_stores() as stores:
        put_items(stores, items_up_to(NEWEST))

        waiting, granted = examples.FACTOR_RESETS
        assert stores.accounts.user_by_email(examples.REACHED_USER.email) == examples.REACHED_USER
        assert stores.factor_resets.waiting("2001") == (waiting,)
        assert stores.factor_resets.waiting(None) == ()
        assert stores.factor_resets.of_user(granted.user) == granted


def test_challenges_lists_and_devices_are_read() -> None:
    with empty_stores() as stores:
        put_items(stores, items_up_to(NEWEST))

        assert stores.sessions.sessions_of("u-4") == (examples.FULL_SESSION,)
        assert stores.devices.knows_device("device", now=examples.AT)
        assert not stores.devices.knows_device("device", now=LATER)


def test_guards_and_links_of_identity_are_read(stores: Stores) -> None:
    town = examples.STRUCTURES[1]

    assert stores.directory.structure_by_identifier(town.identifier) == town
    assert stores.accounts.user_by_email("bo@example.fr") == examples.USERS[1]
    assert stores.directory.users_of("2001") == (examples.USERS[1],)


def test_structure_with_all_that_schema_3_brought_is_read() -> None:
    with empty_stores() as filled:
        put_items(filled, items_up_to(NEWEST))

        assert filled.directory.structure(examples.STRUCTURES[2].id) == examples.STRUCTURES[2]


def test_bank_details_are_read(stores: Stores) -> None:
    assert stores.bank_details.of("2001") == examples.BANK_DETAILS


def test_sandbox_is_read() -> None:
    with empty_stores() as filled:
        put_items(filled, items_up_to(NEWEST))

        assert filled.sandboxes.get(examples.SANDBOX.id) == examples.SANDBOX


def test_mandates_are_read(stores: Stores) -> None:
    assert stores.mandates.of("2001") == (examples.MANDATE,)
    assert stores.accounts.mandates_held("1001", on=examples.MANDATE.since) == (examples.MANDATE.held,)


def test_structure_of_an_older_schema_can_be_replaced(stores: Stores) -> None:
    known = examples.STRUCTURES[0]

    stores.directory.replace_structure(replace(known, name="Atelier"), known=known)

    assert stores.directory.structure(known.id) == replace(known, name="Atelier")


def test_suspended_user_is_read() -> None:
    with empty_stores() as stores:
        put_items(stores, items_up_to(NEWEST))

        found = stores.members.member(examples.SUSPENDED_USER.id)

    assert found == StoredUser(examples.SUSPENDED_USER, 2)


def test_acts_requests_and_seats_are_read(stores: Stores) -> None:
    members, history = stores.members, stores.history
    waiting, refused = examples.REQUESTS

    assert [members.request(one.id) for one in examples.REQUESTS] == list(examples.REQUESTS)
    assert members.waiting("2001", None) == (waiting.id,)
    assert members.closed("1001", refused.service, after=None, limit=9).rows == (refused.id,)
    assert members.requests_of("u-1") == (refused.id, waiting.id)
    assert history.of_structure("2001", after=None, limit=9).rows == examples.ACTS[:1]
    assert history.of_account("u-1", after=None, limit=9).rows == examples.ACTS[1:]
    assert members.manager_of("1001") == "u-2"
    assert tuple(members.transfer(one.structure) for one in examples.TRANSFERS) == examples.TRANSFERS
    assert tuple(members.merger(one.absorbed) for one in examples.MERGERS) == examples.MERGERS


def test_sessions_and_attempts_are_read(stores: Stores) -> None:
    open_session, extended = examples.SESSIONS

    assert stores.sessions.token(examples.TOKEN.token_hash) == examples.TOKEN
    assert stores.sessions.session(open_session.token_hash) == open_session
    assert stores.sessions.session(extended.token_hash) == replace(extended, expires_at=LATER)
    assert stores.attempts.count("user#u-1", now=examples.AT) == Attempt(2, None)
    assert stores.attempts.count("user#u-2", now=examples.AT) == Attempt(1, LATER)


def test_idempotency_rows_are_read(stores: Stores) -> None:
    kept = stores.idempotency

    assert kept.acquire("notice#1", by="message-1", until=LATER) is Acquisition.ACQUIRED
    assert kept.acquire("notice#1", by="message-9", until=LATER) is Acquisition.HELD
    assert kept.acquire("notice#2", by="message-2", until=LATER) is Acquisition.DONE
    assert kept.get("drop#partners/a/b.xml#v1") == examples.FLOWS[0].id


def test_flows_and_documents_are_read(stores: Stores) -> None:
    waiting, *others = examples.FLOWS

    assert stores.flows.get(waiting.id) == replace(waiting, documents=1)
    assert [stores.flows.get(flow.id) for flow in others] == others
    assert stores.flows.documents(others[0].id) == (examples.ACCEPTED, examples.REFUSED)
    assert stores.flows.document(waiting.id, 1) == examples.PENDING
    assert stores.flows.open(replace(waiting, id=FlowId("CPP0011117000000000000009"))).id == waiting.id
    assert len(stores.flows.deposited_by("2001", after=None, limit=9).rows) == 4


def test_supplier_record_is_read(stores: Stores) -> None:
    assert stores.supplier_records.get("2001") == examples.SUPPLIER_RECORD


def test_invoices_and_their_histories_are_read(stores: Stores) -> None:
    invoices, first = stores.invoices, replace(examples.SUBMITTED, invoice_id=WHOLE.id)

    assert [invoices.get(BARE.id), invoices.get(WHOLE.id)] == [BARE, WHOLE]
    assert invoices.get(examples.FETCHED_HEAD.id) in {examples.FETCHED_HEAD, None}  # schema 3 has it
    assert invoices.get(examples.DATED_HEAD.id) in {examples.DATED_HEAD, None}  # schema 4 has it
    assert invoices.history(BARE.id) == (examples.SUBMITTED,)
    assert invoices.history(WHOLE.id) == (first, examples.REFUSAL)
    assert stores.outbox.pending(limit=9) == (examples.SUBMITTED, examples.REFUSAL)
    issued = invoices.places(InvoiceList(ListKind.ISSUED, "2001"), after=None, limit=9)
    works = invoices.places(InvoiceList(ListKind.WORKS, "2003"), after=None, limit=9)
    assert invoices.heads([invoice_at(place) for place in issued.rows]) == (WHOLE, BARE)
    assert [invoice_at(place) for place in works.rows] == [WHOLE.id]


def test_audit_rows_are_read_and_their_chain_holds(stores: Stores) -> None:
    chain = stores.invoices.audit_chain(BARE.id)

    assert chain == (FIRST_LINK,)
    assert broken_link(chain) is None
    assert stores.invoices.audit_chain(WHOLE.id)[1] == SECOND_LINK


def test_guards_of_invoices_are_read(stores: Stores) -> None:
    other, change = InvoiceId(7), examples.SUBMITTED
    document = replace(examples.PENDING, position=3)
    stores.flows.add_documents(examples.FLOWS[0], [document])

    with pytest.raises(DuplicateInvoiceError) as refusal:
        stores.invoices.register(replace(BARE, id=other), change, FIRST_LINK, document=document)
    with pytest.raises(PieceAnsweredError) as answered:
        stores.invoices.register(
            replace(WHOLE, id=other, number="F-9"),
            replace(change, invoice_id=other),
            replace(FIRST_LINK, invoice_id=other),
            document=document,
        )

    assert (refusal.value.first, answered.value.by) == (BARE.id, WHOLE.id)


def test_what_is_due_and_the_token_of_a_wait_are_read(stores: Stores) -> None:
    due = stores.due_items.due_before(LONG_AFTER + dt.timedelta(days=1), limit=9)

    stores.approvals.answer(WHOLE.id, 2, "REFUSEE_1")

    assert sorted(item.id for item in due) == sorted(
        [examples.FLOWS[0].id, "2001", "2002", examples.REQUESTS[0].id, str(WHOLE.id)]
    )
    assert ("core", f"INVOICE#{WHOLE.id} TOKEN#0002") not in items_of(stores)


def test_drafts_are_read(stores: Stores) -> None:
    *first, read = (stores.drafts.get(draft.id) for draft in examples.DRAFTS)

    assert tuple(first) == examples.DRAFTS[:2]
    assert read in {examples.DRAFTS[2], None}  # schema 3 has it
    assert len(stores.drafts.of_structure("2001", after=None, limit=9).rows) == 2 + (read is not None)


def test_what_is_written_is_the_golden_item_of_the_present_schema() -> None:
    with empty_stores() as stores:
        write_everything(stores)
        written = items_of(stores)

    for (table, key), item in written.items():
        kept = goldens(kind_of(table, item))[f"{table} {key}"][str(schema_of(item))]
        assert _readable(item) == _readable(kept["item"]), key


def test_readable_bodies_of_the_files_are_those_of_the_items() -> None:
    for kind in kinds():
        for versions in goldens(kind).values():
            for golden in versions.values():
                assert golden.get("body") == _readable(golden["item"]).get("body", {}).get("plain")


def test_each_kind_has_a_golden_item_of_each_schema() -> None:
    assert set(kinds()) == FORMATS.keys()
    for name, kind in FORMATS.items():
        kept = {int(schema) for versions in goldens(name).values() for schema in versions}
        assert kept == set(range(1, kind.schema + 1)), name


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_stored_form_is_the_one_that_its_schema_had_when_it_was_made(name: str) -> None:
    kind = FORMATS[name]

    assert form_of(kind) == path_of(kind).read_text("utf-8"), (
        f"the stored form of {name} changed: add an upcaster and run `python -m tests.contract.records`"
    )


@pytest.mark.parametrize("name", [name for name, kind in FORMATS.items() if isinstance(kind, RecordFormat)])
def test_golden_records_fill_every_field_at_least_once(name: str) -> None:
    schema = str(FORMATS[name].schema)
    bodies = [versions[schema]["body"] for versions in goldens(name).values()]

    filled = {path for body in bodies for path in _filled(body)}

    lines = path_of(FORMATS[name]).read_text("utf-8").splitlines()
    assert {line.partition(": ")[0] for line in lines} - filled - _BESIDE.get(name, frozenset()) == set()


_BESIDE = {"flow": frozenset({"documents", "accepted[]", "refused[]"})}
"""Fields that stand beside the body, where they are counted without reading it."""


def _filled(value: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of a plain value that are not null, in the way the forms write them."""
    if isinstance(value, dict):
        yield path
        for name, inner in value.items():
            yield from _filled(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _filled(inner, f"{path}[]")
            yield from _filled(inner, f"{path}[{number}]")
    elif value is not None:
        yield path


def _readable(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item whose body can be compared: deflating is not the same in all releases of zlib."""
    if "B" not in item.get("body", {}):
        return item
    return {**item, "body": {"plain": json.loads(inflate(b64decode(item["body"]["B"])))}}


def _body(**changes: object) -> dict[str, Any]:
    """Return an item of the bare invoice whose body has the changes; None takes a field out."""
    attributes = INVOICE.attributes(BARE)
    plain = {**json.loads(inflate(attributes["body"])), **changes}
    kept = {name: value for name, value in plain.items() if value != "absent"}
    return {**attributes, "body": deflate(json.dumps(kept).encode())}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"colour": "blue"}, "colour: unexpected_keyword_argument"),
        ({"taken_up_by": "absent"}, "taken_up_by: missing"),
        ({"status": "LOST"}, "status: enum"),
        ({"version": "1"}, "version: int_type"),
        ({"supplier": {"identifier": "1", "name": "secret"}}, "supplier.structure: missing"),
    ],
)
def test_body_that_is_not_the_record_is_refused_without_its_values(
    changes: dict[str, object], fault: str
) -> None:
    with pytest.raises(UnreadableRecordError) as refusal:
        INVOICE.read(_body(**changes))

    assert str(refusal.value) == f"stored invoice of schema 4: {fault}"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"schema": 5}, "stored invoice of schema 5: this release reads schemas 1 to 4"),
        ({"schema": 0}, "stored invoice of schema 0: this release reads schemas 1 to 4"),
        ({"type": "draft"}, "stored invoice of schema 4: the item is a draft"),
        ({"body": b"{}"}, "stored invoice of schema 4: the body is not deflated JSON"),
    ],
)
def test_item_of_another_kind_or_a_newer_schema_is_refused(change: dict[str, object], fault: str) -> None:
    with pytest.raises(UnreadableRecordError) as refusal:
        INVOICE.read({**INVOICE.attributes(BARE), **change})

    assert str(refusal.value) == fault


def test_row_with_unknown_or_missing_attributes_is_refused() -> None:
    with pytest.raises(UnreadableRecordError, match=r"unknown attributes \['owner'\], missing .*invoice_id"):
        NUMBER_GUARD.read({"pk": "NUMBER#1", "sk": "GUARD", **NUMBER_GUARD.attributes(owner=1)})
