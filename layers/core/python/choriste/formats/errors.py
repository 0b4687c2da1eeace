"""The error of this room: a file from which no invoice can be read, with the finding that says why."""

from __future__ import annotations

from choriste.domain.shared.errors import ChoristeError
from choriste.domain.shared.findings import Finding
from choriste.formats.wording import word


class UnreadableError(ChoristeError):
    """No invoice can be read from the file; `finding` says what is wrong and how to fix it.

    `code` is the rule of the finding: `XML-…` for broken or hostile XML, `FORMAT-…` for XML that is something
    else than an invoice, `ARCHIVE-…` for archives, `PDF-…` for PDFs.
    """

    def __init__(self, finding: Finding) -> None:
        self.code = finding.rule
        super().__init__(findings=[finding])
        self.finding = finding

    def __str__(self) -> str:
        """Return the code and the English sentence."""
        return f"{self.code}: {self.finding.message.en}"


def unreadable(
    code: str, *, line: int | None = None, case: str | None = None, **parameters: object
) -> UnreadableError:
    """Return the error for a code of the catalogue; `parameters` fill its sentences.

    A `case` of the code has sentences of its own. The parameters `found`, `expected` and `location` also go
    to the finding's fields of that name.
    """
    return UnreadableError(word(code, parameters, case=case, line=line))
