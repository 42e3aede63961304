"""``wasl ...``: everything an operator does."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

_COMMANDS = {
    "serve": "database, migrations, front end and server, each step with its duration",
    "build": "the front end alone",
    "migrate": "bring the database to the newest version",
    "worker": "jobs and schedules in a process of their own",
    "demo": "a company with believable data, the same for the same seed",
    "verify": "try the harmless attacks on the live data: wasl verify isolation",
    "version": "what runs here",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done, 2: a wrong setting or a step that failed, said in one line."""
    from saas.cli.failure import Failure
    from saas.kernel.settings import WrongSetting

    parser = argparse.ArgumentParser(prog="wasl", description="Wasl: one suite for many companies.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    modules = {}
    for name, help_text in _COMMANDS.items():
        modules[name] = importlib.import_module(f"saas.cli.{name}")
        modules[name].options(commands.add_parser(name, help=help_text, description=help_text))
    options = parser.parse_args(arguments)
    try:
        return modules[options.command].run(options)
    except (Failure, WrongSetting) as error:
        print(f"wasl: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("wasl: stopped", file=sys.stderr)
        return 130
