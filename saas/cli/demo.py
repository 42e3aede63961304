"""``wasl demo``."""

from __future__ import annotations

import argparse

from saas.cli.failure import Failure


def options(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    raise Failure("demo is not built in this version")
