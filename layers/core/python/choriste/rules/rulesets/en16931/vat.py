"""BR-S, Z, E, AE, IC, G, O, AF, AG: 01 to 07 and 10 to 14, one text for all VAT categories.

A category asks that the breakdown names it (01), that the parties have the VAT identifiers it needs where
a line, an allowance or a charge uses it (02, 03, 04), that its rate fits (05, 06, 07), that a reason for
exemption is there or is not (10), and for "not subject to VAT" that it stands alone (11 to 14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

from choriste.rules.engine.rule import BROKEN, Among, Broken, Check, Gate, Watch
from choriste.rules.engine.syntax import CII, UBL
from choriste.rules.engine.tree import Document, Node, in_order
from choriste.rules.engine.values import MalformedError, boolean_of, decimal_of, double_of, is_plain, only
from choriste.rules.rulesets.bindings import transaction
from choriste.rules.rulesets.en16931.register import REGISTER
from choriste.rules.rulesets.en16931.totals import ubl_is_vat
from choriste.rules.rulesets.en16931.vat_parties import parties_of

FAMILIES: Final[Mapping[str, str]] = {
    "S": "S",
    "Z": "Z",
    "E": "E",
    "AE": "AE",
    "IC": "K",
    "G": "G",
    "O": "O",
    "AF": "L",
    "AG": "M",
}
DOCUMENT_DEPTH: Final = 3
BREAKDOWN_DEPTH: Final = 4
"""How deep in UBL a tax category stands on the document's allowances, and in its breakdown."""
_ONE_BREAKDOWN: Final = frozenset({"Z", "E", "AE", "K", "G"})


class Uses(NamedTuple):
    """How often a category stands on lines, on allowances and charges, and in the breakdown."""

    lines: int
    allowances: int
    breakdown: int


_PLACES: Final = (
    ("ApplicableTradeTax", "SpecifiedLineTradeSettlement", 0),
    ("CategoryTradeTax", None, 1),
    ("ApplicableTradeTax", "ApplicableHeaderTradeSettlement", 2),
)


def _uses_cii(doc: Document) -> dict[str, Uses]:
    counts: dict[str, list[int]] = {}
    for name, holder, place in _PLACES:
        for path in doc.paths(name):
            if holder is None or (path.up is not None and path.up.name == holder):
                codes = doc.under(path, doc.rows[path], ("CategoryCode",))[1]
                for code, _ in {(doc.text_of(number), doc.parents[number]) for number in codes}:
                    counts.setdefault(code, [0, 0, 0])[place] += 1
    return {code: Uses(*found) for code, found in counts.items()}


def _named_in_breakdown(family: str) -> Check:
    category = FAMILIES[family]

    def check(_: Node, doc: Document) -> Broken | None:
        uses = doc.once(_uses_cii).get(category, Uses(0, 0, 0))
        used = bool(uses.lines or uses.allowances)
        if category in _ONE_BREAKDOWN:
            right = uses.breakdown == int(used)
        elif category == "O":
            right = not uses.breakdown or (uses.breakdown == 1 and used)
        else:
            right = all(not n or n + uses.breakdown > 1 for n in (uses.lines, uses.allowances))
        return None if right else Broken(words={"category": category, "count": str(uses.breakdown)})

    return check


def categories(doc: Document, name: str) -> list[tuple[Node, str, bool]]:
    """Return the UBL tax categories of a name: node, category id with white space folded, whether VAT."""
    return _read(doc.all(name))


def _read(nodes: Iterable[Node]) -> list[tuple[Node, str, bool]]:
    return [(n, i.text if (i := only(n.children("ID"))) else "", ubl_is_vat(n)) for n in nodes]


def _classified(doc: Document) -> list[tuple[Node, str, bool]]:
    """Return the categories of the lines, of those alike the first."""
    first = [
        Node(doc, alike[0], path)
        for path in doc.paths("ClassifiedTaxCategory")
        for alike in doc.alike(path, doc.rows[path], ((("ID",), None), (("TaxScheme", "ID"), None)))
    ]
    return _read(in_order(first))


def _tax_categories(doc: Document) -> list[tuple[Node, str, bool]]:
    return categories(doc, "TaxCategory")


def is_below(node: Node, *names: str) -> bool:
    """Say whether the nearest ancestors of a node have these names, the outer one first."""
    path = node.state.path
    return path[-1 - len(names) : -1] == names


def _breakdown(doc: Document) -> list[tuple[Node, str, bool]]:
    found = doc.once(_tax_categories)
    return [
        c for c in found if c[0].state.depth == BREAKDOWN_DEPTH and is_below(c[0], "TaxTotal", "TaxSubtotal")
    ]


def _named_once_ubl(family: str) -> Check:
    category = FAMILIES[family]

    def check(_: Node, doc: Document) -> Broken | None:
        everywhere = doc.once(_tax_categories) + doc.once(_classified)
        if not any(code == category and vat for _, code, vat in everywhere):
            return None
        count = sum(1 for _, code, vat in doc.once(_breakdown) if code == category and vat)
        return None if count == 1 else Broken(words={"category": category, "count": str(count)})

    return check


def _named_ubl(family: str, *, any_tax: bool) -> Check:
    category = FAMILIES[family]

    def check(_: Node, doc: Document) -> Broken | None:
        charged = [c for c in doc.once(_tax_categories) if is_below(c[0], "AllowanceCharge")]
        used = any(code == category and (vat or any_tax) for _, code, vat in charged + doc.once(_classified))
        named = [c for c in doc.once(_breakdown) if c[1] == category]
        if used and family != "AF":
            right = any(c[2] or any_tax for c in named)
        else:
            right = bool(named) if used else not any(c[2] or any_tax for c in named)
        return None if right else Broken(words={"category": category, "count": str(len(named))})

    return check


def _codes_ubl(doc: Document) -> set[str] | None:
    try:
        return {code for _, code, _ in doc.once(_tax_categories) + doc.once(_classified)}
    except MalformedError:  # of some tax category: each rule says whether it reads that one
        return None


def _concerns(category: str, syntax: str) -> Gate:
    """Return whether a document uses a VAT category at all: no rule on another one can be broken."""
    return Among(_uses_cii if syntax == CII else _codes_ubl, category)


def _register(family: str, number: str, check: Check, syntax: str) -> None:
    gate = _concerns(FAMILIES[family], syntax)
    REGISTER.add(f"BR-{family}-{number}", check, syntax=syntax, gate=gate)


for _family in FAMILIES:
    _register(_family, "01", _named_in_breakdown(_family), CII)
    _several = _family in {"S", "AF", "AG"}
    _made = _named_ubl(_family, any_tax=_family == "S") if _several else _named_once_ubl(_family)
    _register(_family, "01", _made, UBL)


_LINE: Final = "02"
_ALLOWANCE: Final = "03"
_CHARGE: Final = "04"


def _parties_rule_cii(family: str) -> Check:
    words = {"category": FAMILIES[family]}
    return lambda _, __: Broken(words=words)


@cache
def _lacks_parties(family: str) -> Gate:
    """Return whether the parties of a CII document lack what a category asks for."""
    holds = parties_of(family, CII)
    return lambda doc: not doc.once(holds)


def _use_ubl(doc: Document, number: str, family: str) -> tuple[bool, bool]:
    """Return whether a category is used at all, and whether it is used as VAT, where the rule looks."""
    category = FAMILIES[family]
    if number == _LINE:
        found = [c for c in doc.once(_classified) if c[1] == category]
    else:
        charge = number == _CHARGE
        charged = [
            c for c in doc.once(_tax_categories) if c[1] == category and is_below(c[0], "AllowanceCharge")
        ]
        found = [c for c in charged if c[0].up is not None and _is(c[0].up, charge=charge)]
        if family == "O":
            found = [c for c in found if c[0].state.depth == DOCUMENT_DEPTH]
    return bool(found), any(vat for _, _, vat in found)


def _is(allowance: Node, *, charge: bool) -> bool:
    return any(boolean_of(n) is charge for n in allowance.children("ChargeIndicator"))


def _parties_rule_ubl(family: str, number: str) -> Check:
    holds = parties_of(family, UBL)
    words = {"category": FAMILIES[family]}

    def check(_: Node, doc: Document) -> Broken | None:
        used, used_as_vat = _use_ubl(doc, number, family)
        if family == "S" and number == _LINE and used and not used_as_vat:
            return Broken(words=words)
        return None if not used_as_vat or doc.once(holds) else Broken(words=words)

    return check


for _family in FAMILIES:
    for _number in (_LINE, _ALLOWANCE, _CHARGE):
        REGISTER.add(
            f"BR-{_family}-{_number}", _parties_rule_cii(_family), syntax=CII, gate=_lacks_parties(_family)
        )
        _register(_family, _number, _parties_rule_ubl(_family, _number), UBL)


def _rate_rule(family: str, syntax: str) -> Check:
    name = "RateApplicablePercent" if syntax == CII else "Percent"
    exact = syntax == UBL and family not in {"S", "AF", "AG"}
    accepts, text = _rate_of(family, syntax)

    def check(node: Node, _: Document) -> Broken | None:
        rates = node.children(name)
        if exact:
            only(rates)
        if any(accepts(float(decimal_of(n)) if exact else double_of(n)) for n in rates):
            return None
        return Broken(rates[0] if rates else None, rates[0].raw if rates else None, text)

    return check


def _rate_of(family: str, syntax: str) -> tuple[Callable[[float], bool], str]:
    if family == "S" or (family == "AF" and syntax == CII):
        return (lambda rate: rate > 0), "> 0"
    if family in {"AF", "AG"}:
        return (lambda rate: rate >= 0), "≥ 0"
    return (lambda rate: rate == 0), "0"


def _rate_watch(family: str, syntax: str) -> Watch:
    rate = ("RateApplicablePercent" if syntax == CII else "Percent",)
    accepts, _ = _rate_of(family, syntax)
    return Watch(needs=(rate,), once=rate, at=rate, test=lambda text: is_plain(text) and accepts(float(text)))


for _family in (f for f in FAMILIES if f != "O"):  # O has no rate
    for _syntax in (CII, UBL):
        _check, _watch = _rate_rule(_family, _syntax), _rate_watch(_family, _syntax)
        for _number in ("05", "06", "07"):
            REGISTER.add(f"BR-{_family}-{_number}", _check, syntax=_syntax, watch=_watch)


def _no_reason(group: Callable[[Node], Node | None], *names: str) -> Check:
    def check(node: Node, _: Document) -> Broken | None:
        holder = group(node)
        found = [n for name in names for n in (holder.children(name) if holder else ())]
        return Broken(found[0], found[0].raw) if found else None

    return check


_CII_REASONS: Final = ("ExemptionReason", "ExemptionReasonCode")
_UBL_REASONS: Final = ("TaxExemptionReason", "TaxExemptionReasonCode")
for _family in ("S", "Z", "AF", "AG"):
    _on_code = _family in {"S", "Z"}
    REGISTER.add(
        f"BR-{_family}-10",
        _no_reason((lambda n: n.up) if _on_code else (lambda n: n), *_CII_REASONS),
        syntax=CII,
    )
    REGISTER.add(f"BR-{_family}-10", _no_reason(lambda n: n, *_UBL_REASONS), syntax=UBL)


def _alone_cii(name: str) -> Check:
    def check(_: Node, doc: Document) -> Broken | None:
        for node in doc.all(name):
            for code in node.children("CategoryCode"):
                if code.raw != "O":
                    return Broken(code, code.raw, "O")
        return None

    return check


for _number, _name in (
    ("11", "ApplicableTradeTax"),
    ("12", "ApplicableTradeTax"),
    ("13", "CategoryTradeTax"),
    ("14", "CategoryTradeTax"),
):
    REGISTER.add(f"BR-O-{_number}", _alone_cii(_name), syntax=CII)


def _others_ubl(doc: Document, number: str) -> list[Node]:
    if number == "11":
        found = doc.once(_breakdown)
    elif number == "12":
        found = doc.once(_classified)
    else:
        charge = number == "14"
        charged = [c for c in doc.once(_tax_categories) if is_below(c[0], "AllowanceCharge")]
        found = [c for c in charged if c[0].up is not None and _is(c[0].up, charge=charge)]
    return [node for node, code, vat in found if code != "O" and vat]


def _alone_ubl(number: str) -> Check:
    def check(_: Node, doc: Document) -> Broken | None:
        if not any(code == "O" and vat for _, code, vat in doc.once(_breakdown)):
            return None
        others = _others_ubl(doc, number)
        return Broken(others[0], expected="O") if others else None

    return check


for _number in ("11", "12", "13", "14"):
    _register("O", _number, _alone_ubl(_number), UBL)


@REGISTER.rule("BR-IC-11", syntax=CII)
def _delivery_date_cii(node: Node, doc: Document) -> Broken | None:
    delivered = transaction(
        doc,
        "ApplicableHeaderTradeDelivery",
        "ActualDeliverySupplyChainEvent",
        "OccurrenceDateTime",
        "DateTimeString",
    )
    period = node.find(("..", "..", "BillingSpecifiedPeriod"))
    return None if delivered or any(p.has("StartDateTime", "EndDateTime") for p in period) else BROKEN


@REGISTER.rule("BR-IC-12", syntax=CII)
def _delivery_country_cii(_: Node, doc: Document) -> Broken | None:
    path = ("ApplicableHeaderTradeDelivery", "ShipToTradeParty", "PostalTradeAddress", "CountryID")
    return None if transaction(doc, *path) else BROKEN


def _intra_community(doc: Document) -> bool:
    return any(code == "K" and vat for _, code, vat in doc.once(_breakdown))


@REGISTER.rule("BR-IC-11", syntax=UBL, gate=_concerns("K", UBL))
def _delivery_date_ubl(node: Node, doc: Document) -> Broken | None:
    if not doc.once(_intra_community):
        return None
    dates = node.find(("Delivery", "ActualDeliveryDate"))
    period = any(not p.is_leaf for p in node.children("InvoicePeriod"))
    return None if period or (dates and len(dates[0].raw) > 1) else BROKEN


@REGISTER.rule("BR-IC-12", syntax=UBL, gate=_concerns("K", UBL))
def _delivery_country_ubl(node: Node, doc: Document) -> Broken | None:
    if not doc.once(_intra_community):
        return None
    path = ("Delivery", "DeliveryLocation", "Address", "Country", "IdentificationCode")
    found = node.find(path)
    return None if found and len(found[0].raw) > 1 else BROKEN
