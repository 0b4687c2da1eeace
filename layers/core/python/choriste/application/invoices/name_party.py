"""Find who is meant by the other party of an invoice: a name, or the number of a structure."""

from __future__ import annotations

from typing import Final

from choriste.application.invoices.criteria import OtherParty, Side
from choriste.application.parties.ports import PartiesPorts
from choriste.application.parties.search_structures import StructureQuery, search_structures
from choriste.domain.access.principal import Principal
from choriste.domain.parties.form import FieldsInvalidError

MOST: Final = 20
"""How many structures may answer to a name, for their invoices to be found from it."""


def other_party(ports: PartiesPorts, principal: Principal, text: str, side: Side) -> OtherParty:
    """Return the other party in somebody's words, with the structures that answer to them.

    Where none does, or more than `MOST`, invoices are looked through for the name that they bear.
    """
    try:
        found = search_structures(ports, principal, StructureQuery(words=text), after=None, limit=MOST)
    except FieldsInvalidError:
        return OtherParty(text, side)
    is_known = bool(found.rows) and found.after is None
    return OtherParty(text, side, frozenset(row.id for row in found.rows) if is_known else None)
