"""Plain HTTP beside the pages: static files, health, and what other files of this folder add.

A file of this folder that serves addresses has ``routes() -> list[starlette.routing.BaseRoute]``; nothing
else needs to be told of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


def routes() -> list[BaseRoute]:
    """The routes of every file of this folder, in the files' alphabetical order."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    files = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return [route for file in files if hasattr(file, "routes") for route in file.routes()]
