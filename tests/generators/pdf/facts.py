"""What a generated supplier document says: drawn from a seed, with real checksums and coherent sums."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from stdnum import luhn

from choriste.domain.invoice.identifiers import french_vat_number, is_vat_number
from tests.generators.pdf.wordings import BUYERS, CITIES, GOODS, STREETS, SUPPLIERS

CENT = Decimal("0.01")
Item = tuple[str, Decimal, Decimal, Decimal, Decimal]
"""Label, quantity, unit price, VAT rate, amount."""

_RATES = {
    "fr": ("20", "10", "5.5", "2.1"),
    "en": ("20", "5"),
    "de": ("19", "7"),
}


@dataclass(frozen=True)
class Company:
    """A company or a public body; what it does not have is empty."""

    name: str
    street: str
    city: str
    siren: str = ""
    siret: str = ""
    vat: str = ""
    ibans: tuple[str, ...] = ()
    bic: str = ""


@dataclass(frozen=True)
class Rate:
    """One row of the VAT breakdown."""

    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Facts:
    """Everything a document may print; which of it is printed is the layout's choice."""

    language: str
    credit: bool
    supplier: Company
    buyer: Company
    number: str
    origin: str
    issued: dt.date
    due: dt.date
    delivered: dt.date
    currency: str
    lines: tuple[Item, ...]
    rates: tuple[Rate, ...]
    prepaid: Decimal
    order: str
    engagement: str
    service: str
    customer: str
    exempt: bool = field(default=False)

    @property
    def net(self) -> Decimal:
        return sum((rate.base for rate in self.rates), Decimal(0))

    @property
    def vat(self) -> Decimal:
        return sum((rate.tax for rate in self.rates), Decimal(0))

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat


def draw_facts(random: Random) -> Facts:
    """Draw a whole document."""
    language = random.choices(("fr", "en", "de"), (66, 17, 17))[0]
    issued = dt.date(2024, 1, 1) + dt.timedelta(days=random.randrange(1000))
    exempt = language == "fr" and random.random() < 0.06
    lines = _lines(random, language, exempt=exempt)
    rates = _breakdown(lines)
    gross = sum((rate.base + rate.tax for rate in rates), Decimal(0))
    return Facts(
        language=language,
        credit=random.random() < 0.12,
        supplier=_supplier(random, language),
        buyer=_public_body(random),
        number=_number(random, issued),
        origin=_number(random, issued),
        issued=issued,
        due=issued + dt.timedelta(days=random.choice((0, 14, 30, 45, 60))),
        delivered=issued - dt.timedelta(days=random.randrange(1, 40)),
        currency="GBP" if language == "en" and random.random() < 0.3 else "EUR",
        lines=lines,
        rates=rates,
        prepaid=(gross * Decimal("0.3")).quantize(CENT, ROUND_HALF_UP)
        if random.random() < 0.15
        else Decimal(0),
        order=_order(random),
        engagement=_engagement(random, issued.year),
        service=_service(random),
        customer=f"C{random.randrange(10**5):05d}",
        exempt=exempt,
    )


def _order(random: Random) -> str:
    serial = random.randrange(10**5)
    return random.choice(
        (f"BC{serial:06d}", f"CDE-{serial}", f"4500{serial:06d}", f"BC {serial}", f"{serial:05d}/A")
    )


def _engagement(random: Random, year: int) -> str:
    serial = random.randrange(10**4)
    return random.choice(
        (f"150012{serial:04d}", f"EJ-{year}-{serial:04d}", f"{year}ST{serial:04d}", f"ENG{serial:05d}")
    )


def _service(random: Random) -> str:
    serial = random.randrange(10**4)
    return random.choice(
        (f"SERV{serial % 100:02d}", "FACTURES_PUBLIQUES", f"D{serial:06d}", "DSI-ACHATS", f"{serial:04d}")
    )


def siren(random: Random, first: str = "") -> str:
    """Draw a SIREN with its key."""
    stem = (first or str(random.randrange(3, 10))) + "".join(
        str(random.randrange(10)) for _ in range(8 - max(len(first), 1))
    )
    return next(stem + str(key) for key in range(10) if luhn.is_valid(stem + str(key)))


def siret(random: Random, its_siren: str) -> str:
    """Draw a SIRET of a SIREN."""
    stem = f"{its_siren}{random.randrange(1, 300):04d}"
    return next(stem + str(key) for key in range(10) if luhn.is_valid(stem + str(key)))


def iban(random: Random, country: str) -> str:
    """Draw an IBAN with its key."""
    lengths = {"FR": 23, "DE": 18, "GB": 18, "BE": 12, "LU": 16}
    body = "".join(str(random.randrange(10)) for _ in range(lengths[country]))
    if country == "GB":
        body = "NWBK" + body[4:]
    number = int("".join(str(int(character, 36)) for character in f"{body}{country}00"))
    return f"{country}{98 - number % 97:02d}{body}"


def _supplier(random: Random, language: str) -> Company:
    name = random.choice(SUPPLIERS[language])
    street, city = f"{random.randrange(1, 200)} {random.choice(STREETS)}", random.choice(CITIES)
    country = {"fr": "FR", "en": random.choice(("GB", "FR")), "de": random.choice(("DE", "LU"))}[language]
    ibans = tuple(iban(random, country) for _ in range(random.choices((1, 2), (85, 15))[0]))
    if language == "fr" or country == "FR":
        own = siren(random)
        return Company(
            name, street, city, own, siret(random, own), french_vat_number(own), ibans, "BNPAFRPPXXX"
        )
    return Company(name, street, city, vat=_foreign_vat(random, country), ibans=ibans, bic="COBADEFFXXX")


def _foreign_vat(random: Random, country: str) -> str:
    """Draw a VAT number whose check digits hold."""
    length = {"GB": 9, "DE": 9, "LU": 8}[country]
    while True:
        number = country + "".join(str(random.randrange(10)) for _ in range(length))
        if is_vat_number(number):
            return number


def _public_body(random: Random) -> Company:
    own = siren(random, random.choice(("2", "1", "13", "21")))
    vat = french_vat_number(own)
    return Company(
        random.choice(BUYERS), f"{random.randrange(1, 90)} {random.choice(STREETS)}", random.choice(CITIES),
        own, siret(random, own), vat,
    )  # fmt: skip


def _number(random: Random, issued: dt.date) -> str:
    serial = random.randrange(1, 9999)
    return random.choice(
        (
            f"F{issued.year}-{serial:04d}",
            f"FA{serial:06d}",
            f"{issued:%Y%m}-{serial:03d}",
            f"{issued.year}/{serial}",
            f"{serial + 10000}",
            f"INV-{serial:05d}",
            f"FC_{issued:%y}.{serial:04d}",
            f"RE{issued:%y}{serial:05d}",
        )
    )  # fmt: skip


def _lines(
    random: Random, language: str, *, exempt: bool
) -> tuple[tuple[str, Decimal, Decimal, Decimal, Decimal], ...]:
    rates = random.sample(_RATES[language], k=random.choices((1, 2), (70, 30))[0])
    count = random.choices((random.randrange(1, 8), random.randrange(30, 90)), (88, 12))[0]
    lines = []
    for _ in range(count):
        quantity = Decimal(random.choice((1, 1, 2, 3, 10, 12)))
        price = Decimal(random.randrange(150, 99_900)) / 100
        rate = Decimal(0) if exempt else Decimal(random.choice(rates))
        lines.append((random.choice(GOODS[language]), quantity, price, rate, quantity * price))
    return tuple(lines)


def _breakdown(lines: tuple[Item, ...]) -> tuple[Rate, ...]:
    rates = sorted({line[3] for line in lines}, reverse=True)
    rows = []
    for rate in rates:
        base = sum((line[4] for line in lines if line[3] == rate), Decimal(0)).quantize(CENT)
        rows.append(Rate(rate, base, (base * rate / 100).quantize(CENT, ROUND_HALF_UP)))
    return tuple(rows)
