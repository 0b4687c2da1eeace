"""Child: print the signatures of the PDF on standard input as a JSON list.

Each item has field, format, coverage (whole-file, validation-data-added, earlier-revision, altered-after,
unclear), intact, obstacle, signed_at, digest_algorithm and certificate (subject, issuer, serial, valid_from,
valid_until, self_signed) or null. `intact` is null where the signature cannot be checked, and `obstacle` then
says why: format, algorithm or certificate.
"""

from __future__ import annotations

import resource
import signal
import sys

resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
signal.setitimer(signal.ITIMER_PROF, float(sys.argv[2]))  # its signal ends the process

import hashlib  # noqa: E402 - the limits come first
import io  # noqa: E402 - the limits come first
import json  # noqa: E402 - the limits come first
from collections.abc import Callable  # noqa: E402 - the limits come first
from functools import partial  # noqa: E402 - the limits come first
from types import ModuleType  # noqa: E402 - the limits come first
from typing import Any  # noqa: E402 - the limits come first


class Offline(ModuleType):
    """A network library that has every name and can do nothing."""

    def __getattr__(self, name: str) -> type:
        """Return an empty class for any name asked for."""
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


# pyHanko loads its HTTP client whatever it is asked: a third of the start-up, for a child that must not
# reach the network anyway.
sys.modules["aiohttp"] = Offline("aiohttp")

from cryptography import x509  # noqa: E402 - the limits come first
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: E402 - the limits come first
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel  # noqa: E402 - the limits come first
from pyhanko.sign.fields import enumerate_sig_fields  # noqa: E402 - the limits come first
from pyhanko.sign.general import CMSExtractionError  # noqa: E402 - the limits come first
from pyhanko.sign.validation import SignatureCoverageLevel  # noqa: E402 - the limits come first
from pyhanko.sign.validation.errors import SignatureValidationError  # noqa: E402 - the limits come first
from pyhanko.sign.validation.generic_cms import validate_sig_integrity  # noqa: E402 - the limits come first
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature  # noqa: E402 - the limits come first
from pyhanko.sign.validation.utils import extract_message_digest  # noqa: E402 - the limits come first

SHA1_OF_FILE = "adbe.pkcs7.sha1"
FORMATS = frozenset({"adbe.pkcs7.detached", SHA1_OF_FILE, "ETSI.CAdES.detached", "ETSI.RFC3161"})
AFTER = {
    ModificationLevel.NONE: "validation-data-added",
    ModificationLevel.LTA_UPDATES: "validation-data-added",
    ModificationLevel.FORM_FILLING: "earlier-revision",
}
"""What an update after the signature is called by what it does; any other alters the document."""

PADDING = b"\x00 \t\r\n\f"


class UncheckedError(Exception):
    """A signature that cannot be checked; it says why: format, algorithm or certificate."""


def describe(
    name: str,
    dictionary: Any,  # noqa: ANN401 - the library's own object
    load: Callable[[], Any],
    data: bytes,
) -> dict[str, Any]:
    """Describe one signature; what cannot be read of it is null or unclear."""
    described: dict[str, Any] = {
        "field": name,
        "format": str(dictionary.get("/SubFilter", ""))[1:],
        "coverage": "unclear",
        "intact": None,
        "obstacle": "format",
        "signed_at": None,
        "digest_algorithm": None,
        "certificate": None,
    }
    if described["format"] not in FORMATS:
        return described
    try:
        signature = load()
    except CMSExtractionError:
        return described
    except Exception as error:  # noqa: BLE001 - hostile CMS data raises anything
        sys.stderr.write(f"{name}: {error!r}\n")
        return described | {"intact": False, "obstacle": None}
    for reader in (read_certificate, read_time, read_coverage, read_integrity):
        try:
            described |= reader(signature, data)
        except Exception as error:  # noqa: BLE001 - hostile CMS data raises anything; the field stays as it is
            sys.stderr.write(f"{reader.__name__}: {error!r}\n")
    return described


def read_certificate(signature: Any, _data: bytes) -> dict[str, Any]:  # noqa: ANN401 - the library's own object
    """Return the signer's certificate as it stands in the signature."""
    certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
    return {
        "certificate": {
            "subject": certificate.subject.rfc4514_string(),
            "issuer": certificate.issuer.rfc4514_string(),
            "serial": f"{certificate.serial_number:x}",
            "valid_from": certificate.not_valid_before_utc.isoformat(),
            "valid_until": certificate.not_valid_after_utc.isoformat(),
            "self_signed": certificate.subject == certificate.issuer,
        }
    }


def read_time(signature: Any, _data: bytes) -> dict[str, Any]:  # noqa: ANN401 - the library's own object
    """Return the time that the signer states, from the signed attributes or else the dictionary."""
    stated = signature.self_reported_timestamp
    return {"signed_at": stated.isoformat() if stated else None}


def read_coverage(signature: Any, data: bytes) -> dict[str, Any]:  # noqa: ANN401 - the library's own object
    """Return how much of the file is covered, and whether what follows is content.

    Padding is none, nor are the certificates, revocation data and timestamps that PAdES adds after signing
    (ETSI EN 319 142-1, levels B-LT and B-LTA).
    """
    level = signature.coverage = signature.evaluate_signature_coverage()
    if level == SignatureCoverageLevel.ENTIRE_FILE:
        return {"coverage": "whole-file"}
    if level != SignatureCoverageLevel.ENTIRE_REVISION:
        return {"coverage": "unclear"}
    start, length = list(signature.byte_range)[-2:]
    if not data[start + length :].strip(PADDING):
        return {"coverage": "whole-file"}
    changes = signature.evaluate_modifications(DEFAULT_DIFF_POLICY)
    return {
        "coverage": AFTER.get(
            getattr(changes, "modification_level", ModificationLevel.OTHER), "altered-after"
        )
    }


def read_integrity(signature: Any, _data: bytes) -> dict[str, Any]:  # noqa: ANN401 - the library's own object
    """Return whether digest and signature agree with the file, or why that cannot be told."""
    answer = {"digest_algorithm": signature.md_algorithm, "obstacle": None}
    try:
        return answer | {"intact": holds(signature)}
    except UncheckedError as error:
        return answer | {"intact": None, "obstacle": str(error)}


def holds(signature: Any) -> bool:  # noqa: ANN401 - the library's own object
    """Return whether the signed bytes are those of the file and the signature is that of its certificate.

    Raises UncheckedError where an algorithm is unknown, or the certificate is not in the signature. A digest
    that differs is found before either matters.
    """
    try:
        digest = signature.compute_digest()
        kind, expected, digest = signed_digest(signature, digest)
    except Exception as error:
        raise UncheckedError("algorithm") from error
    if not expected or (signature.signer_info["signed_attrs"].native and stated_digest(signature) != digest):
        return False
    if not signature.signed_data["certificates"]:
        raise UncheckedError("certificate")
    try:
        same, valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, kind, digest)
    except SignatureValidationError:
        return False
    except CMSExtractionError as error:
        raise UncheckedError("certificate") from error
    except Exception as error:
        raise UncheckedError("algorithm") from error
    return bool(same and valid)


def signed_digest(signature: Any, digest: bytes) -> tuple[str, bool, bytes]:  # noqa: ANN401 - the library's own object
    """Return the type of what the CMS signs, whether that stands for the file, and its digest.

    A detached signature signs the file itself; a timestamp and the oldest format sign a small content that
    holds the file's digest.
    """
    content = signature.signed_data["encap_content_info"]
    kind = str(content["content_type"].native)
    if kind == "tst_info":
        imprint = content["content"].parsed["message_imprint"]["hashed_message"].native
        return (
            kind,
            imprint == digest,
            hashlib.new(signature.md_algorithm, content["content"].parsed.dump()).digest(),
        )
    if str(signature.sig_object.get("/SubFilter", ""))[1:] == SHA1_OF_FILE:
        inner = content["content"].native
        return (
            kind,
            inner == signature.compute_digest("sha1"),
            hashlib.new(signature.md_algorithm, inner).digest(),
        )
    return kind, True, digest


def stated_digest(signature: Any) -> bytes | None:  # noqa: ANN401 - the library's own object
    """Return the digest that the signed attributes state, None where they state none."""
    try:
        return bytes(extract_message_digest(signature.signer_info))
    except Exception:  # noqa: BLE001 - hostile CMS data raises anything
        return None


def main() -> None:
    """Read, describe, print. A file locked against changes only opens with the empty password."""
    data = sys.stdin.buffer.read()
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    if reader.encrypted:
        reader.decrypt("")
    described = []
    for name, value, field in enumerate_sig_fields(reader, filled_status=True):
        load = partial(EmbeddedPdfSignature, reader, field, name)
        described.append(describe(str(name), value.get_object(), load, data))
    json.dump(described, sys.stdout)


if __name__ == "__main__":
    main()
