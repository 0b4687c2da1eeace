"""The pages that are made from the tables of the Chorus Pro compatible API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from choriste.i18n.catalogue import template
from tests.builders.environment import name_settings

name_settings()

from functions.chorus.description import description_text  # noqa: E402
from functions.chorus.operation import Operation  # noqa: E402
from functions.chorus.operations import OPERATIONS  # noqa: E402
from functions.chorus.returns import ROOM, Return  # noqa: E402 - the function reads its settings at import

_ERRORS = """\
# Return codes of the Chorus Pro compatible API

Made from the table in `functions/chorus/returns.py`; do not edit.

Every answer carries `codeRetour` and `libelle`. Rows marked *known* are codes that public clients and the
operator's own descriptions show. The full list of the national portal is not public: the other rows are ours,
in the same form. The `libelle` begins with the label and goes on with the text, in the language of
`Accept-Language` (French unless it begins with `en`). Braces stand for what is filled in.

| codeRetour | label | HTTP | known | français | English |
|---|---|---|---|---|---|
"""


def errors_page() -> str:
    """Return the page of the return codes."""
    return _ERRORS + "".join(f"{_row(each)}\n" for each in Return)


def _row(each: Return) -> str:
    row = each.value
    text = template(ROOM, row.text) if row.text is not None else None
    french, english = (text.fr, text.en) if text is not None else ("", "")
    known = "yes" if row.known else ""
    return f"| {row.code} | `{row.label}` | {int(row.status)} | {known} | {french} | {english} |"


_OPERATIONS = """\
# Operations of the Chorus Pro compatible API

Made from the tables of `functions/chorus` and from its tests; do not edit.

*Described*: its requests and answers are checked against the operator's published description. *Client*: a
public client that calls it, unmodified, in the tests. *Tests*: the files that call it.

| operation | name | described | client | tests |
|---|---|---|---|---|
"""
_NOT_OFFERED = """
## Not offered

| operation | why |
|---|---|
| `facturesTravaux/v1/soumettre` | its request is not public; use `deposer/flux` or `/v1` |

Answers that are not public are ours: `rechercher/serviceexecutant` answers as
`structures/v1/rechercher/services`. Support requests, and documents of structures and accounts, are not kept
here: those searches find nothing.
"""
_CALLED = {
    "chorus-api": (
        "transverses/v1/health-check",
        "factures/v1/deposer/flux",
        "transverses/v1/consulterCR",
        "transverses/v1/consulterCRDetaille",
        "factures/v1/rechercher/fournisseur",
        "structures/v1/rechercher",
        "structures/v1/rechercher/services",
        "structures/v1/consulter",
        "transverses/v1/consulter/information/siret",
        "transverses/v1/telecharger/annuaire/destinataire",
        "transverses/v1/recuperer/devises",
    ),
    "Tryton": ("factures/v1/deposer/flux", "transverses/v1/consulterCR"),
}
_TESTS = Path(__file__).parents[1] / "unit" / "functions" / "chorus"
DESCRIBED = ("factures/v1/", "structures/v1/")
"""The families that the operator has published a description of."""


def operations_page() -> str:
    """Return the page of the operations."""
    tests = {path.name: path.read_text(encoding="utf-8") for path in sorted(_TESTS.glob("test_*.py"))}
    rows = (_operation(each, tests) for each in OPERATIONS.values())
    return _OPERATIONS + "".join(f"{row}\n" for row in rows) + _NOT_OFFERED


def _operation(operation: Operation, tests: dict[str, str]) -> str:
    described = "yes" if operation.path.startswith(DESCRIBED) else ""
    clients = ", ".join(name for name, paths in _CALLED.items() if operation.path in paths)
    calling = ", ".join(f"`{name}`" for name, text in tests.items() if _calls(text, operation.path))
    verb = f"{operation.method} " if operation.method != "POST" else ""
    return f"| `{verb}{operation.path}` | {operation.name} | {described} | {clients} | {calling} |"


def _calls(text: str, path: str) -> bool:
    """Say whether a test calls an operation: by its address, whole or made of a part that it names."""
    in_lists = "/v1/recuperer/" in path and "/v1/recuperer/" in text
    consults = "/v1/consulter/" in path and "v1/consulter/{reader}" in text and path.startswith("factures")
    return f'"{path}"' in text or in_lists or consults


DERIVED: dict[str, Callable[[], str]] = {
    "docs/reference/chorus-errors.md": errors_page,
    "schemas/chorus-openapi.json": description_text,
    "docs/reference/chorus-operations.md": operations_page,
}
"""Every derived page, by its path from the root of the repository."""
