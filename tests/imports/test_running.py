"""An import at work: all of it is written or nothing, once, whatever ends the one who writes."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from saas.directory.imports import running, runs
from saas.directory.imports.models import RunState
from saas.directory.models import Party
from tests.imports.desk import CUSTOMERS, Desk
from tests.support.database import Cluster


async def test_an_import_that_fails_midway_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saas.directory.imports.checking.BATCH", 1)
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    real, calls = running._progress, 0

    async def break_off(*given: object) -> None:
        nonlocal calls
        calls += 1
        await real(*given)  # pyright: ignore[reportArgumentType] -- passed through
        if calls == 2:
            raise OSError("the disk is gone")

    monkeypatch.setattr(running, "_progress", break_off)
    run = await desk.carry_out(id)
    assert (run.state, run.error_key, run.rows_done) == (RunState.FAILED, "imports.errors.failed", 0)
    assert await desk.count(Party) == 0


async def test_a_job_that_was_killed_midway_starts_anew_and_finishes_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    reached = asyncio.Event()

    async def hang(*_: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(running, "_progress", hang)
        job = asyncio.create_task(running.run_import(desk.company.tenant_id, id))
        await reached.wait()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
    assert await desk.count(Party) == 0
    assert (await desk.see(id)).state is RunState.RUNNING
    assert (await desk.carry_out(id)).created_count == 3
    assert (await desk.carry_out(id)).created_count == 3
    assert await desk.count(Party) == 3


async def test_two_workers_with_the_same_job_write_once(desk: Desk) -> None:
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    await asyncio.gather(*(running.run_import(desk.company.tenant_id, id) for _ in range(3)))
    assert await desk.count(Party) == 3
    assert (await desk.see(id)).state is RunState.DONE


async def test_one_file_imported_twice_at_once_is_written_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saas.directory.imports.checking.BATCH", 1)
    ids = [await desk.upload(CUSTOMERS) for _ in range(2)]
    for id in ids:
        await desk.check(id)
        await desk.start(id)
    await asyncio.gather(*(running.run_import(desk.company.tenant_id, id) for id in ids))
    assert await desk.count(Party) == 3
    first, second = sorted([await desk.see(id) for id in ids], key=lambda run: -run.created_count)
    assert (first.state, second.state) == (RunState.DONE, RunState.DONE)
    assert (first.created_count, second.created_count) == (3, 0)


async def test_stopping_a_running_import_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saas.directory.imports.checking.BATCH", 1)
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    heard: list[int] = []

    async def stop_when_told(
        tenant_id: int, member: int | None, run_id: int, topics: tuple[str, ...]
    ) -> None:
        heard.append((await desk.see(id)).rows_done)
        if heard[-1] == 2:
            await desk.step(id, runs.cancel)

    monkeypatch.setattr(running, "_listeners", [stop_when_told])
    run = await desk.carry_out(id)
    assert (run.state, run.created_count) == (RunState.CANCELLED, 0)
    assert await desk.count(Party) == 0
    assert heard[:3] == [0, 1, 2]


async def test_progress_is_seen_while_it_runs_and_the_topics_at_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saas.directory.imports.checking.BATCH", 2)
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    told: list[tuple[int, RunState, tuple[str, ...]]] = []

    async def note(tenant_id: int, member: int | None, run_id: int, topics: tuple[str, ...]) -> None:
        seen = await desk.see(run_id)
        told.append((seen.rows_done, seen.state, topics))

    monkeypatch.setattr(running, "_listeners", [note])
    await desk.carry_out(id)
    assert told == [
        (0, RunState.RUNNING, ()),
        (2, RunState.RUNNING, ()),
        (4, RunState.RUNNING, ()),
        (4, RunState.DONE, ("crm.customer",)),
    ]


async def test_kill_9_of_the_process_midway_leaves_nothing_half_written(
    desk: Desk, cluster: Cluster, private_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    urls = cluster.urls
    arguments = (urls.app, urls.system, str(private_folder), str(desk.company.tenant_id), str(id))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.imports.killed", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"4\n"
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    assert await desk.count(Party) == 0
    run = await desk.carry_out(id)
    assert (run.state, run.created_count) == (RunState.DONE, 3)
    assert await desk.count(Party) == 3
