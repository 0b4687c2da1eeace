from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

import infra.build
from infra.archive import write_zip
from infra.build import Target, TooLargeError, build, manifest
from infra.catalogue import FUNCTIONS


def a_wheel_folder(requirements: Path, *, into: Path, target: Target) -> None:
    """Stands for uv: one package, and what an installer leaves with it."""
    package = into / f"{requirements.parent.name}_package"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__init__.py").write_text(f"# for {target}\n", encoding="utf-8")
    (package / "__pycache__" / "x.pyc").write_bytes(os.urandom(8))
    metadata = into / "package-1.dist-info"
    metadata.mkdir()
    for name in ("METADATA", "RECORD", "INSTALLER"):
        (metadata / name).write_text(f"{into}\n" if name == "RECORD" else "x", encoding="utf-8")
    (into / ".lock").touch()
    (into / "bin").mkdir()
    (into / "bin" / "tool").write_text(f"#!{into}/python", encoding="utf-8")


def names_in(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


@pytest.fixture
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infra.build, "install", a_wheel_folder)


def test_zip_is_the_same_whatever_the_day_and_the_mode(tmp_path: Path) -> None:
    for name, mtime, mode in (("one", 1_000_000_000, 0o600), ("two", 1_700_000_000, 0o755)):
        folder = tmp_path / name
        folder.mkdir()
        for part in ("b.py", "a.py") if name == "one" else ("a.py", "b.py"):
            path = folder / part
            path.write_text("same\n", encoding="utf-8")
            path.chmod(mode)
            os.utime(path, (mtime, mtime))

    zips = [
        write_zip(tmp_path / f"{name}.zip", folder=tmp_path / name, files=(tmp_path / name).iterdir())
        for name in ("one", "two")
    ]

    assert zips[0].sha256 == zips[1].sha256
    assert names_in(zips[0].path) == ["a.py", "b.py"]
    assert zips[0].unzipped == 10


@pytest.mark.usefixtures("_offline")
def test_build_gives_the_same_hashes_twice(tmp_path: Path) -> None:
    first = build(Target.AWS, output=tmp_path / "first")
    second = build(Target.AWS, output=tmp_path / "second")

    assert manifest(first) == manifest(second)


@pytest.mark.usefixtures("_offline")
def test_core_layer_holds_no_local_room_no_bytecode_and_compiled_texts_only(tmp_path: Path) -> None:
    built = build(Target.AWS, output=tmp_path)

    names = names_in(built.layers["core"].path)

    assert "python/choriste/__init__.py" in names
    assert not [name for name in names if name.startswith(("python/choriste/local/", "python/choriste/cli/"))]
    assert not [name for name in names if name.endswith((".pyc", ".po")) or "__pycache__" in name]
    assert len([name for name in names if name.endswith("/choriste.mo")]) == 2


@pytest.mark.usefixtures("_offline")
def test_third_party_layer_keeps_licences_and_nothing_of_the_machine(tmp_path: Path) -> None:
    built = build(Target.AWS, output=tmp_path)

    assert names_in(built.layers["base"].path) == [
        "python/base_package/__init__.py",
        "python/package-1.dist-info/METADATA",
    ]


@pytest.mark.usefixtures("_offline")
def test_function_bundle_keeps_its_import_path(tmp_path: Path) -> None:
    built = build(Target.AWS, output=tmp_path)

    for spec in FUNCTIONS:
        names = names_in(built.functions[spec.name].path)
        others = {f"functions/{other.name}/" for other in FUNCTIONS if other is not spec}
        assert f"functions/{spec.name}/handler.py" in names
        assert not [name for name in names if name.startswith(tuple(others))]


@pytest.mark.usefixtures("_offline")
def test_build_refuses_a_function_that_lambda_would_refuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(infra.build, "LIMIT", 1024)

    with pytest.raises(TooLargeError, match="api"):
        build(Target.AWS, output=tmp_path)
