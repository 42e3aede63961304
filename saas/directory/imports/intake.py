"""A file on its way in: streamed to a private folder, counted, never larger than allowed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from saas.kernel.errors import AppError
from saas.kernel.settings import settings

_MEGABYTE = 1024 * 1024
_FLUSH_BYTES = _MEGABYTE


class FileTooLarge(AppError):
    """Above the limit of ``max`` megabytes: refused as soon as that is known, nothing is kept."""

    key = "imports.errors.file_too_large"
    status = 413


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that came whole. ``folder`` is its own, outside everything that is served."""

    folder: Path
    name: str
    size: int
    sha256: str


def limit_bytes() -> int:
    return settings().max_import_mb * _MEGABYTE


def root() -> Path:
    """Where the files of all imports lie, a folder a company."""
    return settings().data_dir.resolve() / "imports"


def folder_of(tenant_id: int, public_id: UUID | str) -> Path:
    """Where the files of one import lie: the clean rows, and the source beside them."""
    return root() / str(int(tenant_id)) / str(UUID(str(public_id)))


def source_in(folder: Path) -> Path:
    return folder / "source"


def rows_in(folder: Path) -> Path:
    return folder / "rows.csv"


async def store(
    folder: Path, name: str, chunks: AsyncIterator[bytes], *, announced: int | None = None
) -> Arrived:
    """Write the stream to ``folder``. Raises ``FileTooLarge`` by the announced length before the first byte,
    else at the byte that is too much; whatever goes wrong, nothing of it stays."""
    limit = limit_bytes()
    too_large = FileTooLarge("file", max=limit // _MEGABYTE)
    if announced is not None and announced > limit:
        raise too_large
    size, digest, waiting = 0, hashlib.sha256(), bytearray()
    await asyncio.to_thread(_make_private, folder)
    try:
        with source_in(folder).open("xb") as out:
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise too_large
                digest.update(chunk)
                waiting += chunk
                if len(waiting) >= _FLUSH_BYTES:
                    await asyncio.to_thread(out.write, bytes(waiting))
                    waiting.clear()
            await asyncio.to_thread(out.write, bytes(waiting))
    except BaseException:  # a closed connection and a cancelled task leave nothing behind either
        discard(folder)
        raise
    return Arrived(folder, display_name(name), size, digest.hexdigest())


def discard(folder: Path) -> None:
    """Forget the files of an import."""
    shutil.rmtree(folder, ignore_errors=True)


def discard_source(folder: Path) -> None:
    """The file itself is of no use once it is imported; its clean rows stay, for those that were refused."""
    source_in(folder).unlink(missing_ok=True)


def display_name(name: str) -> str:
    """The file's own name for showing: without folders, hidden marks and endless length."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in bare if c.isprintable() and c not in "\u061c\u200e\u200f").strip()
    return shown[:120] or "file"


def _make_private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=False)
    os.chmod(folder, 0o700)
