"""The Chorus Pro API beside its `/v1` twin: `python -m bench.chorus` measures both on the local platform.

Deposits of the same invoices under other numbers, and searches of what one issued, in turn, so that nothing
else of the machine falls on one of them alone. Writes `docs/bench-chorus.md`; the bound is 1.5 times a twin.
"""

from __future__ import annotations

import base64
import json
import statistics
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from choriste.adapters.rest.client import Client
from choriste.local.data.seed import Addresses, seed
from choriste.local.platform.process import Platform
from choriste.local.scenarios.files import file_of
from choriste.local.scenarios.model import Deposit

PAGE: Final = Path("docs/bench-chorus.md")
BOUND: Final = 1.5
ROUNDS: Final = 60


def _invoice(number: str) -> tuple[str, bytes]:
    return file_of(Deposit(channel="api", form="cii", changes=({"number": number},)))


def _asker(url: str, client: Client, account: Mapping[str, str]) -> Callable[[str, Mapping[str, Any]], Any]:
    login = base64.b64encode(f"{account['login']}:{account['password']}".encode()).decode()
    headers = {
        "Authorization": f"Bearer {client.token}",
        "cpro-account": login,
        "Content-Type": "application/json",
    }

    def ask(path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the JSON of an answer
        data = json.dumps(body).encode()
        asked = urllib.request.Request(f"{url}/cpro/{path}", data=data, headers=headers)  # noqa: S310 - our own
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own platform
            return json.load(answer)

    return ask


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure() -> dict[str, tuple[float, float]]:
    """Return the p50 in milliseconds of each operation, and of its twin."""
    with tempfile.TemporaryDirectory() as folder, Platform(port=0, aws_port=0) as platform:
        file = Path(folder) / "credentials.json"
        seed(Addresses(base_url=platform.url, aws_endpoint=platform.aws_url), kept_in=None, credentials=file)
        known = json.loads(file.read_text(encoding="utf-8"))
        client = Client.sign_in(platform.url, known["oauth"])
        ask = _asker(platform.url, client, known["technical_account"])
        found: dict[str, tuple[list[float], list[float]]] = {"deposer/flux": ([], [])}
        for n in range(ROUNDS):
            found["deposer/flux"][n % 2].append(_seconds(_deposits(ask, client, n)[n % 2]))
            if n % 10 == 0:
                platform.drain(timeout=300)
        platform.drain(timeout=300)
        wish = {"rechercheFactureParFournisseur": {"nbResultatsParPage": 50, "pageResultatDemandee": 1}}
        pairs = {
            "rechercher/fournisseur": (
                lambda: ask("factures/v1/rechercher/fournisseur", {"idFournisseur": 2001, **wish}),
                lambda: client.call("/v1/invoices?side=issued&structure=2001&limit=50"),
            ),
            "rechercher/fournisseur, by number": (
                lambda: ask(
                    "factures/v1/rechercher/fournisseur",
                    {"idFournisseur": 2001, "numeroFacture": "B-40", **wish},
                ),
                lambda: client.call("/v1/invoices?side=issued&structure=2001&number=B-40&limit=50"),
            ),
        }
        for name, (ours, twin) in pairs.items():
            found[name] = ([], [])
            for _ in range(ROUNDS):
                found[name][0].append(_seconds(ours))
                found[name][1].append(_seconds(twin))
    return {
        name: (1000 * statistics.median(ours), 1000 * statistics.median(twin))
        for name, (ours, twin) in found.items()
    }


def _deposits(ask: Callable[..., Any], client: Client, n: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    name, content = _invoice(f"B-{n}")
    body = {
        "fichierFlux": base64.b64encode(content).decode(),
        "nomFichier": name,
        "syntaxeFlux": "IN_DP_E1_CII_16B",
    }
    path = f"/v1/deposits?{urllib.parse.urlencode({'filename': name})}"
    return (
        lambda: ask("factures/v1/deposer/flux", body),
        lambda: client.call(path, data=content, content_type="application/xml"),
    )


def main() -> int:
    """Measure, write the page, and return 1 where an operation is beyond the bound."""
    found = measure()
    lines = [
        f"| `{name}` | {ours:.0f} | {twin:.0f} | {ours / twin:.2f} |" for name, (ours, twin) in found.items()
    ]
    PAGE.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 1 if any(ours > BOUND * twin for ours, twin in found.values()) else 0


_HEAD: Final = f"""# The Chorus Pro API beside its twin

Made by `python -m bench.chorus` on the local platform: p50 in milliseconds of {ROUNDS} calls, in turn with
the same by `/v1`; a deposit counts half of them. The bound is {BOUND} times the twin.

| operation | p50 | `/v1` | ratio |
|---|---|---|---|
"""

if __name__ == "__main__":
    raise SystemExit(main())
