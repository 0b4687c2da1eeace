"""Tries each branch that an ERP meets, in a sandbox: `python drive_sandbox.py BASE ACCOUNT.json`.

ACCOUNT.json holds what the console showed when the sandbox was opened:
`{"oauth": {"client_id": …, "client_secret": …}, "technical_account": {"login": …, "password": …}}`.
It needs nothing but Python. Source: docs/how-to/point-your-client-at-choriste.md.
"""

import base64
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

base, account = sys.argv[1:]
known = json.loads(Path(account).read_text(encoding="utf-8"))
oauth, technical = known["oauth"], known["technical_account"]


Json = dict[str, Any]


def ask(path: str, body: Json | None, *, method: str, headers: Json) -> tuple[int, Json]:
    """Send JSON and return the status and the JSON that came back, whatever the status."""
    content = json.dumps(body or {}).encode() if method != "GET" else None
    sent = {"Content-Type": "application/json", "Accept-Language": "en", **headers}
    request = urllib.request.Request(base + path, data=content, headers=sent, method=method)  # noqa: S310 - the address that you give
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the address that you give
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


form = urllib.parse.urlencode({"grant_type": "client_credentials", **oauth}).encode()
with urllib.request.urlopen(base + "/api/oauth/token", data=form) as answer:  # noqa: S310 - the address that you give
    bearer = {"Authorization": "Bearer " + json.load(answer)["access_token"]}
pair = f"{technical['login']}:{technical['password']}".encode()
both = {**bearer, "cpro-account": base64.b64encode(pair).decode()}


def chorus(operation: str, body: Json) -> tuple[int, Json]:
    """Call an operation of the Chorus Pro API."""
    return ask("/cpro/" + operation, body, method="POST", headers=both)


def sandbox(path: str, body: Json | None = None, *, method: str = "POST") -> tuple[int, Json]:
    """Call an operation of the sandbox."""
    return ask("/v1/sandbox" + path, body, method=method, headers=both)


def invoice(frame: str = "A1_FACTURE_FOURNISSEUR", **more: str) -> int:
    """Submit an invoice and return its id once somebody has it."""
    body = {
        "modeDepot": "SAISIE_API",
        "destinataire": {"codeDestinataire": parts["recipient"]["siret"], "codeServiceExecutant": "SERVICE"},
        "fournisseur": {"idFournisseur": int(parts["supplier"]["id"])},
        "cadreDeFacturation": {"codeCadreFacturation": frame, **more},
        "references": {
            "deviseFacture": "EUR",
            "typeFacture": "FACTURE",
            "typeTva": "TVA_SUR_DEBIT",
            "modePaiement": "VIREMENT",
        },
        "lignePoste": [
            {
                "lignePosteNumero": 1,
                "lignePosteReference": "A1",
                "lignePosteDenomination": "Essai",
                "lignePosteQuantite": 2,
                "lignePosteUnite": "lot",
                "lignePosteMontantUnitaireHT": 100,
                "lignePosteTauxTvaManuel": 20,
            }
        ],
        "montantTotal": {"montantHtTotal": 200, "montantTVA": 40, "montantAPayer": 240},
    }
    _, done = chorus("factures/v1/soumettre", body)
    if done["codeRetour"]:
        sys.exit(done["libelle"])
    number = int(done["identifiantFactureCPP"])
    while status(number) == "DEPOSEE":  # it is on its way to its recipient
        time.sleep(0.2)
    return number


def status(number: int) -> str:
    """Return the status of an invoice as its supplier reads it."""
    _, found = chorus("factures/v1/consulter/fournisseur", {"identifiantFactureCPP": number})
    return str(found["facture"]["statutFacture"])


_, own = sandbox("", method="GET")
parts = {each["part"]: each for each in own["structures"]}
print("structures", {part: each["siret"] for part, each in parts.items()})

paid = invoice()
for wanted in ("SERVICE_FAIT", "MANDATEE", "MISE_EN_PAIEMENT"):
    sandbox(f"/invoices/{paid}/status", {"status": wanted})
    print("paid     ", status(paid))

rejected = invoice()
reason = {"status": "REJETEE", "reason_code": "CALCUL_ERR", "reason_text": "Wrong total"}
sandbox(f"/invoices/{rejected}/status", reason)
print("rejected ", status(rejected))

suspended = invoice()
sandbox(f"/invoices/{suspended}/status", {"status": "SUSPENDUE"})
print("suspended", status(suspended))

switches = [
    {"operation": "factures/v1/rechercher/fournisseur", "status": 503},
    {"operation": "factures/v1/rechercher/fournisseur", "code": 20001, "label": "GDP_MSG_11.005"},
    {"operation": "factures/v1/rechercher/fournisseur", "seconds": 1},
]
sandbox("/switches", {"switches": switches}, method="PUT")
for _ in range(4):
    code, found = chorus("factures/v1/rechercher/fournisseur", {})
    print("search   ", code, found["codeRetour"])

validator = {"codeStructureValideur": parts["contractor"]["siret"]}
waiting = invoice("A9_FACTURE_SOUSTRAITANT", **validator)
print("waiting  ", status(waiting))
_, moved = sandbox("/clock", {"days": 15})
print("15 days  ", status(waiting), moved["over"] == [waiting])
