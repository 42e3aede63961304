"""A mention that nobody reads goes out as a letter, to those alone who may see what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from saas.directory import mention_letters, notifications
from saas.directory.models import Comment, Notification
from saas.kernel.clock import now
from saas.kernel.permissions import RoleKey, Visibility
from saas.tenancy import jobs
from saas.tenancy.models import MailMessage, Membership, MemberState
from tests.modules.crm.conftest import Shop, new_deal, seen_by
from tests.modules.crm.inboxes import inbox, say, switch_off
from tests.support import catalogue
from tests.support.companies import add_member

catalogue.load()


async def letters(shop: Shop, kind: str = "mention") -> Sequence[Any]:
    async with shop.database.system_session() as session:
        return await session.rows(
            select(
                col(MailMessage.to_name),
                col(MailMessage.language),
                col(MailMessage.subject),
                col(MailMessage.text_body),
            ).where(col(MailMessage.tenant_id) == shop.owner.tenant_id, col(MailMessage.kind) == kind)
        )


async def send_letters(shop: Shop) -> None:
    """What the jobs of all notifications would do now."""
    async with shop.database.tenant_session(shop.owner.tenant_id) as session:
        ids = await session.all(select(col(Notification.id)))
    for id in ids:
        await jobs.run(shop.database, mention_letters.send, tenant_id=shop.owner.tenant_id, notification=id)


async def test_a_mention_that_is_not_read_goes_out_as_a_letter_once_in_the_members_language(shop: Shop):
    samir = await seen_by(
        await add_member(shop.database, shop.company, "Samir Tawil", role=RoleKey.REP, language="ar")
    )
    deal, *_ = await say(shop, "@Samir, what do they say?", samir)
    await send_letters(shop)
    await send_letters(shop)
    sent = await letters(shop)
    assert [(row[0], row[1]) for row in sent] == [("Samir Tawil", "ar")]
    assert "Lobby bar" in sent[0][2]
    assert "@Samir, what do they say?" in sent[0][3]
    assert f"/crm/deals/{deal.public_id}" in sent[0][3]


async def test_the_letter_waits_until_the_member_had_time_to_read(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    await say(shop, "Look, @Omar", omar)
    async with shop.database.system_session() as session:
        found = await session.rows(
            text(
                "SELECT scheduled_at FROM jobs.procrastinate_jobs WHERE task_name = 'notification.letter'"
                " AND (args ->> 'tenant_id')::int = :tenant"
            ).bindparams(tenant=shop.owner.tenant_id)
        )
    assert len(found) == 1
    assert timedelta(minutes=9) < found[0][0] - now() <= mention_letters.WAIT


@pytest.mark.parametrize(
    "meanwhile", ["read", "archived", "taken back", "removed", "module off", "hidden", "handed"]
)
async def test_no_letter_goes_out_for_what_needs_none(shop: Shop, meanwhile: str):
    omar = await shop.hire("Omar Nasser", Visibility.OWN if meanwhile == "hidden" else Visibility.ALL)
    _, comment, _ = await say(shop, "Look, @Omar", omar)
    note = str((await inbox(shop, omar))[0].notification.public_id)
    async with shop.open(omar if meanwhile in ("read", "archived") else None) as session:
        match meanwhile:
            case "read":
                await notifications.mark(session, note, read=True)
            case "archived":
                await notifications.archive(session, note)
            case "taken back":
                (await session.by_public_id(Comment, comment)).archived_at = now()
            case "removed":
                (await session.get(Membership, omar.member_id)).state = MemberState.REMOVED
            case "module off":
                await switch_off(session)
            case "handed":
                (await session.by_public_id(Notification, note)).archived_at = now()
                await new_deal(session, "Another", owner_id=omar.member_id)
    await send_letters(shop)
    assert await letters(shop) == []


async def test_a_member_of_a_team_has_letters_of_the_teams_records(shop: Shop):
    omar, dana = await shop.hire("Omar Nasser", Visibility.TEAM), await shop.hire("Dana Aziz")
    omar, dana = await shop.team_up(omar, dana)
    await say(shop, "Ours, @Omar", omar, by=dana)
    await say(shop, "Theirs, @Omar", omar, deal="Hidden")
    await send_letters(shop)
    assert [row[2] for row in await letters(shop)] == ["Dana Aziz mentioned you: Lobby bar"]
