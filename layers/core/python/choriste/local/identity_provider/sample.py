"""The sample organisation whose people sign in at the local provider."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from choriste.application.access.organisation_records import OrganisationSignIn
from choriste.domain.parties.structure import StructureId
from choriste.local.identity_provider.pages import CLIENT, PREFIX, SECRET
from choriste.runtime.identity import access_ports

_TOWN: Final = StructureId("1001")


def keep_sample_organisation(base_url: str) -> None:
    """Let the people of the sample town sign in at the local provider, wherever it answers this time.

    Another provider, which somebody set since, stays.
    """
    access = access_ports()
    known, issuer = access.organisations.of(_TOWN), base_url + PREFIX
    if known is not None and (known.issuer == issuer or not known.issuer.endswith(PREFIX)):
        return
    sample = OrganisationSignIn(
        structure=_TOWN,
        issuer=issuer,
        client_id=CLIENT,
        secret="",
        served=(_TOWN,),
        version=known.version + 1 if known else 1,
    )
    sealed = access.vault.seal(SECRET, account=sample.vault_account)
    access.organisations.save(replace(sample, secret=sealed), known=known)
