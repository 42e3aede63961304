"""An import is one action, and can be taken back as one."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports.decisions import Duplicates
from saas.directory.imports.models import RunState
from saas.directory.imports.runs import NotNow
from saas.directory.models import Party
from tests.imports.desk import CUSTOMERS, Desk, as_csv, party


async def test_undo_leaves_no_row(desk: Desk) -> None:
    run = await desk.bring(CUSTOMERS)
    undone = await desk.undo(run)
    assert (undone.state, undone.conflicts) == (RunState.UNDONE, 0)
    assert await desk.count(Party) == 0
    with pytest.raises(NotNow):
        await desk.undo(undone)


async def test_undo_keeps_and_counts_rows_that_were_changed_since(desk: Desk) -> None:
    run = await desk.bring(CUSTOMERS)
    async with desk.session() as session:
        await session.execute(sa.update(Party).where(col(Party.name) == "Delta").values(city="Muscat"))
    undone = await desk.undo(run)
    assert undone.conflicts == 1
    assert [p.name for p in await desk.all(sa.select(Party).where(col(Party.archived_at).is_(None)))] == [
        "Delta"
    ]


async def test_undo_of_an_update_brings_the_old_values_back(desk: Desk) -> None:
    await desk.bring(as_csv(["company", "city"], ["Acme", "Kuwait"]))
    run = await desk.bring(as_csv(["company", "city"], ["Acme", "Salmiya"]), duplicates=Duplicates.UPDATE)
    await desk.undo(run)
    assert (await party(desk, "Acme")).city == "Kuwait"


async def test_the_whole_import_is_one_action_in_the_change_record(desk: Desk) -> None:
    run = await desk.bring(CUSTOMERS)
    async with desk.session() as session:
        actions = await session.rows(
            sa.text("SELECT DISTINCT action_id, member_id FROM wasl.change WHERE table_name = 'party'")
        )
    assert [tuple(row) for row in actions] == [(run.action_id, desk.company.owner_id)]
