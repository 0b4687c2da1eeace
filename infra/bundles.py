"""Where the stack finds the code of functions and layers: built zips, or the sources for a check.

`python -m infra.build` writes `build/aws/functions/NAME.zip` and `build/aws/layers/NAME.zip`. Tests, the
topology and the nag checks need a template, not a deployable one, and must not wait for third-party
wheels: without the zips the stack stands on the source folders, and `deployable` is false.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"


@dataclass(frozen=True, slots=True)
class Bundles:
    """The code assets; `folder` holds `functions/*.zip` and `layers/*.zip`, None stands for the sources."""

    folder: Path | None = None

    @property
    def deployable(self) -> bool:
        """Whether the assets are what Lambda can run."""
        return self.folder is not None

    def function(self, name: str) -> str:
        """Path of the asset of one function."""
        if self.folder is None:
            return str(ROOT / "functions")
        return str(self.folder / "functions" / f"{name}.zip")

    def layer(self, name: str) -> str:
        """Path of the asset of one layer."""
        if self.folder is None:
            return str(ROOT / "layers" / name)
        return str(self.folder / "layers" / f"{name}.zip")


def latest_bundles() -> Bundles:
    """The built zips if `make build` made them, else the sources."""
    folder = BUILD / "aws"
    return Bundles(folder if (folder / "manifest.json").is_file() else None)
