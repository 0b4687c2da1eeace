"""Which edition of a set of rules judged: rules change, and a verdict stays that of its day."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Edition:
    """A rule set as a verdict names it: its code, its name for people, the version of the artefact."""

    rule_set: str
    title: str
    version: str

    def as_json(self) -> dict[str, str]:
        """Return the public form: rule_set, title, version."""
        return asdict(self)
