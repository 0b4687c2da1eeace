"""One French verdict of a new process, and its peak memory.

`python bench/first_verdict.py ENGINE FILE XSD SHEET…`, where ENGINE is `ours` or `saxonche`. Both parse the
file; ours checks the XSD and the rules, saxonche compiles and runs the stylesheets. Nothing is imported but
what the verdict needs. Prints the peak of resident memory in KiB, once the verdict is known.
"""

from __future__ import annotations

import sys


def ours(file: str, schema: str) -> None:
    """Judge an invoice by the XSD of its profile and by all rules in force."""
    from datetime import date  # noqa: PLC0415 -- each engine imports its own needs
    from types import SimpleNamespace  # noqa: PLC0415

    from lxml import etree  # noqa: PLC0415

    from choriste.rules import check  # noqa: PLC0415

    with open(file, "rb") as opened:  # noqa: PTH123 -- pathlib would count too
        data = opened.read()
    root = etree.fromstring(data)
    if not etree.XMLSchema(etree.parse(schema)).validate(root):
        raise AssertionError(schema)
    found = check(
        root, detected=SimpleNamespace(syntax="Factur-X", profile="EN 16931"), on=date(2026, 11, 22)
    )
    if found:
        raise AssertionError(found)


def saxonche(file: str, sheets: list[str]) -> None:
    """Run the official stylesheets."""
    from saxonche import PySaxonProcessor  # noqa: PLC0415

    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    node = processor.parse_xml(xml_file_name=file)
    for sheet in sheets:
        compiler.compile_stylesheet(stylesheet_file=sheet).transform_to_string(xdm_node=node)


def peak() -> int:
    """Return the peak of resident memory, in KiB, of this process alone."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 -- pathlib would count too
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        ours(sys.argv[2], sys.argv[3])
    else:
        saxonche(sys.argv[2], sys.argv[4:])
    print(peak(), flush=True)
