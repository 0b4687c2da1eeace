"""More kinds of facts, by the same plain invoice: what the first cases did not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from tests.generators.pdf.case import Case
from tests.generators.pdf.kinds import BUYER_SIRET, IBAN, TRUTH, Sheet, draw

_BASE: Final = Sheet()
_DATE, _NUMBER = "Date : 03/11/2026", "Facture n° F-2026-118"
_NOBODY: Final[Mapping[str, str | None]] = {
    "supplier_siret": None,
    "supplier_siren": None,
    "supplier_vat": None,
}
_CREDIT: Final = {"number": "AV-31", "corrected_invoice": "FA-42", "type_code": "381"}


def cases() -> Iterator[Case]:
    """Yield every kind, in order."""
    for at, (sheet, truth) in enumerate(_KINDS):
        yield Case("kinds", f"further-kind-{at:03d}", draw(sheet), {**TRUTH, **truth})


_KINDS: Final[tuple[tuple[Sheet, Mapping[str, str | None]], ...]] = (
    (replace(_BASE, title=("Facture n°F2026/118 du 3 novembre 2026",)), {"number": "F2026/118"}),
    (replace(_BASE, title=("N° de facture", "2026 118", _DATE)), {"number": "2026118|2026 118"}),
    (replace(_BASE, title=("Numéro : 2026-118 / Client : C12", _DATE)), {"number": "2026-118"}),
    (replace(_BASE, title=("FACTURE", "N° 118/2026/VB", _DATE)), {"number": "118/2026/VB"}),
    (replace(_BASE, title=("Facture d'acompte n° 1 - F-26-118", _DATE)), {"number": None}),
    (replace(_BASE, title=("FACTURE F26 118", _DATE)), {"number": "F26 118|F26118"}),
    (replace(_BASE, title=("Facture n° 1 234", _DATE)), {"number": "1234|1 234"}),
    (replace(_BASE, title=("Facture n° 118 - page 1/2", _DATE)), {"number": "118"}),
    (replace(_BASE, title=("Facture n° : 118 Date : 03/11/2026",)), {"number": "118"}),
    (replace(_BASE, title=("Facture N° 118 du 03/11/26",)), {"number": "118"}),
    (replace(_BASE, title=("Mémoire n° 118", _DATE)), {"number": "118"}),
    (replace(_BASE, title=("Facture (duplicata) n° 118", _DATE)), {"number": "118"}),
    (replace(_BASE, title=("Facture 118", _DATE)), {"number": "118"}),
    (replace(_BASE, title=("DEVIS n° D-45 accepté", _NUMBER, _DATE)), {}),
    (replace(_BASE, title=("Bon de livraison n° 4471", _NUMBER, _DATE)), {}),
    (replace(_BASE, title=("AVOIR n° AV-31", _DATE, "Avoir sur facture FA-42 du 03/09/2026")), _CREDIT),
    (
        replace(_BASE, title=("AVOIR n° AV-31", _DATE, "Motif : erreur de prix sur la facture n° FA-42")),
        _CREDIT,
    ),
    (
        replace(
            _BASE,
            title=(
                "Facture n° AV-31",
                _DATE,
                "Cette facture annule et remplace la facture n° FA-42 du 01/09/2026",
            ),
        ),
        {"number": "AV-31"},
    ),
    (
        replace(_BASE, title=(_NUMBER, _DATE), below=("Avoir n° AV-30 déduit : -50,00 €",)),
        {"type_code": "380"},
    ),
    (
        replace(
            _BASE,
            title=(_NUMBER, _DATE),
            below=("Votre dernière facture n° F-2026-099 du 03/10/2026 : 1 100,00 €",),
        ),
        {},
    ),
    (replace(_BASE, title=(_NUMBER, "Date", "03/11/2026")), {}),
    (replace(_BASE, title=(_NUMBER, "Le mardi 3 novembre 2026")), {}),
    (replace(_BASE, title=(_NUMBER, "03 NOV 2026")), {}),
    (replace(_BASE, title=(_NUMBER, "Date de la facture : 3-nov.-26")), {}),
    (replace(_BASE, title=(_NUMBER, _DATE, "Date de livraison : 30/10/2026")), {}),
    (replace(_BASE, title=(_NUMBER, "Date de commande : 12/10/2026", _DATE)), {}),
    (replace(_BASE, title=(_NUMBER, "Date de livraison : 30/10/2026")), {"issue_date": None}),
    (replace(_BASE, title=(_NUMBER, "Date d'impression : 05/11/2026", _DATE)), {}),
    (replace(_BASE, title=(_NUMBER, _DATE, "Intervention du 28/10/2026")), {}),
    (
        replace(
            _BASE,
            title=(_NUMBER, _DATE),
            table=(
                ("Désignation", "Qté", "PU HT", "Total HT"),
                ("Location du 01/10/2026 au 31/10/2026", "10", "100,00", "1 000,00"),
            ),
        ),
        {},
    ),
    (replace(_BASE, title=(_NUMBER, "Novembre 2026")), {"issue_date": None}),
    (replace(_BASE, title=(_NUMBER, _DATE, "Échéance : à réception")), {"due_date": None}),
    (replace(_BASE, title=(_NUMBER, _DATE, "Payable à 30 jours")), {"due_date": None}),
    (
        replace(
            _BASE,
            title=(_NUMBER, _DATE),
            below=("Paiement en 3 fois : 03/12/2026, 03/01/2027 et 03/02/2027",),
        ),
        {"due_date": None},
    ),
    (
        replace(
            _BASE,
            title=(_NUMBER, _DATE),
            below=("Date d'échéance   Montant", "03/12/2026   400,00 €", "03/01/2027   800,00 €"),
        ),
        {"due_date": None},
    ),
    (
        replace(
            _BASE, title=(_NUMBER, _DATE), below=("1re échéance le 03/12/2026, 2e échéance le 03/01/2027",)
        ),
        {"due_date": None},
    ),
    (
        replace(
            _BASE, title=(_NUMBER, _DATE), below=("Échéance 03/12/2026 (escompte 2 % avant le 13/11/2026)",)
        ),
        {"due_date": "2026-12-03"},
    ),
    (
        replace(_BASE, title=(_NUMBER, _DATE), below=("Net si payé au plus tard le 03/12/2026",)),
        {"due_date": "2026-12-03"},
    ),
    (
        replace(_BASE, title=(_NUMBER, _DATE), below=("Escompte 2 % si paiement avant le 13/11/2026",)),
        {"due_date": None},
    ),
    (replace(_BASE, below=("Bon de commande n° 2026/BC/00871",)), {"purchase_order": "2026/BC/00871"}),
    (replace(_BASE, below=("Votre commande du 12/10/2026 n° 4500118",)), {"purchase_order": "4500118"}),
    (replace(_BASE, below=("N° engagement juridique (EJ) : 1300456789",)), {"engagement": "1300456789"}),
    (replace(_BASE, below=("E.J. n° 1300456789",)), {"engagement": "1300456789"}),
    (replace(_BASE, below=("Engagement : 26 B 00871",)), {"engagement": "26 B 00871|26B00871"}),
    (replace(_BASE, below=("Code service : 12 MAIRIE",)), {"service_code": None}),
    (replace(_BASE, below=("Service : TECH-01",)), {"service_code": "TECH-01"}),
    (
        replace(_BASE, below=("Code Service : FACTURES_PUBLIQUES / Engagement : 45000871",)),
        {"service_code": "FACTURES_PUBLIQUES", "engagement": "45000871"},
    ),
    (replace(_BASE, below=("Référence marché 2026-14 lot 2",)), {"contract": "2026-14"}),
    (replace(_BASE, below=("N° Marché/contrat : 2026-14",)), {"contract": "2026-14"}),
    (
        replace(_BASE, below=("BC n° 871 / EJ n° 1300456789 / Code service D0069",)),
        {"purchase_order": "871", "engagement": "1300456789", "service_code": "D0069"},
    ),
    (replace(_BASE, below=("Numéro de commande client : PO-99/12",)), {"purchase_order": "PO-99/12"}),
    (
        replace(_BASE, below=("Siret client : 21690123100011 Code service : D0069 EJ : 1300456789",)),
        {"buyer_siret": BUYER_SIRET, "service_code": "D0069", "engagement": "1300456789"},
    ),
    (
        replace(
            _BASE, buyer=("SAS ATELIERS BOREAL", "3 rue du Port", "44000 NANTES", "SIRET 49155277400011")
        ),
        {"buyer_siret": "49155277400011"},
    ),
    (
        replace(
            _BASE, buyer=("Client :", "SAS ATELIERS BOREAL", "SIRET 49155277400011", "TVA FR23491552774")
        ),
        {"buyer_siret": "49155277400011", "buyer_vat": "FR23491552774"},
    ),
    (
        replace(
            _BASE,
            supplier=("ATELIER ROUSSEL", "5 rue des Forges", "69120 VALBRUNE"),
            buyer=("SAS ATELIERS BOREAL", "3 rue du Port", "44000 NANTES", "SIRET 49155277400011"),
        ),
        {**_NOBODY, "buyer_siret": "49155277400011"},
    ),
    (
        replace(
            _BASE,
            supplier=("ATELIER ROUSSEL",),
            footer=("Membre d'un centre de gestion agréé - SIRET 33299977000016",),
        ),
        _NOBODY,
    ),
    (
        replace(
            _BASE,
            supplier=("ATELIER ROUSSEL",),
            footer=("Société mère : Rhodia SA au capital de 1 000 000 € - RCS Lyon 332 999 770",),
        ),
        _NOBODY,
    ),
    (
        replace(
            _BASE,
            supplier=("ATELIER ROUSSEL",),
            footer=("Facture éditée avec Factulog - Factulog SAS RCS Lyon 332 999 770",),
        ),
        _NOBODY,
    ),
    (
        replace(
            _BASE,
            supplier=("ATELIER ROUSSEL",),
            footer=("Organisme de médiation : MEDICYS - 33299977000016",),
        ),
        _NOBODY,
    ),
    (
        replace(
            _BASE,
            supplier=("ATELIER ROUSSEL",),
            footer=("Garantie décennale n° 4471 souscrite auprès de MAAF SA, RCS Niort 332 999 770",),
        ),
        _NOBODY,
    ),
    (
        replace(
            _BASE,
            supplier=("ATELIER ROUSSEL",),
            footer=("Banque du Rhône SA au capital de 90 000 000 € - SIREN 332 999 770",),
        ),
        _NOBODY,
    ),
    (replace(_BASE, below=("IBANFR7630006000011234567890189BICAGRIFRPP",)), {"ibans": IBAN}),
    (replace(_BASE, below=("I.B.A.N. : FR76-3000-6000-0112-3456-7890-189",)), {"ibans": IBAN}),
    (
        replace(
            _BASE,
            below=("Code banque   Code guichet   N° de compte   Clé", "30006   00001   12345678901   89"),
        ),
        {"ibans": IBAN},
    ),
    (
        replace(
            _BASE,
            below=(
                "Règlement par prélèvement SEPA - RUM VALB-2211 - IBAN FR76 1027 8060 0100 0201 2340 144",
            ),
        ),
        {"ibans": ""},
    ),
    (
        replace(
            _BASE,
            below=("Titulaire du compte débité : Commune de Valbrune", "FR76 1027 8060 0100 0201 2340 144"),
        ),
        {"ibans": ""},
    ),
    (replace(_BASE, below=("Direct debit from your account GB33BUKB20201555555555",)), {"ibans": ""}),
    (
        replace(_BASE, totals=(("Total HT", "1000"), ("TVA 20%", "200"), ("Total TTC", "1200"))),
        {"currency": None},
    ),
    (
        replace(
            _BASE, totals=(("Total HT", "1 000 EUR"), ("TVA 20 %", "200 EUR"), ("Total TTC", "1 200 EUR"))
        ),
        {},
    ),
    (
        replace(_BASE, totals=(("HT", "1 000,00"), ("TVA 20 %", "200,00"), ("TTC", "1 200,00"))),
        {"currency": None},
    ),
    (
        replace(
            _BASE,
            totals=(
                ("Total Euros HT", "1000,00"),
                ("Total TVA 20%", "200,00"),
                ("Total Euros TTC", "1200,00"),
            ),
        ),
        {},
    ),
    (
        replace(
            _BASE, totals=(("Total HT", "€ 1.000,00"), ("TVA 20 %", "€ 200,00"), ("Total TTC", "€ 1.200,00"))
        ),
        {},
    ),
    (
        replace(
            _BASE,
            totals=(
                ("Montant HT", "1 000,00 €"),
                ("TVA (20 %)", "200,00 €"),
                ("Montant TTC", "1 200,00 €"),
                ("Avance déduite", "-300,00 €"),
                ("Solde dû", "900,00 €"),
            ),
        ),
        {"amount_due": "900.00"},
    ),
    (
        replace(
            _BASE,
            totals=(
                ("Total HT", "1 000,00 €"),
                ("Remise 10 %", "-100,00 €"),
                ("Net HT", "900,00 €"),
                ("TVA 20 %", "180,00 €"),
                ("Total TTC", "1 080,00 €"),
            ),
        ),
        {"total_without_vat": "900.00", "total_vat": "180.00", "total_with_vat": "1080.00"},
    ),
    (
        replace(
            _BASE,
            totals=(
                ("Total HT", "10 000,00 €"),
                ("TVA 20 %", "2 000,00 €"),
                ("Total TTC", "12 000,00 €"),
                ("Acompte de 10 %", "1 200,00 €"),
                ("Net à payer", "1 200,00 €"),
            ),
            title=("Facture d'acompte n° F-2026-118", _DATE),
        ),
        {"amount_due": "1200.00"},
    ),
    (
        replace(
            _BASE,
            totals=(
                ("Total de la commande HT", "10 000,00 €"),
                ("Total de la commande TTC", "12 000,00 €"),
                ("Acompte 10 % HT", "1 000,00 €"),
                ("TVA 20 %", "200,00 €"),
                ("Acompte TTC à payer", "1 200,00 €"),
            ),
            title=("Facture d'acompte n° F-2026-118", _DATE),
        ),
        {},
    ),
    (
        replace(
            _BASE,
            totals=(
                ("Total HT", "1 000,00 €"),
                ("TVA 20 %", "200,00 €"),
                ("Total TTC", "1 200,00 €"),
                ("Total en francs", "7 871,48 F"),
            ),
        ),
        {},
    ),
    (
        replace(
            _BASE,
            totals=(
                ("Total HT", "1 000,00 €"),
                ("TVA 20 %", "200,00 €"),
                ("Total TTC", "1 200,00 €"),
                ("Contre-valeur USD", "1 304,00 $"),
            ),
        ),
        {},
    ),
    (
        replace(
            _BASE,
            totals=(("Total HT", "USD 1,000.00"), ("TVA 20 %", "USD 200.00"), ("Total TTC", "USD 1,200.00")),
        ),
        {"currency": "USD"},
    ),
    (
        replace(
            _BASE,
            totals=(
                ("Total HT", "1 000,00 $ CA"),
                ("TVA 20 %", "200,00 $ CA"),
                ("Total TTC", "1 200,00 $ CA"),
            ),
        ),
        {"currency": None},
    ),
    (
        replace(
            _BASE,
            table=(("Article", "HT", "TVA 20 %", "TTC"), ("Reliure", "1 000,00", "200,00", "1 200,00")),
            totals=(),
        ),
        {"currency": None},
    ),
    (
        replace(
            _BASE,
            table=(
                ("Article", "Montant HT", "Montant TVA", "Montant TTC"),
                ("Reliure", "500,00", "100,00", "600,00"),
                ("Dorure", "300,00", "60,00", "360,00"),
                ("Livraison", "200,00", "40,00", "240,00"),
            ),
            totals=(("Total TTC", "1 200,00 €"),),
        ),
        {},
    ),
    (replace(_BASE, totals=(("Total TTC", "1 200,00 €"), ("Dont TVA à 20 % : 200,00 €", ""))), {}),
    (replace(_BASE, totals=(("Total", "1 200,00 € TTC"), ("soit", "1 000,00 € HT"))), {"total_vat": None}),
)
