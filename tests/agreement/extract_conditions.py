"""Reading the contexts and guards of official rules: their places, and conditions that have a plain form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_STEP = r"(?:\.\.|(?:qdt|ext):[A-Za-z]+|[A-Za-z][A-Za-z0-9]*)"
_DOWN = rf"{_STEP}(?:/{_STEP})*"
PATH = rf"(?:{_DOWN}(?:/?@[A-Za-z]+)?|@[A-Za-z]+|//{_DOWN}(?:/@[A-Za-z]+)?|//@[A-Za-z]+)"
_VAT = re.compile(r"(?:TaxScheme/)?\(?normalize-space\(upper-case\(ID\)\)(?: )?=(?: )?'VAT'\)?")
Maker = Callable[[re.Match[str]], list[Any]]


def unwrap(test: str) -> str:
    """Remove the brackets that enclose the whole of a test."""
    while test.startswith("(") and _closing(test) == len(test) - 1:
        test = test[1:-1].strip()
    return test


def _closing(test: str) -> int:
    depth = 0
    for i, char in enumerate(test):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return i
    return -1


def made(shapes: list[tuple[str, Maker]], text: str) -> list[Any] | None:
    """Return what the first shape that fits a text makes of it, None where none fits."""
    matches = ((re.fullmatch(shape, text), make) for shape, make in shapes)
    return next((make(match) for match, make in matches if match), None)


def condition_of(guard: str, where: str) -> list[Any]:
    """Return a guard of a context as a condition, or `["code", …]` where it has no plain form."""
    guard = unwrap(guard.strip().replace('"', "'"))
    if re.fullmatch(r"not ?\(\*\) and not ?\(normalize-space\(\)\)", guard):
        return ["empty"]
    if parts := _split(guard, " and "):
        return ["and", *[condition_of(p, where) for p in parts]]
    if parts := _split(guard, " or "):
        return ["or", *[condition_of(p, where) for p in parts]]
    if m := re.fullmatch(r"not ?\((.*)\)", guard):
        return ["not", condition_of(m[1], where)]
    return made(_CONDITIONS, guard) or ["code", f"{where} {guard}"]


def _quoted(text: str) -> list[str]:
    return re.findall(r"'([^']*)'", text)


_TOKENS = r"some \$code in tokenize\('([^']*)', '\\s'\) satisfies normalize-space\((\w+)\) = \$code"
_OWN_STATUS = r"BillingReference\[.*\]/InvoiceDocumentReference/DocumentStatusCode = '(\w+)'"
_CONDITIONS: list[tuple[str, Maker]] = [
    (_VAT.pattern, lambda m: ["vat", "TaxScheme/ID" if m[0].startswith("TaxScheme") else "ID"]),
    (rf"upper-case\(({PATH})\) ?= ?'VAT'", lambda m: ["VAT", m[1]]),
    (rf"({PATH}|\.) ?= ?(true|false)\(\)", lambda m: ["bool", m[1], m[2]]),
    (rf"({PATH}|\.) ?= ?'([^']*)'", lambda m: ["eq", m[1], [m[2]]]),
    (rf"({PATH}|\.) ?!= ?'([^']*)'", lambda m: ["ne", m[1], [m[2]]]),
    (_TOKENS, lambda m: ["or", *[["norm", m[2], code] for code in m[1].split()]]),
    (rf"exists\(({PATH})\)", lambda m: ["has", m[1]]),
    (r"\*", lambda _: ["has", "*"]),
    (r"normalize-space\(\)", lambda _: ["unlike", ".", ""]),
    (
        r"TYPE ?= ?\(('[^)]*')\)",
        lambda m: ["or", *[["eq", f"{t}TypeCode", _quoted(m[1])] for t in ("Invoice", "CreditNote")]],
    ),
    (rf"({PATH}) ?= ?\(('[^)]*')\)", lambda m: ["eq", m[1], _quoted(m[2])]),
    (rf"normalize-space\(({PATH})\) ?= ?'([^']*)'", lambda m: ["norm", m[1], m[2]]),
    (rf"normalize-space\(({PATH})\) ?!= ?'([^']*)'", lambda m: ["unlike", m[1], m[2]]),
    (_OWN_STATUS, lambda m: ["own-status", m[1]]),
    (rf"(?:normalize-space\()?({PATH})\)? ?= ?(/\*/{PATH})", lambda m: ["same", m[1], m[2]]),
    (rf"({PATH}) ?= ?(/?{PATH})", lambda m: ["same", m[1], m[2]]),
    (r"ancestor::([A-Za-z/]+)", lambda m: ["within", m[1]]),
    (r"self::([A-Za-z]+)", lambda m: ["self", m[1]]),
    (r"ends-with\(name\(\), ?'(\w+)'\)", lambda m: ["endswith", m[1]]),
    (PATH, lambda m: ["has", m[0]]),
]


def _split(text: str, word: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += (char == "(") - (char == ")") + (char == "[") - (char == "]")
        if depth == 0 and text.startswith(word, i):
            parts.append(text[start:i])
            start = i + len(word)
    return [*parts, text[start:]] if parts else []


def places_of(match: str) -> list[dict[str, Any]]:
    """Return the alternatives of a context: a path, and the conditions with the step they stand on."""
    match = re.sub(r"\(InvoiceTypeCode \| CreditNoteTypeCode\)", "TYPE", match)
    match = match.replace("$invoiceID", "/*/ID")
    seller = "AccountingSupplierParty/Party/PartyLegalEntity/CompanyID"
    if "CrossIndustryInvoice" in match:
        transaction = "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement"
        seller = transaction + "/SellerTradeParty/SpecifiedLegalOrganization/ID"
    match = match.replace("$sellerID", "/*/" + seller)
    return [_place(p) for part in _split(match, "|") or [match] for p in _spread(part.strip())]


def _spread(match: str) -> list[str]:
    """Return the alternatives that brackets in a path stand for: `(A|B)/C` is `A/C` and `B/C`."""
    outside = re.sub(r"\[[^][]*(?:\[[^][]*\][^][]*)*\]", lambda m: "\0" * len(m[0]), match)
    found = re.search(r"\(([^()]*\|[^()]*)\)", outside)
    if not found:
        return [match]
    before, after = match[: found.start()], match[found.end() :]
    return [p for one in found[1].split("|") for p in _spread(before + one.strip() + after)]


def _place(match: str) -> dict[str, Any]:
    steps, guards = _steps(match)
    conditions: list[list[Any]] = [[len(steps) - 1 - at, condition_of(g, match)] for at, g in guards]
    path = "/".join(steps)
    name_tests = [
        c for c in conditions if c[1][0] == "endswith" or (c[1][0] == "and" and c[1][1][0] == "endswith")
    ]
    for test in name_tests:
        conditions.remove(test)
        first = test[1] if test[1][0] == "endswith" else test[1][1]
        rest = [] if test[1][0] == "endswith" else test[1][2:]
        path = path.removesuffix("*") + "*" + first[1]
        conditions.extend([0, c] for c in rest)
    return {"path": path, "when": conditions} if conditions else {"path": path}


def _steps(match: str) -> tuple[list[str], list[tuple[int, str]]]:
    steps: list[str] = []
    guards: list[tuple[int, str]] = []
    current, i = "", 0
    while i < len(match):
        if match[i] == "[":
            end = _bracket(match, i)
            guards.append((len(steps), match[i + 1 : end]))
            i = end
        elif match[i] == "/":
            steps.append(current.strip())
            current = ""
        else:
            current += match[i]
        i += 1
    return [*steps, current.strip()], guards


def _bracket(text: str, start: int) -> int:
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] == "[") - (text[i] == "]")
        if depth == 0:
            return i
    raise ValueError(text)
