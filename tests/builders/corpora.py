"""Where the shared corpora are: beside the clone, or in the folder that `CHORISTE_CORPORA` names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

CORPORA: Final = Path(
    os.environ.get("CHORISTE_CORPORA") or Path(__file__).resolve().parents[3] / "shared" / "corpora"
)
