"""`choriste operator`: what the operator of a platform does from outside it, on AWS or on this machine.

It works on the tables themselves, with the AWS credentials of whoever calls it: who holds those of a
deployment is its operator. On AWS the names come from the deployment's own console function. Accounts are
imported through the API instead (`choriste.cli.import_accounts`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from choriste.cli import import_accounts, import_structures, open_folders, reindex_structures
from choriste.cli.files import complain
from choriste.domain.access.errors import AlreadyExistsError
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Language
from choriste.domain.shared.errors import ChoristeError

_CREDENTIALS: Final = Path(".local/credentials.json")
_EPILOG = """\
exit codes:
  0  done
  1  done, and something of it was refused
  2  the call could not be used: no such deployment, no credentials, or a refusal that stops it"""
_EXAMPLES: Final = {
    "invite": 'invite you@your-town.fr --name "Ana Petit" --stack choriste',
    "open-folders": "open-folders ABC001 --stack choriste",
}
"""An example of a command, for its help."""

OPERATOR: Final = Principal.platform("operator")
"""Who acts: whoever holds the AWS credentials of the deployment."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _epilog("invite")
    commands = parser.add_subparsers(dest="operator_command", required=True, metavar="COMMAND")
    purpose = "open an operator's account, and print the link that activates it"
    invite = _command(commands, "invite", purpose, _invite)
    invite.add_argument("email", help="the address to sign in with")
    invite.add_argument("--name", required=True, help="the person's name")
    invite.add_argument("--language", choices=tuple(Language), default="fr", help="(default: fr)")
    import_accounts.configure(commands)
    purpose = "import structures and services from a CSV file of the directory"
    import_structures.declare(_command(commands, "import-structures", purpose, import_structures.run))
    purpose = "make the index right that structures are found by"
    reindex_structures.declare(_command(commands, "reindex-structures", purpose, reindex_structures.run))
    purpose = "make the role that a partner's own AWS role assumes, for its folders alone"
    open_folders.declare(_command(commands, "open-folders", purpose, open_folders.run))


def _epilog(name: str) -> str:
    example = _EXAMPLES.get(name)
    return f"{_EPILOG}\n\nExample: choriste operator {example}" if example is not None else _EPILOG


def _command(
    commands: Any,  # noqa: ANN401 - argparse has no public name for it
    name: str,
    purpose: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    """Declare a command that works on a deployment."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=purpose,
        description=f"{purpose[0].upper()}{purpose[1:]}.",
        epilog=_epilog(name),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--stack", metavar="PREFIX", help="the deployment on AWS (default: the platform on this machine)"
    )
    parser.add_argument(
        "--credentials",
        type=Path,
        default=_CREDENTIALS,
        help=f"where the platform on this machine wrote how to reach it (default: {_CREDENTIALS})",
    )
    parser.set_defaults(run=lambda options: _on_deployment(options, run))
    return parser


def _on_deployment(options: argparse.Namespace, run: Callable[[argparse.Namespace], int]) -> int:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - slow to load

    try:
        os.environ.update(_variables(options))
        return run(options)
    except FileNotFoundError as error:
        if Path(error.filename) != options.credentials:
            raise
        complain(f"no platform runs here ({error.filename} is missing): `make run`, or name a --stack")
    except ChoristeError as error:
        from choriste.application.shared.problems import problem_text  # noqa: PLC0415 - slow to load

        complain(problem_text(error.code, error.parameters).detail.in_language("en"))
    except ClientError as error:
        complain(f"AWS answers: {error.response['Error'].get('Message', error)}")
    except BotoCoreError as error:
        complain(f"AWS does not answer: {error}")
    return 2


def _variables(options: argparse.Namespace) -> Mapping[str, str]:
    """Return the variables that the functions of a deployment have."""
    stack: str | None = options.stack
    return _local_variables(options.credentials) if stack is None else _aws_variables(stack)


def _aws_variables(prefix: str) -> Mapping[str, str]:
    import boto3  # noqa: PLC0415 - slow to load

    found = boto3.client("lambda").get_function_configuration(FunctionName=f"{prefix}-console")
    return found["Environment"]["Variables"]


def _local_variables(credentials: Path) -> Mapping[str, str]:
    from choriste.local.platform.settings import REGION  # noqa: PLC0415 - slow to load
    from choriste.local.platform.topology import load_topology  # noqa: PLC0415 - slow to load
    from choriste.local.platform.wiring import environment  # noqa: PLC0415 - slow to load

    known = json.loads(credentials.read_text(encoding="utf-8"))
    return {
        **environment(load_topology(None, url=known["base_url"])),
        "BASE_URL": known["base_url"],
        "AWS_ENDPOINT_URL": known["aws_endpoint"],
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }


def _invite(options: argparse.Namespace) -> int:
    from choriste.application.access.open_operator import open_operator  # noqa: PLC0415 - slow to load
    from choriste.runtime.identity import access_ports  # noqa: PLC0415 - slow to load

    try:
        token = open_operator(
            options.email,
            name=options.name,
            language=Language(options.language),
            by=OPERATOR,
            access=access_ports(),
        )
    except AlreadyExistsError:
        complain(f"{options.email} has an account already; sign in with it, or give another address")
        return 2
    link = f"{os.environ['BASE_URL']}/activation?token={token}"
    sys.stdout.write(f"Open this link within seven days; it works once:\n{link}\n")
    return 0
