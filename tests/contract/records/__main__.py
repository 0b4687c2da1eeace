"""`python -m tests.contract.records` adds the golden records and the forms of new schemas.

What is there is never changed, but for a form that only gets new values of a code.
"""

from __future__ import annotations

import os
import sys

from tests.contract.records import goldens
from tests.contract.records.stage import empty_stores, items_of, write_everything
from tests.contract.records.stored_forms import FORMS, Format, form_of, formats, only_adds_codes, path_of


def main() -> int:
    """Add what is missing; return 1 where a form changed without a new schema."""
    FORMS.mkdir(exist_ok=True)
    refused = [kind.kind for kind in formats().values() if not _kept(kind)]
    for kind in refused:
        sys.stderr.write(f"{kind}: the stored form changed; give it a new schema by an upcaster\n")
    if refused:
        return 1
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    with empty_stores() as stores:
        write_everything(stores)
        goldens.add(items_of(stores))
    return 0


def _kept(kind: Format) -> bool:
    """Write the form of a kind where that loses nothing; say whether it stands as the model has it."""
    path, form = path_of(kind), form_of(kind)
    if not path.exists() or only_adds_codes(path.read_text("utf-8"), form):
        path.write_text(form, "utf-8")
    return path.read_text("utf-8") == form


if __name__ == "__main__":
    sys.exit(main())
