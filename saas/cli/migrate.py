"""``wasl migrate``: bring the database to the newest version."""

from __future__ import annotations

import argparse

from saas.cli import database
from saas.cli.steps import step
from saas.kernel.settings import settings


def options(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    with step("database") as starting:
        url, starting.note = database.start(settings())
    try:
        with step("migrations"):
            database.prepare(url)
    finally:
        database.stop(settings())
    return 0
