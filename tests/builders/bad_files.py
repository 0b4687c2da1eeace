"""Files that are not what they should be, each with the codes that its report must name.

They are generated, so that no dangerous file lies in the repository. `number` makes them different for each
channel: the same bytes of the same depositor would be the same deposit.
"""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pikepdf import Encryption

from choriste.application.printouts.render_readable_copy import render_readable_copy_pdf
from choriste.documents.issue.context import DocumentContext
from choriste.formats.invoice.cii import write_cii
from choriste.local.scenarios.files import invoice_of
from tests.builders.pdfs import a_pdf, saved

UNKNOWN_SIRET = "41816609600069"
INACTIVE_SIRET = "20004567200017"


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file's name, how its bytes are made from an invoice number, and what must become of it.

    `rules` are the codes of which its report must name one for each document that is refused; `accepted`
    is how many documents are accepted all the same.
    """

    name: str
    make: Callable[[str], bytes]
    rules: frozenset[str] = frozenset()
    accepted: int = 0


def a_cii(number: str, **changes: object) -> bytes:
    """Write a valid invoice of the sample data, with changes."""
    return write_cii(invoice_of({"number": number, **changes}))


def a_facturx(number: str) -> bytes:
    """Write it as a Factur-X."""
    context = DocumentContext()
    return render_readable_copy_pdf(a_cii(number), filename="invoice.xml", context=context, language="fr")


def a_tar(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Pack members, whatever their names, as tar.gz."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def a_zip(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Pack members as zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def _noise(number: str) -> bytes:
    return random.Random(number).randbytes(5_000)  # noqa: S311 - repeatable, not secret


def _with_doctype(number: str, declarations: str, text: str) -> bytes:
    invoice = a_cii(number).decode().partition("?>")[2]
    name = f"{number}{text}"
    return f"<!DOCTYPE x [{declarations}]>{invoice.replace(number, name, 1)}".encode()


def _laughs(number: str) -> bytes:
    steps = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return _with_doctype(number, f'<!ENTITY a0 "ha">{steps}', "&a9;")


def _external(number: str) -> bytes:
    return _with_doctype(number, '<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;")


def _deep(number: str) -> bytes:
    return f"<!--{number}-->".encode() + b"<a>" * 5_000 + b"</a>" * 5_000


def _locked(number: str) -> bytes:
    lock = Encryption(owner=f"owner {number}", user="secret", R=6)
    return saved(a_pdf(), encryption=lock)


def _in_latin_1(number: str) -> bytes:
    return (
        a_cii(number).replace(b"UTF-8", b"ISO-8859-1", 1).decode().encode("iso-8859-1", "xmlcharrefreplace")
    )


def _utf_16(number: str) -> bytes:
    return a_cii(number).decode().replace("UTF-8", "UTF-16", 1).encode("utf-16")


_DTD = frozenset({"XML-DTD", "XML-ENTITY", "XML-EXTERNAL-ENTITY"})

BAD_FILES: tuple[BadFile, ...] = (
    BadFile("empty.xml", lambda _: b"", frozenset({"XML-EMPTY"})),
    BadFile("blank.xml", lambda n: b" \n" * len(n), frozenset({"XML-EMPTY", "XML-NOT-XML"})),
    BadFile("picture.xml", lambda n: b"\xff\xd8\xff\xe0JFIF" + _noise(n), frozenset({"FILE-IMAGE"})),
    BadFile("xml-named.pdf", a_cii, accepted=1),
    BadFile("facturx-named.xml", a_facturx, accepted=1),
    BadFile("without-extension", a_cii, accepted=1),
    BadFile(
        "letter.docx",
        lambda n: a_zip([("word/document.xml", f"<w>{n}</w>".encode())]),
        frozenset({"FORMAT-UNKNOWN"}),
    ),
    BadFile("noise.xml", _noise, frozenset({"XML-BINARY", "XML-NOT-XML"})),
    BadFile("noise.pdf", lambda n: b"%PDF-1.7\n" + _noise(n), frozenset({"PDF-DAMAGED", "PDF-TRUNCATED"})),
    BadFile("text.xml", lambda n: f"Bonjour, voici la facture {n}".encode(), frozenset({"XML-NOT-XML"})),
    BadFile("truncated.pdf", lambda n: a_facturx(n)[:30_000], frozenset({"PDF-TRUNCATED", "PDF-DAMAGED"})),
    BadFile("truncated.xml", lambda n: a_cii(n)[:3_000], frozenset({"XML-TRUNCATED"})),
    BadFile(
        "truncated.tar.gz", lambda n: a_tar([(f"{n}.xml", a_cii(n))])[:700], frozenset({"ARCHIVE-BROKEN"})
    ),
    BadFile("bomb.zip", lambda n: a_zip([(f"{n}.xml", b"\0" * 30_000_000)]), frozenset({"ARCHIVE-BOMB"})),
    BadFile("bomb.tar.gz", lambda n: a_tar([(f"{n}.xml", b" " * 30_000_000)]), frozenset({"ARCHIVE-BOMB"})),
    BadFile("laughs.xml", _laughs, _DTD),
    BadFile("external.xml", _external, _DTD),
    BadFile("deep.xml", _deep, frozenset({"XML-DEPTH"})),
    BadFile(
        "up.tar.gz", lambda n: a_tar([("../../etc/cron.d/x.xml", a_cii(n))]), frozenset({"ARCHIVE-PATH"})
    ),
    BadFile("root.zip", lambda n: a_zip([("/etc/passwd", a_cii(n))]), frozenset({"ARCHIVE-PATH"})),
    BadFile(
        "nested.zip",
        lambda n: a_zip([("a.zip", a_zip([("b.xml", a_cii(n))]))]),
        frozenset({"ARCHIVE-NESTED"}),
    ),
    BadFile("nothing.zip", lambda n: a_zip([(f"{n}/", b"")]), frozenset({"ARCHIVE-EMPTY"})),
    BadFile(
        "one-empty.tar.gz",
        lambda n: a_tar([("a.xml", a_cii(n)), ("b.xml", b"")]),
        frozenset({"XML-EMPTY"}),
        accepted=1,
    ),
    BadFile(
        "same-number.tar.gz",
        lambda n: a_tar([("a.xml", a_cii(n)), ("b.xml", a_cii(n, note="another text"))]),
        frozenset({"DUPLICATE"}),
        accepted=1,
    ),
    BadFile(
        "unknown.xml", lambda n: a_cii(n, buyer_siret=UNKNOWN_SIRET), frozenset({"ROUTING-RECIPIENT-UNKNOWN"})
    ),
    BadFile(
        "closed.xml",
        lambda n: a_cii(n, buyer_siret=INACTIVE_SIRET),
        frozenset({"ROUTING-RECIPIENT-INACTIVE"}),
    ),
    BadFile("utf-16.xml", _utf_16, accepted=1),
    BadFile("bom.xml", lambda n: b"\xef\xbb\xbf" + a_cii(n), accepted=1),
    BadFile("latin-1.xml", _in_latin_1, accepted=1),
    BadFile("locked.pdf", _locked, frozenset({"PDF-ENCRYPTED"})),
    BadFile("plain.pdf", lambda n: saved(a_pdf(pages=len(n))), frozenset({"PDF-NO-INVOICE-DATA"})),
    BadFile(
        "page.xml",
        lambda n: f"<html><body>{n}</body></html>".encode(),
        frozenset({"FORMAT-HTML", "FORMAT-UNKNOWN"}),
    ),
)
