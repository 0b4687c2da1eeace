"""Install as users do, with the oldest and the newest pip, from an index that moved on: `make install-test`.

Each installation starts from a copy of the sources and a new virtual environment of the Python that runs this
module. A folder offers a newer release of every package of the lock to pip and to uv (`find-links`), so an
installation passes only if it follows the lock. It needs the standard library and the package index alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.install.newer_index import NEWER, locked_versions, offer_newer

ROOT = Path(__file__).parents[2]
# What `ensurepip` brought with the first release of each Python; None stands for what it brings now.
OLDEST_PIP = {(3, 11): "22.3", (3, 12): "23.2.1", (3, 13): "24.2", (3, 14): "25.2"}
LISTING = """\
import importlib.metadata as m, json
print(json.dumps({d.name.lower().replace('_', '-').replace('.', '-'): d.version for d in m.distributions()}))
"""
SEEDS = {"pip", "setuptools", "choriste"}
OUTER = ("VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VENV", "PYTHONPATH")


class WrongInstallationError(AssertionError):
    """An installation took what the lock does not hold, or lacks what it holds."""


@dataclass(frozen=True, slots=True)
class Place:
    """A copy of the sources with a virtual environment, and the folder that offers newer releases."""

    tree: Path
    newer: Path

    @property
    def python(self) -> str:
        """The interpreter of the virtual environment."""
        return str(self.tree / ".venv" / "bin" / "python")

    def run(self, *command: str) -> str:
        """Run a command in the tree with the newer releases on offer; raises `CalledProcessError`."""
        kept = {name: value for name, value in os.environ.items() if name not in OUTER}
        offer = {
            "PIP_FIND_LINKS": str(self.newer),
            "UV_FIND_LINKS": str(self.newer),
            "PIP_CONFIG_FILE": os.devnull,
        }
        done = subprocess.run(  # noqa: S603 - fixed commands
            command, cwd=self.tree, env=kept | offer, check=True, capture_output=True, text=True
        )
        return done.stdout + done.stderr


def by_make(place: Place) -> None:
    """Install as `make run`, then `make test` do: pip brings uv, uv the rest."""
    place.run("make", ".venv/run.stamp")
    _follows_lock(place)
    place.run("make", ".venv/dev.stamp")
    uv = str(place.tree / ".venv" / "bin" / "uv")
    place.run(uv, "sync", "--locked", "--all-extras", "--check")
    _is_offered(place, uv, "pip", "install")


def by_pip(place: Place) -> None:
    """Install by pip alone, as README.md says."""
    pip = (place.python, "-m", "pip", "install")
    place.run(*pip, "--no-deps", "-r", "requirements.txt")
    place.run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    _is_offered(place, *pip)


def _is_offered(place: Place, *install: str) -> None:
    """Show that the simulation bites: without the lock, the newer release is the one that is taken."""
    plan = place.run(*install, "--dry-run", "--no-deps", "--upgrade", "certifi")
    if NEWER not in plan:
        raise WrongInstallationError(f"the index does not offer certifi {NEWER}: {plan}")


def _follows_lock(place: Place) -> None:
    """Compare what is installed with the lock, and start the command line."""
    locked = locked_versions(place.tree / "uv.lock")
    installed: dict[str, str] = json.loads(place.run(place.python, "-c", LISTING))
    strays = {n: v for n, v in installed.items() if n not in SEEDS and v not in locked.get(n, set())}
    if strays or "moto" not in installed:
        raise WrongInstallationError(f"not of the lock: {strays or 'nothing is installed'}")
    place.run(str(place.tree / ".venv" / "bin" / "choriste"), "--help")


def a_place(folder: Path, pip: str | None, newer: Path) -> Place:
    """Copy the sources and make a virtual environment with that pip, the newest when None."""
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode()  # noqa: S603
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    place = Place(folder, newer)
    place.run(sys.executable, "-m", "venv", ".venv")
    place.run(place.python, "-m", "pip", "install", "--upgrade", f"pip=={pip}" if pip else "pip")
    return place


def installations() -> Iterator[tuple[str, str | None, Callable[[Place], None]]]:
    """Yield what is tried: a title, the pip, and the way to install."""
    oldest = OLDEST_PIP.get(sys.version_info[:2])
    for pip in (oldest, None) if oldest else (None,):
        for way in (by_make, by_pip):
            yield f"{way.__name__}, pip {pip or 'newest'}", pip, way


def tried(title: str, pip: str | None, way: Callable[[Place], None], newer: Path) -> bool:
    """Try one installation and say how it went."""
    with tempfile.TemporaryDirectory(prefix="install-") as folder:
        began = time.monotonic()
        try:
            place = a_place(Path(folder), pip, newer)
            way(place)
            _follows_lock(place)
        except (subprocess.CalledProcessError, WrongInstallationError) as error:
            output = (
                f"{error.stdout}{error.stderr}" if isinstance(error, subprocess.CalledProcessError) else ""
            )
            sys.stdout.write(f"FAILED {title}: {error}\n{output}\n")
            return False
        sys.stdout.write(f"passed {title}: {time.monotonic() - began:.1f} s\n")
        return True


def main() -> int:
    """Try every installation; exit code 1 when one failed."""
    sys.stdout.write(f"Python {sys.version.split()[0]}\n")
    with tempfile.TemporaryDirectory(prefix="newer-") as folder:
        newer = Path(folder) / "wheels"
        offer_newer(sorted(locked_versions(ROOT / "uv.lock")), newer)
        outcomes = [tried(*installation, newer) for installation in installations()]
    sys.stdout.write(f"{sum(outcomes)} passed, {len(outcomes) - sum(outcomes)} failed\n")
    return int(not all(outcomes))


if __name__ == "__main__":
    raise SystemExit(main())
