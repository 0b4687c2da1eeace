"""The requirement files of the third-party layers, exported from the lock with versions and hashes.

`python -m infra.requirements` writes `layers/*/requirements.txt`; `--check` fails on a difference. It works
offline: which package needs which comes from the installed metadata, read as Lambda would (CPython 3.13,
Linux, arm64); versions and hashes from `requirements.lock`, and for the official engine, which only tests and
second opinions use, from `requirements-dev.lock`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.bundles import ROOT
from infra.catalogue import PACKAGES, REFERENCE_PACKAGES, LayerName

LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
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
HEADER = "# Written by `python -m infra.requirements` from the lock files; do not edit.\n"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s\\;]+)")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


class NotLockedError(LookupError):
    """A layer needs a package that the lock does not hold: compile the lock again."""


def locked(text: str) -> dict[str, str]:
    """Read a lock file: canonical name → the requirement with its version and sorted hashes."""
    entries: dict[str, str] = {}
    hashes: dict[str, list[str]] = {}
    current = ""
    for line in text.splitlines():
        if pinned := _PINNED.match(line):
            current = canonicalize_name(pinned[1])
            entries[current] = f"{current}=={pinned[2]}"
            hashes[current] = []
        if current and (digest := _HASH.search(line)):
            hashes[current].append(digest[1])
    return {
        name: " \\\n    --hash=".join([entry, *sorted(hashes[name])])
        for name, entry in sorted(entries.items())
    }


def closure(names: Iterable[str]) -> frozenset[str]:
    """Everything these packages need on Lambda, themselves included, by canonical name."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(str(canonicalize_name(name)), frozenset[str]()) for name in names]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(_needs(*current))
    return frozenset(name for name, _ in seen)


def _needs(name: str, extras: frozenset[str]) -> Iterable[tuple[str, frozenset[str]]]:
    for line in metadata.requires(name) or ():
        requirement = Requirement(line)
        marker = requirement.marker
        wanted = marker is None or any(
            marker.evaluate({**LAMBDA_MARKERS, "extra": extra}) for extra in ("", *extras)
        )
        if wanted:
            yield str(canonicalize_name(requirement.name)), frozenset(requirement.extras)


def layer_requirements(lock: Mapping[str, str]) -> dict[LayerName, str]:
    """The text of each requirement file; a package of the base layer is not in the documents layer again.

    `lock` holds what both lock files hold.
    """
    base = closure(PACKAGES[LayerName.BASE])
    documents = closure(PACKAGES[LayerName.DOCUMENTS]) - base
    return {
        LayerName.BASE: _render(base, lock),
        LayerName.DOCUMENTS: _render(documents, lock),
        LayerName.REFERENCE: _render(REFERENCE_PACKAGES, lock),
    }


def both_locks() -> dict[str, str]:
    """Return what the lock files hold, that of the platform first."""
    texts = (path.read_text(encoding="utf-8") for path in (DEV_LOCK, LOCK))
    return {name: line for text in texts for name, line in locked(text).items()}


def _render(names: Iterable[str], lock: Mapping[str, str]) -> str:
    missing = sorted(set(names) - set(lock))
    if missing:
        raise NotLockedError(", ".join(missing))
    return HEADER + "".join(f"{lock[name]}\n" for name in sorted(names))


def main() -> int:
    """Write the files, or with `--check` say whether they are up to date (exit code 1 when not)."""
    stale = 0
    for layer, text in layer_requirements(both_locks()).items():
        path = ROOT / "layers" / layer / "requirements.txt"
        if "--check" in sys.argv[1:]:
            stale += not path.is_file() or path.read_text(encoding="utf-8") != text
        else:
            path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"layers/{layer}/requirements.txt: {text.count('==')} packages\n")
    if stale:
        sys.stdout.write("out of date: run python -m infra.requirements\n")
    return int(stale > 0)


if __name__ == "__main__":
    raise SystemExit(main())
