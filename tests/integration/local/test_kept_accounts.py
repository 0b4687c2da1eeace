"""Accounts after a restart on kept data: passwords, second factors and open sessions go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from choriste.application.access.create_user import Enrolment, create_user
from choriste.application.access.resume_session import resume_session
from choriste.application.access.sign_in import sign_in
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.local.platform.process import Platform
from choriste.runtime.identity import access_ports
from tests.builders.identity import PASSWORD, PLATFORM, TOTP_SECRET, a_user, the_code

pytestmark = pytest.mark.slow


def a_platform(folder: Path) -> Platform:
    return Platform(folder, port=0, aws_port=0)


def signed_in(enrolment: Enrolment) -> str:
    access = access_ports()
    pending = sign_in(enrolment.user.email, PASSWORD, access=access)
    return verify_second_factor(pending.token, the_code(access.clock.now()), access=access).token


def test_second_factors_and_sessions_survive_a_restart(tmp_path: Path) -> None:
    with a_platform(tmp_path):
        enrolment = create_user(
            a_user(), by=PLATFORM, access=access_ports(), password=PASSWORD, totp_secret=TOTP_SECRET
        )
        token = signed_in(enrolment)
        stored = access_ports().accounts.credentials(enrolment.user.id)
        assert stored is not None
        assert stored.totp_secret is not None
        assert stored.totp_secret.startswith("kms:")

    with a_platform(tmp_path) as platform:
        assert resume_session(token, access=access_ports()) is not None
        platform.clock.advance(seconds=60)
        assert signed_in(enrolment)

    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
