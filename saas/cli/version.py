"""``wasl version``."""

from __future__ import annotations

import argparse
import platform
from importlib.metadata import PackageNotFoundError, version


def options(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    print(f"wasl {_of('wasl')}, reflex {_of('reflex')}, python {platform.python_version()}")
    return 0


def _of(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "from source"
