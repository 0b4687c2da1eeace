"""French typography: the spaces that no line may end on."""

from __future__ import annotations

import re
from typing import Final

_BEFORE: Final = re.compile(r" (?=[:;!?»%])")


def typeset(words: str, *, language: str) -> str:
    """Return words as they are set: French ones with no-break spaces in guillemets and before `:;!?%`.

    `make texts` applies this to the catalogue. Texts from elsewhere, such as those of the rules, are set
    where they are shown.
    """
    if language != "fr":
        return words
    return _BEFORE.sub("\N{NO-BREAK SPACE}", words).replace("« ", "«\N{NO-BREAK SPACE}")
