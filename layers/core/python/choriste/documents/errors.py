"""What can go wrong when a document is made; each error carries a stable code."""

from __future__ import annotations


class DocumentError(Exception):
    """A document could not be made. `code` is stable; the text is for the log, not for users."""

    code = "DOC-FAILED"


class RenderError(DocumentError):
    """The typesetter refused the page."""

    code = "DOC-RENDER"


class AssemblyError(DocumentError):
    """The rendered PDF is not built the way the assembly knows, or an attachment cannot be embedded."""

    code = "DOC-ASSEMBLY"
