"""The Sirene registry: what it brings to a registration, and the checks that warn first and close later."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import pytest

from choriste.application.invoices.treat_invoice import Treatment, treat_invoice
from choriste.application.parties.check_registry import PAUSE, Slice, check_registry
from choriste.application.parties.deactivate_structure import (
    ClosingRequest,
    deactivate_structure,
    reactivate_structure,
)
from choriste.application.parties.ports import MOST_ASKED
from choriste.application.parties.register_structure import NewStructure, register_structure
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.invoice.model import Address
from choriste.domain.lifecycle import Status
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.parties.registry import CHECK_EVERY, RETRY_AFTER, WARNING, RegistryEntry
from choriste.domain.parties.structure import (
    ClosingReason,
    IdentifierKind,
    RegistryStanding,
    Structure,
    StructureKind,
)
from choriste.domain.shared.errors import ForbiddenError
from tests.builders.identity import a_manager, a_structure, a_user
from tests.builders.intake import deposited, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_bench, accountant
from tests.fakes.parties import MemoryRegistry

OPERATOR = Principal.of_user(a_user("op", email="op@example.fr", operator=True))
MANAGER = Principal.of_user(a_manager(TOWN_HALL, "maire@example.fr"))
PLATFORM = Principal.platform("registry")
SIRET = "73282932000074"
ADDRESS = Address(line1="1 CHEMIN DU BOIS", postcode="74000", city="ANNECY", country="FR")
ENTRY = RegistryEntry(siret=SIRET, name="SCIERIE DU LAC", address=ADDRESS)
DAY = dt.timedelta(days=1)


@dataclass
class Workshop:
    """A bench with its registry, and a slice that counts its pauses."""

    bench: Bench = field(default_factory=a_bench)
    pauses: list[float] = field(default_factory=list)
    questions: int = 100

    @property
    def registry(self) -> MemoryRegistry:
        assert isinstance(self.bench.ports.registry, MemoryRegistry)
        return self.bench.ports.registry

    def check(self) -> dict[str, int]:
        part = Slice(has_time=lambda: len(self.pauses) < self.questions, sleep=self.pauses.append)
        return dict(check_registry(self.bench.ports, PLATFORM, part))

    def structure(self, structure_id: str = TOWN_HALL) -> Structure:
        found = self.bench.ports.directory.structure(structure_id)
        assert found is not None
        return found

    def due(self, structure_id: str = TOWN_HALL) -> Structure:
        """Make the check of a structure due."""
        known = self.structure(structure_id)
        past = RegistryStanding(check_at=self.bench.clock.now() - DAY)
        self.bench.ports.directory.replace_structure(replace(known, registry=past), known=known)
        return self.structure(structure_id)

    def closed(self, structure_id: str = TOWN_HALL) -> None:
        """Have the registry close a structure's establishment, and its check be due."""
        siret = self.due(structure_id).identifier.value
        day = dt.date(2026, 10, 31)
        self.registry.entries[siret] = RegistryEntry(siret=siret, name="X", address=None, closed_on=day)


@pytest.fixture
def workshop() -> Workshop:
    made = Workshop()
    made.registry.down = False
    return made


def wanted(**entry: str) -> NewStructure:
    return NewStructure(
        kind=StructureKind.PRIVATE,
        identifier_kind=IdentifierKind.SIRET,
        identifier=SIRET,
        entry=entry,
        settings={},
    )


def test_registry_fills_in_name_and_address(workshop: Workshop) -> None:
    workshop.registry.entries[SIRET] = ENTRY

    made = register_structure(workshop.bench.ports, OPERATOR, wanted(name="Autre nom"))

    now = workshop.bench.clock.now()
    assert (made.name, made.address) == ("SCIERIE DU LAC", ADDRESS)
    assert made.registry == RegistryStanding(verified_at=now, check_at=now + CHECK_EVERY)


def test_address_that_was_entered_counts(workshop: Workshop) -> None:
    workshop.registry.entries[SIRET] = ENTRY

    made = register_structure(workshop.bench.ports, OPERATOR, wanted(postcode="74000", city="Seynod"))

    assert made.city == "Seynod"


def test_name_that_the_registry_hides_is_entered(workshop: Workshop) -> None:
    workshop.registry.entries[SIRET] = replace(ENTRY, name=None, address=None, undisclosed=True)

    with pytest.raises(FieldsInvalidError):
        register_structure(workshop.bench.ports, OPERATOR, wanted())
    made = register_structure(
        workshop.bench.ports, OPERATOR, wanted(name="Lucie Martin", postcode="37000", city="Tours")
    )

    assert (made.name, made.registry.undisclosed) == ("Lucie Martin", True)


def test_closed_siret_is_refused_with_the_reason(workshop: Workshop) -> None:
    workshop.registry.entries[SIRET] = replace(ENTRY, closed_on=dt.date(2026, 3, 31))

    with pytest.raises(FieldsInvalidError) as refused:
        register_structure(workshop.bench.ports, OPERATOR, wanted(name="X", postcode="74000", city="Annecy"))

    assert [(each.location, each.rule) for each in refused.value.findings] == [("identifier", "SIRET-CLOSED")]


def test_siret_that_the_registry_does_not_know_yet_is_to_be_verified(workshop: Workshop) -> None:
    entered = wanted(name="X", postcode="74000", city="Annecy")

    made = register_structure(workshop.bench.ports, OPERATOR, entered)

    assert (made.name, made.registry.verified_at) == ("X", None)
    assert made.registry.check_at is not None


def test_structure_is_registered_to_be_verified_while_the_registry_is_down(workshop: Workshop) -> None:
    workshop.registry.down = True

    made = register_structure(
        workshop.bench.ports, OPERATOR, wanted(name="Scierie", postcode="74000", city="Annecy")
    )
    workshop.registry.down = False
    workshop.registry.entries[SIRET] = ENTRY
    workshop.bench.clock.advance(seconds=1)
    counts = workshop.check()

    assert made.registry == RegistryStanding(check_at=made.registry.check_at)
    assert counts == {"confirmed": 1}
    assert workshop.structure(made.id).registry.verified_at == workshop.bench.clock.now()


def test_silence_of_the_registry_is_said_when_the_name_is_missing(workshop: Workshop) -> None:
    workshop.registry.down = True

    with pytest.raises(FieldsInvalidError) as refused:
        register_structure(workshop.bench.ports, OPERATOR, wanted(postcode="74000", city="Annecy"))

    assert [(each.location, each.rule) for each in refused.value.findings] == [("name", "REGISTRY-SILENT")]


def test_other_kinds_are_not_asked_for(workshop: Workshop) -> None:
    foreign = replace(
        wanted(name="Brasserie", country="BE"),
        identifier_kind=IdentifierKind.EU_VAT,
        identifier="BE0403019261",
    )

    made = register_structure(workshop.bench.ports, OPERATOR, foreign)

    assert workshop.registry.asked == []
    assert made.registry == RegistryStanding()


def test_closed_establishment_is_warned_of_then_deactivated(workshop: Workshop) -> None:
    workshop.closed()

    first = workshop.check()
    warned = workshop.structure()
    mails = list(workshop.bench.mailer.sent)
    workshop.bench.clock.advance(days=29)
    during = workshop.check()
    workshop.bench.clock.advance(days=2)
    last = workshop.check()
    closed = workshop.structure()

    assert (first, during, last) == ({"warned": 1}, {}, {"deactivated": 1})
    assert (warned.active, warned.registry.closed_on) == (True, dt.date(2026, 10, 31))
    assert mails
    assert all("31" in mail.text for mail in mails)
    assert closed.active is False
    assert closed.closing is not None
    assert closed.closing.reason is ClosingReason.REGISTRY
    assert closed.registry.check_at is None
    assert len(workshop.bench.mailer.sent) == 2 * len(mails)
    workshop.bench.clock.advance(days=400)
    assert workshop.check() == {}


def test_warning_is_forgotten_when_the_registry_was_wrong(workshop: Workshop) -> None:
    workshop.closed()
    workshop.check()
    siret = workshop.structure().identifier.value
    workshop.registry.entries[siret] = replace(workshop.registry.entries[siret], closed_on=None)
    workshop.bench.clock.advance(days=31)

    counts = workshop.check()

    standing = workshop.structure().registry
    assert counts == {"confirmed": 1}
    assert (workshop.structure().active, standing.closed_on, standing.warned_at) == (True, None, None)


def test_inactive_structure_is_not_warned_of_again(workshop: Workshop) -> None:
    deactivate_structure(
        workshop.bench.ports, MANAGER, TOWN_HALL, ClosingRequest(reason=ClosingReason.CEASED)
    )
    workshop.closed()

    assert workshop.check() == {"confirmed": 1}
    assert workshop.bench.mailer.sent == []
    assert workshop.structure().registry.check_at is None


def test_operator_reopens_what_the_registry_closed(workshop: Workshop) -> None:
    workshop.closed()
    workshop.check()
    workshop.bench.clock.advance(days=31)
    workshop.check()

    opened = reactivate_structure(workshop.bench.ports, OPERATOR, TOWN_HALL)

    assert opened.active
    assert opened.registry.warned_at is None


def test_check_that_comes_early_waits_for_the_end_of_the_warning(workshop: Workshop) -> None:
    workshop.closed()
    workshop.check()
    known = workshop.structure()
    early = replace(known, registry=replace(known.registry, check_at=workshop.bench.clock.now() - DAY))
    workshop.bench.ports.directory.replace_structure(early, known=known)

    assert workshop.check() == {"waiting": 1}
    assert workshop.structure().registry.check_at == workshop.bench.clock.now() + WARNING
    assert workshop.structure().active


def test_what_the_registry_does_not_know_is_left_alone(workshop: Workshop) -> None:
    workshop.due()

    assert workshop.check() == {"unknown": 1}
    assert workshop.structure().active
    assert workshop.structure().registry.check_at == workshop.bench.clock.now() + RETRY_AFTER


def test_what_the_registry_does_not_answer_stays_due(workshop: Workshop) -> None:
    known = workshop.due()
    workshop.registry.down = True

    assert workshop.check() == {"unavailable": 1}
    assert workshop.structure() == known


def test_slice_asks_fifty_at_a_time_with_pauses_until_its_time_is_over(workshop: Workshop) -> None:
    for number in range(2 * MOST_ASKED + 1):
        siret = f"4038695060{number:04d}"
        standing = RegistryStanding(check_at=workshop.bench.clock.now() - DAY)
        made = replace(a_structure(f"9{number}", siret=siret, name=f"S {number}"), registry=standing)
        workshop.bench.ports.directory.add_structure(made)
        workshop.registry.entries[siret] = RegistryEntry(siret=siret, name="S", address=None)
    workshop.questions = 2

    first = workshop.check()
    workshop.questions = 9
    second = workshop.check()

    assert (first, second) == ({"confirmed": 100}, {"confirmed": 1})
    assert workshop.pauses == [PAUSE, PAUSE, PAUSE]
    assert [len(asked) for asked in workshop.registry.asked] == [50, 50, 1]


def test_structure_that_somebody_changes_at_the_same_time_is_due_again(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = workshop.due()

    def stale(structure: Structure, *, known: Structure) -> None:
        raise StaleRecordError(kind="structure", id=structure.id, known=known.id)

    monkeypatch.setattr(workshop.bench.ports.directory, "replace_structure", stale)

    assert workshop.check() == {"stale": 1}
    assert workshop.structure() == known


@pytest.mark.parametrize("who", [MANAGER, Principal.of_user(a_manager(SUPPLIER, "x@example.fr"))])
def test_only_the_platform_and_the_operator_check(workshop: Workshop, who: Principal) -> None:
    with pytest.raises(ForbiddenError):
        check_registry(workshop.bench.ports, who, Slice(lambda: True, lambda _: None))


def test_open_invoice_of_a_deactivated_structure_is_finished_and_a_new_one_refused(
    workshop: Workshop,
) -> None:
    bench = workshop.bench
    head = the_invoice(bench.ports, deposited(bench.ports, a_cii()))
    for closed in (TOWN_HALL, SUPPLIER):
        workshop.closed(closed)
    workshop.check()
    bench.clock.advance(days=31)
    workshop.check()

    for action in ("certify-service", "mandate", "send-to-accountant", "book", "pay"):
        head = treat_invoice(bench.ports, accountant(), head.id, Treatment(action=action))
    flow = deposited(bench.ports, a_cii(number="F-2"))
    refused = bench.ports.flows.documents(flow.id)[0]

    assert head.status is Status.MISE_EN_PAIEMENT
    assert {finding.rule for finding in refused.findings} >= {
        "ROUTING-SUPPLIER-INACTIVE",
        "ROUTING-RECIPIENT-INACTIVE",
    }
