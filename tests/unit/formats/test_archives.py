from __future__ import annotations

import contextlib
import gzip
import io
import random
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choriste.formats.archives import Limits, Member, is_archive, unpack
from choriste.formats.errors import UnreadableError

_FILES = {"a.xml": b"<a/>", "folder/b.pdf": b"%PDF-1.7 " * 40}


def _tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _tar_entry(name: str, kind: bytes, **attributes: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type = kind
        for attribute, value in attributes.items():
            setattr(entry, attribute, value)
        archive.addfile(entry)
    return buffer.getvalue()


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _unpacked(data: bytes, name: str, limits: Limits | None = None) -> tuple[Member, ...]:
    return tuple(unpack(io.BytesIO(data), name, limits))


def _code(data: bytes, limits: Limits | None = None, name: str = "drop.bin") -> str:
    with pytest.raises(UnreadableError) as caught:
        _unpacked(data, name, limits)
    finding = caught.value.finding
    assert finding.message.fr != finding.message.en
    return caught.value.code


@pytest.mark.parametrize(
    "data", [_tar(_FILES), _tar(_FILES, "w:gz"), _zip(_FILES)], ids=["tar", "tgz", "zip"]
)
def test_unpack_returns_the_files_in_their_order(data: bytes) -> None:
    members = _unpacked(data, "drop")

    assert is_archive(io.BytesIO(data))
    assert members == tuple(Member(name, content) for name, content in _FILES.items())


def test_unpack_names_the_content_of_a_bare_gzip_after_it() -> None:
    members = _unpacked(gzip.compress(b"<a/>"), "invoice.xml.GZ")

    assert members == (Member("invoice.xml", b"<a/>"),)


def test_unpack_skips_folders() -> None:
    data = _tar_entry("folder/", tarfile.DIRTYPE)

    assert _code(data) == "ARCHIVE-EMPTY"


@pytest.mark.parametrize("name", ["../a.xml", "/etc/passwd", "x/../../a", "C:\\a.xml", "..\\a.xml", "a/.."])
@pytest.mark.parametrize("make", [_tar, _zip])
def test_unpack_refuses_a_name_that_leads_outside(name: str, make: object) -> None:
    assert callable(make)

    assert _code(make({name: b"x"})) == "ARCHIVE-PATH"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_unpack_refuses_links_in_a_tar(kind: bytes) -> None:
    assert _code(_tar_entry("a.xml", kind, linkname="/etc/passwd")) == "ARCHIVE-LINK"


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE])
def test_unpack_refuses_devices_and_sparse_files(kind: bytes) -> None:
    assert _code(_tar_entry("a.xml", kind)) in {"ARCHIVE-SPECIAL", "ARCHIVE-BROKEN"}


def test_unpack_refuses_a_link_in_a_zip() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("a.xml")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")

    assert _code(buffer.getvalue()) == "ARCHIVE-LINK"


def test_unpack_refuses_an_encrypted_zip() -> None:
    data = bytearray(_zip({"a.xml": b"<a/>"}))
    data[6] |= 1
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1

    assert _code(bytes(data)) == "ARCHIVE-ENCRYPTED"


@pytest.mark.parametrize("name", ["inner.zip", "inner.tar.gz", "INNER.TGZ"])
def test_unpack_refuses_an_archive_in_the_archive(name: str) -> None:
    assert _code(_tar({name: b"x"})) == "ARCHIVE-NESTED"


def test_unpack_refuses_two_files_of_one_name() -> None:
    assert _code(_tar({"a.xml": b"1", "./A.xml": b"2"})) == "ARCHIVE-DUPLICATE"


def test_unpack_refuses_more_members_than_the_limit() -> None:
    data = _tar({f"{n}.xml": b"" for n in range(4)})

    assert _code(data, Limits(members=3)) == "ARCHIVE-TOO-MANY"


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_unpack_refuses_more_bytes_than_the_limits(mode: str) -> None:
    data = _tar({"a.xml": b"x" * 3000, "b.xml": b"y" * 3000}, mode)

    assert _code(data, Limits(total=5000)) == "ARCHIVE-TOO-LARGE"
    assert _code(data, Limits(member=2000)) == "ARCHIVE-MEMBER-TOO-LARGE"


@pytest.mark.parametrize("make", [_zip, lambda files: _tar(files, "w:gz")], ids=["zip", "tgz"])
def test_unpack_refuses_a_bomb(make: object) -> None:
    assert callable(make)
    data = make({"bomb.xml": b"\x00" * 20_000_000})

    assert len(data) < 50_000
    assert _code(data) == "ARCHIVE-BOMB"


def test_unpack_refuses_a_bare_gzip_bomb() -> None:
    assert _code(gzip.compress(b"\x00" * 20_000_000), name="x.xml.gz") == "ARCHIVE-BOMB"


def test_unpack_refuses_a_header_that_claims_more_than_a_member_may_hold() -> None:
    header = tarfile.TarInfo("pax")
    header.type = tarfile.XHDTYPE
    header.size = 10_000_000_000
    data = gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + b"\x00" * 4096)

    assert _code(data) in {"ARCHIVE-BOMB", "ARCHIVE-BROKEN"}


@pytest.mark.parametrize("keep", [0.2, 0.4, 0.6])
@pytest.mark.parametrize("make", [_tar, _zip, lambda files: _tar(files, "w:gz")], ids=["tar", "zip", "tgz"])
def test_unpack_refuses_a_cut_archive(keep: float, make: object) -> None:
    assert callable(make)
    noise = random.Random(7).randbytes(6000)  # noqa: S311 - incompressible, not secret
    whole = make({"a.xml": noise, "b.xml": noise[::-1]})

    assert _code(whole[: int(len(whole) * keep)]) == "ARCHIVE-BROKEN"


def test_unpack_refuses_a_tar_cut_between_two_members() -> None:
    whole = _tar({"a.xml": b"1" * 512, "b.xml": b"2" * 512})

    assert _code(whole[:1024]) == "ARCHIVE-BROKEN"


def test_unpack_refuses_a_tar_with_another_behind_it() -> None:
    assert _code(_tar({"a.xml": b"1"}) + _tar({"b.xml": b"2"})) == "ARCHIVE-BROKEN"


def test_unpack_refuses_what_is_no_archive() -> None:
    assert _code(b"") == "ARCHIVE-EMPTY"
    assert _code(b"<a/>") == "ARCHIVE-UNKNOWN"
    assert _code(_zip({})) == "ARCHIVE-EMPTY"
    assert not is_archive(io.BytesIO(b"<a/>"))


@given(st.binary(max_size=400), st.integers(0, 1200))
def test_unpack_ends_in_members_or_a_finding_whatever_the_damage(noise: bytes, at: int) -> None:
    for whole in (_tar(_FILES), _zip(_FILES), _tar(_FILES, "w:gz")):
        damaged = whole[:at] + noise + whole[at + len(noise) :]
        with contextlib.suppress(UnreadableError):
            assert _unpacked(damaged, "drop.bin")


def test_unpack_survives_a_zip_whose_sizes_lie() -> None:
    data = bytearray(_zip({"a.xml": b"<a/>" * 100}))
    central = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, central + 24, 4)

    assert _code(bytes(data)) == "ARCHIVE-BROKEN"
