"""Take one flow of many invoices through the file exchange of a running platform, and check what comes back.

`python -m bench.exchange` drives `choriste local` from outside: partners by `/v1`, files by S3 with the
temporary credentials that `/v1/inbox-credentials` gives. It drops the flow twice, has the recipient's system
suspend an invoice and the supplier's complete it, and prints what was counted.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
from lxml import etree

from choriste.adapters.rest.client import Client
from choriste.local.scenarios.files import file_of
from choriste.local.scenarios.model import Deposit

SUPPLIER, RECIPIENT = "2001", "1001"
WAIT_SECONDS: Final = 1800
QUIET: Final = 6
"""Looks at an outbox without a new file, of half a second each, after which no more is expected."""


@dataclass
class System:
    """The system of a partner: it drops files, and fetches and deletes what it is sent."""

    client: Client
    aws: str
    code: str
    quiet: int = QUIET
    got: dict[str, bytes] = field(default_factory=dict)
    _folders: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, url: str, credentials: dict[str, Any], structure: str, aws: str, quiet: int = QUIET
    ) -> System:
        """Register a system of a structure as the operator, and sign in as the structure's own program."""
        operator = Client.sign_in(url, credentials["operator"])
        wanted = json.dumps({"name": "ERP", "structure": structure}).encode()
        partner = operator.call("/v1/partners", data=wanted, content_type="application/json")
        return cls(Client.sign_in(url, credentials["clients"][structure]), aws, partner["code"], quiet)

    def drop(self, interface: str, sequence: int, content: bytes, suffix: str = "") -> str:
        """Drop a file under its official name, and return its number."""
        number = f"{self.code}{interface[3:7]}{sequence:015d}"
        name = f"{interface}_{self.code}_{number}{suffix}"
        inbox = self.folders["inbox"]
        self._s3().put_object(Bucket=inbox["bucket"], Key=f"{inbox['prefix']}{name}", Body=content)
        return number

    def fetch(self, wanted: int) -> None:
        """Fetch and delete files until so many came and no more come."""
        s3, outbox = self._s3(), self.folders["outbox"]
        quiet, until = 0, time.monotonic() + WAIT_SECONDS
        while (len(self.got) < wanted or quiet < self.quiet) and time.monotonic() < until:
            listed = s3.list_objects_v2(Bucket=outbox["bucket"], Prefix=outbox["prefix"])
            keys = [each["Key"] for each in listed.get("Contents", ())]
            for key in keys:
                body = s3.get_object(Bucket=outbox["bucket"], Key=key)["Body"].read()
                name = key.rpartition("/")[2]
                if name in self.got:
                    raise AssertionError(f"{name} came twice")
                self.got[name] = body
                s3.delete_object(Bucket=outbox["bucket"], Key=key)
            quiet = 0 if keys else quiet + 1
            time.sleep(0 if keys else 0.5)

    @property
    def folders(self) -> dict[str, Any]:
        """Where this system drops and fetches, with its credentials."""
        if not self._folders:
            asked = json.dumps({"partner": self.code}).encode()
            self._folders = self.client.call(
                "/v1/inbox-credentials", data=asked, content_type="application/json"
            )
        return self._folders

    def _s3(self) -> Any:  # noqa: ANN401 - a client of boto3
        return boto3.client(
            "s3",
            endpoint_url=self.aws,
            region_name=self.folders["region"],
            aws_access_key_id=self.folders["access_key_id"],
            aws_secret_access_key=self.folders["secret_access_key"],
            aws_session_token=self.folders["session_token"],
        )


def measure(
    url: str, aws: str, credentials: dict[str, Any], *, invoices: int, quiet: int = QUIET
) -> dict[str, Any]:
    """Return what was counted for one flow of so many invoices; raises `AssertionError` for a double."""
    supplier = System.of(url, credentials, SUPPLIER, aws, quiet)
    recipient = System.of(url, credentials, RECIPIENT, aws, quiet)
    run = f"{int(time.time()):X}"
    changes = tuple({"number": f"E{run}-{n:03d}"} for n in range(invoices))
    _, flow = file_of(Deposit(channel="s3", form="archive", changes=changes))
    begun = time.monotonic()
    supplier.drop("FSO1106A", 1, flow, ".tar.gz")
    recipient.fetch(invoices)
    supplier.fetch(invoices + 2)
    seconds = time.monotonic() - begun - quiet
    first = {**supplier.got}
    supplier.drop("FSO1106A", 1, flow, ".tar.gz")
    supplier.fetch(len(first))
    number = changes[0]["number"]
    recipient.drop("FEN1201A", 1, _status(recipient, number, "06", "Il manque le bon de livraison"))
    recipient.fetch(len(recipient.got) + 2)
    supplier.fetch(len(supplier.got) + 1)
    supplier.drop("FEN1201A", 2, _status(recipient, number, "12", "Le bon de livraison est joint"))
    supplier.fetch(len(supplier.got) + 2)
    recipient.fetch(len(recipient.got) + 2)
    return {
        "invoices": invoices,
        "seconds": round(seconds, 1),
        "files after the replay that were not there before": len(set(supplier.got) - set(first)) - 3,
        "supplier": _counted(supplier),
        "recipient": _counted(recipient),
        "distinct invoices in pivots": len({_text(each, "IdCPRO") for each in _pivots(recipient)}),
        "pivots with the Factur-X": sum(b"PJP00XFAC" in each for each in _pivots(recipient)),
    }


def _status(recipient: System, number: str, code: str, comment: str) -> bytes:
    """Return the status of an invoice, as a system writes it that has read the pivot."""
    pivot = next(each for each in _pivots(recipient) if _text(each, "DonneesFacture/Id") == number)
    return (
        "<CPPStatut><CPPFactureStatuts><CPPFactureStatutUnitaire>"
        f"<Fournisseur><Identifiant>{_text(pivot, 'Fournisseur/Identifiant')}</Identifiant></Fournisseur>"
        f"<Debiteur><Identifiant>{_text(pivot, 'Debiteur/Identifiant')}</Identifiant></Debiteur>"
        f"<DonneesStatut><IdStatut>{code}</IdStatut>"
        f"<ComplementStatut>{_text(pivot, 'IdCPRO')}</ComplementStatut>"
        f"<Commentaire>{comment}</Commentaire><IdFacture>{number}</IdFacture></DonneesStatut>"
        "</CPPFactureStatutUnitaire></CPPFactureStatuts></CPPStatut>"
    ).encode()


def _pivots(system: System) -> list[bytes]:
    return [content for name, content in system.got.items() if name.startswith("FEN0036A")]


def _counted(system: System) -> dict[str, int]:
    """Count the files of a system by interface and statuses."""
    found: Counter[str] = Counter()
    for name, content in system.got.items():
        codes = [str(each.text) for each in etree.fromstring(content).iter("IdStatut")]
        found[" ".join([name[:8], *codes]) if name[:8] != "FEN0036A" else "FEN0036A"] += 1
    return dict(sorted(found.items()))


def _text(content: bytes, path: str) -> str:
    return etree.fromstring(content).findtext(f".//{path}") or ""


def main() -> None:
    """Read the arguments, measure, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--credentials", type=Path, default=Path(".local/credentials.json"))
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--aws", default="http://127.0.0.1:4566")
    parser.add_argument("--invoices", type=int, default=500)
    given = parser.parse_args()
    credentials = json.loads(given.credentials.read_text(encoding="utf-8"))
    counted = measure(given.url, given.aws, credentials, invoices=given.invoices)
    print(json.dumps(counted, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
