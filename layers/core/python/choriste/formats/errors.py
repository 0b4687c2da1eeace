"""The error of this room: a file from which no invoice can be read, with the finding that says why."""

from __future__ import annotations

from choriste.domain.shared.findings import Finding
from choriste.formats.wording import word


class UnreadableError(Exception):
    """No invoice can be read from the file; `finding` tells the depositor what is wrong and how to mend it.

    The finding's `rule` is a stable code: `XML-…` for broken or hostile XML, `FORMAT-…` for XML that is
    something else than an invoice, `ARCHIVE-…` for archives.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.rule}: {finding.message.en}")
        self.finding = finding

    @property
    def code(self) -> str:
        """The stable code of the finding."""
        return self.finding.rule


def unreadable(code: str, *, line: int | None = None, **parameters: object) -> UnreadableError:
    """Return the error for a code of `messages.tsv`; `parameters` fill its sentences.

    The parameters `found`, `expected` and `location` also go to the finding's fields of that name.
    """
    return UnreadableError(word(code, parameters, line=line))
