"""Build the Lambda layers and function bundles without Docker: `python -m infra.build`.

Wheels are chosen for Lambda (CPython 3.13, arm64) by uv, with the hashes of `layers/*/requirements.txt`;
nothing is compiled. `--target host` builds the same recipe for the machine and Python it runs on, which
is how a test starts each function from its bundle alone. The outcome is in `build/aws` or `build/host`:
`functions/NAME.zip`, `layers/NAME.zip` and `manifest.json` with sizes and hashes. Zips are reproducible.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from uv import find_uv_bin

from infra.archive import Zipped, write_zip
from infra.bundles import BUILD, ROOT
from infra.catalogue import FUNCTIONS, RECOGNITION, THIRD_PARTY_LAYERS, FunctionSpec, LayerName

LIMIT = 250 * 1024 * 1024  # Lambda: a function and its layers, unzipped
CORE = ROOT / "layers" / "core"
LOCAL_ROOMS = ("python/choriste/local/", "python/choriste/cli/")
# Lambda's Python 3.13 stands on Amazon Linux 2023 (glibc 2.34).
LAMBDA = ("--python-version=3.13", "--python-platform=aarch64-manylinux_2_34")
# What uv leaves that depends on the machine, or that nothing imports at run time.
DISCARDED_FOLDERS = frozenset({"__pycache__", "bin", "tests", "test"})
DISCARDED_FILES = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", ".lock"})


class Target(StrEnum):
    """What the bundles are built for: Lambda, or the machine and Python that run this module."""

    AWS = "aws"
    HOST = "host"


class TooLargeError(ValueError):
    """A function with its layers is over what Lambda accepts."""


@dataclass(frozen=True, slots=True)
class Built:
    """Every zip of one build, by name."""

    functions: dict[str, Zipped]
    layers: dict[str, Zipped]

    def unzipped(self, spec: FunctionSpec) -> int:
        """Bytes of a function with its layers, unzipped."""
        return self.functions[spec.name].unzipped + sum(self.layers[name].unzipped for name in spec.layers)


def build(target: Target, *, output: Path | None = None, recognition: bool = False) -> Built:
    """Build every layer and function; raises `TooLargeError` when one is over Lambda's limit.

    The function that reads pictures, and its layer, come only with `recognition`.
    """
    specs = (*FUNCTIONS, RECOGNITION) if recognition else FUNCTIONS
    folder = output or BUILD / target
    shutil.rmtree(folder, ignore_errors=True)
    layers: dict[str, Zipped] = {LayerName.CORE: _core_layer(folder)}
    for name in THIRD_PARTY_LAYERS:
        if recognition or name is not LayerName.RECOGNITION:
            layers[name] = _third_party_layer(name, target, folder)
    built = Built(functions={spec.name: _function(spec, folder) for spec in specs}, layers=layers)
    for spec in specs:
        if built.unzipped(spec) >= LIMIT:
            raise TooLargeError(f"{spec.name}: {built.unzipped(spec)} bytes unzipped, the limit is {LIMIT}")
    (folder / "manifest.json").write_text(manifest(built), encoding="utf-8")
    return built


def manifest(built: Built) -> str:
    """The sizes and hashes of a build as JSON, one hash over all of them first."""
    zips = {
        kind: {
            name: {"sha256": z.sha256, "zipped": z.zipped, "unzipped": z.unzipped, "files": z.files}
            for name, z in sorted(named.items())
        }
        for kind, named in (("functions", built.functions), ("layers", built.layers))
    }
    return json.dumps({"sha256": overall(built), **zips}, indent=1) + "\n"


def overall(built: Built) -> str:
    """One SHA-256 over the hashes of all zips: the same for the same sources and lock."""
    lines = [
        f"{kind}/{name} {z.sha256}"
        for kind, named in (("functions", built.functions), ("layers", built.layers))
        for name, z in sorted(named.items())
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _core_layer(folder: Path) -> Zipped:
    files = [path for path in _sources(CORE / "python") if not _local(path) and path.suffix != ".po"]
    return write_zip(folder / "layers" / "core.zip", folder=CORE, files=files)


def _local(path: Path) -> bool:
    """Whether a file belongs to the rooms that never run on AWS."""
    return path.relative_to(CORE).as_posix().startswith(LOCAL_ROOMS)


def _third_party_layer(name: LayerName, target: Target, folder: Path) -> Zipped:
    staged = folder / "staging" / name
    install(ROOT / "layers" / name / "requirements.txt", into=staged / "python", target=target)
    files = [path for path in _sources(staged) if path.name not in DISCARDED_FILES]
    zipped = write_zip(folder / "layers" / f"{name}.zip", folder=staged, files=files)
    shutil.rmtree(staged)
    return zipped


def _function(spec: FunctionSpec, folder: Path) -> Zipped:
    package = ROOT / "functions"
    files = [package / "__init__.py", *_sources(package / spec.name)]
    return write_zip(folder / "functions" / f"{spec.name}.zip", folder=ROOT, files=files)


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if path.is_file() and path.suffix != ".pyc" and DISCARDED_FOLDERS.isdisjoint(parts):
            yield path


def install(requirements: Path, *, into: Path, target: Target) -> None:
    """Install the wheels of a requirement file into a folder, exactly those whose hash the file names."""
    command = [find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--only-binary=:all:", "--no-compile-bytecode", "--python", sys.executable]
    command += [*(LAMBDA if target is Target.AWS else ()), "--target", str(into), "-r", str(requirements)]
    subprocess.run(command, check=True)  # noqa: S603 - a fixed command with paths of this repository


def report(built: Built) -> str:
    """A table of every zip with its sizes, and of every function with its layers."""
    lines = [f"{'layer':<14}{'zipped MB':>10}{'unzipped MB':>12}  sha256"]
    lines += [_line(name, z) for name, z in built.layers.items()]
    lines += ["", f"{'function':<14}{'zipped MB':>10}{'with layers':>12}  layers"]
    for spec in (each for each in (*FUNCTIONS, RECOGNITION) if each.name in built.functions):
        zipped = built.functions[spec.name].zipped
        layers = " ".join(spec.layers)
        lines.append(f"{spec.name:<14}{_mb(zipped):>10}{_mb(built.unzipped(spec)):>12}  {layers}")
    return "\n".join([*lines, "", f"all bundles: sha256 {overall(built)}"])


def _line(name: str, zipped: Zipped) -> str:
    return f"{name:<14}{_mb(zipped.zipped):>10}{_mb(zipped.unzipped):>12}  {zipped.sha256[:16]}"


def _mb(size: int) -> str:
    return f"{size / 1024 / 1024:.2f}"


def main() -> int:
    """Build for the target of the command line and print the sizes."""
    parser = argparse.ArgumentParser(description="Build the Lambda layers and functions.")
    parser.add_argument("--target", type=Target, choices=list(Target), default=Target.AWS)
    parser.add_argument("--output", type=Path, default=None, help="folder instead of build/TARGET")
    parser.add_argument("--recognition", action="store_true", help="what reads scans and photographs too")
    chosen = parser.parse_args()
    built = build(chosen.target, output=chosen.output, recognition=chosen.recognition)
    sys.stdout.write(report(built) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
