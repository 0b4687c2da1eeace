"""Logs as JSON lines with the function, the request and our own ids; never bodies, names or secrets."""

from __future__ import annotations

from aws_lambda_powertools import Logger

logger = Logger(service="choriste", utc=True)
