"""API Sirene 3.11 of INSEE, by the key of a subscription (portail-api.insee.fr).

One question is tried twice when the connection or the service fails, and never after a 429: whoever waits for
the answer goes on without it, and the daily check comes back later.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from choriste.adapters.sirene.answers import entry_of
from choriste.application.parties.ports import MOST_ASKED, RegistryUnavailableError
from choriste.domain.parties.registry import RegistryEntry

KEY_HEADER: Final = "X-INSEE-Api-Key-Integration"
_TRIES: Final = 2
_PAUSE: Final = 0.3
_SECONDS: Final = 4
"""How long one try waits for an answer: registering a structure waits twice that at most."""


class SireneRegistry:
    """Implements `choriste.application.parties.ports.Registry`.

    `url` is where the API begins; `key` gives the secret of the subscription, and raises
    `LookupError` while there is none.
    """

    def __init__(self, url: str, key: Callable[[], str]) -> None:
        self._url = url.rstrip("/")
        self._key = key

    def establishment(self, siret: str) -> RegistryEntry | None:
        """Return what the registry has of a SIRET, None when it has none."""
        answer = self._ask(f"/siret/{urllib.parse.quote(siret, safe='')}")
        return entry_of(answer["etablissement"]) if answer is not None else None

    def establishments(self, sirets: Sequence[str]) -> Mapping[str, RegistryEntry]:
        """Return what the registry has of several SIRETs, in one question (*recherche multicritère*)."""
        wanted = " OR ".join(f"siret:{siret}" for siret in sirets[:MOST_ASKED])
        query = urllib.parse.urlencode({"q": wanted, "nombre": MOST_ASKED})
        answer = self._ask(f"/siret?{query}")
        found = answer["etablissements"] if answer is not None else []
        return {entry.siret: entry for entry in map(entry_of, found)}

    def _ask(self, path: str) -> dict[str, Any] | None:
        """Return the answer to one question, None for 404; raises `RegistryUnavailableError`."""
        try:
            headers = {KEY_HEADER: self._key(), "Accept": "application/json"}
        except LookupError as error:
            raise RegistryUnavailableError("no key yet") from error
        request = urllib.request.Request(f"{self._url}{path}", headers=headers)  # noqa: S310 - our own setting
        for attempt in range(1, _TRIES + 1):
            try:
                return _answer(request)
            except urllib.error.HTTPError as error:
                if error.code == HTTPStatus.NOT_FOUND:
                    return None
                fault, passes = f"HTTP {error.code}", error.code >= HTTPStatus.INTERNAL_SERVER_ERROR
            except (OSError, http.client.HTTPException, ValueError) as error:
                fault, passes = type(error).__name__, True
            if not passes or attempt == _TRIES:
                break
            time.sleep(_PAUSE)
        raise RegistryUnavailableError(fault)


def _answer(request: urllib.request.Request) -> dict[str, Any]:
    """Return the JSON object of an answer; raises `ValueError` for anything else."""
    with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310 - as above
        found = json.loads(response.read())
    if not isinstance(found, dict):
        raise ValueError(type(found).__name__)  # noqa: TRY004 - the text of the answer is wrong, not our types
    return found
