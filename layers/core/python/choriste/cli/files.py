"""Files named on the command line: folders stand for the files in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from choriste.i18n.catalogue import translate


def complain(text: str) -> None:
    """Tell people on stderr what keeps a call from being done."""
    print(f"choriste: {text}", file=sys.stderr, flush=True)


class NamedFiles:
    """The files that arguments name, those of folders in order.

    What cannot be used (no such file, an empty folder, an unreadable file) is complained about at once. It
    does not keep the other files, but the exit code at the end says that the call was not usable as it was.
    """

    def __init__(self, names: Sequence[str], language: str) -> None:
        self._language = language
        self._all_usable = True
        self.files = tuple(self._expand(names))

    def _expand(self, names: Sequence[str]) -> Iterator[Path]:
        for name in names:
            path = Path(name)
            if path.is_dir():
                entries = sorted(entry for entry in path.rglob("*") if entry.is_file())
                yield from entries
                if not entries:
                    self._refuse("folder.empty", folder=name)
            elif path.exists():
                yield path
            else:
                self._refuse("file.missing", file=name)

    def __iter__(self) -> Iterator[Path]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def read(self, file: Path) -> bytes | None:
        """Return what is in a file; None, after a complaint, where it cannot be read."""
        try:
            return file.read_bytes()
        except OSError as error:
            self.unread(file, error)
            return None

    def unread(self, file: Path, error: OSError) -> None:
        """Complain that a file cannot be read."""
        self._refuse("file.unread", file=file, reason=error.strerror or str(error))

    def _refuse(self, code: str, **values: object) -> None:
        self._all_usable = False
        complain(translate("cli", code, self._language, **values))

    def exit_code(self, *, fine: bool) -> int:
        """Return 0 where all is fine, 1 where a file has something wrong, 2 where one was unusable."""
        if not self._all_usable:
            return 2
        return 0 if fine else 1


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
