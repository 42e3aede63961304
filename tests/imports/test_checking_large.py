"""A large file is checked by a job: everybody sees how far it is, and it can be stopped."""

from __future__ import annotations

import asyncio

import pytest

from saas.directory.imports import intake, running, runs
from saas.directory.imports.models import RunState
from saas.directory.models import Party
from saas.tenancy.session import TenantSession
from tests.imports.desk import Desk, as_csv

CUSTOMERS = as_csv(["company", "employees"], *[[f"Customer {n}", str(n)] for n in range(7)])


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven rows are many here."""
    monkeypatch.setattr(runs, "CHECKED_AT_ONCE", 6)
    monkeypatch.setattr("saas.directory.imports.checking.BATCH", 2)


async def ask(desk: Desk, id: int) -> list[int]:
    """Ask for the check as the page does; gives the imports whose job was deferred."""
    deferred: list[int] = []

    async def queue(session: TenantSession, run_id: int) -> None:
        deferred.append(run_id)

    await desk.step(id, runs.check, queue)
    return deferred


async def test_a_large_file_is_left_to_a_job_which_tells_how_far_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await desk.upload(CUSTOMERS)
    assert await ask(desk, id) == [id]
    assert ((await desk.see(id)).state, (await desk.see(id)).report) == (RunState.CHECKING, {})
    told: list[tuple[RunState, int]] = []

    async def note(tenant_id: int, member: int | None, run_id: int, topics: tuple[str, ...]) -> None:
        run = await desk.see(run_id)
        told.append((run.state, run.rows_done))

    monkeypatch.setattr(running, "_listeners", [note])
    await running.run_check(desk.company.tenant_id, id)
    assert told == [*((RunState.CHECKING, n) for n in (2, 4, 6, 7)), (RunState.CHECKED, 7)]
    assert (await desk.see(id)).report["counts"]["create"] == 7
    assert await desk.count(Party) == 0
    await desk.start(id)
    assert (await desk.carry_out(id)).created_count == 7


async def test_a_small_file_is_checked_at_once(desk: Desk) -> None:
    id = await desk.upload(as_csv(["company"], ["One"], ["Two"]))
    assert await ask(desk, id) == []
    assert (await desk.see(id)).state is RunState.CHECKED


async def test_nothing_else_is_done_to_a_file_under_check(desk: Desk) -> None:
    id = await desk.upload(CUSTOMERS)
    await ask(desk, id)
    for verb in (runs.check, runs.back, runs.discard, runs.undo):
        with pytest.raises(runs.NotNow):
            await desk.step(id, verb)
    with pytest.raises(runs.NotNow):
        await desk.start(id)


async def test_a_check_that_is_stopped_goes_back_to_the_columns(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await desk.upload(CUSTOMERS)
    await ask(desk, id)

    async def stop_at_four(tenant_id: int, member: int | None, run_id: int, topics: tuple[str, ...]) -> None:
        if (await desk.see(run_id)).rows_done == 4:
            await desk.step(run_id, runs.cancel)

    monkeypatch.setattr(running, "_listeners", [stop_at_four])
    await running.run_check(desk.company.tenant_id, id)
    run = await desk.see(id)
    assert (run.state, run.report, run.rows_done) == (RunState.MAPPING, {}, 0)
    assert await ask(desk, id) == [id]


async def test_a_check_that_was_killed_starts_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    id = await desk.upload(CUSTOMERS)
    await ask(desk, id)
    real, midway = running._progress, asyncio.Event()

    async def hang(*given: object) -> None:
        midway.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(running, "_progress", hang)
    job = asyncio.create_task(running.run_check(desk.company.tenant_id, id))
    await midway.wait()
    job.cancel()
    await asyncio.wait([job])
    assert (await desk.see(id)).state is RunState.CHECKING
    monkeypatch.setattr(running, "_progress", real)
    await running.run_check(desk.company.tenant_id, id)
    assert (await desk.see(id)).state is RunState.CHECKED


async def test_a_second_worker_with_the_same_check_leaves_it_alone(desk: Desk) -> None:
    id = await desk.upload(CUSTOMERS)
    await ask(desk, id)
    await asyncio.gather(*(running.run_check(desk.company.tenant_id, id) for _ in range(3)))
    assert (await desk.see(id)).state is RunState.CHECKED
    await running.run_check(desk.company.tenant_id, id)


async def test_a_check_whose_file_is_gone_says_so(desk: Desk) -> None:
    id = await desk.upload(CUSTOMERS)
    await ask(desk, id)
    run = await desk.see(id)
    intake.discard(intake.folder_of(desk.company.tenant_id, run.public_id))
    await running.run_check(desk.company.tenant_id, id)
    run = await desk.see(id)
    assert (run.state, run.error_key) == (RunState.FAILED, "imports.errors.file_gone")
