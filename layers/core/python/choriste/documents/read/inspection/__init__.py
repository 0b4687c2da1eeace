"""What a deposited file is: kinds of PDF, hybrid invoices, signatures, false claims, hostile files.

Nothing in a file is ever executed, rendered or saved again: the bytes stay as they were received. Whether
the invoice inside is right is for `choriste.rules`; whether a signer can be trusted is not judged.
"""

from __future__ import annotations

from choriste.documents.read.inspection.inspector import extract_invoice_xml, inspect, inspect_path
from choriste.documents.read.inspection.model import (
    AttachedFile,
    AttachedTo,
    Certificate,
    Coverage,
    EmbeddedXml,
    Encryption,
    Family,
    FileKind,
    Inspection,
    Obstacle,
    PdfaClaim,
    PdfFacts,
    Signature,
)
from choriste.documents.read.inspection.text import TextPage, Word, extract_text

__all__ = [
    "AttachedFile",
    "AttachedTo",
    "Certificate",
    "Coverage",
    "EmbeddedXml",
    "Encryption",
    "Family",
    "FileKind",
    "Inspection",
    "Obstacle",
    "PdfFacts",
    "PdfaClaim",
    "Signature",
    "TextPage",
    "Word",
    "extract_invoice_xml",
    "extract_text",
    "inspect",
    "inspect_path",
]
