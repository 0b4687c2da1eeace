"""Billing mandates: proposed, accepted, ended; and what they let an account of their holder do meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from choriste.application.access.mandated import with_mandates
from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.application.drafts.read_drafts import list_drafts
from choriste.application.invoices.access import actions_of, may_see, role_for_action
from choriste.application.invoices.act_on_invoice import assign_invoice, colleagues_of
from choriste.application.invoices.criteria import Criteria, Side
from choriste.application.invoices.search_invoices import search_invoices
from choriste.application.parties.decide_mandate import accept_mandate, end_mandate, refuse_mandate
from choriste.application.parties.give_mandate import MOST_A_DAY, SignedFile, attach_to_mandate, give_mandate
from choriste.application.parties.read_mandates import list_mandates, read_mandate, read_mandate_file
from choriste.domain.access.errors import FactorNeededError, StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Level, Space, User
from choriste.domain.deposits.flow import Channel, Document, Outcome
from choriste.domain.lifecycle import Status
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.parties.mandate import Mandate, Scope, Standing
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError
from choriste.domain.tracking.head import InvoiceHead
from tests.builders.identity import StillClock, a_manager, a_member, a_right, a_user, keep
from tests.builders.intake import deposited, run_intake, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_bench

NOW = StillClock().now()
TODAY = NOW.date()
HOLDER_SIRET = "216 901 231 00011"
GIVER = replace(Principal.of_user(a_manager(SUPPLIER, "pdg@example.fr")), factor_at=NOW)
HOLDER = replace(Principal.of_user(a_manager(TOWN_HALL, "maire@example.fr")), factor_at=NOW)
OPERATOR = replace(Principal.of_user(a_user("op", email="op@example.fr", operator=True)), factor_at=NOW)
FORM = {"holder": HOLDER_SIRET, "deposit": "on"}
SIGNED = SignedFile("mandat signé.pdf", b"%PDF-1.7 signed")


def an_agent(level: Level = Level.MODIFY) -> User:
    """Return a user of the holder who issues its invoices, or only consults them."""
    right = a_right(TOWN_HALL, Space.ISSUE, level)
    return a_user("cab", email="cab@example.fr", rights=(right,), memberships=(a_member(TOWN_HALL),))


@pytest.fixture
def bench() -> Bench:
    bench = a_bench()
    keep(bench.ports.accounts, an_agent())  # type: ignore[arg-type]
    return bench


def agent(bench: Bench, level: Level = Level.MODIFY) -> Principal:
    return with_mandates(
        Principal.of_user(an_agent(level)), accounts=bench.ports.accounts, at=bench.clock.now()
    )


def given(bench: Bench, **form: str) -> Mandate:
    return give_mandate(bench.ports, GIVER, SUPPLIER, {**FORM, **form})


def in_force(bench: Bench, **form: str) -> Mandate:
    return accept_mandate(bench.ports, HOLDER, TOWN_HALL, given(bench, **form).id)


def _deposited_for_the_giver(bench: Bench) -> Document:
    flow = receive_deposit(
        bench.ports,
        agent(bench),
        structure=TOWN_HALL,
        filename="f.xml",
        content=a_cii(),
        channel=Channel.API,
    ).flow
    return run_intake(bench.ports, flow.id, 1)


def test_mandate_is_proposed_with_the_signed_file_and_told_to_the_holder(bench: Bench) -> None:
    mandate = give_mandate(bench.ports, GIVER, SUPPLIER, FORM, signed=SIGNED)

    assert (mandate.giver, mandate.holder, mandate.scopes) == (
        SUPPLIER,
        TOWN_HALL,
        (Scope.DEPOSIT, Scope.FOLLOW),
    )
    assert mandate.standing(TODAY) is Standing.PROPOSED
    file, content = read_mandate_file(bench.ports, HOLDER, TOWN_HALL, mandate.id, mandate.files[0].name)
    assert (content, file.sha256) == (SIGNED.content, mandate.files[0].sha256)
    for side in (SUPPLIER, TOWN_HALL):
        acts = bench.ports.history.of_structure(side, after=None, limit=9).rows
        assert [act.kind.value for act in acts] == ["mandate_given"]
        assert list_mandates(bench.ports, HOLDER if side == TOWN_HALL else GIVER, side) == (mandate,)


@pytest.mark.parametrize(
    ("form", "rules"),
    [
        ({"deposit": ""}, ["MANDATE-SCOPE"]),
        ({"since": "31/12/2026", "until": "2026-11-01"}, ["MANDATE-DATE", "MANDATE-PERIOD"]),
        ({"holder": "12345678901234"}, ["MANDATE-HOLDER-UNKNOWN"]),
        ({"holder": "83214569200014"}, ["MANDATE-HOLDER-SELF"]),
    ],
)
def test_wrong_terms_are_refused_at_their_fields(
    bench: Bench, form: dict[str, str], rules: list[str]
) -> None:
    with pytest.raises(FieldsInvalidError) as refusal:
        given(bench, **form)

    assert [finding.rule for finding in refusal.value.findings] == rules


def test_second_open_mandate_to_the_same_holder_is_refused(bench: Bench) -> None:
    first = in_force(bench)
    with pytest.raises(FieldsInvalidError):
        given(bench)

    end_mandate(bench.ports, GIVER, SUPPLIER, first.id, {})

    assert given(bench).standing(TODAY) is Standing.PROPOSED


def test_same_holder_is_given_three_mandates_a_day_at_most(bench: Bench) -> None:
    for _ in range(MOST_A_DAY):
        end_mandate(bench.ports, GIVER, SUPPLIER, given(bench).id, {})
        bench.clock.advance(minutes=2)

    with pytest.raises(FieldsInvalidError, match="MANDATE-TOO-OFTEN"):
        given(bench)
    bench.clock.advance(days=1)
    giver = replace(GIVER, factor_at=bench.clock.now())
    assert give_mandate(bench.ports, giver, SUPPLIER, FORM).steps


def test_of_two_mandates_given_at_once_one_wins(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = bench.ports.mandates.of(SUPPLIER)
    monkeypatch.setattr(type(bench.ports.mandates), "of", lambda *_: seen)
    given(bench)

    with pytest.raises(StaleRecordError):
        given(bench)


def test_agent_deposits_for_the_giver_only_while_the_mandate_is_in_force(bench: Bench) -> None:
    without = _deposited_for_the_giver(bench)
    mandate = in_force(bench, since="2026-11-25", until="2026-11-30")
    bench.clock.advance(days=1)
    before = agent(bench)
    bench.clock.advance(days=2)

    assert "ROUTING-NOT-ENTITLED" in {finding.rule for finding in without.findings}
    assert list(before.mandates) == []
    document = deposited(bench.ports, a_cii(number="M-1"), by=agent(bench))  # in the giver's own name
    assert document.findings == ()
    bench.clock.advance(days=9)
    assert list(agent(bench).mandates) == []
    assert (
        read_mandate(bench.ports, GIVER, SUPPLIER, mandate.id).standing(bench.clock.now().date())
        is Standing.ENDED
    )


def test_invoice_says_who_deposited_it_by_mandate(bench: Bench) -> None:
    in_force(bench)

    document = _deposited_for_the_giver(bench)

    assert document.outcome is Outcome.ACCEPTED
    town = bench.ports.directory.structure(TOWN_HALL)
    assert town is not None
    assert bench.ports.invoices.history(document.invoice_id)[0].actor_name == town.name


def _suspended(bench: Bench) -> InvoiceHead:
    head = the_invoice(bench.ports, deposited(bench.ports, a_cii()))
    return replace(head, status=Status.SUSPENDUE)


@pytest.mark.parametrize(
    ("form", "level", "answers"),
    [
        ({"deposit": "", "follow": "on"}, Level.MODIFY, False),
        ({}, Level.MODIFY, False),
        ({"deposit": "", "answer": "on"}, Level.MODIFY, True),
        ({"answer": "on"}, Level.CONSULT, False),
    ],
)
def test_each_mandate_lets_follow_and_only_its_scope_lets_answer(
    bench: Bench, form: dict[str, str], level: Level, *, answers: bool
) -> None:
    # the recipient is somebody else, so that nothing but the mandate opens the invoice
    head = replace(_suspended(bench), recipient=replace(_suspended(bench).recipient, structure="9999"))
    assert not may_see(agent(bench, level), head)

    in_force(bench, **form)

    who = agent(bench, level)
    assert may_see(who, head)
    assert ("complete" in {row.name for row in actions_of(who, head)}) is answers
    rows = search_invoices(bench.ports, who, structure=SUPPLIER, side=Side.ISSUED, criteria=Criteria()).rows
    assert [row.id for row in rows] == [head.id]
    assert list_drafts(bench.ports, who, structure=SUPPLIER, after=None, limit=9).rows == ()


def test_holder_assigns_to_its_own_people_and_sees_none_of_the_givers(bench: Bench) -> None:
    head = the_invoice(bench.ports, deposited(bench.ports, a_cii()))
    aside = replace(head, recipient=replace(head.recipient, structure="9999"))
    in_force(bench, answer="on")
    who = agent(bench)
    givers = {user.id for user in colleagues_of(bench.ports, GIVER, aside)}

    assert [user.id for user in colleagues_of(bench.ports, who, aside) if user.id in givers] == []
    assert "cab" in {user.id for user in colleagues_of(bench.ports, who, aside)}
    assert givers
    assert "cab" not in givers
    for giver in givers:
        with pytest.raises(BadRequestError):
            assign_invoice(bench.ports, who, head.id, giver)
    assert assign_invoice(bench.ports, who, head.id, "cab").assignee is not None


def test_holder_abandons_no_invoice_of_the_giver(bench: Bench) -> None:
    head = replace(_suspended(bench), status=Status.A_RECYCLER)
    aside = replace(head, recipient=replace(head.recipient, structure="9999"))
    in_force(bench, answer="on")

    assert "abandon" in {row.name for row in actions_of(GIVER, aside)}
    assert "recycle" in {row.name for row in actions_of(agent(bench), aside)}
    assert "abandon" not in {row.name for row in actions_of(agent(bench), aside)}
    with pytest.raises(ForbiddenError):
        role_for_action(agent(bench), aside, "abandon")


def test_mandate_that_is_refused_or_over_lets_do_nothing_and_is_decided_once(bench: Bench) -> None:
    mandate = given(bench)

    refused = refuse_mandate(bench.ports, HOLDER, TOWN_HALL, mandate.id, {"text": "Pas notre client"})

    assert (refused.standing(TODAY), refused.steps[-1].reason) == (Standing.REFUSED, "Pas notre client")
    assert list(agent(bench).mandates) == []
    decisions: list[Callable[[], Mandate]] = [
        lambda: accept_mandate(bench.ports, HOLDER, TOWN_HALL, mandate.id),
        lambda: end_mandate(bench.ports, GIVER, SUPPLIER, mandate.id, {}),
        lambda: attach_to_mandate(bench.ports, GIVER, SUPPLIER, mandate.id, SIGNED),
    ]
    for decide in decisions:
        with pytest.raises(StaleRecordError):
            decide()


def test_either_side_ends_a_mandate_at_once(bench: Bench) -> None:
    mandate = in_force(bench)
    assert agent(bench).has_mandate(SUPPLIER, Scope.DEPOSIT)

    end_mandate(bench.ports, HOLDER, TOWN_HALL, mandate.id, {})

    assert not agent(bench).has_mandate(SUPPLIER, Scope.DEPOSIT)


def test_files_are_added_by_either_side_once_and_checked(bench: Bench) -> None:
    mandate = given(bench)

    attach_to_mandate(bench.ports, HOLDER, TOWN_HALL, mandate.id, SIGNED)
    again = attach_to_mandate(bench.ports, GIVER, SUPPLIER, mandate.id, SIGNED)

    assert [file.size for file in again.files] == [len(SIGNED.content)]
    for wrong in (SignedFile("x.exe", b"x"), SignedFile("", b""), SignedFile(SIGNED.filename, b"other")):
        with pytest.raises(BadRequestError):
            attach_to_mandate(bench.ports, GIVER, SUPPLIER, mandate.id, wrong)


def test_strangers_and_the_operator_give_and_decide_nothing(bench: Bench) -> None:
    mandate = given(bench)
    stranger = replace(Principal.of_user(a_manager("7777", "x@example.fr")), factor_at=NOW)

    for who in (stranger, OPERATOR, HOLDER):
        with pytest.raises(ForbiddenError):
            give_mandate(bench.ports, who, SUPPLIER, FORM)
    for who in (stranger, OPERATOR, GIVER):
        with pytest.raises(ForbiddenError):
            accept_mandate(bench.ports, who, TOWN_HALL, mandate.id)
    with pytest.raises(ForbiddenError):
        accept_mandate(bench.ports, GIVER, SUPPLIER, mandate.id)
    readings: list[Callable[[], object]] = [
        lambda: read_mandate(bench.ports, stranger, SUPPLIER, mandate.id),
        lambda: list_mandates(bench.ports, stranger, SUPPLIER),
        lambda: read_mandate(bench.ports, GIVER, SUPPLIER, "0" * 22),
    ]
    for read in readings:
        with pytest.raises(NotFoundError):
            read()


def test_giving_and_accepting_want_a_fresh_second_factor(bench: Bench) -> None:
    mandate = given(bench)
    stale = NOW - dt.timedelta(minutes=11)

    with pytest.raises(FactorNeededError):
        accept_mandate(bench.ports, replace(HOLDER, factor_at=stale), TOWN_HALL, mandate.id)
    with pytest.raises(FactorNeededError):
        give_mandate(bench.ports, replace(GIVER, factor_at=stale), SUPPLIER, FORM)
