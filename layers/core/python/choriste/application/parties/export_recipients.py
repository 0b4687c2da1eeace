"""Export the public recipients of the directory: a CSV in a ZIP, made once a day and kept until the next.

The directory is read by its index of names, one list after the other. A structure whose name the registry may
not publish is not in it.
"""

from __future__ import annotations

import csv
import io
import itertools
import string
import zipfile
from collections.abc import Iterator
from typing import Final, Protocol

from choriste.application.access.policy import lists_of
from choriste.application.parties.ports import PartiesPorts
from choriste.application.shared.ports import Bucket, Files
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Space
from choriste.domain.parties.search import SHORTEST, Lookup, StructureSummary
from choriste.domain.parties.structure import StructureKind
from choriste.domain.sandbox.world import sandbox_of
from choriste.domain.shared.errors import ForbiddenError, NotFoundError

_LETTERS: Final = string.ascii_lowercase + string.digits
_PAGE: Final = 500
_HEADER: Final = ("id", "type", "identifiant", "nom", "code_postal", "ville", "pays")


class ExportPorts(PartiesPorts, Protocol):
    """What it takes to export the directory."""

    @property
    def files(self) -> Files:
        """The bytes that the platform keeps."""
        ...


def export_recipients(ports: ExportPorts, principal: Principal) -> bytes:
    """Return a ZIP with `annuaire.csv`: the active public structures, by name, one a row.

    Raises `ForbiddenError` for whoever has no right in any structure.
    """
    if not any(lists_of(principal, space) for space in Space):
        raise ForbiddenError(right="issue:consultation_uniquement", structure=None, service=None)
    key = f"directory/recipients-{ports.clock.now().date().isoformat()}.zip"
    try:
        return ports.files.get(Bucket.DOCUMENTS, key)
    except NotFoundError:
        packed = _packed(sorted(_recipients(ports), key=lambda each: (each.name, each.id)))
        ports.files.put(Bucket.DOCUMENTS, key, packed, mime_type="application/zip")
        return packed


def _recipients(ports: PartiesPorts) -> Iterator[StructureSummary]:
    """Yield each structure once, though several lists may hold it."""
    seen: set[str] = set()
    for letters in itertools.product(_LETTERS, repeat=SHORTEST):
        lookup, after = Lookup("".join(letters), "".join(letters)), None
        while True:
            page = ports.directory.entries(lookup, after=after, limit=_PAGE)
            for entry in page.rows:
                found = entry.summary
                wanted = found.active and found.kind is StructureKind.PUBLIC and sandbox_of(found.id) is None
                if wanted and found.id not in seen:
                    seen.add(found.id)
                    yield found
            if page.after is None:
                break
            after = page.after


def _packed(rows: list[StructureSummary]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADER)
    for row in rows:
        kind, identifier = row.identifier.kind.value, row.identifier.value
        writer.writerow((row.id, kind, identifier, row.name, row.postcode, row.city, row.country))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("annuaire.csv", text.getvalue().encode())
    return packed.getvalue()
