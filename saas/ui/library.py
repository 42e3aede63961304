"""Where the front-end build finds JSX files that lie beside their Python.

All files of a folder are linked side by side, so that one JSX part imports another as ``./text.jsx``.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def linked(module: str, folder: Path, *names: str) -> dict[str, str]:
    """Link the folder's JSX files (all, or these) into the build; gives the import path of each by its name.

    ``module`` is the caller's ``__name__``, which names the place. ``rx.asset`` does the same for one file,
    and reads the source of the whole call stack each time: for the kit's files, half of a start's time.
    """
    place = f"external/{module.replace('.', '/')}"
    target = Path.cwd() / "assets" / place
    target.mkdir(parents=True, exist_ok=True)
    files = [folder / name for name in names] or sorted(folder.glob("*.jsx"))
    for file in files:
        _link(target / file.name, file)
    return {file.name: f"$/public/{place}/{file.name}" for file in files}


def _link(link: Path, file: Path) -> None:
    if link.is_symlink() and os.readlink(link) == str(file):
        return
    # Another process may be linking the same file: each makes its own and renames it into place.
    fresh = link.with_name(f".{file.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    fresh.symlink_to(file)
    fresh.replace(link)


_LINKED = linked(__name__, FOLDER)


def jsx(file: str) -> str:
    """The import path of one of the kit's JSX files, for ``Component.library``."""
    return _LINKED[file]
