"""Where the front-end build finds CRM's own JSX files."""

from __future__ import annotations

from pathlib import Path

import reflex as rx

FOLDER = Path(__file__).resolve().parent

_LINKED = {file.name: rx.asset(file.name, shared=True) for file in sorted(FOLDER.glob("*.jsx"))}


def jsx(file: str) -> str:
    """The import path of one of CRM's JSX files, for ``Component.library``."""
    return _LINKED[file].importable_path
