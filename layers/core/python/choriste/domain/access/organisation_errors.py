"""What keeps a person from signing in through their organisation: each says what to do instead."""

from __future__ import annotations

from choriste.domain.shared.errors import ChoristeError


class OrganisationUnknownError(ChoristeError):
    """No organisation of this SIRET signs its people in here; parameter: `siret`."""

    code = "organisation-unknown"


class OrganisationLateError(ChoristeError):
    """The way back from the organisation is too old, was gone already, or began in another browser."""

    code = "organisation-late"


class OrganisationUnavailableError(ChoristeError):
    """The organisation's provider does not answer, or not as OpenID Connect wants; `fault` is for the log."""

    code = "organisation-unavailable"

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault


class OrganisationRefusedError(ChoristeError):
    """What the provider answered proves nobody's identity; `fault` is for the log, not for the visitor."""

    code = "organisation-refused"

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault


class OrganisationPersonError(ChoristeError):
    """The provider does not vouch for the address, or the person belongs to no structure it serves."""

    code = "organisation-person"


class OrganisationKnownError(ChoristeError):
    """The address has an account already, which only its owner connects; parameter: `siret`."""

    code = "organisation-known"
