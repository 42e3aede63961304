"""Reading a heavy file in a process of its own, which may not eat the machine.

Unpacking and parsing keep the interpreter busy, and a small archive can unpack into minutes of work and
gigabytes of strings. A process of its own keeps nobody waiting, has bounds that the system enforces, and ends
with the upload.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from saas.directory.imports.reading.table import Reading, read_file
from saas.directory.imports.reading.workbook import WorkbookTooHeavy
from saas.kernel.errors import AppError

_ROOT = Path(__file__).resolve().parents[4]
# Above it a file is read apart; below, starting a process would take longer than reading.
HEAVY_BYTES = 2 * 1024 * 1024
MEMORY_BYTES = 1536 * 1024 * 1024
CPU_S = 120
PATIENCE_S = 600
_REFUSED = 3
# The others wait: so many files sent at once take no more than these.
_AT_ONCE = asyncio.Semaphore(2)


async def read(source: Path, clean_copy: Path, sheet: str = "") -> Reading:
    """``read_file``, in a thread or apart. Also raises ``WorkbookTooHeavy`` for what passes the bounds."""
    if not await asyncio.to_thread(_is_heavy, source):
        return await asyncio.to_thread(read_file, source, clean_copy, sheet)
    async with _AT_ONCE:
        return await _read_apart(source, clean_copy, sheet)


async def _read_apart(source: Path, clean_copy: Path, sheet: str) -> Reading:
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(source), str(clean_copy), sheet),
        cwd=_ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        said, _ = await asyncio.wait_for(reader.communicate(), PATIENCE_S)
    except TimeoutError:
        raise WorkbookTooHeavy() from None
    finally:
        if reader.returncode is None:
            reader.kill()
            await reader.wait()
    if reader.returncode == 0:
        return Reading(**json.loads(said))
    if reader.returncode == _REFUSED:
        raise _refusal(**json.loads(said))
    raise WorkbookTooHeavy()


def _is_heavy(source: Path) -> bool:
    """By its size; an archive by what it says that it unpacks to."""
    if source.stat().st_size > HEAVY_BYTES:
        return True
    try:
        with zipfile.ZipFile(source) as archive:
            return sum(entry.file_size for entry in archive.infolist()) > HEAVY_BYTES
    except Exception:  # no archive, or a damaged one: reading it says what is wrong
        return False


def _refusal(name: str, field: str | None, params: dict[str, str | int]) -> AppError:
    """The very error that the other process raised."""
    kinds: dict[str, Callable[..., AppError]] = {kind.__name__: kind for kind in AppError.__subclasses__()}
    return kinds[name](field, **params)


def _main(source: str, clean_copy: str, sheet: str) -> int:
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    try:
        print(json.dumps(read_file(Path(source), Path(clean_copy), sheet).as_dict()))
    except AppError as refusal:
        told = {"name": type(refusal).__name__, "field": refusal.field, "params": refusal.params}
        print(json.dumps(told))
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
