"""The limits that hostile files run into.

qpdf's own limits are off by default and belong to the whole process; they are set once, before the first
file is opened. The figures leave room for the largest invoices seen (5,000 lines, 300 pages, scans).
"""

from __future__ import annotations

from functools import cache
from typing import Final

import pikepdf

MAX_FILE: Final = 100 << 20
"""Bytes of a deposited file: the limit of the French reform's flows."""

MAX_XML: Final = 32 << 20
"""Bytes of an embedded invoice, once decompressed."""

MAX_XMP: Final = 2 << 20
MAX_STREAM: Final = 64 << 20
"""Bytes that qpdf may decompress from one stream."""

MAX_STRUCTURE: Final = 24 << 20
"""Bytes that all cross-reference and object streams of a file may decompress to."""

MAX_OBJECTS: Final = 300_000
MAX_CONTAINER: Final = 100_000
"""Items of one array or dictionary."""

MAX_RECOVERY: Final = 20 << 20
"""Bytes of a damaged file that is still searched for its objects, one by one."""

MAX_INLINE: Final = 1_500_000
"""Bytes of a PDF, its structure streams expanded, that are read in the caller's own process."""

MAX_STRUCTURE_STREAMS: Final = 20_000
"""Cross-reference and object streams of one file; writers put a hundred objects or more in each."""

LOOK_CPU: Final = 0.8
SIGNATURE_CPU: Final = 1.2
TEXT_CPU: Final = 0.8
"""Seconds of processor time that a child may take, of which loading its library takes 0.1 to 0.5.

Processor time is what a hostile file can spend, whatever else the machine is doing; an honest file of 220
pages takes 0.4, 0.7 and 0.6. Look and signatures follow each other on one file: their sum is the two seconds
that a file is given. Text is asked for apart.
"""

CHILD_TIMEOUT: Final = 4.0
"""Seconds by the wall clock: for a child that sleeps or starves, which its processor time would not end."""

CHILD_MEMORY: Final = 240 << 20
"""Address space of a child in bytes, the file included: what it holds in memory stays below."""

MAX_SIGNATURES: Final = 20
MAX_PAGES: Final = 5_000
MAX_TREE_DEPTH: Final = 64
MAX_NODES: Final = 20_000
MAX_ATTACHMENTS: Final = 500


@cache
def guard_qpdf() -> None:
    """Set qpdf's process-wide limits once: memory of every decoder, filters, warnings, containers."""
    pikepdf.settings.set_qpdf_limits(
        doc_max_warnings=50,
        parser_max_container_size=MAX_CONTAINER,
        max_stream_filters=4,
        dct_max_memory=MAX_STREAM,
        flate_max_memory=MAX_STREAM,
        png_max_memory=MAX_STREAM,
        run_length_max_memory=MAX_STREAM,
        tiff_max_memory=MAX_STREAM,
    )
