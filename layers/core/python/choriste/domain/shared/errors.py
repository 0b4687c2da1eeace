"""Errors of the domain: a stable code and parameters. Texts are in `choriste.i18n`, HTTP is outside."""

from __future__ import annotations

from choriste.domain.shared.findings import Finding
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.i18n.catalogue import message


class ChoristeError(Exception):
    """What the platform refuses; `code` is stable and documented, `parameters` fill its message."""

    code = "internal"

    def __init__(self, **parameters: object) -> None:
        super().__init__(self.code, parameters)
        self.parameters = parameters


class BrokenInvariantError(Exception):
    """A state that earlier checks rule out: a defect of the platform, without a code for users."""


class NotFoundError(ChoristeError):
    """The thing does not exist, or the caller may not know that it does."""

    code = "not-found"


class ForbiddenError(ChoristeError):
    """The caller is known but not entitled; parameters: `right`, `structure`."""

    code = "forbidden"


class StaleVersionError(ChoristeError):
    """The invoice has changed; parameters: `version`, `status` now, and `read`, the version that was sent."""

    code = "stale-version"


class BusyError(ChoristeError):
    """The platform is asked too much at once, and did nothing; parameter: `seconds` to wait."""

    code = "busy"

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.seconds = seconds


class AlteredFileError(ChoristeError):
    """The archive holds other bytes than were deposited; parameters: `key`, digests `found`, `expected`."""

    code = "altered-file"


class DuplicateInvoiceError(ChoristeError):
    """An invoice with the same supplier, number, year and recipient exists; parameter: `first`."""

    code = "duplicate-invoice"

    def __init__(self, first: InvoiceId) -> None:
        super().__init__(first=first)
        self.first = first


class IdentifierTakenError(ChoristeError):
    """The technical id was given to another thing in the same millisecond; parameter: `id`."""

    code = "identifier-taken"


class PieceAnsweredError(ChoristeError):
    """Another document answered the same piece first; parameters: `piece`, `by`."""

    code = "piece-answered"

    def __init__(self, *, piece: InvoiceId, by: InvoiceId) -> None:
        super().__init__(piece=piece, by=by)
        self.piece = piece
        self.by = by


class TooLargeError(ChoristeError):
    """A body over the limit of its channel; parameters: `size`, `limit` in bytes."""

    code = "too-large"


class KeyReusedError(ChoristeError):
    """A client's key that stands for another deposit; parameters: `key`, `first`, and `flow_id` if known."""

    code = "idempotency-key-reused"

    def __init__(self, *, key: str, flow: FlowId | None = None) -> None:
        if flow is None:
            super().__init__(key=key, first=message("deposits", "flow-hidden"))
        else:
            super().__init__(key=key, first=message("deposits", "flow", flow=flow), flow_id=flow)


class AccountEndedError(ChoristeError):
    """A file that came under an account that has expired or was closed; parameter: `account`."""

    code = "account-ended"


class ComplementMissingError(ChoristeError):
    """A completion that brings nothing: neither a remark nor a file attached since it was asked for."""

    code = "complement-missing"


class DraftInvalidError(ChoristeError):
    """A draft that would be refused if it were deposited; parameter: `findings`, the fatal ones."""

    code = "draft-invalid"


class DraftClosedError(ChoristeError):
    """A draft that was deposited or abandoned; parameters: `id`, `status`."""

    code = "draft-closed"


class BadRequestError(ChoristeError):
    """The request cannot be understood; parameters: `field`, and `expected`, `findings` or `fault`.

    `fault` is `missing` or `unknown` for a field, and `json` for a body that is not JSON.
    """

    code = "bad-request"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that the error carries."""
        found = self.parameters.get("findings")
        rows = found if isinstance(found, (list, tuple)) else ()
        return tuple(row for row in rows if isinstance(row, Finding))
