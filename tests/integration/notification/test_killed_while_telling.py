"""A platform that is killed at a mail: after a restart everybody was told, at most that mail came twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from choriste.local.platform.mailbox import mails
from choriste.local.platform.process import Platform
from tests.builders.town import Town

pytestmark = pytest.mark.slow

KILLED_AT = 2
"""The mail, of those about the first invoice, at which the process ends."""

WRITER = """
import itertools, os, signal, sys
from pathlib import Path
from choriste.adapters.aws.ses.mailer import SesMailer
from choriste.local.platform.process import Platform
from tests.builders.town import Town

folder, at, has_left = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "after"
send, counted = SesMailer.send, itertools.count(1)

def die_at(mailer, *, subject, **mail):
    last = "TOLD-1" in subject and next(counted) == at
    if not last or has_left:
        send(mailer, subject=subject, **mail)
    if last:
        os.kill(os.getpid(), signal.SIGKILL)

SesMailer.send = die_at
platform = Platform(folder / "data", port=0, aws_port=0).start()
Town.of(platform, folder, kept=True).deposit("TOLD-1")
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_everybody_is_told_after_a_kill_at_a_mail(tmp_path: Path, moment: str) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path), str(KILLED_AT), moment]
    killed = subprocess.run(command, check=False)  # noqa: S603 - ours

    with Platform(tmp_path / "data", port=0, aws_port=0) as platform:
        town = Town.of(platform, tmp_path, kept=True)
        platform.drain(timeout=60)
        town.deposit("TOLD-2")
        told, whole = _told("TOLD-1"), _told("TOLD-2")

    assert killed.returncode == -signal.SIGKILL
    assert max(whole.values()) == 1
    assert set(told) == set(whole), "the second invoice went the same way undisturbed"
    assert told.total() == whole.total() + (moment == "after")


def _told(number: str) -> Counter[tuple[str, str]]:
    """Who was told what of an invoice, how often; the number is left out of what was said."""
    found = (mail for mail in mails() if number in mail.subject)
    return Counter((one, mail.subject.replace(number, "")) for mail in found for one in mail.recipients)
