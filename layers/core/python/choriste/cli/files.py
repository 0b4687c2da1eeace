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


_WIDTH = 30
_CLEARED = "\r\x1b[K"


class Progress:
    """A bar on the terminal that shows how far a long piece of work is; silent when nobody watches."""

    def __init__(self, total: int, what: str) -> None:
        self._total = total
        self._what = what
        self._shown = sys.stderr.isatty() and total > 1

    def at(self, count: int) -> None:
        """Show that `count` are done."""
        if self._shown:
            full = _WIDTH * count // self._total
            bar = f"{'#' * full}{'-' * (_WIDTH - full)}"
            ending = "\n" if count == self._total else ""
            self._write(f"{_CLEARED}{self._what} [{bar}] {count}/{self._total}{ending}")

    def hide(self) -> None:
        """Clear the line for another output; the next `at` draws the bar again."""
        if self._shown:
            self._write(_CLEARED)

    def _write(self, text: str) -> None:
        print(text, end="", file=sys.stderr, flush=True)
