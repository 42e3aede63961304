"""Runs jobs and schedules: inside the server's process by default, or as ``wasl worker`` beside it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import procrastinate
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job as QueuedJob

from saas.directory import mention_letters
from saas.directory.imports import jobs as imports
from saas.directory.imports import sweeping
from saas.kernel.catalog import modules
from saas.state import unit
from saas.tenancy import housekeeping, jobs, mail
from saas.tenancy.session import Database
from saas.tenancy.write_gate import ReadOnly

log = logging.getLogger(__name__)
# Declared by being imported, as the modules' jobs are.
OF_NO_MODULE = (
    imports.carry_out,
    imports.look_through,
    sweeping.sweep,
    mention_letters.send,
    mail.carry_waiting,
    housekeeping.sweep,
)
CONCURRENCY = 4
PAUSE_MINUTES = 5
FIRST_WAIT_SECONDS = 10
RESTART_SECONDS = 5
# A worker tells that it is alive each 5 s; what one that has been silent for 15 s held is run again.
HEARTBEAT_SECONDS = 5
SILENT_SECONDS = 15


class Patience(BaseRetryStrategy):
    """A paused job waits as long as its module is off or its company may only read; a failed one tries again,
    ever later."""

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        if isinstance(exception, (jobs.ModuleOff, ReadOnly)):
            return RetryDecision(retry_in={"minutes": PAUSE_MINUTES})
        if isinstance(exception, jobs.UnknownCompany) or job.attempts + 1 >= self.attempts:
            return None
        return RetryDecision(retry_in={"seconds": FIRST_WAIT_SECONDS * 4**job.attempts})


def queue(database: Database) -> procrastinate.App:
    """Every declared job and schedule as procrastinate knows it, on a small pool of its own."""
    modules()  # importing the modules declares their jobs
    connector = procrastinate.PsycopgConnector(
        conninfo=database.urls.system,
        kwargs={"options": "-c search_path=jobs,wasl", "application_name": "wasl worker"},
        min_size=1,
        max_size=CONCURRENCY + 2,
    )
    app = procrastinate.App(connector=connector)
    for declared in jobs.JOBS.values():
        app.task(name=declared.name, queue=jobs.QUEUE, retry=Patience(declared.attempts))(
            _runner(database, declared)
        )
    for timed in jobs.SCHEDULES.values():
        task = app.task(name=timed.name, queue=jobs.QUEUE, queueing_lock=timed.name, pass_context=False)(
            _timer(database, timed)
        )
        app.periodic(cron=timed.cron)(task)
    return app


async def work(database: Database, *, until_empty: bool = False) -> None:
    """Run jobs until cancelled, or until none is due. A cancelled worker gives its jobs 10 s to end."""
    app = queue(database)
    async with app.open_async():
        await _take_up(app)
        watching = asyncio.create_task(_keep_taking_up(app), name="dead workers' jobs")
        try:
            await app.run_worker_async(
                wait=not until_empty,
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                listen_notify=not until_empty,
                delete_jobs="successful",
                shutdown_graceful_timeout=10,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=SILENT_SECONDS,
            )
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching


@contextlib.asynccontextmanager
async def working(database: Database) -> AsyncIterator[None]:
    """Jobs run while the block does. A worker that breaks is started again; what it held is run again."""
    task = asyncio.create_task(_keep_working(database), name="worker")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _take_up(app: procrastinate.App) -> None:
    """Queue again what workers that were killed had begun: a job is done, or it is run."""
    for held in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        log.warning("taking up %s again, its worker is gone", held.task_name)
        await app.job_manager.retry_job(held)


async def _keep_taking_up(app: procrastinate.App) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        try:
            await _take_up(app)
        except ProcrastinateException:  # the database is away: asked again soon
            log.warning("could not look for the jobs of dead workers")


async def _keep_working(database: Database) -> None:
    while True:
        try:
            await work(database)
        except Exception:  # the database may be restarting: the next round finds it again
            log.exception("the worker stopped")
        await asyncio.sleep(RESTART_SECONDS)


def _runner(database: Database, declared: jobs.Job) -> Any:
    async def run(**ids: Any) -> None:
        touched = await jobs.run(database, declared, **ids)
        await unit.tell_of_job(ids["tenant_id"], touched)

    return run


def _timer(database: Database, timed: jobs.Schedule) -> Any:
    async def run(timestamp: int) -> None:
        await timed.handle(database)

    return run
