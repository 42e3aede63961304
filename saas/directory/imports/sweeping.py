"""Files that nobody came back for: uploads left at the columns, and what a crash left without an import."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports import intake
from saas.directory.imports.models import OPEN, ImportRun
from saas.kernel.clock import now
from saas.tenancy.jobs import schedule
from saas.tenancy.session import Database

log = logging.getLogger(__name__)
# How long somebody may think about a file, and how long one may be on its way in.
ABANDONED_AFTER = timedelta(days=30)
ARRIVES_WITHIN = timedelta(days=1)


@schedule("imports.sweep", "41 3 * * *")
async def sweep(database: Database) -> None:
    """Once a night; safe to repeat. What was imported, and what is under way, is left alone."""
    for tenant_id, folders in (await asyncio.to_thread(_folders)).items():
        gone = await _abandoned(database, tenant_id, folders)
        for folder in gone:
            await asyncio.to_thread(intake.discard, folder)
        if gone:
            log.info("swept %d files of imports of tenant %d", len(gone), tenant_id)


def _folders() -> dict[int, dict[UUID, Path]]:
    """Every import's folder that there is, by company and by the import's public id."""
    found: dict[int, dict[UUID, Path]] = {}
    for folder in intake.root().glob("*/*"):
        try:
            found.setdefault(int(folder.parent.name), {})[UUID(folder.name)] = folder
        except ValueError:
            log.warning("%s is no folder of an import", folder)
    return found


async def _abandoned(database: Database, tenant_id: int, folders: dict[UUID, Path]) -> list[Path]:
    """Those whose files may go; an import that nobody touched any more is put away with them."""
    async with database.tenant_session(tenant_id, action="imports.sweep") as session:
        here = sa.select(ImportRun).where(col(ImportRun.public_id).in_(list(folders)))
        runs = {run.public_id: run for run in await session.all(here.with_for_update(skip_locked=True))}
        known = set(await session.all(here.with_only_columns(col(ImportRun.public_id))))
        for run in runs.values():
            left = run.state in OPEN and run.updated_at < now() - ABANDONED_AFTER
            if left and run.archived_at is None:
                run.archived_at = now()
        put_away = [folders[run.public_id] for run in runs.values() if run.archived_at is not None]
        orphans = [folder for id, folder in folders.items() if id not in known and _is_old(folder)]
        return put_away + orphans


def _is_old(folder: Path) -> bool:
    """Whether an upload into it cannot be under way any more."""
    return datetime.fromtimestamp(folder.stat().st_mtime, UTC) < now() - ARRIVES_WITHIN
