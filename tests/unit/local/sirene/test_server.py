"""The local registry answers with the statuses that API Sirene publishes."""

from __future__ import annotations

import pytest

from choriste.local.data.sample_data import sample_structures
from choriste.local.sirene.register import establishments
from choriste.local.sirene.server import SireneServer


@pytest.fixture
def server() -> SireneServer:
    served = SireneServer(limit=1000)
    served._server.server_close()
    return served


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        ("/siret/73282932000074", "k", 200),
        ("/siren/732829320", "k", 200),
        ("/siren/000000000", "k", 404),
        ("/siret/83214569299999", "k", 404),
        ("/siret?q=siret:83214569299999", "k", 404),
        ("/siret/123", "k", 400),
        ("/siret/73282932000074", None, 401),
        ("/elsewhere", "k", 400),
    ],
)
def test_question_gets_the_published_status(
    server: SireneServer, path: str, key: str | None, status: int
) -> None:
    answered, body = server.answer(path, key=key)

    assert (answered, body["header"]["statut"]) == (status, status)


def test_several_are_answered_in_one_list(server: SireneServer) -> None:
    _, body = server.answer("/siret?q=siret:73282932000074%20OR%20siret:83214569200014&nombre=50", key="k")

    assert [each["siret"] for each in body["etablissements"]] == ["73282932000074", "83214569200014"]
    assert body["header"]["total"] == 2


def test_quota_ends_after_so_many_questions_a_minute() -> None:
    served = SireneServer(limit=2)
    served._server.server_close()

    statuses = [served.answer("/siren/732829320", key="k")[0] for _ in range(3)]

    assert statuses == [200, 200, 429]


def test_sample_structures_are_registered() -> None:
    known = establishments()

    assert {structure.identifier.value for structure in sample_structures().values()} <= known.keys()
