"""A file of the directory: each line registered, or refused with its reason; twice is once."""

from __future__ import annotations

import pytest

from choriste.application.parties.import_structures import LineOutcome, import_structures
from choriste.domain.access.principal import Principal
from choriste.domain.members.import_file import UnreadableFileError
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.parties.structure import StructureIdentifier
from choriste.domain.shared.errors import ForbiddenError
from tests.builders.identity import PLATFORM, a_manager
from tests.builders.ports import TOWN_HALL, Bench, a_bench

HEAD = "Identifiant;Raison_sociale;code_postal;ville;service_obligatoire;code_service;nom_service\n"
FILE = (
    HEAD + "51204478500016;Commune de Montbrison;63600;Ambert;oui;ETAT;État civil\n"
    "51204478500016;Commune de Montbrison;63600;Ambert;oui;VOIRIE;Voirie\n"
    "51204478500016;Commune de Montbrison;63600;Ambert;oui;VOIRIE;Voirie\n"
    "123;Nulle part;63600;Ambert;;;\n"
    "73282932000074;;1;;;;\n"
).encode()


@pytest.fixture
def bench() -> Bench:
    return a_bench()


def outcomes(bench: Bench, content: bytes = FILE, *, dry_run: bool = False) -> list[str]:
    return [line.outcome for line in import_structures(bench.ports, PLATFORM, content, dry_run=dry_run)]


def test_lines_are_registered_or_refused_one_by_one(bench: Bench) -> None:
    lines = list(import_structures(bench.ports, PLATFORM, FILE))

    assert [(line.number, line.outcome) for line in lines] == [
        (2, LineOutcome.REGISTERED),
        (3, LineOutcome.SERVICE_ADDED),
        (4, LineOutcome.UNCHANGED),
        (5, LineOutcome.REFUSED),
        (6, LineOutcome.REFUSED),
    ]
    found = bench.ports.directory.structure_by_identifier(StructureIdentifier.siret("51204478500016"))
    assert found is not None
    assert [service.code for service in found.services] == ["ETAT", "VOIRIE"]
    assert found.settings.service_mandatory
    assert found.registry.check_at == bench.clock.now()
    assert [fault.location for fault in lines[4].faults] == ["name", "postcode", "city"]


def test_same_file_again_changes_nothing(bench: Bench) -> None:
    outcomes(bench)

    assert outcomes(bench)[:3] == ["unchanged", "unchanged", "unchanged"]


def test_dry_run_writes_nothing(bench: Bench) -> None:
    tried = outcomes(bench, dry_run=True)

    assert tried == ["registered", "service-added", "service-added", "refused", "refused"]
    assert bench.ports.directory.structure_by_identifier(StructureIdentifier.siret("51204478500016")) is None


def test_file_without_its_columns_or_without_text_is_refused(bench: Bench) -> None:
    with pytest.raises(FieldsInvalidError):
        outcomes(bench, b"a;b\n1;2\n")
    with pytest.raises(UnreadableFileError):
        outcomes(bench, b"\x00\x00\x01")


def test_nobody_but_the_operator_imports(bench: Bench) -> None:
    manager = Principal.of_user(a_manager(TOWN_HALL, "x@example.fr"))

    with pytest.raises(ForbiddenError):
        list(import_structures(bench.ports, manager, FILE))
