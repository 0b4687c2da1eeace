"""How one supplier writes: numbers, dates, identifiers and labels."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.generators.pdf.facts import Facts
from tests.generators.pdf.wordings import BILINGUAL, MONTHS, UNSEEN, WORDS

_SYMBOLS = {"EUR": "€", "GBP": "£"}
_DATES = {
    "fr": ("%d/%m/%Y", "%d/%m/%Y", "%d.%m.%Y", "long", "%d-%m-%Y", "%Y-%m-%d", "%d/%m/%y"),
    "de": ("%d.%m.%Y", "%d.%m.%Y", "long", "%d.%m.%y"),
    "en": ("long", "%Y-%m-%d", "%d/%m/%Y", "us-long", "%d %b %Y"),
}
_MONEY = {
    "fr": ("after", "after", "code", "none"),
    "de": ("after", "code", "none"),
    "en": ("before", "code", "none"),
}


class Style:
    """One supplier's habits, drawn once for a document."""

    def __init__(self, random: Random, facts: Facts, *, plain_spaces: bool, unseen: bool) -> None:
        """Draw the habits; `plain_spaces` where the producer's font lacks the thin no-break space."""
        self.random = random
        self.language = facts.language
        known = WORDS[facts.language] | (UNSEEN[facts.language] if unseen else {})
        self.words = {key: random.choice(choices) for key, choices in known.items()}
        if facts.language == "fr" and random.random() < 0.06:
            self.words = {key: BILINGUAL.get(word, word) for key, word in self.words.items()}
        spaces = [" ", "\u00a0"] if plain_spaces else [" ", "\u00a0", "\u202f", "\u2009"]
        self.thousands = {"fr": random.choice([*spaces, ""]), "en": ",", "de": "."}[facts.language]
        self.decimal = "." if facts.language == "en" else ","
        self.separator = random.choice((" : ", ": ", " ", "\u00a0: "))
        self.date = random.choice(_DATES[facts.language])
        self.money = random.choice(_MONEY[facts.language])
        self.symbol = _SYMBOLS[facts.currency]
        self.code = facts.currency
        self.grouped = random.random() < 0.5
        self.sign = -1 if facts.credit and random.random() < 0.5 else 1
        self.minus = random.choice(("-", "-", "-", "\u2212", "trailing")) if not plain_spaces else "-"
        self.dots = random.random() < 0.04

    def number(self, value: Decimal) -> str:
        """Write a number with two decimals."""
        whole, cents = f"{abs(value):.2f}".split(".")
        text = f"{int(whole):,}".replace(",", self.thousands) + self.decimal + cents
        if value >= 0:
            return text
        return f"{text}-" if self.minus == "trailing" else f"{self.minus}{text}"

    def amount(self, value: Decimal) -> str:
        """Write an amount, with its currency where this supplier writes one."""
        text = self.number(value)
        if self.money == "before":
            return f"-{self.symbol}{self.number(-value)}" if value < 0 else f"{self.symbol}{text}"
        return {"after": f"{text} {self.symbol}", "code": f"{text} {self.code}"}.get(self.money, text)

    def day(self, value: dt.date) -> str:
        """Write a date."""
        month = MONTHS[self.language][value.month - 1]
        if self.date == "us-long":
            return f"{month} {value.day}, {value.year}"
        if self.date == "long":
            return f"{value.day}{'.' if self.language == 'de' else ''} {month} {value.year}"
        if self.date == "%d %b %Y":
            return f"{value.day} {month[:3]} {value.year}"
        return f"{value:{self.date}}"

    def rate(self, value: Decimal) -> str:
        """Write a VAT rate."""
        text = self.random.choice((f"{value:.2f}", f"{value:.1f}", f"{value.normalize():f}"))
        return text.replace(".", self.decimal) + self.random.choice((" %", "%", "\u00a0%"))

    def siret(self, value: str) -> str:
        """Write a SIRET or a SIREN, grouped or not."""
        if not self.grouped:
            return value
        return " ".join(part for part in (value[:3], value[3:6], value[6:9], value[9:]) if part)

    def vat_id(self, value: str) -> str:
        """Write a VAT number, grouped or not."""
        if self.grouped and value.startswith("FR"):
            return f"FR {value[2:4]} {value[4:7]} {value[7:10]} {value[10:]}"
        return value

    def iban(self, value: str) -> str:
        """Write an IBAN in groups of four or in one piece."""
        groups = (value[at : at + 4] for at in range(0, len(value), 4))
        return " ".join(groups) if self.random.random() < 0.8 else value

    def pair(self, label: str, value: str) -> str:
        """Write a label and its value on one line."""
        if self.dots:
            return f"{label} {'.' * self.random.randrange(6, 20)} {value}"
        return f"{label.removesuffix(':').strip()}{self.separator}{value}"
