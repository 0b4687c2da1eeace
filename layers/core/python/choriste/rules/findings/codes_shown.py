"""How the code lists of the facts are called in a report: by their codes where they are few, else by name."""

from __future__ import annotations

import re
from typing import Final

from choriste.rules.engine.facts import code_text

_FEW: Final = 12
_BY_RULE: Final = {
    "01": "UNTDID 1001",
    "03": "ISO 4217",
    "04": "ISO 4217",
    "05": "ISO 4217",
    "06": "UNTDID 2005 / 2475",
    "07": "UNTDID 1153",
    "08": "UNTDID 4451",
    "10": "ISO 6523 ICD",
    "11": "ISO 6523 ICD",
    "13": "UNTDID 7143",
    "14": "ISO 3166-1 alpha-2",
    "15": "ISO 3166-1 alpha-2",
    "16": "UNTDID 4461",
    "17": "UNTDID 5305",
    "18": "UNTDID 5305",
    "19": "UNTDID 5189",
    "20": "UNTDID 7161",
    "21": "ISO 6523 ICD",
    "22": "VATEX",
    "23": "UN/ECE Rec 20 / 21",
    "24": "MIME",
    "25": "EAS",
    "26": "ISO 6523 ICD",
}
_BY_NAME: Final = {
    "BR-FXEXT-04": "UNTDID 6313",
    "fx-4": "ISO 639-2",
    "fx-5": "ISO 6523 ICD",
    "fx-6": "ISO 4217",
    "fx-6#2": "UN/ECE Rec 20 / 21",
    "fx-6#3": "UNTDID 7143",
    "fx-6#4": "UNTDID 1229",
    "fx-8": "EAS",
    "fx-11": "ISO 6523 ICD",
    "fx-14": "UNTDID 5305",
    "fx-15": "VATEX",
    "fx-18": "UNTDID 7161",
    "fx-19": "MIME",
    "fx-21": "MIME",
    "fx-24": "UNTDID 5305",
    "fx-26": "UNTDID 5153",
    "fx-37": "UNTDID 1153",
    "fx-47": "UNTDID 5153",
    "fx-51": "UNTDID 1001",
}


def list_name(name: str) -> str:
    """Return what a report expects of a code, from the list's name in the facts: `UNTDID 5305`, `102 205`.

    A list that no table names is short, or shown by its first codes.
    """
    known = _BY_NAME.get(name)
    if known is None and (rule := re.match(r"BR-(?:FREXT-|FXEXT-)?CL-(\d\d)", name)):
        known = _BY_RULE.get(rule[1])
    if known is not None:
        return known
    codes = code_text(name).split()
    shown = codes if len(codes) <= _FEW else [*codes[:_FEW], "…"]
    return ", ".join(shown)
