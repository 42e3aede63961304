"""Pages of CRM; each file here registers its own."""

from __future__ import annotations

import importlib
import pkgutil


def register() -> None:
    """Import every page, which makes it known."""
    for info in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{info.name}")
