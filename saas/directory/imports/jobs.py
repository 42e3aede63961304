"""The import as a job: it exists if and only if the person's *Import* committed, and survives a restart."""

from __future__ import annotations

from saas.directory.imports.running import run_check, run_import
from saas.tenancy.jobs import defer, job
from saas.tenancy.session import TenantSession


@job("imports.run")
async def carry_out(session: TenantSession, *, run: int) -> None:
    """``run`` is the import's internal id. It works in transactions of its own, told apart from the job's."""
    await run_import(session.tenant_id, run)


@job("imports.check")
async def look_through(session: TenantSession, *, run: int) -> None:
    """The check of a large file; ``run`` is the import's internal id."""
    await run_check(session.tenant_id, run)


async def queue_check(session: TenantSession, run_id: int) -> None:
    """Look the file through once this transaction has committed."""
    await defer(session, look_through, run=run_id)


async def queue(session: TenantSession, run_id: int) -> None:
    """Carry the import out once this transaction has committed."""
    await defer(session, carry_out, run=run_id)
