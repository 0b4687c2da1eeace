"""`python -m tests.contract.chorus [--examples N] [PATH …]` prints the faults that it finds.

The descriptions are read in place, beside the corpora: nobody stated a licence for them. Each answer must be
JSON with a `codeRetour`, below 500, and as its description has it.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from tests.builders.platform_here import PlatformHere, a_platform_here
from tests.builders.swagger import SPECIFICATIONS, faults
from tests.contract.api.conformance import SEED

PAGED_TWICE: Final = "/cpro/factures/v1/rechercher/atraiter/recipiendaire"
"""Tells its page at its top too, as live clients read it (docs/reference/chorus-pro.md)."""

_PAGE: Final = frozenset({"pageCourante", "pages", "nbResultatsParPage", "total"})


def operations() -> Iterator[tuple[str, Any]]:
    """Yield the described operations by their address."""
    for name in ("factures", "structures"):
        described = json.loads((SPECIFICATIONS / f"{name}.swagger.json").read_text(encoding="utf-8"))
        described.pop("basePath", None)
        schema = schemathesis.openapi.from_dict(described)
        for result in schema.get_all_operations():
            if isinstance(result, Ok):
                yield f"/cpro/{name}{result.ok().path}", result.ok()


def faults_of(here: PlatformHere, path: str, operation: Any, *, examples: int) -> list[str]:
    """Send so many requests of each mode, and return what is wrong with their answers, each once."""
    account = here.credentials["technical_account"]
    login = base64.b64encode(f"{account['login']}:{account['password']}".encode()).decode()
    headers = {
        "Authorization": f"Bearer {here.partner().token}",
        "cpro-account": login,
        "Content-Type": "application/json",
    }
    found: dict[str, None] = {}

    def ask(case: Any) -> None:
        body = json.dumps(case.body if isinstance(case.body, dict | list | str | int | float) else None)
        asked = urllib.request.Request(  # noqa: S310 - our own platform
            here.platform.url + path, data=body.encode(), headers=headers, method="POST"
        )
        found.update(dict.fromkeys(_wrong(path, *_answered(asked))))

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        limits = settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        seed(SEED)(limits(given(case=operation.as_strategy(generation_mode=mode))(ask)))()
    return list(found)


def _answered(asked: urllib.request.Request) -> tuple[int, str, bytes]:
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own platform
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", ""), error.read()


def _wrong(path: str, status: int, kind: str, content: bytes) -> Iterator[str]:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not kind.startswith("application/json"):
        yield f"{status} {kind}: {content[:200].decode(errors='replace')}"
        return
    answer = json.loads(content)
    if not isinstance(answer.get("codeRetour"), int):
        yield f"{status}: no codeRetour in {content[:200].decode(errors='replace')}"
    if (
        status == HTTPStatus.OK and answer.get("codeRetour") == 0
    ):  # a refusal has its code and its words alone
        if path == PAGED_TWICE:
            answer = {name: value for name, value in answer.items() if name not in _PAGE}
        yield from faults(path, "answer", answer)


def main() -> int:
    """Look as long as it was told; return 1 when there was a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.chorus")
    parser.add_argument("--examples", type=int, default=25, help="requests of each mode for each operation")
    parser.add_argument("path", nargs="*", help="such as /cpro/factures/v1/soumettre; all when none is named")
    wanted = parser.parse_args()
    total = 0
    with tempfile.TemporaryDirectory() as folder, a_platform_here(Path(folder)) as here:
        for path, operation in operations():
            if wanted.path and path not in wanted.path:
                continue
            found = faults_of(here, path, operation, examples=wanted.examples)
            total += len(found)
            sys.stdout.write(f"{path}: {len(found) or 'no'} faults\n")
            sys.stdout.writelines(f"  {fault}\n" for fault in found)
            sys.stdout.flush()
    return 1 if total else 0


sys.exit(main())
