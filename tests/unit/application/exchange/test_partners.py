"""Partners: registered by who administers connections; credentials: for whoever serves the partner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from choriste.application.exchange.issue_credentials import issue_credentials
from choriste.application.exchange.partners import (
    PartnerSettings,
    change_partner,
    list_partners,
    list_sent_files,
    register_partner,
)
from choriste.domain.access.errors import AlreadyExistsError, FactorNeededError, StaleRecordError
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Level, Space
from choriste.domain.exchange.names import CODE
from choriste.domain.members.act import ActKind
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError
from tests.builders.identity import a_right
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_bench, accountant, clerk_of, stranger, supplier

ERP = PartnerSettings(name="ERP")
HOME = StructureId(TOWN_HALL)


def _manager(bench: Bench) -> Principal:
    return replace(accountant(), factor_at=bench.clock.now())


def _program(*spaces: Space) -> Principal:
    rights = frozenset(a_right(TOWN_HALL, space, Level.MODIFY) for space in spaces)
    return Principal(kind=PrincipalKind.API_CLIENT, id="c-1", name="ERP", rights=rights)


def test_manager_registers_a_partner_with_a_code_and_its_rights() -> None:
    bench = a_bench()

    partner = register_partner(bench.ports, _manager(bench), HOME, ERP)

    assert CODE.fullmatch(partner.code)
    assert {right.space for right in partner.rights} == {Space.ISSUE, Space.RECEIVE, Space.WORKS}
    assert list_partners(bench.ports, accountant(), HOME) == (partner,)
    acts = bench.ports.history.of_structure(TOWN_HALL, after=None, limit=9).rows
    assert [act.kind for act in acts] == [ActKind.PARTNER_REGISTERED]


def test_only_a_manager_with_a_fresh_factor_registers_one() -> None:
    bench = a_bench()

    with pytest.raises(FactorNeededError):
        register_partner(bench.ports, accountant(), HOME, ERP)
    for other in (stranger(), supplier(), clerk_of("ECOLES")):
        with pytest.raises(ForbiddenError):
            register_partner(bench.ports, other, HOME, ERP)
        with pytest.raises(ForbiddenError):
            list_partners(bench.ports, other, HOME)


@pytest.mark.parametrize(
    ("code", "settings", "rule"),
    [
        ("abc001", ERP, "PARTNER-CODE"),
        ("CPP001", ERP, "PARTNER-CODE-RESERVED"),
        (None, PartnerSettings(name=" "), "PARTNER-NAME"),
        (None, PartnerSettings(name="ERP", role="arn:aws:iam::123456789012:role/*"), "PARTNER-ROLE"),
        (None, PartnerSettings(name="ERP", role="arn:aws:iam::123456789012:root"), "PARTNER-ROLE"),
    ],
)
def test_partner_that_cannot_be_is_refused(code: str | None, settings: PartnerSettings, rule: str) -> None:
    bench = a_bench()

    with pytest.raises(BadRequestError) as refused:
        register_partner(bench.ports, _manager(bench), HOME, settings, code=code)

    assert refused.value.findings[0].rule == rule


def test_code_is_given_once() -> None:
    bench = a_bench()
    register_partner(bench.ports, _manager(bench), HOME, ERP, code="VAL001")

    with pytest.raises(AlreadyExistsError):
        register_partner(bench.ports, _manager(bench), HOME, ERP, code="VAL001")


def test_another_role_gets_another_external_id_and_the_same_role_keeps_its_own() -> None:
    bench = a_bench()
    who = _manager(bench)
    with_role = PartnerSettings(name="ERP", role="arn:aws:iam::123456789012:role/erp")
    first = register_partner(bench.ports, who, HOME, with_role, code="VAL001")

    same = change_partner(bench.ports, who, "VAL001", replace(with_role, name="Other name"))
    other = change_partner(
        bench.ports, who, "VAL001", replace(with_role, role="arn:aws:iam::123456789012:role/new")
    )

    assert first.external_id == same.external_id
    assert other.external_id not in {None, first.external_id}
    with pytest.raises(StaleRecordError):
        change_partner(bench.ports, who, "VAL001", with_role, version=1)
    with pytest.raises(NotFoundError):
        change_partner(bench.ports, stranger(), "VAL001", with_role)
    with pytest.raises(NotFoundError):
        list_sent_files(bench.ports, supplier(), "VAL001", after=None, limit=9)


def test_credentials_are_for_who_has_every_right_of_the_partner() -> None:
    bench = a_bench()
    register_partner(bench.ports, _manager(bench), HOME, ERP, code="VAL001")
    whole = _program(Space.ISSUE, Space.RECEIVE, Space.WORKS)

    folders = issue_credentials(bench.ports, whole, partner="VAL001")

    assert (folders.inbox, folders.outbox) == ("partners/VAL001/", "partners/VAL001/")
    assert issue_credentials(bench.ports, whole).inbox == "partners/c-1/"
    assert issue_credentials(bench.ports, accountant(), partner="VAL001").account == "VAL001"
    for other in (_program(Space.RECEIVE), supplier(), stranger(), clerk_of("ECOLES")):
        with pytest.raises(NotFoundError):
            issue_credentials(bench.ports, other, partner="VAL001")


def test_nobody_gets_credentials_of_a_closed_partner_and_the_operator_none_at_all() -> None:
    bench = a_bench()
    register_partner(bench.ports, _manager(bench), HOME, ERP, code="VAL001")
    change_partner(bench.ports, _manager(bench), "VAL001", replace(ERP, active=False))
    operator = Principal(kind=PrincipalKind.OPERATOR, id="op", name="Op")

    with pytest.raises(NotFoundError):
        issue_credentials(bench.ports, accountant(), partner="VAL001")
    for partner in ("VAL001", None):
        with pytest.raises(ForbiddenError):
            issue_credentials(bench.ports, operator, partner=partner)
    assert SUPPLIER not in {each.structure for each in bench.ports.partners.of_structure(HOME)}
