"""Drives trytond-account-fr-chorus 8.2.0: `python drive_trytond.py BASE ACCOUNT.json SUPPLIER RECIPIENT`.

It posts an invoice in a database in memory, has it sent and polled by the scheduled actions, and prints the
state that the record ends in. Source: docs/how-to/point-your-client-at-choriste.md.
"""

import datetime as dt
import json
import os
import sys
import time
import uuid
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["TRYTOND_DATABASE_URI"] = "sqlite://"
os.environ["DB_NAME"] = ":memory:"

from proteus import Model
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.account_fr_chorus import account
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.modules.currency.tests.tools import get_currency
from trytond.tests.tools import activate_modules

base, file, supplier, recipient = sys.argv[1:]
known = json.loads(Path(file).read_text(encoding="utf-8"))
account.OAUTH_TOKEN_URL["service-qualif"] = base + "/api/oauth/token"
account.API_URL["service-qualif"] = base

config = activate_modules(
    ["account_fr_chorus", "edocument_uncefact", "account_fr"],
    lambda config: create_company(currency=get_currency("EUR", config=config), config=config),
    partial(create_chart, chart="account_fr.root"),
)


def identify(party: Any, siret: str) -> None:
    (address,) = party.addresses
    address.street, address.city, address.postal_code = "1 rue Haute", "Valbrume", "38000"
    identifier = party.identifiers.new(type="fr_siret")
    identifier.code, identifier.address = siret, address
    party.save()


identify(get_company().party, supplier)
customer = Model.get("party.party")(name="Client public", chorus=True)
customer.save()
identify(customer, recipient)

set_fiscalyear_invoice_sequences(create_fiscalyear()).click("create_period")
(tax,) = Model.get("account.tax").find([("group.kind", "=", "sale"), ("name", "ilike", "%normal%")], limit=1)
settings = Model.get("account.configuration")(1)
settings.chorus_piste_client_id = known["oauth"]["client_id"]
settings.chorus_piste_client_secret = known["oauth"]["client_secret"]
settings.chorus_login = known["technical_account"]["login"]
settings.chorus_password = known["technical_account"]["password"]
settings.chorus_service = "service-qualif"
settings.chorus_syntax = "edocument.uncefact.invoice"
settings.save()

Invoice = Model.get("account.invoice")
invoice = Invoice(type="out", party=customer)
line = invoice.lines.new(account=get_accounts()["revenue"], quantity=5, unit_price=Decimal("50.00"))
line.taxes.append(tax)
invoice.save()
number = {"number": str(uuid.uuid4())[:20], "invoice_date": dt.datetime.now(dt.UTC).date()}
Invoice.write([invoice], number, {**config._context, "_check_access": False})
invoice.click("post")

Cron = Model.get("ir.cron")
(send,) = Cron.find([("method", "=", "account.invoice.chorus|send")], limit=1)
(update,) = Cron.find([("method", "=", "account.invoice.chorus|update")], limit=1)
(record,) = Model.get("account.invoice.chorus").find([])
send.click("run_once")
states, ends = [], time.monotonic() + 60
while time.monotonic() < ends:
    record.reload()
    states.append(record.state)
    if record.state in {"done", "exception"}:
        break
    time.sleep(0.5)
    update.click("run_once")
print(json.dumps({"flow": record.number, "states": states, "date": str(record.date)}))
