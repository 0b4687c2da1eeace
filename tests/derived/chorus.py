"""The pages that are made from the tables of the Chorus Pro compatible API."""

from __future__ import annotations

from collections.abc import Callable

from choriste.i18n.catalogue import template
from tests.builders.environment import name_settings

name_settings()

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


DERIVED: dict[str, Callable[[], str]] = {"docs/reference/chorus-errors.md": errors_page}
"""Every derived page, by its path from the root of the repository."""
