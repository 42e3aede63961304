"""What is said to members about deals of a shop, and what stands in their inboxes, for the tests of both."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from saas.directory import comments, notifications
from saas.directory.notifications import Entry
from saas.tenancy.models import EnabledModule
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer
from tests.modules.crm.conftest import Shop, new_deal


async def inbox(shop: Shop, viewer: Viewer, **asked: Any) -> list[Entry]:
    async with shop.open(viewer) as session:
        return (await notifications.of(session, **asked)).entries


async def say(
    shop: Shop, body: str, *called: Viewer, by: Viewer | None = None, deal: str = "Lobby bar"
) -> Any:
    """A comment on a new deal that calls these members; gives the deal, the comment's id and the action's."""
    async with shop.open(by) as session:
        made = await new_deal(session, deal)
    async with shop.open(by, "crm.deal.note") as session:
        ids = [viewer.member_public_id for viewer in called]
        comment = await comments.add(session, "crm.deal", made.id, body, ids)
        return made, str(comment.public_id), session.action_id


async def switch_off(session: TenantSession) -> None:
    """CRM, for the company."""
    switch = await session.one(select(EnabledModule).where(col(EnabledModule.key) == "crm"))
    assert switch is not None
    switch.enabled = False
