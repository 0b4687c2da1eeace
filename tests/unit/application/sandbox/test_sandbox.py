"""A developer plays in a sandbox; nothing of it reaches the real world, nothing of the real world it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from choriste.application.access import policy
from choriste.application.access.sign_up import SignUp, sign_up
from choriste.application.connections.api_clients import create_api_client
from choriste.application.members.import_accounts import LineOutcome, import_accounts
from choriste.application.members.invite_member import Invitation, invite_member
from choriste.application.members.merge_structures import plan_merger
from choriste.application.members.request_access import request_access
from choriste.application.notices.notify_users import notify_users
from choriste.application.parties.consult_structure import consult_structure
from choriste.application.parties.export_recipients import export_recipients
from choriste.application.parties.give_mandate import give_mandate
from choriste.application.parties.search_structures import StructureQuery, search_structures
from choriste.application.sandbox.advance_clock import advance_clock
from choriste.application.sandbox.lead_invoice import Lead, lead_invoice
from choriste.application.sandbox.open_sandbox import open_sandbox
from choriste.application.sandbox.read_sandbox import read_sandbox, throw_switches
from choriste.application.sandbox.switched_answer import switched_answer
from choriste.domain.access.errors import AlreadyExistsError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Language, Level, Space
from choriste.domain.deposits.flow import Outcome
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.lifecycle import Frame, Reason, ReasonCode, Status, TransitionRefusedError
from choriste.domain.lifecycle.reasons import REASON_RULES
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.sandbox.errors import SandboxClosedError
from choriste.domain.sandbox.sandbox import SandboxPart, Switch
from choriste.domain.sandbox.world import new_siret
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError
from tests.builders.identity import PLATFORM, a_right
from tests.builders.intake import deposited, the_invoice
from tests.builders.invoices import BUYER_SIRET, a_cii
from tests.builders.mails import mails_of
from tests.builders.ports import SUPPLIER, TOWN_HALL, a_bench, accountant, stranger, supplier
from tests.builders.sandbox import DEVELOPER, Box, access_of
from tests.derived.rights import _actors

DEPOSIT = "/cpro/factures/v1/deposer/flux"


@pytest.fixture
def box() -> Box:
    return Box()


def _rules(box: Box, content: bytes) -> set[str]:
    document = box.deposit(content)
    assert document.outcome is Outcome.REFUSED
    return {finding.rule for finding in document.findings if finding.severity.name == "FATAL"}


# Opened ----------------------------------------------------------------------------------------------------


def test_developer_gets_structures_a_client_and_an_account_at_once(box: Box) -> None:
    shown = read_sandbox(box.bench.ports, box.program)

    assert [part for part, _ in shown.structures] == list(SandboxPart)
    assert box.owner.managed == set(box.opened.sandbox.structures.values())
    assert box.opened.client.secret
    assert box.invoice().status is Status.MISE_A_DISPOSITION


def test_account_opens_one_sandbox_and_a_program_none(box: Box) -> None:
    with pytest.raises(AlreadyExistsError):
        open_sandbox(box.bench.ports, access_of(box.bench), box.owner)
    with pytest.raises(ForbiddenError):
        open_sandbox(box.bench.ports, access_of(box.bench), replace(box.program, managed=frozenset()))


# Apart -----------------------------------------------------------------------------------------------------


def test_invoice_of_a_sandbox_reaches_no_real_recipient(box: Box) -> None:
    assert _rules(box, box.cii(recipient=BUYER_SIRET)) == {"ROUTING-RECIPIENT-APART"}


def test_invoice_of_a_real_supplier_reaches_no_sandbox(box: Box) -> None:
    town = box.structure(SandboxPart.RECIPIENT).identifier.value
    content = box.cii(recipient=town).replace(
        box.structure(SandboxPart.SUPPLIER).identifier.value.encode(), b"83214569200014"
    )

    flow = deposited(box.bench.ports, content)

    assert flow.refused == {1}


def test_invoice_of_a_sandbox_reaches_no_other_sandbox(box: Box) -> None:
    other = Box(box.bench, user="dev2").structure(SandboxPart.RECIPIENT)

    assert _rules(box, box.cii(recipient=other.identifier.value)) == {"ROUTING-RECIPIENT-APART"}


def test_real_structure_cannot_be_named_as_validator(box: Box) -> None:
    document = box.deposit(box.cii(), parties=NamedParties(frame=Frame.A9, validator="83214569200014"))

    assert "PARTY-VALIDATOR_1-UNKNOWN" in {finding.rule for finding in document.findings}


def test_strangers_find_no_test_structure(box: Box) -> None:
    ports, town = box.bench.ports, box.structure(SandboxPart.RECIPIENT)
    queries = (StructureQuery(words=town.name), StructureQuery(words=town.identifier.value))

    found = [
        search_structures(ports, who, query, after=None, limit=9).rows
        for query in queries
        for who in (stranger(), box.owner)
    ]

    assert [len(rows) for rows in found] == [0, 1, 0, 1]
    with pytest.raises(NotFoundError):
        consult_structure(ports, stranger(), town.id)
    assert town.name.encode() not in export_recipients(ports, box.owner)


def test_nobody_joins_a_sandbox_and_its_rights_stay_inside(box: Box) -> None:
    ports, access, home = box.bench.ports, access_of(box.bench), box.structure(SandboxPart.SUPPLIER).id
    somebody = ports.accounts.user_by_email("facturation@cimes.example")
    assert somebody is not None
    line = f"email;name;structure;active\nx@example.fr;X;{home};oui\n".encode()

    with pytest.raises(SandboxClosedError):
        invite_member(ports, access, box.owner, home, Invitation(email="x@example.fr", name="X"))
    with pytest.raises(SandboxClosedError):
        plan_merger(ports, PLATFORM, home, TOWN_HALL, services={})
    with pytest.raises(NotFoundError):
        request_access(ports, somebody, structure=home, service=None, rights=[a_right(home)], comment="")
    assert import_accounts(ports, access, box.owner, line, tries=True).count(LineOutcome.REFUSED) == 1
    rights = [a_right(home, Space.ISSUE, Level.MODIFY), a_right(SUPPLIER, Space.ISSUE, Level.MODIFY)]
    with pytest.raises(SandboxClosedError):
        create_api_client(home, name="Deux mondes", rights=rights, by=PLATFORM, access=access)


def test_mandate_of_a_sandbox_finds_no_real_holder(box: Box) -> None:
    form = {"holder": "83214569200014", "scopes": "deposit", "since": "2026-11-23"}

    with pytest.raises(FieldsInvalidError, match="MANDATE-HOLDER-UNKNOWN"):
        give_mandate(box.bench.ports, box.owner, box.structure(SandboxPart.SUPPLIER).id, form)


def test_nobody_signs_up_with_the_siret_of_a_test_structure(box: Box) -> None:
    wanted = SignUp(
        email="x@example.fr",
        first_name="X",
        last_name="Y",
        siret=box.structure(SandboxPart.SUPPLIER).identifier.value,
        structure_name="Z",
        postcode="38000",
        city="Grenoble",
        language=Language.FRENCH,
    )

    with pytest.raises(BadRequestError):
        sign_up(wanted, access=access_of(box.bench))


def test_siret_of_a_test_structure_is_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = a_bench()
    drawn = iter([BUYER_SIRET, *(new_siret() for _ in range(9))])
    monkeypatch.setattr("choriste.application.sandbox.open_sandbox.new_siret", lambda: next(drawn))

    box = Box(bench)

    assert BUYER_SIRET not in {box.structure(part).identifier.value for part in SandboxPart}


def test_company_whose_siren_begins_with_0_signs_up(box: Box) -> None:
    access = access_of(box.bench)
    wanted = SignUp(
        email="x@example.fr",
        first_name="X",
        last_name="Y",
        siret=new_siret(),
        structure_name="Z",
        postcode="38000",
        city="Grenoble",
        language=Language.FRENCH,
    )

    sign_up(wanted, access=access)

    assert mails_of(access)[-1].to == "x@example.fr"


def test_mails_go_to_the_developer_alone(box: Box) -> None:
    head = box.invoice()

    for version in range(1, head.version + 1):
        notify_users(box.bench.ports, head.id, version, by="test")

    assert {mail.to for mail in box.bench.mailer.sent} == {DEVELOPER}


# Played ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status",
    [
        Status.SERVICE_FAIT,
        Status.REJETEE,
        Status.SUSPENDUE,
        Status.A_RECYCLER,
        Status.MISE_EN_PAIEMENT,
        Status.COMPLETEE,
    ],
)
def test_program_plays_what_others_would_do(box: Box, status: Status) -> None:
    led = lead_invoice(box.bench.ports, box.program, box.invoice().id, Lead(status))

    assert led.status is status
    assert box.bench.ports.invoices.history(led.id)[-1].after is status


@pytest.mark.parametrize("code", sorted(REASON_RULES["reject"].codes_for(Frame.A1)))
def test_rejection_has_every_reason(box: Box, code: ReasonCode) -> None:
    reason = Reason(code, "Pour essayer")

    led = lead_invoice(box.bench.ports, box.program, box.invoice().id, Lead(Status.REJETEE, reason))

    assert (led.status, led.reason_code, led.reason_text) == (Status.REJETEE, code, "Pour essayer")


def test_reason_that_the_step_does_not_take_and_status_without_a_way_are_refused(box: Box) -> None:
    ports, head = box.bench.ports, box.invoice()

    with pytest.raises(TransitionRefusedError):
        lead_invoice(ports, box.program, head.id, Lead(Status.SUSPENDUE, Reason(ReasonCode.CALCUL_ERR, "x")))
    with pytest.raises(FieldsInvalidError, match="SANDBOX-NO-WAY"):
        lead_invoice(ports, box.program, head.id, Lead(Status.TRANSMISE_MOA))


def test_clock_that_is_moved_on_ends_the_legal_waits(box: Box) -> None:
    ports, contractor = box.bench.ports, box.structure(SandboxPart.CONTRACTOR).identifier.value
    head = box.invoice(parties=NamedParties(frame=Frame.A9, validator=contractor))
    plain = box.invoice(number="T-2")
    assert head.status is Status.A_VALIDER_1
    assert head.due_at == box.bench.clock.now() + dt.timedelta(days=15)

    first = advance_clock(ports, box.program, days=14)
    second = advance_clock(ports, box.program, days=1)

    assert (first.waiting, first.over, first.sandbox.days) == ((head.id,), (), 14)
    assert (second.over, second.sandbox.days) == ((head.id,), 15)
    passed = ports.invoices.history(head.id)
    assert "let-pass" in {change.transition for change in passed}
    assert ports.invoices.get(plain.id) == plain


def test_move_of_the_clock_that_broke_off_is_repeated_without_moving_twice(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports, contractor = box.bench.ports, box.structure(SandboxPart.CONTRACTOR).identifier.value
    parties = NamedParties(frame=Frame.A9, validator=contractor)
    first, second = (box.invoice(number=number, parties=parties) for number in ("T-1", "T-2"))
    dues = {head.id: head.due_at for head in (first, second)}
    saved: list[object] = []
    save = type(ports.invoices).save

    def breaks(self: Any, journey: Any) -> None:
        if saved:
            raise TimeoutError
        saved.append(journey)
        save(self, journey)

    with monkeypatch.context() as broken:
        broken.setattr(type(ports.invoices), "save", breaks)
        with pytest.raises(TimeoutError):
            advance_clock(ports, box.program, days=5)

    again = advance_clock(ports, box.program, days=5)

    assert again.sandbox.days == 5
    for invoice_id, due in dues.items():
        head = ports.invoices.get(invoice_id)
        assert head is not None
        assert due is not None
        assert head.due_at == due - dt.timedelta(days=5)


def test_switch_answers_as_often_as_it_was_told_to(box: Box) -> None:
    ports, own = box.bench.ports, "factures/v1/deposer/flux"
    twice, often = Switch(operation=own, status=503, times=2), Switch(seconds=3, times=9)
    throw_switches(ports, box.program, [twice, often])

    answers = [switched_answer(ports, box.program, DEPOSIT) for _ in range(4)]

    assert [answer and answer.status for answer in answers] == [503, 503, 200, 200]
    assert switched_answer(ports, supplier(), DEPOSIT) is None
    assert read_sandbox(ports, box.program).sandbox.switches == (replace(often, times=7),)


def test_one_answer_of_a_sandbox_is_kept_back_at_a_time(box: Box) -> None:
    ports = box.bench.ports
    throw_switches(ports, box.program, [Switch(seconds=3, times=9)])

    def seconds() -> int:
        answer = switched_answer(ports, box.program, DEPOSIT)
        return answer.seconds if answer else -1

    first = [seconds() for _ in range(3)]
    box.bench.clock.advance(seconds=4)

    assert (first, seconds()) == ([3, 0, 0], 3)


def test_switch_stored_before_the_limits_is_held_to_them(box: Box) -> None:
    ports, sandbox = box.bench.ports, read_sandbox(box.bench.ports, box.program).sandbox
    old = Switch(seconds=20, times=None)
    ports.sandboxes.save(replace(sandbox, switches=(old,), version=sandbox.version + 1))

    answer = switched_answer(ports, box.program, DEPOSIT)

    assert answer is not None
    assert answer.seconds == 3
    assert read_sandbox(ports, box.program).sandbox.switches[0].times == 999


@pytest.mark.parametrize(
    "wrong",
    [
        Switch(operation="/cpro/x"),
        Switch(status=418),
        Switch(seconds=4),
        Switch(times=None),
        Switch(times=0),
        Switch(code=-1),
        Switch(label="x" * 301),
    ],
)
def test_switch_that_cannot_be_thrown_is_refused(box: Box, wrong: Switch) -> None:
    with pytest.raises(FieldsInvalidError):
        throw_switches(box.bench.ports, box.program, [wrong])


# Refused for what is real ----------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", sorted(_actors()))
def test_no_role_plays_in_a_real_structure(actor: str) -> None:
    principal = _actors()[actor]

    assert not policy.may_sandbox(principal, "1001")
    with pytest.raises(ForbiddenError):
        policy.require_sandbox(principal, "1001")


@pytest.mark.parametrize("who", [supplier, accountant])
def test_real_invoice_is_led_nowhere(box: Box, who: Callable[[], Principal]) -> None:
    real = the_invoice(box.bench.ports, deposited(box.bench.ports, a_cii()))

    with pytest.raises(ForbiddenError):
        lead_invoice(box.bench.ports, who(), real.id, Lead(Status.MISE_EN_PAIEMENT))
    with pytest.raises(NotFoundError):
        lead_invoice(box.bench.ports, box.program, real.id, Lead(Status.MISE_EN_PAIEMENT))
    with pytest.raises(NotFoundError):
        advance_clock(box.bench.ports, who(), days=30)
    with pytest.raises(NotFoundError):
        throw_switches(box.bench.ports, who(), [])


def test_operator_sees_a_sandbox_and_plays_in_none(box: Box) -> None:
    head = box.invoice()

    with pytest.raises(ForbiddenError):
        lead_invoice(box.bench.ports, _actors()["operator"], head.id, Lead(Status.MISE_EN_PAIEMENT))
