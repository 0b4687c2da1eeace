"""Drives chorus-api 1.0.6: `python drive_chorus_api.py BASE ACCOUNT.json FILE`; prints what it was answered.

Source: docs/how-to/point-your-client-at-choriste.md.
"""

import base64
import json
import sys
import time
from pathlib import Path

from chorusapi.client import ChorusAPI

base, account, file = sys.argv[1:]
known = json.loads(Path(account).read_text(encoding="utf-8"))
client = ChorusAPI(
    client_id=known["oauth"]["client_id"],
    client_secret=known["oauth"]["client_secret"],
    tech_username=known["technical_account"]["login"],
    tech_password=known["technical_account"]["password"],
    sandbox=True,
)
client.auth_url = base + "/api/oauth/token"
client.api_url = base
client.auth()
client.health_check()
content = base64.b64encode(Path(file).read_bytes()).decode()
deposit = client.deposer_flux(content, "facture_1.pdf")
states: list[str] = []
while not states or states[-1] not in {"IN_INTEGRE", "IN_INTEGRE_PARTIEL", "IN_REJETE"}:
    time.sleep(0.2)
    states.append(client.consulter_cr(deposit.numero_flux_depot).etat_courant_flux)
details = client.consulter_cr_detaille(deposit.numero_flux_depot)
found = client.rechercher_facture(deposit.numero_flux_depot)
siret = known["structures"][0]["siret"]
structures = client.rechercher_structure(siret)
number = structures.liste_structures[0].id_structure_cpp
answers = {
    "flow": deposit.numero_flux_depot,
    "states": states,
    "details": vars(details),
    "invoices": vars(found),
    "structures": vars(structures),
    "services": vars(client.rechercher_services(number)),
    "structure": vars(client.consulter_structure(number)),
    "siret": vars(client.information_siret(siret)),
    "directory": vars(client.annuaire_destinataire()),
    "currencies": vars(client.devises()),
}
print(json.dumps(answers, default=vars, ensure_ascii=False))
