"""`python -m tests.pivot`: count the pivots of all valid invoices of the corpora by the official schema."""

from __future__ import annotations

import sys
from collections import Counter

from tests.pivot.corpora import files, tried


def main() -> int:
    """Print the counts and each fault; return 1 when there is one."""
    found = [tried(path, syntax) for path, syntax in files()]
    accepted = [each for each in found if each.accepted]
    wrong = [each for each in accepted if each.faults]
    counts = Counter(fault for each in wrong for fault in each.faults)
    first = Counter(each.refused_for for each in found if not each.accepted)
    lines = [
        f"{len(found)} files, {len(accepted)} accepted, {len(accepted) - len(wrong)} pivots valid",
        "refused for: " + ", ".join(f"{rule} {count}" for rule, count in first.most_common(8)),
        *(f"{count:6} {fault}" for fault, count in counts.most_common()),
        *(f"       {each.path}: {each.faults[0]}" for each in wrong),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
