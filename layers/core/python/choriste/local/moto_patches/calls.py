"""AWS calls of this process: what only a network or a stranger needs is not computed for each of them.

A signature nobody verifies, a User-Agent nobody reads, the list of an API's actions, its addresses (for S3
moto loads their module again each time) and a number of the request drawn letter by letter are a third of the
cost of a call. Presigned addresses are signed as ever.
"""

from __future__ import annotations

import functools
import secrets
from collections.abc import Sequence
from typing import Final, cast

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.compat import get_current_datetime
from botocore.exceptions import NoCredentialsError
from botocore.useragent import UserAgentString
from moto.core import responses
from moto.core.base_backend import BaseBackend
from moto.core.utils import method_names_from_class

from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.platform.shapes import Json, MotoObject

_HEADER_SIGNERS: Final = frozenset({SigV4Auth, S3SigV4Auth})
_TEXT: Final = "_choriste_text"


def install_light_calls() -> Sequence[Uninstall]:
    """Sign with a constant, write the User-Agent once per client, list actions and addresses once."""
    sign, write = SigV4Auth.add_auth, UserAgentString.to_string
    addresses = cast("property", BaseBackend.__dict__["urls"]).fget
    known: dict[type, Json] = {}

    def add_auth(signer: MotoObject, request: MotoObject) -> None:
        if type(signer) not in _HEADER_SIGNERS:
            sign(signer, request)
            return
        if signer.credentials is None:
            raise NoCredentialsError
        request.context["timestamp"] = get_current_datetime().strftime("%Y%m%dT%H%M%SZ")
        signer._modify_request_before_signing(request)  # noqa: SLF001 - dates and the payload's hash are read
        scope = signer.scope(request)
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=local"
        )

    def to_string(agent: MotoObject) -> str:
        text: str | None = agent.__dict__.get(_TEXT)
        if text is None:
            text = str(write(agent))
            setattr(agent, _TEXT, text)
        return text

    def urls(backend: MotoObject) -> Json:
        kind = type(backend)
        if kind not in known:
            known[kind] = addresses(backend) if addresses else {}
        return known[kind]

    return (
        replace(SigV4Auth, "add_auth", add_auth),
        replace(UserAgentString, "to_string", to_string),
        replace(BaseBackend, "urls", property(urls)),
        replace(responses, "method_names_from_class", functools.cache(method_names_from_class)),
        replace(responses, "gen_amzn_requestid_long", _request_number),
    )


def _request_number(headers: dict[str, str] | None = None) -> str:
    number = secrets.token_hex(26).upper()
    if headers is not None:
        headers["x-amzn-requestid"] = number
    return number
