"""Background jobs: deferred in the transaction that wants them, so a job exists if and only if it committed.

A job may run more than once, so its handler is safe to run twice. It carries ids alone; the company is the
one that was bound when it was deferred, and is looked at again before the handler gets a session.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col

from saas.tenancy.guard import TenancyError
from saas.tenancy.models import Tenant, TenantState
from saas.tenancy.session import Database, TenantSession, Touch

QUEUE = "default"
LONGEST_TEXT = 200
# One statement of a job may take as long as nobody waits for it.
PATIENCE_S = 600
_NAME = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")


@dataclass(frozen=True, slots=True)
class Job:
    """``handle(session, **ids)`` in a session of the company; paused while ``module`` is off there."""

    name: str
    handle: Callable[..., Awaitable[None]]
    module: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """``handle(database)`` at the times of ``cron`` (UTC), in one process at a time."""

    name: str
    cron: str
    handle: Callable[[Database], Awaitable[None]]


class UnknownCompany(TenancyError):
    """A job names a company that is not there or is closed: it is dropped."""


class ModuleOff(Exception):
    """The job's module is off for the company: it waits."""


JOBS: dict[str, Job] = {}
SCHEDULES: dict[str, Schedule] = {}


def job(name: str, *, module: str | None = None, attempts: int = 5) -> Callable[..., Job]:
    """Declare a job: ``@job("crm.remind", module="crm")`` over ``async def remind(session, *, activity)``."""

    def register(handle: Callable[..., Awaitable[None]]) -> Job:
        if not _NAME.fullmatch(name) or name in JOBS:
            raise ValueError(f"{name!r} is no free name for a job; it looks like crm.remind")
        JOBS[name] = Job(name, handle, module, attempts)
        return JOBS[name]

    return register


def schedule(name: str, cron: str) -> Callable[..., Schedule]:
    """Declare work that belongs to no company: ``@schedule("mail.send", "* * * * *")``."""

    def register(handle: Callable[[Database], Awaitable[None]]) -> Schedule:
        if not _NAME.fullmatch(name) or name in SCHEDULES:
            raise ValueError(f"{name!r} is no free name for a schedule; it looks like mail.send")
        SCHEDULES[name] = Schedule(name, cron, handle)
        return SCHEDULES[name]

    return register


_DEFER = sa.select(
    sa.func.wasl.defer_job(
        sa.bindparam("name", type_=sa.Text),
        sa.bindparam("queue", type_=sa.Text),
        sa.bindparam("ids", type_=JSONB),
        sa.bindparam("at", type_=sa.DateTime(timezone=True)),
        sa.bindparam("once", type_=sa.Text),
    )
)


async def defer(
    session: TenantSession, job: Job, *, at: datetime | None = None, once: str | None = None, **ids: Any
) -> int | None:
    """Let the job run after this transaction commits, or at an instant; gives its number.

    ``once`` names the work: while a job of that name waits, no second is added and None is given. ``ids``
    are ints, short texts, booleans or None; anything larger belongs in a table.
    """
    for name, value in ids.items():
        small = (
            value is None or isinstance(value, int) or (isinstance(value, str) and len(value) <= LONGEST_TEXT)
        )
        if name == "tenant_id" or not small:
            raise TenancyError(f"a job carries ids, not {name}")
    values = {"name": job.name, "queue": QUEUE, "ids": ids, "at": at, "once": once}
    number = (await session.execute(_DEFER, values)).scalar_one()
    if number is not None and at is None and "wake" not in session.info:
        session.info["wake"] = True
        session.after_commit(session.database.wake_worker)
    return number


async def run(database: Database, job: Job, *, tenant_id: Any = None, **ids: Any) -> Sequence[Touch]:
    """Run a job for the company that it names; gives what the live stream is to tell of it.

    Raises ``UnknownCompany``, ``ModuleOff``, or the job's own.
    """
    if type(tenant_id) is not int or tenant_id <= 0:
        raise UnknownCompany(f"{job.name} names no company")
    async with database.system_session() as session:
        state = await session.one(sa.select(col(Tenant.state)).where(col(Tenant.id) == tenant_id))
    if state is None or state is TenantState.CLOSED:
        raise UnknownCompany(f"{job.name} names a company that is not there")
    async with database.tenant_session(tenant_id, action=job.name, patience_s=PATIENCE_S) as session:
        if job.module is not None and job.module not in await session.enabled_modules():
            raise ModuleOff(job.module)
        await job.handle(session, **ids)
        await session.flush()
    return session.touched
