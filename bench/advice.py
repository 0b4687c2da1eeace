"""Advice on the valid files of the corpora: `python -m bench.advice` writes docs/bench-advice.md.

No official rule complains of these files, so each piece of advice on them is either a false alarm or tells of
something that is really odd. Numbers are checked again here by arithmetic of our own and by nothing of the
product: an alarm about a number whose check digits hold would be listed as false.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from choriste.application.deposits.validate_file import validate_file, with_advice
from choriste.domain.deposits.advice import Kind
from choriste.domain.shared.findings import Finding, Verdict
from tests.builders.corpora import CORPORA

PAGE: Final = Path("docs/bench-advice.md")
_DAY: Final = dt.date(2026, 11, 1)
_LONGEST: Final = 8
_LEAD: Final = """\
`.venv/bin/python -m bench.advice` reads the corpora: {files} of their files are valid by our validator.
Official rules find nothing in them; what advice (`CHO-W-…`) finds is listed here by value. The benchmark
computes the check digits of each number again, by arithmetic of its own:
{false} alarms were about a sound number.
"""
_LINES: Final = """\
All are true, of sample files: the numbers are invented, the notes say nothing, and the page of the attached
PDF bears another date than the data. A line whose base quantity (BT-149) repeats its price is passed over:
converters write it so, and 48 alarms were about that. The other lines, one by one:
"""


def alarms() -> Iterator[tuple[str, Finding | None]]:
    """Yield each valid file of the corpora with None, then with each piece of advice on it."""
    with (CORPORA / "manifest.csv").open(encoding="utf-8") as listed:
        paths = [row["path"] for row in csv.DictReader(listed)]
    for path in paths:
        validation = validate_file((CORPORA / path).read_bytes(), filename=Path(path).name, on=_DAY)
        if validation.verdict is Verdict.VALID:
            yield path, None
            for finding in with_advice(validation).findings:
                if finding.rule in set(Kind):
                    yield path, finding


def is_luhn(digits: str) -> bool:
    """Return whether the digits satisfy the check of SIREN and SIRET numbers (ISO/IEC 7812-1)."""
    doubled = (int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits)))
    return sum(each - 9 * (each > 9) for each in doubled) % 10 == 0 and int(digits) > 0  # noqa: PLR2004


def is_mod_97(account: str) -> bool:
    """Return whether an account satisfies the check of IBANs (ISO 13616)."""
    plain = account.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_french_vat(number: str) -> bool:
    """Return whether a French VAT number has the key of its SIREN, and the SIREN its check digit."""
    plain = number.replace(" ", "")
    siren = plain[4:]
    if len(siren) != 9 or not siren.isdigit():  # noqa: PLR2004
        return False
    return is_luhn(siren) and plain[2:4] == f"{(12 + 3 * (int(siren) % 97)) % 97:02d}"


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    Kind.IBAN: is_mod_97,
    Kind.SIREN: is_luhn,
    Kind.SIRET: is_luhn,
    Kind.VAT_NUMBER: is_french_vat,
}


def main() -> int:
    """Write the page and print it; exit code 1 for an alarm whose number is sound."""
    files: set[str] = set()
    found: defaultdict[str, list[tuple[str, Finding]]] = defaultdict(list)
    for path, finding in alarms():
        files.add(path)
        if finding is not None:
            found[finding.rule].append((path, finding))
    false = [
        f for rule, rows in found.items() for _, f in rows if rule in _CHECKS and _CHECKS[rule](f.found or "")
    ]
    text = "\n".join(_page(len(files), found, len(false)))
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return int(bool(false))


def _page(files: int, found: Mapping[str, list[tuple[str, Finding]]], false: int) -> Iterator[str]:
    yield "# Advice on valid files"
    yield ""
    yield from _LEAD.format(files=files, false=false).splitlines()
    yield ""
    yield "| kind | alarms | files | values |"
    yield "|---|---|---|---|"
    for rule in sorted(found):
        rows = found[rule]
        values = Counter(_value(finding) for _, finding in rows)
        shown = ", ".join(f"{value} ({count})" for value, count in values.most_common(_LONGEST))
        more = f", {len(values) - _LONGEST} more" if len(values) > _LONGEST else ""
        yield f"| `{rule}` | {len(rows)} | {len({path for path, _ in rows})} | {shown}{more} |"
    yield ""
    yield from _LINES.splitlines()
    yield ""
    yield "| file | amount written | quantity × price gives |"
    yield "|---|---|---|"
    seen = set()
    for path, finding in found.get(Kind.LINE, ()):
        row = (finding.found, finding.expected)
        if row not in seen:
            seen.add(row)
            yield f"| `{path}` | {finding.found} | {finding.expected} |"
    yield ""


def _value(finding: Finding) -> str:
    return f"{finding.found} for {finding.expected}" if finding.expected else f"`{finding.found or ''}`"


if __name__ == "__main__":
    raise SystemExit(main())
