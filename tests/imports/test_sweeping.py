"""No upload lies about for ever, and none goes that somebody may still come back for."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from saas.directory.imports import intake, runs, sweeping
from saas.kernel import clock
from saas.tenancy.owned import uuid7
from saas.tenancy.session import Database
from tests.imports.desk import Desk, as_csv

CUSTOMERS = as_csv(["company"], ["Acme"], ["Beta"])


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A month and a day from now."""
    real = clock.now
    monkeypatch.setattr(sweeping, "now", lambda: real() + timedelta(days=31))


async def folder_of(desk: Desk, id: int) -> Path:
    return intake.folder_of(desk.company.tenant_id, (await desk.see(id)).public_id)


@pytest.mark.usefixtures("later")
async def test_a_file_that_nobody_came_back_for_goes_with_its_import(desk: Desk, database: Database) -> None:
    mapped, checked = await desk.upload(CUSTOMERS), await desk.upload(CUSTOMERS)
    await desk.check(checked)
    folders = [await folder_of(desk, id) for id in (mapped, checked)]
    await sweeping.sweep.handle(database)
    assert [folder.exists() for folder in folders] == [False, False]
    async with desk.session() as session:
        assert await runs.earlier(session) == []
    await sweeping.sweep.handle(database)


async def test_a_file_of_today_stays(desk: Desk, database: Database) -> None:
    id = await desk.upload(CUSTOMERS)
    await sweeping.sweep.handle(database)
    assert (await folder_of(desk, id)).exists()
    assert (await desk.see(id)).archived_at is None


@pytest.mark.usefixtures("later")
async def test_what_was_imported_or_is_under_way_stays_however_old(desk: Desk, database: Database) -> None:
    done = (await desk.bring(CUSTOMERS)).id
    queued = await desk.upload(as_csv(["company"], ["Gamma"]))
    await desk.check(queued)
    await desk.start(queued)
    await sweeping.sweep.handle(database)
    for id in (done, queued):
        assert (await folder_of(desk, id)).exists()
        assert (await desk.see(id)).archived_at is None


async def test_what_a_crash_left_without_an_import_goes_after_a_day(desk: Desk, database: Database) -> None:
    old = intake.folder_of(desk.company.tenant_id, uuid7())
    arriving = intake.folder_of(desk.company.tenant_id, uuid7())
    for folder in (old, arriving):
        folder.mkdir(parents=True)
        intake.source_in(folder).write_bytes(b"half")
    before = (clock.now() - timedelta(days=2)).timestamp()
    os.utime(old, (before, before))
    await sweeping.sweep.handle(database)
    assert (old.exists(), arriving.exists()) == (False, True)


async def test_a_removed_import_whose_files_outlived_it_loses_them(desk: Desk, database: Database) -> None:
    id = await desk.upload(CUSTOMERS)
    folder = await folder_of(desk, id)
    await desk.step(id, runs.discard)
    folder.mkdir()
    await sweeping.sweep.handle(database)
    assert not folder.exists()


async def test_what_is_no_folder_of_ours_is_left_alone(desk: Desk, database: Database) -> None:
    strange = intake.root() / "backup" / "notes"
    strange.mkdir(parents=True)
    await sweeping.sweep.handle(database)
    assert strange.exists()
