"""Child: print the signatures of the PDF on standard input as a JSON list.

Each item has field, format, coverage (whole-file, earlier-revision, unclear), intact, signed_at,
digest_algorithm and certificate (subject, issuer, serial, valid_from, valid_until, self_signed) or null.
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
from pyhanko.sign.validation import SignatureCoverageLevel  # noqa: E402 - the limits come first
from pyhanko.sign.validation.generic_cms import validate_sig_integrity  # noqa: E402 - the limits come first

_COVERAGES = {
    SignatureCoverageLevel.ENTIRE_FILE: "whole-file",
    SignatureCoverageLevel.ENTIRE_REVISION: "earlier-revision",
}


def describe(signature: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's own object
    """Describe one signature; what cannot be read of it is null, false or unclear."""
    described: dict[str, Any] = {
        "field": str(signature.field_name),
        "format": str(signature.sig_object.get("/SubFilter", ""))[1:],
        "coverage": "unclear",
        "intact": False,
        "signed_at": None,
        "digest_algorithm": None,
        "certificate": None,
    }
    for reader in (read_certificate, read_time, read_integrity):
        try:
            described |= reader(signature)
        except Exception as error:  # noqa: BLE001 - hostile CMS data raises anything; the field stays as it is
            sys.stderr.write(f"{reader.__name__}: {error!r}\n")
    return described


def read_certificate(signature: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's own object
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


def read_time(signature: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's own object
    """Return the time that the signer states, from the signed attributes or else the dictionary."""
    stated = signature.self_reported_timestamp
    return {"signed_at": stated.isoformat() if stated else None}


def read_integrity(signature: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's own object
    """Return how much of the file is covered, and whether digest and signature agree with it."""
    digest = signature.compute_digest()
    content = signature.signed_data["encap_content_info"]
    expected = str(content["content_type"].native)
    holds = True
    if expected == "tst_info":
        holds, digest = imprint_holds(content["content"], digest, signature.md_algorithm)
    same, valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, expected, digest)
    return {
        "digest_algorithm": signature.md_algorithm,
        "coverage": _COVERAGES.get(signature.evaluate_signature_coverage(), "unclear"),
        "intact": holds and same and valid,
    }


def imprint_holds(content: Any, digest: bytes, algorithm: str) -> tuple[bool, bytes]:  # noqa: ANN401 - the library's own object
    """Compare a timestamp's imprint with the file's digest; return also the digest of the token itself."""
    imprint = content.parsed["message_imprint"]["hashed_message"].native
    return imprint == digest, hashlib.new(algorithm, content.parsed.dump()).digest()


def main() -> None:
    """Read, describe, print."""
    reader = PdfFileReader(io.BytesIO(sys.stdin.buffer.read()), strict=False)
    json.dump([describe(signature) for signature in reader.embedded_signatures], sys.stdout)


if __name__ == "__main__":
    main()
