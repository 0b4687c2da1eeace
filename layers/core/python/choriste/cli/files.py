"""Files named on the command line: folders stand for the files in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path


def named_files(names: Sequence[str]) -> tuple[Path, ...]:
    """Return the files that arguments name, those of folders in order; raises FileNotFoundError."""
    return tuple(_expand(names))


def _expand(names: Sequence[str]) -> Iterator[Path]:
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from sorted(entry for entry in path.rglob("*") if entry.is_file())
        elif path.exists():
            yield path
        else:
            raise FileNotFoundError(2, "no such file", name)


class Progress:
    """A line on the terminal that says how far a long work is; silent when nobody watches."""

    def __init__(self, total: int, what: str) -> None:
        self._total = total
        self._what = what
        self._shown = sys.stderr.isatty() and total > 1

    def at(self, count: int) -> None:
        """Show that `count` are done."""
        if self._shown:
            ending = "\n" if count == self._total else ""
            print(f"\r{self._what}: {count}/{self._total}", end=ending, file=sys.stderr, flush=True)
