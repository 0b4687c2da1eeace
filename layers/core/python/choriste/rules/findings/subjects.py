"""What a broken rule is about: the business term or group, the element, and how both are called.

Where the rule names its terms they count; elsewhere the place in the file tells the term, by the binding
tables of `choriste.formats`. What EN 16931 does not know is named by its element and the group it stands in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from choriste.domain.invoice.terms import TERMS
from choriste.formats.binding.term_paths import own_term_at
from choriste.formats.xml.names import prefixed
from choriste.rules.engine.facts import namespace_of_names
from choriste.rules.engine.paths import split_path
from choriste.rules.findings.about import about
from choriste.rules.findings.sentences import requirement_of, sentences, word

if TYPE_CHECKING:
    from choriste.rules.engine.judge import Hit

_POSITION: Final = re.compile(r"\[\d+\]")
_NEVER: Final = "false"  # the test of a rule whose context alone is the fault
_ASKED: Final = frozenset({"any", "nonblank", "notempty", "exact", "count"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: `terms` of the rule or of the place, the `element` in question, prefixed.

    `attribute` is the XML attribute in question, if it is one; `exact` tells that the first term is the
    element itself and not a group about it.
    """

    terms: tuple[str, ...]
    element: str
    attribute: str | None = None
    exact: bool = True

    @property
    def main(self) -> str | None:
        """The term that a report names: the first BT, else the first group."""
        return main_of(self.terms)

    def called(self, language: str) -> str:
        """Return the name for a sentence: the term's, with the element where the term is only about it."""
        element = word("element", language).format(element=self.element)
        if self.main is None or (not self.exact and self.element.startswith("*")):
            return element[:1].upper() + element[1:]
        name = term_name(self.main, language)
        return name if self.exact else f"{name}, {element}"


@cache
def main_of(terms: tuple[str, ...]) -> str | None:
    """Return the term that a report names of several: the first BT, else the first group."""
    return next((t for t in terms if t.startswith("BT")), terms[0] if terms else None)


def subject_of(hit: Hit, location: str) -> Subject:
    """Return what a hit is about; `location` is the XPath of the node that the finding points at."""
    attribute, relative = _target(hit)
    node = hit.broken.node or hit.node
    element = relative[-1] if relative else prefixed(node.element.tag)
    if (terms := _terms_of(hit)) is not None:
        return Subject(terms, element, attribute)
    path = _joined(_POSITION.sub("", location), relative)
    own = own_term_at(path)
    if own is not None:
        return Subject((own,), element, attribute)
    above = _nearest(path)
    return Subject((above,) if above else (), element, attribute, exact=False)


def _terms_of(hit: Hit) -> tuple[str, ...] | None:
    fact = hit.rule.fact
    name = requirement_of(fact)
    if name == "BR-CL-18":
        return ("BT-151",) if "Line" in "/".join(hit.node.state.path) else ("BT-118",)
    main = about(name).term
    return (main, *fact.terms) if main else fact.terms or None


def _target(hit: Hit) -> tuple[str | None, tuple[str, ...]]:
    """Return the attribute and, below the node, the path of what a plain rule asks for and misses."""
    fact, node = hit.rule.fact, hit.broken.node or hit.node
    given = fact.parameters
    one = given.get("path") or given.get("target")
    paths = given.get("paths") or ([one] if one else [])
    split = [split_path(path) for path in paths if path != _NEVER]
    if fact.kind in {"forbid", "list"}:
        attributes = [a for _, a in split if a is not None]
        present = [a for a in attributes if node.element.get(a) is not None]
        return next(iter(present or attributes), None), ()
    if fact.kind not in _ASKED or hit.broken.node is not None or not split:
        return None, ()
    names, attribute = split[0]
    usual = "ram" if "CrossIndustry" in node.state.path[0] else "cbc"
    return attribute, tuple(_with_prefix(name, usual) for name in names)


@cache
def _with_prefix(name: str, usual: str) -> str:
    """Return a name of the facts with its prefix; `usual` is the prefix of names that stand under several."""
    return name if ":" in name or name == ".." else f"{namespace_of_names().get(name, usual)}:{name}"


def _joined(path: str, relative: tuple[str, ...]) -> str:
    for name in relative:
        path = path.rpartition("/")[0] if name == ".." else f"{path}/{name}"
    return path


def _nearest(path: str) -> str | None:
    while path:
        path = path.rpartition("/")[0]
        if path and (found := own_term_at(path)) is not None:
            return found
    return None


@cache
def term_name(term: str, language: str) -> str:
    """Return a term's name with its id: `Numéro de facture (BT-1)`."""
    if term in TERMS:
        return f"{TERMS[term].name.in_language(language)} ({term})"
    own = f"term:{term}"
    return f"{word(own, language)} ({term})" if own in sentences() else term
