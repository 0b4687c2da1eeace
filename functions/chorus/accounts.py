"""For which structure a technical account acts, when a request does not say."""

from __future__ import annotations

from functions.chorus.operation import Call
from functions.chorus.returns import ChorusRefusal, Return


def structure_of(call: Call, name: str = "structure", *, field: str) -> str:
    """Return the structure that a request names by its id, else the only one that the account belongs to.

    Raises `ChorusRefusal` where there are several.
    """
    named = call.asked.get(name)
    if named is not None:
        return str(named)
    if len(call.principal.homes) != 1:
        raise ChorusRefusal(Return.SEVERAL_STRUCTURES, field=field)
    return call.principal.homes[0]
