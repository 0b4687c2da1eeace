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
from choriste.rules.facts import namespace_of_names
from choriste.rules.paths import split_path
from choriste.rules.sentences import canonical, sentences, vat_number, word

if TYPE_CHECKING:
    from choriste.rules.judging import Hit

_POSITION: Final = re.compile(r"\[\d+\]")
_NEVER: Final = "false"  # the test of a rule whose context alone is the fault
_ABSENT: Final = frozenset({"any", "nonblank", "notempty", "exact", "count"})
_CODED: Final = {
    "BR-CL-01": "BT-3",
    "BR-CL-04": "BT-5",
    "BR-CL-05": "BT-6",
    "BR-CL-06": "BT-8",
    "BR-CL-07": "BT-18-1",
    "BR-CL-08": "BT-21",
    "BR-CL-13": "BT-158-1",
    "BR-CL-15": "BT-159",
    "BR-CL-16": "BT-81",
    "BR-CL-17": "BT-95",
    "BR-CL-21": "BT-157-1",
    "BR-CL-22": "BT-121",
    "BR-CL-23": "BT-130",
    "BR-CL-24": "BT-125-1",
    "BR-CL-26": "BT-71-1",
}
_MEANT: Final = {
    "BR-CO-10": "BT-106",
    "BR-CO-11": "BT-107",
    "BR-CO-12": "BT-108",
    "BR-CO-13": "BT-109",
    "BR-CO-14": "BT-110",
    "BR-CO-15": "BT-112",
    "BR-CO-16": "BT-115",
    "BR-CO-17": "BT-117",
}
_OF_VAT: Final = {"05": "BT-152", "06": "BT-96", "07": "BT-103", "09": "BT-117"}


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
        return next((t for t in self.terms if t.startswith("BT")), self.terms[0] if self.terms else None)

    def called(self, language: str) -> str:
        """Return the name for a sentence: the term's, with the element where the term is only about it."""
        element = word("element", language).format(element=self.element)
        if self.main is None or (not self.exact and self.element.startswith("*")):
            return element[:1].upper() + element[1:]
        name = term_name(self.main, language)
        return name if self.exact else f"{name}, {element}"


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
    rule, name = hit.rule, canonical(hit.rule.id, hit.rule.meant)
    if name == "BR-CL-18":
        return ("BT-151",) if "Line" in "/".join(hit.node.state.path) else ("BT-118",)
    vat = vat_number(name)
    if meant := _MEANT.get(name) or (_OF_VAT.get(vat) if vat else None):
        return (meant, *rule.terms)
    return rule.terms or ((_CODED[name],) if name in _CODED else None)


def _target(hit: Hit) -> tuple[str | None, tuple[str, ...]]:
    """Return the attribute and, below the node, the path of what a plain rule asks for and misses."""
    rule, node = hit.rule, hit.broken.node or hit.node
    given = rule.facts[0] if rule.facts else None
    paths = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    split = [split_path(path) for path in paths if isinstance(path, str) and path != _NEVER]
    if rule.kind in {"forbid", "list"}:
        attributes = [a for _, a in split if a is not None]
        present = [a for a in attributes if node.element.get(a) is not None]
        return next(iter(present or attributes), None), ()
    if rule.kind not in _ABSENT or hit.broken.node is not None or not split:
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
