"""Where the front-end build finds CRM's own JSX files."""

from __future__ import annotations

from pathlib import Path

from saas.ui.library import linked

FOLDER = Path(__file__).resolve().parent

_LINKED = linked(__name__, FOLDER)


def jsx(file: str) -> str:
    """The import path of one of CRM's JSX files, for ``Component.library``."""
    return _LINKED[file]
