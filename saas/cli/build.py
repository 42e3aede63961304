"""``wasl build``: the front end alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from saas.cli import frontend
from saas.cli.steps import step


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="build even when no source has changed")


def run(options: argparse.Namespace) -> int:
    with step("front end") as building:
        building.note = frontend.build(Path.cwd(), force=options.force)
    return 0
