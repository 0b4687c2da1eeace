"""Two hundred hostile files, each a name, its bytes and what the inspection may say of it.

They are generated, so that no dangerous file lies in the repository. `expected` is the set of codes of
which one must be found, empty where mere survival with a verdict is asked.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from random import Random

import pikepdf
from pikepdf import Array, Dictionary, Encryption, Name, Pdf, Permissions, Stream

from tests.builders.pdfs import a_cii, a_facturx, a_pdf, attach, facturx_xmp, plain_pdf, saved, set_xmp, sign
from tests.generators.pdf.floods import dense_texts, repeated_marks
from tests.generators.pdf.hostile_file import MEBIBYTE, UNREADABLE, Hostile, raw_pdf


def hostile_files() -> Iterator[Hostile]:
    """Yield every file; they are made one by one, so that memory holds one at a time."""
    yield from _cut_files()
    yield from _noisy_files()
    yield from _bombs()
    yield from _structure_bombs()
    yield from repeated_marks()
    yield from dense_texts()
    yield from _nested_files()
    yield from _page_trees()
    yield from _loops()
    yield from _names()
    yield from _encrypted()
    yield from _active()
    yield from _polyglots()
    yield from _broken_references()
    yield from _metadata()
    yield from _signatures()


@cache
def bomb(mebibytes: int, *, layers: int = 1, filler: bytes = b" ") -> bytes:
    """Return zlib data that expands to so many MiB, compressed so many times over."""
    engine = zlib.compressobj(9)
    data = b"".join(engine.compress(filler * MEBIBYTE) for _ in range(mebibytes)) + engine.flush()
    for _ in range(layers - 1):
        data = zlib.compress(data, 9)
    return data


def _stream(dictionary: bytes, data: bytes) -> bytes:
    return b"<<%s /Length %d>>\nstream\n%s\nendstream" % (dictionary, len(data), data)


def _one_page(content: bytes, **extra: bytes) -> bytes:
    catalogue = b"".join(b"/%s %s" % (key.encode(), value) for key, value in extra.items())
    return raw_pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R %s>>" % catalogue,
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>",
            4: content,
        }
    )


def _cut_files() -> Iterator[Hostile]:
    for name, data in (("plain", plain_pdf()), ("facturx", a_facturx()), ("signed", sign(plain_pdf()))):
        for step in range(1, 15):
            cut = data[: len(data) * step // 15]
            yield Hostile(f"cut-{name}-{step}", cut, frozenset({"PDF-TRUNCATED", *UNREADABLE}))


def _noisy_files() -> Iterator[Hostile]:
    random = Random(4)  # noqa: S311 - the draw must be repeatable, not secret
    yield Hostile("empty", b"", frozenset({"FILE-EMPTY"}))
    yield Hostile("zeros", bytes(MEBIBYTE), frozenset({"FILE-UNKNOWN"}))
    for size in (10, 1000, 100_000, MEBIBYTE):
        yield Hostile(f"random-{size}", b"\x01" + random.randbytes(size), frozenset({"FILE-UNKNOWN"}))
        yield Hostile(f"header-random-{size}", b"%PDF-1.7\n" + random.randbytes(size), UNREADABLE)
        yield Hostile(
            f"header-ends-random-{size}",
            b"%PDF-1.7\n" + random.randbytes(size) + b"startxref\n9\n%%EOF",
            UNREADABLE,
        )
    base = bytearray(a_facturx())
    for rank in range(30):
        flipped = bytearray(base)
        for _ in range(rank + 1):
            flipped[random.randrange(len(flipped))] ^= 1 << random.randrange(8)
        yield Hostile(f"flipped-{rank}", bytes(flipped))
    yield Hostile("zeros-after-header", b"%PDF-1.7\n" + bytes(60 * MEBIBYTE), UNREADABLE)
    yield Hostile("percent-signs", b"%PDF-1.7\n" + b"%" * (20 * MEBIBYTE), UNREADABLE)
    yield Hostile("many-obj-words", b"%PDF-1.7\n" + b"1 0 obj\n" * 400_000, UNREADABLE)
    yield Hostile("many-trailers", b"%PDF-1.7\n" + b"trailer<</Root 1 0 R>>\n" * 200_000, UNREADABLE)


def _bombs() -> Iterator[Hostile]:
    for size in (100, 300):
        yield Hostile(f"content-bomb-{size}", _one_page(_stream(b"/Filter/FlateDecode", bomb(size))))
    yield Hostile(
        "content-bomb-twice", _one_page(_stream(b"/Filter[/FlateDecode/FlateDecode]", bomb(300, layers=2)))
    )
    filters = b"/Filter[" + b"/FlateDecode" * 30 + b"]"
    yield Hostile("thirty-filters", _one_page(_stream(filters, bomb(1, layers=3))))
    yield Hostile("run-length-bomb", _one_page(_stream(b"/Filter/RunLengthDecode", b"\x81A" * 2_000_000)))
    yield Hostile("lzw-garbage", _one_page(_stream(b"/Filter/LZWDecode", b"\x80\x0b\x60\x50" * 100_000)))
    predictor = b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 2147483647>>"
    yield Hostile("predictor-columns", _one_page(_stream(predictor, bomb(1))))
    for name, filters in (("plain", b"/FlateDecode"), ("twice", b"[/FlateDecode/FlateDecode]")):
        layers = 2 if name == "twice" else 1
        xml = _stream(b"/Type/EmbeddedFile/Filter" + filters, bomb(300, layers=layers))
        yield Hostile(f"xml-bomb-{name}", _with_attachment(xml), frozenset({"PDF-BOMB", "PDF-DAMAGED"}))
    yield Hostile("xmp-bomb", _one_page(_stream(b"", b"q Q"), Metadata=b"4 0 R").replace(b"q Q", b"q Q"))
    packet = _stream(b"/Type/Metadata/Subtype/XML/Filter/FlateDecode", bomb(300))
    yield Hostile("metadata-bomb", _one_page(packet, Metadata=b"4 0 R"), frozenset({"PDF-XMP-INVALID"}))


def _with_attachment(stream: bytes, *, name: bytes = b"(factur-x.xml)") -> bytes:
    return raw_pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/AF[5 0 R]/Names<</EmbeddedFiles<</Names[%s 5 0 R]>>>>>>" % name,
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
            5: b"<</Type/Filespec/F%s/UF%s/AFRelationship/Data/EF<</F 6 0 R>>>>" % (name, name),
            6: stream,
        }
    )


def _structure_bombs() -> Iterator[Hostile]:
    for size in (30, 100, 300):
        objects = _stream(b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode", bomb(size))
        yield Hostile(f"object-stream-bomb-{size}", _with_xref_stream(objects), frozenset({"PDF-BOMB"}))
        table = bomb(size, filler=b"\x01")
        yield Hostile(
            f"xref-stream-bomb-{size}", _with_xref_stream(b"null", table=table), frozenset({"PDF-BOMB"})
        )
    hidden = _stream(b"/Type/Obj#53tm/N 1/First 4/Filter/FlateDecode", bomb(300))
    yield Hostile("object-stream-bomb-hidden", _with_xref_stream(hidden), UNREADABLE)
    yield Hostile("xref-stream-5m-entries", _with_xref_stream(b"null", table=bomb(20, filler=b"\x01")))
    for size in (10**6, 2**31 - 1, 10**12):
        yield Hostile(f"declared-size-{size}", raw_pdf({1: b"<</Type/Catalog>>"}, size=size))
    entries = b"0000000009 00000 n \n" * 1_000_000
    head = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1000000\n"
    tail = b"trailer\n<</Size 1000000/Root 1 0 R>>\nstartxref\n33\n%%EOF"
    yield Hostile("xref-million-entries", head + entries + tail)


def _with_xref_stream(stored: bytes, *, table: bytes | None = None) -> bytes:
    head = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n4 0 obj\n" + stored + b"\nendobj\n"
    rows = b"\x00\x00\x00\x00\x00" + b"\x01" + (9).to_bytes(3, "big") + b"\x00" + b"\x02\x00\x00\x04\x00"
    data = table if table is not None else zlib.compress(rows)
    count = 3 if table is None else 8_000_000
    body = b"/Type/XRef/Size %d/W[1 3 1]/Root 1 0 R/Filter/FlateDecode" % count
    return head + b"7 0 obj\n" + _stream(body, data) + b"\nendobj\nstartxref\n%d\n%%%%EOF" % len(head)


def _nested_files() -> Iterator[Hostile]:
    for depth in (100, 1_000, 100_000, 1_000_000):
        yield Hostile(f"nested-arrays-{depth}", _one_page(b"[" * depth + b"]" * depth))
        yield Hostile(f"nested-dictionaries-{depth}", _one_page(b"<</A" * depth + b" 1" + b">>" * depth))
        yield Hostile(f"nested-content-{depth}", _one_page(_stream(b"", b"[" * depth)))
        yield Hostile(f"nested-parentheses-{depth}", _one_page(b"(" * depth + b")" * depth))
    wide = b"[" + b"0 " * 2_000_000 + b"]"
    yield Hostile("wide-array", _one_page(wide))
    yield Hostile(
        "wide-dictionary", _one_page(b"<<" + b"".join(b"/K%d 0" % key for key in range(300_000)) + b">>")
    )


def _page_trees() -> Iterator[Hostile]:
    for count in (10_000, 100_000, 400_000):
        kids = b"3 0 R " * count
        yield Hostile(f"same-page-{count}", _tree(kids, count), UNREADABLE)
    pages = dict.fromkeys(range(3, 30003), b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
    kids = b"".join(b"%d 0 R " % number for number in pages)
    roots = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[%s]/Count 30000>>" % kids}
    yield Hostile("30000-pages", raw_pdf(roots | pages), UNREADABLE)
    for depth in (100, 5_000):
        chain = {number: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1) for number in range(2, depth)}
        leaf = {depth: b"<</Type/Page/MediaBox[0 0 9 9]>>"}
        yield Hostile(f"deep-tree-{depth}", raw_pdf({1: roots[1]} | chain | leaf), UNREADABLE)
    for name, kids in (
        ("self", b"2 0 R"),
        ("catalogue", b"1 0 R"),
        ("nothing", b"null"),
        ("missing", b"99 0 R"),
        ("text", b"(x)"),
    ):
        yield Hostile(f"kids-{name}", _tree(kids, 1))
    yield Hostile("no-pages", raw_pdf({1: b"<</Type/Catalog>>"}), UNREADABLE)
    yield Hostile("count-lies", _tree(b"3 0 R", 2**31 - 1))
    yield Hostile("count-negative", _tree(b"3 0 R", -5))


def _tree(kids: bytes, count: int) -> bytes:
    return raw_pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        }
    )


def _loops() -> Iterator[Hostile]:
    page = _stream(b"", b"q Q")
    yield Hostile("reference-to-itself", _one_page(b"4 0 R"))
    yield Hostile("length-of-itself", _one_page(b"<</Length 4 0 R>>\nstream\nq Q\nendstream"))
    yield Hostile("length-negative", _one_page(b"<</Length -5>>\nstream\nq Q\nendstream"))
    yield Hostile("length-huge", _one_page(b"<</Length 99999999999>>\nstream\nq Q\nendstream"))
    yield Hostile("stream-without-end", _one_page(b"<</Length 3>>\nstream\nq Q"))
    for key, value in (
        ("Names", b"<</EmbeddedFiles 5 0 R>>"), ("Names", b"<</JavaScript 5 0 R>>"),
        ("AcroForm", b"<</Fields[5 0 R]>>"),
        ("OpenAction", b"5 0 R"), ("Outlines", b"5 0 R"), ("StructTreeRoot", b"5 0 R"), ("AF", b"[5 0 R]"),
    ):  # fmt: skip
        body = _one_page(page, **{key: value})
        keys = b"/Kids[5 0 R 5 0 R]" + b"".join(
            b"/%s 5 0 R" % name for name in (b"Next", b"First", b"K", b"EF", b"F")
        )
        node = b"5 0 obj\n<</S/GoTo" + keys + b">>\nendobj\n"
        yield Hostile(f"loop-{key}-{len(value)}", body.replace(b"xref\n", node + b"xref\n", 1))
    yield Hostile("prev-loop", plain_pdf().replace(b"/Size", b"/Prev 9 /Size"))
    yield Hostile(
        "resources-loop", _one_page(page).replace(b"/Resources<<>>", b"/Resources<</XObject<</A 3 0 R>>>>")
    )
    yield Hostile("af-hundred-thousand", _one_page(page, AF=b"[" + b"<</F(a)>>" * 100_000 + b"]"))
    fields = b"<</Fields[" + b"<</T(a)/FT/Sig>>" * 100_000 + b"]>>"
    yield Hostile("fields-hundred-thousand", _one_page(page, AcroForm=fields), UNREADABLE)


def _names() -> Iterator[Hostile]:
    for rank, name in enumerate(
        (b"../../../../etc/passwd", b"a\x00b.xml", b"\xff\xfe\x00\xd8", b"C:\\\\x.xml", b"a" * 1_000_000, b"")
    ):
        data = _with_attachment(_stream(b"/Subtype/text#2Fxml", a_cii()), name=b"<%s>" % name.hex().encode())
        yield Hostile(f"attachment-name-{rank}", data)
    for rank, key in enumerate(
        (b"/A#00B 1", b"/# 1", b"/#zz 1", b"/" + b"n" * 200_000 + b" 1", b"/\xff\xfe 1", b"// 1")
    ):
        yield Hostile(f"malformed-name-{rank}", _one_page(b"<<%s>>" % key))
    pdf = a_pdf()
    for rank in range(600):
        attach(pdf, f"{rank}.txt", b"x", mime_type="text/plain")
    yield Hostile("six-hundred-attachments", saved(pdf), frozenset({"PDF-PAGE-TREE"}))


def _encrypted() -> Iterator[Hostile]:
    for revision in (2, 3, 4, 6):
        aes = revision >= 4
        for user in ("secret", ""):
            lock = Encryption(
                owner="owner",
                user=user,
                R=revision,
                allow=Permissions(modify_other=False),
                aes=aes,
                metadata=aes,
            )
            expected = "PDF-ENCRYPTED" if user else "PDF-RESTRICTED"
            name = f"encrypted-{revision}-{'user' if user else 'owner'}"
            yield Hostile(name, saved(a_pdf(), encryption=lock), frozenset({expected}))
    broken = raw_pdf(
        {1: b"<</Type/Catalog>>", 2: b"<</Filter/Nonsense/V 99/R 99>>"}, trailer=b"/Root 1 0 R/Encrypt 2 0 R"
    )
    yield Hostile(
        "encrypted-nonsense", broken, frozenset({"PDF-ENCRYPTED", "PDF-ENCRYPTED-FOR", *UNREADABLE})
    )


def _active() -> Iterator[Hostile]:
    script = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
    launch = Dictionary(S=Name.Launch, F="cmd.exe")
    active, scripts = frozenset({"PDF-ACTIVE-CONTENT"}), frozenset({"PDF-SCRIPTS"})
    for name, action, code in (
        ("script", script, scripts),
        ("launch", launch, active),
        ("submit", Dictionary(S=Name.SubmitForm, F="http://x"), active),
    ):
        for place, pdf in _with_action(action):
            yield Hostile(f"active-{name}-{place}", saved(pdf), code)
    pdf = a_pdf()
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=Stream(pdf, b"<xdp/>"))
    yield Hostile("active-xfa", saved(pdf), scripts)
    pdf = a_pdf()
    pdf.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9])])
    yield Hostile("active-rich-media", saved(pdf), active)
    pdf = a_pdf()
    pdf.Root.Collection = Dictionary()
    attach(pdf, "a.pdf", plain_pdf(), mime_type="application/pdf")
    yield Hostile("portfolio", saved(pdf), frozenset({"PDF-PORTFOLIO"}))


def _with_action(action: pikepdf.Object) -> Iterator[tuple[str, Pdf]]:
    pdf = a_pdf()
    pdf.Root.OpenAction = action
    yield "open", pdf
    pdf = a_pdf()
    pdf.Root.OpenAction = Dictionary(
        S=Name.GoTo, D=Array(), Next=Array([Dictionary(S=Name.Named, N=Name.NextPage, Next=action)])
    )
    yield "next", pdf
    pdf = a_pdf()
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", action])))
    yield "names", pdf
    pdf = a_pdf()
    pdf.pages[0].obj.AA = Dictionary(O=action)
    yield "page", pdf
    pdf = a_pdf()
    pdf.pages[0].obj.Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)]
    )
    yield "link", pdf
    pdf = a_pdf()
    pdf.Root.AcroForm = Dictionary(Fields=Array([Dictionary(T="a", AA=Dictionary(K=action))]))
    yield "field", pdf


def _polyglots() -> Iterator[Hostile]:
    both = frozenset({"PDF-POLYGLOT"})
    archive = b"PK\x03\x04" + bytes(26)
    ending = b"PK\x05\x06" + bytes(18)
    plain = plain_pdf()
    for name, prefix in (
        ("zip", archive),
        ("gif", b"GIF89a" + bytes(20)),
        ("exe", b"MZ" + bytes(60)),
        ("script", b"#!/bin/sh\n"),
        ("elf", b"\x7fELF" + bytes(12)),
        ("gzip", b"\x1f\x8b" + bytes(8)),
    ):
        yield Hostile(f"polyglot-{name}-first", prefix + b"\n" + plain, both)
    yield Hostile("polyglot-zip-last", plain + archive + ending, both)
    yield Hostile("html-with-header", b"<html><!-- %PDF-1.7 -->" + plain)
    yield Hostile("leading-spaces", b"\n" * 500 + plain, frozenset({"PDF-LEADING-BYTES"}))
    yield Hostile("header-too-late", bytes(2000) + plain, frozenset({"FILE-UNKNOWN"}))


def _broken_references() -> Iterator[Hostile]:
    plain = plain_pdf()
    start = plain.rindex(b"startxref")
    for rank, offset in enumerate(
        (b"0", b"-1", b"99999999999999999999", b"abc", b"", str(len(plain)).encode())
    ):
        yield Hostile(f"startxref-{rank}", plain[:start] + b"startxref\n" + offset + b"\n%%EOF\n")
    for rank, root in enumerate((b"", b"/Root null", b"/Root 99 0 R", b"/Root (x)", b"/Root 2 0 R")):
        yield Hostile(f"root-{rank}", raw_pdf({1: b"<</Type/Catalog>>", 2: b"[]"}, trailer=root), UNREADABLE)


def _metadata() -> Iterator[Hostile]:
    entities = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {chr(98 + at)} '{f'&{chr(97 + at)};' * 10}'>" for at in range(9)
    )
    laughs = (entities + "]><a>&j;</a>").encode()
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    foreign = frozenset({"PDF-XML-FOREIGN", "PDF-XML-BROKEN", "PDF-XML-EMPTY"})
    for name, packet in (
        ("laughs", laughs),
        ("outside", outside),
        ("deep", b"<a>" * 100_000),
        ("latin", b"<?xml version='1.0'?><a>\xff</a>"),
        ("nul", bytes(100)),
    ):
        pdf = a_pdf()
        pdf.Root.Metadata = Stream(pdf, packet)
        yield Hostile(f"xmp-{name}", saved(pdf))
        pdf = a_pdf()
        attach(pdf, "factur-x.xml", packet)
        set_xmp(pdf, facturx_xmp())
        yield Hostile(f"xml-{name}", saved(pdf), foreign)


def _signatures() -> Iterator[Hostile]:
    signed = sign(plain_pdf())
    at = signed.index(b"/ByteRange")
    end = signed.index(b"]", at) + 1
    for rank, values in enumerate((b"[-5 -5 -5 -5]", b"[0 99999999 0 9]", b"[0 1]", b"[a b c d]", b"[]")):
        changed = (b"/ByteRange " + values).ljust(end - at)
        yield Hostile(f"byte-range-{rank}", signed[:at] + changed + signed[end:])
    start = signed.index(b"/Contents <") + len(b"/Contents <")
    yield Hostile(
        "signature-of-zeros",
        signed[:start] + b"00" * 500 + signed[start + 1000 :],
        frozenset({"PDF-SIGNATURE-BROKEN"}),
    )
    fields = b"".join(
        b"<</FT/Sig/T(s%d)/V<</Type/Sig/ByteRange[0 9 9 9]/Contents<00>>>>>" % at for at in range(5_000)
    )
    body = _one_page(_stream(b"", b"q Q"), AcroForm=b"<</SigFlags 3/Fields[" + fields + b"]>>")
    yield Hostile("five-thousand-signatures", body, frozenset({"PDF-SIGNATURE-UNCHECKED"}))
