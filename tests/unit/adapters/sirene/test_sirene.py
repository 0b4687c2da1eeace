"""The client of API Sirene against the local registry, and against services that fail."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from choriste.adapters.sirene import client as sirene
from choriste.adapters.sirene.answers import entry_of
from choriste.adapters.sirene.client import SireneRegistry
from choriste.application.parties.ports import RegistryUnavailableError
from choriste.domain.invoice.model import Address
from choriste.local.sirene.register import establishment
from choriste.local.sirene.server import SireneServer

OPEN, CLOSED, HIDDEN, TOWN = "73282932000074", "44309927000011", "38112266200012", "51204478500016"


@pytest.fixture
def server() -> Iterator[SireneServer]:
    served = SireneServer()
    served.start()
    yield served
    served.stop()


@pytest.fixture
def registry(server: SireneServer) -> SireneRegistry:
    return SireneRegistry(server.url, lambda: "a key")


def test_open_establishment_has_its_name_and_address(registry: SireneRegistry) -> None:
    found = registry.establishment(OPEN)

    assert found is not None
    assert (found.name, found.closed_on, found.is_public) == ("Scierie du Lac", None, False)
    assert found.address == Address(line1="1 CHEMIN DU BOIS", postcode="74000", city="ANNECY", country="FR")


def test_closed_hidden_and_public_establishments_are_told_apart(registry: SireneRegistry) -> None:
    closed, hidden, town = (registry.establishment(siret) for siret in (CLOSED, HIDDEN, TOWN))

    assert closed is not None
    assert closed.closed_on == dt.date(2026, 3, 31)
    assert hidden is not None
    assert (hidden.name, hidden.undisclosed) == (None, True)
    assert town is not None
    assert town.is_public


def test_unknown_siret_is_none(registry: SireneRegistry) -> None:
    assert registry.establishment("83214569299999") is None
    assert registry.establishments(["83214569299999"]) == {}


def test_several_are_asked_at_once(registry: SireneRegistry) -> None:
    found = registry.establishments([OPEN, CLOSED, "83214569299999"])

    assert set(found) == {OPEN, CLOSED}


def test_quota_is_no_answer_and_is_not_tried_again() -> None:
    strict = SireneServer(limit=1)
    strict.start()
    registry = SireneRegistry(strict.url, lambda: "a key")
    registry.establishment(OPEN)

    with pytest.raises(RegistryUnavailableError, match="429"):
        registry.establishment(OPEN)

    assert len(strict._asked) == 2
    strict.stop()


@pytest.mark.parametrize("key", ["", "missing"])
def test_without_a_key_there_is_no_answer(server: SireneServer, key: str) -> None:
    def no_key() -> str:
        if key:
            raise LookupError(key)
        return key

    with pytest.raises(RegistryUnavailableError):
        SireneRegistry(server.url, no_key).establishment(OPEN)


@contextmanager
def a_service(*answers: tuple[int, bytes]) -> Iterator[tuple[str, list[str]]]:
    """Serve some answers in turn, the last one again and again; give its address and what was asked."""
    left, asked = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sirene, "_PAUSE", 0)


def test_failure_that_passes_is_tried_once_more() -> None:
    with a_service((503, b""), (404, b"{}")) as (url, asked):
        assert SireneRegistry(url, lambda: "k").establishment(OPEN) is None

    assert len(asked) == 2


@pytest.mark.parametrize(
    ("answer", "tries"),
    [((500, b""), 2), ((200, b"<html>"), 2), ((200, b"[]"), 2), ((403, b"{}"), 1), ((400, b"{}"), 1)],
)
def test_failure_that_lasts_is_no_answer(answer: tuple[int, bytes], tries: int) -> None:
    with a_service(answer) as (url, asked), pytest.raises(RegistryUnavailableError):
        SireneRegistry(url, lambda: "k").establishment(OPEN)

    assert len(asked) == tries


def test_nobody_at_the_address_is_no_answer() -> None:
    with pytest.raises(RegistryUnavailableError):
        SireneRegistry("http://127.0.0.1:9", lambda: "k").establishment(OPEN)


def test_person_in_business_is_named_by_first_and_last_name() -> None:
    described = {
        "siret": OPEN,
        "uniteLegale": {
            "prenom1UniteLegale": "LUCIE",
            "nomUniteLegale": "MARTIN",
            "nomUsageUniteLegale": "[ND]",
        },
    }

    found = entry_of(described)

    assert (found.name, found.address, found.closed_on) == ("LUCIE MARTIN", None, None)


def test_address_with_cedex_and_its_further_lines_is_whole() -> None:
    described = {**establishment(siret=OPEN, name="X", city="LYON", postcode="69003")}
    described["adresseEtablissement"] = {
        "complementAdresseEtablissement": "BATIMENT B",
        "numeroVoieEtablissement": "12",
        "indiceRepetitionEtablissement": "B",
        "typeVoieEtablissement": "RUE",
        "libelleVoieEtablissement": "DU LAC",
        "distributionSpecialeEtablissement": "BP 12",
        "codePostalEtablissement": "69003",
        "codeCedexEtablissement": "69439",
        "libelleCedexEtablissement": "LYON CEDEX 03",
        "libelleCommuneEtablissement": "LYON",
    }

    assert entry_of(described).address == Address(
        line1="12 B RUE DU LAC",
        line2="BATIMENT B",
        line3="BP 12",
        postcode="69439",
        city="LYON CEDEX 03",
        country="FR",
    )
