"""Structures registered, consulted and changed: who may, what strangers see, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from choriste.application.parties.change_services import (
    ServiceEntry,
    add_service,
    change_service,
    close_service,
    reopen_service,
)
from choriste.application.parties.change_structure import StructureChange, change_structure
from choriste.application.parties.consult_structure import consult_structure
from choriste.application.parties.deactivate_structure import (
    ClosingRequest,
    deactivate_structure,
    reactivate_structure,
)
from choriste.application.parties.register_structure import NewStructure, register_structure
from choriste.domain.access.errors import AlreadyExistsError, StaleRecordError
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Level, Space
from choriste.domain.members.act import ActKind
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.parties.routing import recipient_closed, supplier_closed, why_inactive
from choriste.domain.parties.structure import (
    Closing,
    ClosingReason,
    IdentifierKind,
    RegistryStanding,
    Structure,
    StructureContact,
    StructureId,
    StructureKind,
    StructureSettings,
)
from choriste.domain.shared.errors import ForbiddenError, NotFoundError
from tests.builders.identity import PLATFORM, a_manager, a_right, a_user
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_bench

OPERATOR = Principal.of_user(a_user("op", email="op@example.fr", operator=True))
MANAGER = Principal.of_user(a_manager(TOWN_HALL, "maire@example.fr"))
OTHER_MANAGER = Principal.of_user(a_manager(SUPPLIER, "pdg@example.fr"))
MEMBER = Principal.of_user(a_user("m", email="m@example.fr", rights=(a_right(TOWN_HALL),)))
ADMINISTRATOR = Principal.of_user(
    a_user("s", email="s@example.fr", rights=(a_right(TOWN_HALL, Space.ORGANISATION, Level.MODIFY),))
)
PROGRAM = Principal(
    kind=PrincipalKind.TECHNICAL_ACCOUNT,
    id="TECH",
    name="ERP",
    rights=frozenset({a_right(TOWN_HALL, Space.ISSUE, Level.MODIFY)}),
)
ENTRY = {
    "name": "Scierie du Lac",
    "line1": "1 chemin du Bois",
    "postcode": "74000",
    "city": "Annecy",
    "email": "compta@scierie.example",
}


@pytest.fixture
def bench() -> Bench:
    return a_bench()


def wanted(**changes: object) -> NewStructure:
    whole = NewStructure(
        kind=StructureKind.PRIVATE,
        identifier_kind=IdentifierKind.SIRET,
        identifier="732 829 320 00074",
        entry=ENTRY,
        settings={},
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", [OPERATOR, PLATFORM], ids=["operator", "platform"])
def test_new_structure_is_found_by_its_identifier(bench: Bench, who: Principal) -> None:
    made = register_structure(bench.ports, who, wanted())

    assert bench.ports.directory.structure(made.id) == made
    assert bench.ports.directory.structure_by_identifier(made.identifier) == made
    assert (made.identifier.value, made.vat_number) == ("73282932000074", "FR44732829320")
    assert made.id.isdigit()
    assert int(made.id) < 2**53


@pytest.mark.parametrize("who", [MANAGER, OTHER_MANAGER, MEMBER, PROGRAM])
def test_nobody_else_puts_a_structure_on_the_directory(bench: Bench, who: Principal) -> None:
    with pytest.raises(ForbiddenError):
        register_structure(bench.ports, who, wanted())


def test_structure_of_another_kind_keeps_its_own_number(bench: Bench) -> None:
    foreign = wanted(identifier_kind=IdentifierKind.EU_VAT, identifier="BE 0403.019.261")
    authority = wanted(kind=StructureKind.PUBLIC)

    assert register_structure(bench.ports, OPERATOR, foreign).vat_number == "BE0403019261"
    assert register_structure(bench.ports, OPERATOR, authority).vat_number is None


def test_every_fault_of_a_new_structure_is_told_at_once(bench: Bench) -> None:
    with pytest.raises(FieldsInvalidError) as refused:
        register_structure(bench.ports, OPERATOR, wanted(identifier="123", entry={"email": "x"}))

    fields = [each.location for each in refused.value.findings]
    assert fields == ["identifier", "name", "postcode", "city", "email"]


def test_identifier_is_taken_once(bench: Bench) -> None:
    register_structure(bench.ports, OPERATOR, wanted())

    with pytest.raises(AlreadyExistsError) as refused:
        register_structure(bench.ports, OPERATOR, wanted())
    assert refused.value.parameters["id"] == "73282932000074"


@pytest.mark.parametrize("who", [MEMBER, MANAGER, ADMINISTRATOR, PROGRAM, OPERATOR])
def test_its_own_people_and_the_operator_see_all_of_a_structure(bench: Bench, who: Principal) -> None:
    whole = an_inner_life(bench)

    found = consult_structure(bench.ports, who, TOWN_HALL)

    assert (found.structure, found.inside) == (whole, True)


def test_stranger_sees_what_it_takes_to_send_an_invoice(bench: Bench) -> None:
    whole = an_inner_life(bench)

    found = consult_structure(bench.ports, OTHER_MANAGER, TOWN_HALL)

    assert found.inside is False
    assert found.structure.name == whole.name
    assert found.structure.settings == whole.settings
    assert found.structure.contact == StructureContact()
    assert all(service.active for service in found.structure.services)
    assert found.structure.closing is not None
    assert (found.structure.closing.by, found.structure.closing.text) == ("", None)


def test_address_that_the_registry_may_not_publish_is_kept_back(bench: Bench) -> None:
    whole = an_inner_life(bench)
    hidden = replace(whole, registry=RegistryStanding(undisclosed=True))
    bench.ports.directory.replace_structure(hidden, known=whole)

    assert consult_structure(bench.ports, OTHER_MANAGER, TOWN_HALL).structure.address is None
    assert consult_structure(bench.ports, MANAGER, TOWN_HALL).structure.address == whole.address


def an_inner_life(bench: Bench) -> Structure:
    """Give the town hall what strangers must not see, and return it."""
    directory = bench.ports.directory
    known = directory.structure(TOWN_HALL)
    assert known is not None
    closing = Closing(at=bench.clock.now(), reason=ClosingReason.CEASED, by="u1", text="Fusion prévue")
    whole = replace(known, contact=StructureContact(email="dgs@ville.example"), closing=closing)
    directory.replace_structure(whole, known=known)
    return whole


def test_unknown_structure_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFoundError):
        consult_structure(bench.ports, OPERATOR, "404")
    with pytest.raises(NotFoundError):
        change_structure(bench.ports, OPERATOR, "404", StructureChange())


@pytest.mark.parametrize("who", [MANAGER, ADMINISTRATOR, OPERATOR])
def test_structure_is_changed_by_those_who_administer_it(bench: Bench, who: Principal) -> None:
    change = StructureChange(
        address={"line1": "2 place Neuve", "postcode": "69123", "city": "Valbrume"},
        contact={"email": "finances@valbrume.example"},
        settings={"engagement_mandatory": True, "issues": False},
    )

    found = change_structure(bench.ports, who, TOWN_HALL, change)

    assert bench.ports.directory.structure(TOWN_HALL) == found
    assert found.city == "Valbrume"
    assert found.contact.email == "finances@valbrume.example"
    assert (found.settings.engagement_mandatory, found.settings.issues) == (True, False)


@pytest.mark.parametrize("who", [MEMBER, PROGRAM, OTHER_MANAGER])
def test_structure_is_changed_by_nobody_else(bench: Bench, who: Principal) -> None:
    entry = ServiceEntry(entry={"name": "X"})
    closing = StructureChange(settings={"receives": False})
    acts: list[Callable[[], object]] = [
        lambda: change_structure(bench.ports, who, TOWN_HALL, closing),
        lambda: add_service(bench.ports, who, TOWN_HALL, "X", entry),
        lambda: change_service(bench.ports, who, TOWN_HALL, "VOIRIE", entry),
        lambda: close_service(bench.ports, who, TOWN_HALL, "VOIRIE"),
        lambda: reopen_service(bench.ports, who, TOWN_HALL, "VOIRIE"),
    ]
    for act in acts:
        with pytest.raises(ForbiddenError):
            act()


@pytest.mark.parametrize(
    "change", [StructureChange(name="Préfecture"), StructureChange(settings={"is_state": True})]
)
def test_name_and_state_are_the_operators_to_change(bench: Bench, change: StructureChange) -> None:
    with pytest.raises(ForbiddenError):
        change_structure(bench.ports, MANAGER, TOWN_HALL, change)

    change_structure(bench.ports, OPERATOR, TOWN_HALL, change)


def test_manager_may_send_the_name_back_unchanged(bench: Bench) -> None:
    known = bench.ports.directory.structure(TOWN_HALL)
    assert known is not None

    assert change_structure(bench.ports, MANAGER, TOWN_HALL, StructureChange(name=known.name)) == known


def test_settings_under_which_nobody_could_send_an_invoice_are_refused(bench: Bench) -> None:
    change = StructureChange(settings={"service_mandatory": True, "is_moa_only": True})

    with pytest.raises(FieldsInvalidError) as refused:
        change_structure(bench.ports, OTHER_MANAGER, SUPPLIER, change)

    assert [each.location for each in refused.value.findings] == ["service_mandatory", "is_moa_only"]


def test_change_of_what_has_changed_since_is_refused(bench: Bench) -> None:
    seen = consult_structure(bench.ports, MANAGER, TOWN_HALL).structure.digest
    change_structure(bench.ports, OPERATOR, TOWN_HALL, StructureChange(settings={"is_moa": True}), seen=seen)

    with pytest.raises(StaleRecordError):
        change_structure(
            bench.ports, MANAGER, TOWN_HALL, StructureChange(settings={"issues": False}), seen=seen
        )


def test_service_is_added_changed_closed_and_reopened(bench: Bench) -> None:
    entry = ServiceEntry(entry={"name": "Parcs", "description": "Espaces verts"}, engagement_mandatory=True)

    added = add_service(bench.ports, MANAGER, TOWN_HALL, "PARCS", entry).service("PARCS")
    renamed = change_service(
        bench.ports, MANAGER, TOWN_HALL, "PARCS", ServiceEntry(entry={"name": "Jardins"})
    ).service("PARCS")
    closed = close_service(bench.ports, MANAGER, TOWN_HALL, "PARCS").service("PARCS")
    again = reopen_service(bench.ports, OPERATOR, TOWN_HALL, "PARCS").service("PARCS")

    today = bench.clock.now().date()
    assert added is not None
    assert renamed is not None
    assert closed is not None
    assert again is not None
    assert (added.name, added.description, added.engagement_mandatory) == ("Parcs", "Espaces verts", True)
    assert (renamed.name, renamed.description, renamed.engagement_mandatory) == ("Jardins", None, False)
    assert (added.since, closed.active, closed.until) == (today, False, today)
    assert (again.active, again.until) == (True, None)


def test_faults_of_a_service_are_told_at_once(bench: Bench) -> None:
    taken = bench.ports.directory.structure(TOWN_HALL)
    assert taken is not None

    with pytest.raises(FieldsInvalidError) as refused:
        add_service(bench.ports, MANAGER, TOWN_HALL, taken.services[0].code, ServiceEntry(entry={}))

    assert [each.location for each in refused.value.findings] == ["code", "name"]


def test_unknown_service_is_not_found(bench: Bench) -> None:
    for act in (close_service, reopen_service):
        with pytest.raises(NotFoundError):
            act(bench.ports, MANAGER, TOWN_HALL, "INCONNU")


def test_last_service_stays_open_while_a_service_code_is_mandatory(bench: Bench) -> None:
    known = bench.ports.directory.structure(TOWN_HALL)
    assert known is not None
    strict = replace(known, settings=StructureSettings(service_mandatory=True), services=known.services[:1])
    bench.ports.directory.replace_structure(strict, known=known)

    with pytest.raises(FieldsInvalidError) as refused:
        close_service(bench.ports, MANAGER, TOWN_HALL, known.services[0].code)

    assert [each.rule for each in refused.value.findings] == ["SERVICE-LAST"]


def test_change_is_tried_again_when_another_writer_was_faster(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = bench.ports.directory
    plain, failures = directory.replace_structure, iter([True, False])

    def slow(structure: Structure, *, known: Structure) -> None:
        if next(failures, False):
            raise StaleRecordError(kind="structure", id=structure.id)
        plain(structure, known=known)

    monkeypatch.setattr(directory, "replace_structure", slow)

    found = change_structure(bench.ports, MANAGER, TOWN_HALL, StructureChange(settings={"is_moa": True}))

    assert found.settings.is_moa
    assert directory.structure(StructureId(TOWN_HALL)) == found


def test_change_gives_up_when_others_are_always_faster(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(structure: Structure, *, known: Structure) -> None:
        raise StaleRecordError(kind="structure", id=structure.id, known=known.id)

    monkeypatch.setattr(bench.ports.directory, "replace_structure", never)

    with pytest.raises(StaleRecordError):
        change_structure(bench.ports, MANAGER, TOWN_HALL, StructureChange(settings={"is_moa": True}))


@pytest.mark.parametrize("who", [MANAGER, ADMINISTRATOR, OPERATOR])
def test_structure_is_deactivated_and_reactivated_by_those_who_administer_it(
    bench: Bench, who: Principal
) -> None:
    request = ClosingRequest(reason=ClosingReason.MERGED, text="Absorbée par la métropole")

    closed = deactivate_structure(bench.ports, who, TOWN_HALL, request)
    again = deactivate_structure(bench.ports, who, TOWN_HALL, ClosingRequest(reason=ClosingReason.OTHER))
    opened = reactivate_structure(bench.ports, who, TOWN_HALL)

    assert closed.closing == Closing(
        at=bench.clock.now(), reason=ClosingReason.MERGED, by=who.id, text="Absorbée par la métropole"
    )
    assert (closed.active, again) == (False, closed)
    assert (opened.active, opened.closing) == (True, None)


@pytest.mark.parametrize("who", [MEMBER, PROGRAM, OTHER_MANAGER])
def test_structure_is_deactivated_by_nobody_else(bench: Bench, who: Principal) -> None:
    with pytest.raises(ForbiddenError):
        deactivate_structure(bench.ports, who, TOWN_HALL, ClosingRequest(reason=ClosingReason.CEASED))
    with pytest.raises(ForbiddenError):
        reactivate_structure(bench.ports, who, TOWN_HALL)


def test_structure_that_the_registry_closed_is_the_operators_to_open(bench: Bench) -> None:
    known = bench.ports.directory.structure(TOWN_HALL)
    assert known is not None
    standing = RegistryStanding(closed_on=bench.clock.now().date(), check_at=bench.clock.now())
    closing = Closing(at=bench.clock.now(), reason=ClosingReason.REGISTRY, by="registry")
    closed = replace(known, active=False, closing=closing, registry=standing)
    bench.ports.directory.replace_structure(closed, known=known)

    with pytest.raises(ForbiddenError):
        reactivate_structure(bench.ports, MANAGER, TOWN_HALL)
    opened = reactivate_structure(bench.ports, OPERATOR, TOWN_HALL)

    assert (opened.active, opened.registry) == (True, RegistryStanding(check_at=bench.clock.now()))


def test_unknown_structure_is_neither_closed_nor_opened(bench: Bench) -> None:
    with pytest.raises(NotFoundError):
        deactivate_structure(bench.ports, OPERATOR, "404", ClosingRequest(reason=ClosingReason.CEASED))
    with pytest.raises(NotFoundError):
        reactivate_structure(bench.ports, OPERATOR, "404")


@pytest.mark.parametrize("reason", list(ClosingReason))
def test_refusal_of_an_invoice_says_why_its_recipient_is_inactive(
    bench: Bench, reason: ClosingReason
) -> None:
    closed = deactivate_structure(bench.ports, OPERATOR, TOWN_HALL, ClosingRequest(reason=reason))

    finding = recipient_closed(closed, "21690123100011")

    assert finding is not None
    assert why_inactive(closed).fr in finding.message.fr
    assert why_inactive(closed).en in finding.message.en


def test_closed_spaces_take_no_invoices(bench: Bench) -> None:
    shut = StructureChange(settings={"issues": False, "receives": False})

    closed = change_structure(bench.ports, MANAGER, TOWN_HALL, shut)

    findings = [recipient_closed(closed, "1"), supplier_closed(closed, "1")]
    rules = [finding.rule for finding in findings if finding is not None]
    assert rules == ["ROUTING-RECIPIENT-NO-SPACE", "ROUTING-SUPPLIER-NO-SPACE"]


def test_every_change_is_an_act_that_says_what_differs(bench: Bench) -> None:
    change_structure(bench.ports, MANAGER, TOWN_HALL, StructureChange(settings={"is_moa": True}))
    change_structure(bench.ports, MANAGER, TOWN_HALL, StructureChange(settings={"is_moa": True}))
    bench.clock.advance(seconds=1)
    add_service(bench.ports, OPERATOR, TOWN_HALL, "PARCS", ServiceEntry(entry={"name": "Parcs"}))

    added, changed = bench.ports.history.of_structure(TOWN_HALL, after=None, limit=9).rows
    assert (changed.kind, changed.actor) == (ActKind.STRUCTURE_CHANGED, MANAGER.id)
    assert (changed.before, changed.after) == (
        {"settings.is_moa": "False"},
        {"settings.is_moa": "True"},
    )
    assert (added.kind, added.before) == (ActKind.SERVICE_ADDED, {})
    assert added.after["services.PARCS.name"] == "Parcs"
