"""What pages of the company itself share: who hears of its people, its facts and its sample data."""

from __future__ import annotations

from typing import Any

from saas.kernel.permissions import WorkspacePermission
from saas.state.action import toast
from saas.state.unit import register_signal, reread, unit_of_work
from saas.tenancy import members, sample, workplaces
from saas.tenancy.models import Invitation, Membership

register_signal(members.TOPIC, Membership, Invitation, permission=WorkspacePermission.SEE_MEMBERS)
register_signal(workplaces.TOPIC)
register_signal(sample.TOPIC)


async def add_sample(state: Any) -> None:
    """Every module that is on adds its samples, in one action; every open tab shows them."""
    async with unit_of_work(sample.ADD) as session:
        await sample.add(session)
        await _told(session)
    await toast(state, "onboarding.sample_added")


async def remove_sample(state: Any) -> None:
    """Sample data goes without a trace, from every open tab as well."""
    async with unit_of_work(sample.REMOVE) as session:
        await _told(session)
        await sample.remove(session)
    await toast(state, "onboarding.sample_removed")


async def _told(session: Any) -> None:
    await session.flush()
    reread(session, await sample.tables(session))
    session.touch(sample.TOPIC, [])
