"""The OpenAPI description, made from the routes; `schemas/openapi.json` is its committed copy."""

from __future__ import annotations

import json

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import License, Server


def openapi_text(app: APIGatewayHttpResolver) -> str:
    """Return the description as indented JSON with a final newline."""
    schema = app.get_openapi_json_schema(
        title="Choriste",
        version="1",
        description="Deposit invoices, read integration reports, treat invoices up to their payment.",
        license_info=License(name="EUPL-1.2", identifier="EUPL-1.2"),
        servers=[Server(url="/")],
    )
    return json.dumps(json.loads(schema), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
