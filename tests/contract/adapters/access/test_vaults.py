"""The same cases on the vault in memory and on KMS."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from choriste.adapters.aws.kms.vault import KmsVault
from choriste.application.access.ports import Vault
from choriste.local.moto_patches.keys import create_key
from tests.fakes.identity import MemoryVault


@pytest.fixture(params=["memory", "kms"])
def vault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    if request.param == "memory":
        yield MemoryVault()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        create_key("alias/secrets")
        yield KmsVault(boto3.client("kms", region_name="eu-west-3"), key="alias/secrets")


def test_secret_is_sealed_and_opened_for_its_account(vault: Vault) -> None:
    sealed = vault.seal("JBSWY3DP", account="u1")

    assert vault.is_sealed(sealed)
    assert "JBSWY3DP" not in sealed
    assert vault.unseal(sealed, account="u1") == "JBSWY3DP"


def test_secret_opens_for_no_other_account(vault: Vault) -> None:
    sealed = vault.seal("JBSWY3DP", account="u1")

    with pytest.raises((PermissionError, ClientError)):
        vault.unseal(sealed, account="u2")


def test_secret_that_was_never_sealed_is_returned_as_it_is(vault: Vault) -> None:
    assert not vault.is_sealed("JBSWY3DP")
    assert vault.unseal("JBSWY3DP", account="u1") == "JBSWY3DP"
