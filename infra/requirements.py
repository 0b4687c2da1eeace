"""Write the requirement files that follow from `uv.lock`: `python -m infra.requirements`, or `make lock`.

Each file is an export of one part of the lock, offline and the same every time:

- `layers/NAME/requirements.txt`: what a Lambda layer holds (CPython 3.13, Linux on arm64), with hashes;
- `requirements-uv.txt`: uv itself with its hashes, which `make` installs by pip before anything else;
- `requirements.txt`: what `make run` needs, with hashes, for those who install it by plain pip.

With `--check` nothing is written, and the exit code is 1 when a file is out of date.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from uv import find_uv_bin

from infra.bundles import ROOT
from infra.catalogue import THIRD_PARTY_LAYERS, LayerName

LAMBDA_MARKERS = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "aarch64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.13.0",
    "python_version": "3.13",
    "sys_platform": "linux",
}
HEADER = "# Written from uv.lock by `make lock`; do not edit.\n"
_CONTINUED = re.compile(r"\s*\\\n\s*")


def group(name: str) -> tuple[str, ...]:
    """Return the canonical names that a dependency group of pyproject.toml lists itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = project["dependency-groups"][name]
    return tuple(str(canonicalize_name(Requirement(line).name)) for line in lines)


def export(*options: str) -> str:
    """Return what the lock holds for these options of `uv export`, one requirement a line with its hashes."""
    command = [find_uv_bin(), "export", "--quiet", "--frozen", "--no-default-groups", "--no-emit-project"]
    command += ["--no-header", "--no-annotate", *options]
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)  # noqa: S603 - fixed words
    return done.stdout


def on_lambda(exported: str) -> dict[str, str]:
    """Read an export: canonical name → its line without the marker, of the packages that Lambda needs."""
    entries: dict[str, str] = {}
    for line in _CONTINUED.sub(" ", exported).splitlines():
        requirement, *hashes = line.split(" --hash=")
        needed = Requirement(requirement)
        if needed.marker is None or needed.marker.evaluate(LAMBDA_MARKERS):
            name = str(canonicalize_name(needed.name))
            entries[name] = " \\\n    --hash=".join([f"{name}{needed.specifier}", *hashes])
    return entries


def layer_requirements() -> dict[LayerName, str]:
    """Return the text of each layer's file; what the base layer holds is not in the documents layer again.

    The reference layer holds the packages that its group names, without what these ask for.
    """
    held = {layer: on_lambda(export("--only-group", f"layer-{layer}")) for layer in THIRD_PARTY_LAYERS}
    documents = held[LayerName.DOCUMENTS].keys() - held[LayerName.BASE].keys()
    names: dict[LayerName, Iterable[str]] = {
        LayerName.BASE: held[LayerName.BASE],
        LayerName.DOCUMENTS: documents,
        LayerName.REFERENCE: group(f"layer-{LayerName.REFERENCE}"),
        LayerName.RECOGNITION: held[LayerName.RECOGNITION],
    }
    return {layer: _render(names[layer], held[layer]) for layer in THIRD_PARTY_LAYERS}


def written() -> dict[Path, str]:
    """Return every file that follows from the lock, with its text."""
    layers = {
        ROOT / "layers" / layer / "requirements.txt": text for layer, text in layer_requirements().items()
    }
    return {
        **layers,
        ROOT / "requirements-uv.txt": HEADER + export("--only-group", "uv"),
        ROOT / "requirements.txt": HEADER + export("--extra", "local", "--group", "build"),
    }


def _render(names: Iterable[str], entries: Mapping[str, str]) -> str:
    return HEADER + "".join(f"{entries[name]}\n" for name in sorted(names))


def main() -> int:
    """Write the files, or with `--check` say whether they are up to date (exit code 1 when not)."""
    stale = 0
    for path, text in written().items():
        if "--check" in sys.argv[1:]:
            stale += not path.is_file() or path.read_text(encoding="utf-8") != text
        else:
            path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}: {text.count('==')} packages\n")
    if stale:
        sys.stdout.write("out of date: run make lock\n")
    return int(stale > 0)


if __name__ == "__main__":
    raise SystemExit(main())
