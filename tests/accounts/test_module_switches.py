"""Modules are switched by a row: nothing is deleted, dependencies are explained."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa

from saas.kernel import catalog
from saas.tenancy import changes, module_switches
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.support.companies import MadeCompany, make_company, viewer_of


@pytest.fixture
async def company(database: Database) -> MadeCompany:
    return await make_company(database, "Switchboard", modules=("crm",))


async def test_switching_a_module_off_deletes_nothing_and_on_again_all_is_as_it_was(
    database: Database, company: MadeCompany
):
    before = await _stages(database, company)
    assert before > 0
    await _switch(database, company, "crm", False)
    assert await _stages(database, company) == before
    async with database.tenant_session(company.tenant_id) as session:
        assert await session.enabled_modules() == frozenset()
    await _switch(database, company, "crm", True)
    assert await _stages(database, company) == before, "what it starts with is made once"


async def test_the_first_switch_makes_what_the_module_starts_with(database: Database):
    bare = await make_company(database, "Bare", modules=())
    assert await _stages(database, bare) == 0
    await _switch(database, bare, "crm", True)
    assert await _stages(database, bare) > 0


async def test_a_switch_can_be_undone(database: Database, company: MadeCompany):
    async with viewer_session(database, await viewer_of(company.owner)) as session:
        await module_switches.switch(session, "crm", False, by=await viewer_of(company.owner))
        action = session.action_id
    async with viewer_session(database, await viewer_of(company.owner)) as session:
        await changes.undo(session, action)
    async with database.tenant_session(company.tenant_id) as session:
        assert await session.enabled_modules() == {"crm"}


async def test_switching_to_what_is_so_already_changes_nothing(database: Database, company: MadeCompany):
    switched = await _switch(database, company, "crm", True)
    assert not switched.changed


@pytest.mark.parametrize("key", ["", "nothing", "crm'; DROP TABLE wasl.tenant; --"])
async def test_an_unknown_module_is_refused(database: Database, company: MadeCompany, key: str):
    with pytest.raises(module_switches.UnknownModule):
        await _switch(database, company, key, True)


async def test_dependencies_are_explained_and_not_followed(
    database: Database, company: MadeCompany, monkeypatch: pytest.MonkeyPatch
):
    real = catalog.modules()
    needy = {**real, "payments": dataclasses.replace(real["payments"], needs=("warehouse",))}
    monkeypatch.setattr(module_switches, "modules", lambda: needy)
    with pytest.raises(module_switches.NeedsOthers) as refused:
        await _switch(database, company, "payments", True)
    assert refused.value.params == {"module": {"key": "payments.name"}, "needed": {"key": "warehouse.name"}}
    async with database.tenant_session(company.tenant_id) as session:
        overview = {m["key"]: m for m in await module_switches.overview(session)}
    assert overview["payments"]["needs"] == ["warehouse"]
    await _switch(database, company, "warehouse", True)
    await _switch(database, company, "payments", True)
    with pytest.raises(module_switches.NeededByOthers):
        await _switch(database, company, "warehouse", False)


async def _switch(database: Database, company: MadeCompany, key: str, on: bool) -> module_switches.Switched:
    viewer = await viewer_of(company.owner)
    async with viewer_session(database, viewer, "workspace.switch_module") as session:
        return await module_switches.switch(session, key, on, by=viewer)


async def _stages(database: Database, company: MadeCompany) -> int:
    async with database.tenant_session(company.tenant_id) as session:
        return await session.one(sa.text("SELECT count(*) FROM wasl.stage")) or 0
