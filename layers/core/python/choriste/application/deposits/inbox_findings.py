"""What a dropped file is refused for before anybody reads it, in words that say how to mend it."""

from __future__ import annotations

import datetime as dt

from choriste.domain.shared.findings import Finding, Message, Severity


def oversize(size: int, limit: int, *, is_archive: bool) -> Finding:
    """Return the refusal of a file of so many bytes, over the limit of its kind."""
    found, most = _grouped(size), _grouped(limit)
    weighs = Message(
        fr=f"Le fichier pèse {found} octets ; la limite est de {most} octets pour ",
        en=f"The file weighs {found} bytes; the limit is {most} bytes for ",
    )
    split = _ARCHIVE_SPLIT if is_archive else _FILE_SPLIT
    return Finding(
        rule="FILE-TOO-LARGE",
        severity=Severity.FATAL,
        message=Message(fr=weighs.fr + split.fr, en=weighs.en + split.en),
        found=f"{found} B",
        expected=f"≤ {most} B",
    )


def account_ended(account: str, *, expired_at: dt.datetime | None) -> Finding:
    """Return the refusal of a file whose account has expired, or was closed if `expired_at` is None."""
    return Finding(
        rule="DEPOSIT-ACCOUNT-ENDED",
        severity=Severity.FATAL,
        message=_closed(account) if expired_at is None else _expired(account, f"{expired_at:%Y-%m-%d}"),
        found=account,
    )


def _expired(account: str, day: str) -> Message:
    return Message(
        fr=f"Le compte technique {account} a expiré le {day} : le fichier n’a été ni lu ni archivé. Faites "
        "renouveler le compte par le gestionnaire principal de la structure, ou par l’API (POST "
        f"/v1/technical-accounts/{account}/reset), puis déposez le fichier de nouveau.",
        en=f"The technical account {account} expired on {day}: the file was neither read nor archived. Have "
        "the structure’s primary manager renew the account, or renew it by the API (POST "
        f"/v1/technical-accounts/{account}/reset), then deposit the file again.",
    )


def _closed(account: str) -> Message:
    return Message(
        fr=f"Le compte {account} a été fermé : le fichier n’a été ni lu ni archivé. Demandez un autre "
        "compte au gestionnaire principal de la structure, puis déposez le fichier de nouveau.",
        en=f"The account {account} was closed: the file was neither read nor archived. Ask the structure’s "
        "primary manager for another account, then deposit the file again.",
    )


def not_entitled(structure: str) -> Finding:
    """Return the refusal of a file whose account may not issue for the structure."""
    return Finding(
        rule="DEPOSIT-NOT-ENTITLED",
        severity=Severity.FATAL,
        message=Message(
            fr=f"Ce compte n’a plus le droit d’émettre pour la structure {structure} : demandez-le à son "
            "gestionnaire principal, puis déposez le fichier de nouveau.",
            en=f"This account may no longer issue for structure {structure}: ask its primary manager for the "
            "right, then deposit the file again.",
        ),
        found=structure,
    )


_ARCHIVE_SPLIT = Message(
    fr="une archive. Il n’a été ni lu ni archivé. Répartissez ses factures en plusieurs archives sous cette "
    "limite, de 500 factures au plus chacune, et déposez-les une à une.",
    en="an archive. It was neither read nor archived. Spread its invoices over several archives under this "
    "limit, of at most 500 invoices each, and deposit them one by one.",
)
_FILE_SPLIT = Message(
    fr="un fichier seul. Il n’a été ni lu ni archivé. S’il porte des pièces jointes, déposez la facture "
    "sans elles et joignez-les ensuite ; si c’est une archive, nommez-la .zip ou .tar.gz (1 Go au plus) ; "
    "déposez plusieurs factures en autant de fichiers.",
    en="a single file. It was neither read nor archived. If it carries attachments, deposit the invoice "
    "without them and attach them afterwards; if it is an archive, name it .zip or .tar.gz (at most 1 GB); "
    "deposit several invoices as so many files.",
)


def _grouped(number: int) -> str:
    """Return a number with its digits in groups of three, apart by no-break spaces."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
