"""Read a file of accounts: CSV as spreadsheets save it, or the workbook itself."""

from __future__ import annotations

from collections.abc import Iterator

from choriste.domain.members.import_file import FileRow, UnreadableFileError, rows_in, rows_of
from choriste.formats.errors import UnreadableError
from choriste.formats.magic import is_zip


def account_rows(content: bytes) -> Iterator[FileRow]:
    """Yield the rows of a file of accounts, blank ones left out; raises `UnreadableFileError`."""
    if not is_zip(content):
        yield from rows_of(content)
        return
    # reading XML costs memory and start-up time that most files of accounts need not pay
    from choriste.formats.workbook import sheet_rows  # noqa: PLC0415

    try:
        yield from rows_in(sheet_rows(content))
    except UnreadableError as error:
        raise UnreadableFileError(fault="workbook") from error
