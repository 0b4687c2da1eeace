"""What identity refuses, as errors with a stable code and parameters; no HTTP status in them."""

from __future__ import annotations

from typing import ClassVar


class IdentityError(Exception):
    """A refusal by identity: `code` is stable, `parameters` are what a message may name."""

    code: ClassVar[str] = "IDENTITY"

    def __init__(self, **parameters: str) -> None:
        super().__init__(self.code)
        self.parameters = parameters


class ForbiddenError(IdentityError):
    """The principal is known and lacks the right: `space`, `level`, `structure`, `service`."""

    code = "ACCESS-FORBIDDEN"


class UnauthenticatedError(IdentityError):
    """The request proves no identity: the bearer token or the technical account is refused (`what`)."""

    code = "ACCESS-UNAUTHENTICATED"


class NotFoundError(IdentityError):
    """No such structure, user, account or client: `kind` and `id`."""

    code = "IDENTITY-NOT-FOUND"


class AlreadyExistsError(IdentityError):
    """The identifier, e-mail address, login or client id is taken: `kind` and `id`."""

    code = "IDENTITY-ALREADY-EXISTS"


class OutOfDateError(IdentityError):
    """Somebody else changed the same record in between: `kind` and `id`; read again, then retry."""

    code = "IDENTITY-OUT-OF-DATE"
