"""The context that Lambda hands to a handler, for tests that call a handler themselves."""

from __future__ import annotations

from typing import cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from choriste.local.platform.hosting import FunctionSpec, InvocationContext


def a_context(name: str = "choriste-test") -> LambdaContext:
    return cast("LambdaContext", InvocationContext(FunctionSpec(name=name, handler="x.y")))
