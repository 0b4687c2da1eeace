"""What an inspection says of a file, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from choriste.domain.invoice.reading import Syntax
from choriste.domain.shared.findings import Finding, Severity


class FileKind(StrEnum):
    """What a deposited file is. A signed Factur-X is a Factur-X; its signatures are listed separately."""

    FACTURX = "factur-x"
    ZUGFERD_1 = "zugferd-1"
    ORDERX = "order-x"
    PDF = "pdf"
    SIGNED_PDF = "pdf-signed"
    ENCRYPTED_PDF = "pdf-encrypted"
    PDF_PORTFOLIO = "pdf-portfolio"
    DAMAGED_PDF = "pdf-damaged"
    XML = "xml"
    ZIP = "zip"
    GZIP = "gzip"
    TAR = "tar"
    IMAGE = "image"
    OFFICE = "office"
    EMPTY = "empty"
    UNKNOWN = "unknown"


class Family(StrEnum):
    """The hybrid formats that put structured data in a PDF."""

    FACTURX = "Factur-X"
    ZUGFERD_2 = "ZUGFeRD 2.0"
    ZUGFERD_1 = "ZUGFeRD 1.0"
    ORDERX = "Order-X"


class Encryption(StrEnum):
    """How a PDF is locked: not at all, against changes only, or against reading."""

    NONE = "none"
    OWNER_ONLY = "owner-password"
    USER = "user-password"  # a kind of lock, not a password


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedXml:
    """The structured data of a hybrid PDF.

    `profile` is the conformance level's usual name (MINIMUM, BASIC WL, BASIC, EN 16931, EXTENDED,
    EXTENDED-CTC-FR, XRECHNUNG, COMFORT) read from the guideline id of the XML (BT-24), None where that is
    unknown; `claimed_profile` and `claimed_version` are what the XMP says.
    """

    family: Family
    filename: str
    mime_type: str | None
    relationship: str | None
    guideline: str | None
    profile: str | None
    claimed_profile: str | None
    claimed_version: str | None
    xml: bytes

    def as_json(self) -> dict[str, object]:
        """Return the public form; of the XML it gives the size in bytes."""
        return {
            "format": self.family.value,
            "filename": self.filename,
            "mime_type": self.mime_type,
            "relationship": self.relationship,
            "guideline": self.guideline,
            "profile": self.profile,
            "claimed_profile": self.claimed_profile,
            "claimed_version": self.claimed_version,
            "size": len(self.xml),
        }


class AttachedTo(StrEnum):
    """What a file inside a PDF is attached to. Readers of Factur-X look at those of the document only."""

    DOCUMENT = "document"
    PAGE = "page"
    ANNOTATION = "annotation"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file inside the PDF: sizes in bytes; `size` is what the PDF declares, None where it does not."""

    name: str
    mime_type: str | None
    size: int | None
    stored_size: int
    relationship: str | None
    description: str | None
    attached_to: AttachedTo = AttachedTo.DOCUMENT

    def as_json(self) -> dict[str, object]:
        """Return the public form."""
        return {
            "name": self.name,
            "mime_type": self.mime_type,
            "size": self.size,
            "stored_size": self.stored_size,
            "relationship": self.relationship,
            "description": self.description,
            "attached_to": self.attached_to.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfaClaim:
    """The PDF/A level that the XMP claims (`3B`, `2U` …) and whether what we can check bears it out.

    `reasons` are stable words: `damaged-structure`, `no-output-intent`, `font-not-embedded:<name>`,
    `encrypted`, `active-content`, `no-trailer-id`, `attachment-without-relationship:<name>`,
    `attachment-without-type:<name>`, `attachment-without-name:<name>`,
    `attachments-not-allowed`, `untagged`, `metadata-differs:<key>`, `compressed-metadata`.
    An empty tuple does not prove conformance.
    """

    level: str
    claim_holds: bool
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the public form."""
        return {"level": self.level, "claim_holds": self.claim_holds, "reasons": list(self.reasons)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A signer's certificate as written in the signature: names in RFC 4514 order, ISO 8601 UTC times."""

    subject: str
    issuer: str
    serial: str
    valid_from: str
    valid_until: str
    self_signed: bool

    def as_json(self) -> dict[str, object]:
        """Return the public form."""
        return {
            "subject": self.subject,
            "issuer": self.issuer,
            "serial": self.serial,
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
            "self_signed": self.self_signed,
        }


class Coverage(StrEnum):
    """How much of the file a signature protects, and what the updates after it do.

    Validation data only prove the signature afterwards. An earlier revision is followed by further signatures
    or by form fields filled in; any other update alters the document.
    """

    WHOLE_FILE = "whole-file"
    VALIDATION_DATA_ADDED = "validation-data-added"
    EARLIER_REVISION = "earlier-revision"
    ALTERED_AFTER = "altered-after"
    UNCLEAR = "unclear"


class Obstacle(StrEnum):
    """Why a signature cannot be checked: its format, an algorithm, or a certificate that is not in it."""

    FORMAT = "format"
    ALGORITHM = "algorithm"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature of a PDF.

    `intact` means that the signed bytes and the signature agree, None that this could not be checked, for
    the reason in `obstacle` or for want of time; whether the signer is to be trusted is not judged.
    `signed_at` is the signer's own clock, ISO 8601.
    """

    field: str
    format: str
    coverage: Coverage
    intact: bool | None
    signed_at: str | None
    digest_algorithm: str | None
    certificate: Certificate | None
    obstacle: Obstacle | None = None

    def as_json(self) -> dict[str, object]:
        """Return the public form; `trusted` is always null, for trust is not judged."""
        return {
            "field": self.field,
            "format": self.format,
            "coverage": self.coverage.value,
            "intact": self.intact,
            "obstacle": self.obstacle.value if self.obstacle else None,
            "signed_at": self.signed_at,
            "digest_algorithm": self.digest_algorithm,
            "certificate": self.certificate.as_json() if self.certificate else None,
            "trusted": None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFacts:
    """What a readable PDF contains. `active_content` names what would act on opening (`JavaScript` …)."""

    version: str
    pages: int
    producer: str | None
    title: str | None
    encryption: Encryption
    portfolio: bool
    tagged: bool
    active_content: tuple[str, ...]
    attachments: tuple[AttachedFile, ...]
    signatures: tuple[Signature, ...]
    pdfa: PdfaClaim | None

    def as_json(self) -> dict[str, object]:
        """Return the public form."""
        return {
            "version": self.version,
            "pages": self.pages,
            "producer": self.producer,
            "title": self.title,
            "encryption": self.encryption.value,
            "portfolio": self.portfolio,
            "tagged": self.tagged,
            "active_content": list(self.active_content),
            "attachments": [attachment.as_json() for attachment in self.attachments],
            "signatures": [signature.as_json() for signature in self.signatures],
            "pdfa": self.pdfa.as_json() if self.pdfa else None,
        }


NO_INVOICE: Final = frozenset(
    {"PDF-XML-EMPTY", "PDF-XML-UBL", "PDF-XML-DRAFT", "PDF-XML-FOREIGN", "PDF-XML-BROKEN"}
)
"""What is told of an attachment that should be the invoice and cannot be read as one.

The PDF itself may still be read as a page, so these refuse only who asks for the data.
"""

_SYNTAXES = {
    FileKind.FACTURX: Syntax.FACTURX,
    FileKind.PDF: Syntax.PDF,
    FileKind.SIGNED_PDF: Syntax.SIGNED_PDF,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one file is. `sha256` is that of the bytes as received, in lower-case hexadecimal.

    A fatal finding means that the file is refused as it stands; `pdf` is None where no PDF could be read.
    """

    filename: str
    size: int
    sha256: str
    kind: FileKind
    pdf: PdfFacts | None = None
    invoice: EmbeddedXml | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def why_no_invoice(self) -> Finding | None:
        """Why the file gives no invoice data, fatal: the refusal, or what its attachment is instead."""
        cause = next((each for each in self.findings if each.rule in NO_INVOICE), None)
        return self.refusal or (replace(cause, severity=Severity.FATAL) if cause else None)

    @property
    def syntax(self) -> Syntax:
        """The syntax of the domain that this kind of file corresponds to; unknown for XML and archives."""
        return _SYNTAXES.get(self.kind, Syntax.UNKNOWN)

    @property
    def refusal(self) -> Finding | None:
        """The first fatal finding, None where the file is acceptable."""
        return next((finding for finding in self.findings if finding.severity is Severity.FATAL), None)

    def as_json(self) -> dict[str, object]:
        """Return the public form, as `choriste inspect` prints it."""
        return {
            "filename": self.filename,
            "size": self.size,
            "sha256": self.sha256,
            "kind": self.kind.value,
            "refused": self.refusal is not None,
            "invoice": self.invoice.as_json() if self.invoice else None,
            "pdf": self.pdf.as_json() if self.pdf else None,
            "findings": [finding.as_json() for finding in self.findings],
        }
