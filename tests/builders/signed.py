"""Signed PDFs in the kinds that are met: locked, timestamped, completed for the long term, padded, odd."""

from __future__ import annotations

import io
from typing import Any, Final

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from tests.builders.pdfs import a_pdf, a_signer, a_timestamper, plain_pdf, saved

_OPENING: Final = b"/Contents <"


def signed(data: bytes | None = None, *, digest: str = "sha256", field: str = "Signature1") -> bytes:
    """Return a PDF signed with a digest algorithm; a locked one is opened with the empty password."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data or plain_pdf()))
    if writer.prev.encrypted:
        writer.encrypt("")  # type: ignore[no-untyped-call]
    metadata = signers.PdfSignatureMetadata(
        field_name=field, md_algorithm=digest, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    )
    return bytes(signers.sign_pdf(writer, metadata, signer=a_signer()).getvalue())


def locked_and_signed(revision: int) -> bytes:
    """Return a PDF locked by an owner password, in an encryption revision of 2 to 6, and signed."""
    from pikepdf import Encryption  # noqa: PLC0415 - only this document needs it

    aes = revision >= 4
    lock = Encryption(owner="owner", user="", R=revision, aes=aes, metadata=aes)  # type: ignore[arg-type]
    return signed(saved(a_pdf(), encryption=lock))


def with_validation_data(data: bytes) -> bytes:
    """Return a signed PDF with a DSS for its last signature in an update of its own, as PAdES-B-LT adds."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    signature = writer.prev.embedded_signatures[-1]
    DocumentSecurityStore.supply_dss_in_writer(
        writer, signature.sig_object.raw_get("/Contents"), certs=[signature.signer_cert]
    )
    return _written(writer)


def with_timestamp(data: bytes) -> bytes:
    """Return a PDF with a document timestamp after its last revision, as PAdES-B-LTA adds."""
    signer = a_timestamper()
    stamper = DummyTimeStamper(tsa_cert=signer.signing_cert, tsa_key=signer.signing_key)
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    return bytes(signers.PdfTimeStamper(stamper).timestamp_pdf(writer, "sha256", _context()).getvalue())


def with_changed_page(data: bytes) -> bytes:
    """Return a PDF with an update that changes what its page shows."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page: Any = writer.find_page_for_modification(0)[0].get_object()  # type: ignore[no-untyped-call]
    shown = generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 700 Td (Facture F-2) Tj ET")
    page["/Contents"] = writer.add_object(shown)
    writer.update_container(page)
    return _written(writer)


def without_certificate(data: bytes) -> bytes:
    """Return a signed PDF whose signature lacks the certificate of its signer."""
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    message = cms.ContentInfo.load(signature.pkcs7_content)
    message["content"]["certificates"] = None
    return with_contents(data, message.dump(force=True))


def with_unknown_digest(data: bytes) -> bytes:
    """Return a signed PDF whose signature names a digest algorithm that no library here has (Streebog)."""
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    message = cms.ContentInfo.load(signature.pkcs7_content)
    signer = message["content"]["signer_infos"][0]
    signer["digest_algorithm"] = cms.DigestAlgorithm({"algorithm": "1.2.643.7.1.1.2.2"})
    return with_contents(data, message.dump(force=True))


def with_contents(data: bytes, content: bytes) -> bytes:
    """Return a signed PDF with other bytes in its signature, which is not part of what is signed."""
    start = data.index(_OPENING) + len(_OPENING)
    end = data.index(b">", start)
    return data[:start] + content.hex().encode().ljust(end - start, b"0") + data[end:]


def with_format(data: bytes, name: bytes) -> bytes:
    """Return a signed PDF whose signature names another format, at most as long as its own."""
    own = b"/adbe.pkcs7.detached"
    return data.replace(own, name.ljust(len(own)), 1)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)  # type: ignore[no-untyped-call]
    return target.getvalue()


def _context() -> Any:
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - only this document needs it

    return ValidationContext(trust_roots=[a_timestamper().signing_cert])
