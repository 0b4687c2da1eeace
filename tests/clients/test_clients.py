from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from choriste.application.sandbox.open_sandbox import open_sandbox
from choriste.domain.access.principal import Principal
from choriste.local.platform.process import Platform
from choriste.local.scenarios.files import file_of
from choriste.local.scenarios.model import Deposit
from choriste.runtime.identity import access_ports
from choriste.runtime.ports import platform_ports
from tests.builders.town import Town

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / "build" / "clients"
SUPPLIER, RECIPIENT = "2001", "1003"

pytestmark = [pytest.mark.slow, pytest.mark.clients]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Platform(port=0, aws_port=0) as platform:
        yield Town.of(platform, tmp_path_factory.mktemp("clients"))


def _python(name: str) -> Path:
    """Return the interpreter of a client's environment, made by the hashes of its requirements once."""
    wanted = HERE / f"{name}.txt"
    folder = ENVIRONMENTS / f"{name}-{hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]}"
    python, made = folder / "bin" / "python", folder / "made"
    if not made.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603 - our own path
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(wanted)]
        subprocess.run(install, check=True)  # noqa: S603 - our own path
        made.touch()
    return python


def _driven(name: str, town: Town, folder: Path, *arguments: str) -> dict[str, Any]:
    """Run a client's driver and return what it printed; its own words are the failure where it fails."""
    account = folder / "account.json"
    account.write_text(json.dumps(town.credentials), encoding="utf-8")
    script = HERE / f"drive_{name.replace('-', '_')}.py"
    command = [str(_python(name)), str(script), town.platform.url, str(account), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)  # noqa: S603 - our own path
    assert run.returncode == 0, run.stderr[-4000:]
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_chorus_api_deposits_polls_and_finds(town: Town, tmp_path: Path) -> None:
    _, content = file_of(Deposit(channel="api", form="facturx", changes=({"number": "CLIENT-1"},)))
    file = tmp_path / "facture_1.pdf"
    file.write_bytes(content)

    told = _driven("chorus-api", town, tmp_path, str(file))

    assert (told["states"][-1], told["details"]["liste_erreur_dp"]) == ("IN_INTEGRE", [])
    (row,) = told["invoices"]["liste_factures"]
    assert (row["numero_facture"], row["numero_flux_depot"]) == ("CLIENT-1", told["flow"])
    assert len(told["structures"]["liste_structures"]) == 1
    assert told["services"]["liste_structures"]
    assert told["currencies"]["code_retour"] == told["directory"]["code_retour"] == 0


def test_tour_shows_every_branch_of_a_sandbox(town: Town, tmp_path: Path) -> None:
    user = next(u for u in town.credentials["users"] if u["structure"] == SUPPLIER)
    known = access_ports().accounts.user_by_email(user["email"])
    assert known is not None
    developer = replace(Principal.of_user(known), factor_at=access_ports().clock.now())
    opened = open_sandbox(platform_ports(), access_ports(), developer)
    account = {
        "oauth": {"client_id": opened.client.client.client_id, "client_secret": opened.client.secret},
        "technical_account": {"login": opened.account.account.login, "password": opened.account.secret},
    }
    (tmp_path / "sandbox.json").write_text(json.dumps(account), encoding="utf-8")

    command = [
        sys.executable,
        str(HERE / "drive_sandbox.py"),
        town.platform.url,
        str(tmp_path / "sandbox.json"),
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own path

    assert run.returncode == 0, run.stderr[-4000:]
    told = [line.split() for line in run.stdout.splitlines()[1:]]
    assert [" ".join(words) for words in told] == [
        "paid SERVICE_FAIT",
        "paid MANDATEE",
        "paid MISE_EN_PAIEMENT",
        "rejected REJETEE",
        "suspended SUSPENDUE",
        "search 503 29030",
        "search 200 20001",
        "search 200 0",
        "search 200 0",
        "waiting A_VALIDER_1",
        "15 days MISE_A_DISPOSITION True",
    ]


def test_trytond_sends_its_invoice_and_sees_it_done(town: Town, tmp_path: Path) -> None:
    sirets = (town.siret(SUPPLIER), town.siret(RECIPIENT))

    told = _driven("trytond", town, tmp_path, *sirets)

    assert (told["states"][0], told["states"][-1]) == ("sent", "done")
