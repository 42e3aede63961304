"""Who is called, handed something or reminded finds it in their inbox; and nobody else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from saas.directory import comments, notifications
from saas.directory.models import Comment, Notification, NotificationKind
from saas.kernel.clock import now
from saas.kernel.errors import NotFound
from saas.kernel.permissions import Visibility
from saas.modules.crm.models import Deal
from saas.modules.crm.service import activities, customers, deal_page, deals, reminders
from saas.modules.crm.state.deal_list import DEALS
from saas.pages.inbox_state import _rows
from saas.state import values
from saas.state.editing import change_many
from saas.tenancy import changes, jobs, members, roster
from saas.tenancy.viewer import Viewer
from tests.modules.crm.conftest import Shop, new_deal, seen_by
from tests.modules.crm.inboxes import inbox, say, switch_off
from tests.support import catalogue
from tests.support.companies import add_member, make_company

catalogue.load()


async def shown(shop: Shop, viewer: Viewer) -> list[dict[str, Any]]:
    """The inbox as the page shows it."""
    async with shop.open(viewer) as session:
        return await _rows(session, (await notifications.of(session)).entries)


async def unread(shop: Shop, viewer: Viewer) -> int:
    async with shop.open(viewer) as session:
        return (await notifications.unread(session, [viewer.member_id]))[viewer.member_id].n


async def test_whoever_is_mentioned_finds_who_said_what_about_which_record(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    deal, *_ = await say(shop, "@Omar can you call them?", omar)
    row = (await shown(shop, omar))[0]
    assert (row["kind"], row["by"], row["read"]) == ("mentioned", shop.owner.member_name, False)
    assert (row["title"], row["href"]) == ("Lobby bar", f"/crm/deals/{deal.public_id}")
    assert row["body"] == "@Omar can you call them?"
    assert await unread(shop, omar) == 1
    assert await unread(shop, shop.owner) == 0


async def test_nobody_is_told_of_mentioning_themselves_nor_twice_of_one_comment(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    await say(shop, "@me and @Omar and @Omar", shop.owner, omar, omar)
    assert len(await inbox(shop, shop.owner)) == 0
    assert len(await inbox(shop, omar)) == 1


async def test_whoever_has_left_is_neither_offered_nor_called_nor_given_anything(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    owner = DEALS.column("owner")
    assert owner is not None
    async with shop.open() as session:
        assert [one["label"] for one in await roster.find(session, "om", 5, here=True)] == ["Omar Nasser"]
        assert await values.parse(session, owner, omar.member_public_id) == omar.member_id
        await members.remove(session, omar.member_public_id, by=shop.owner)
    await say(shop, "@Omar can you call them?", omar)
    assert await inbox(shop, omar) == []
    async with shop.open() as session:
        assert await roster.find(session, "om", 5, here=True) == []
        with pytest.raises(values.MemberLeft):
            await values.parse(session, owner, omar.member_public_id)
        # One still looks for what was theirs.
        assert [one["label"] for one in await roster.find(session, "om", 5)] == ["Omar Nasser"]


async def test_a_long_comment_is_cut_in_the_inbox(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    await say(shop, "word " * 200, omar)
    body = (await inbox(shop, omar))[0].body
    assert len(body) <= notifications.LONGEST_SNIPPET
    assert body.endswith("…")


async def test_a_deal_a_customer_and_a_task_are_handed_over_by_somebody_else_alone(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    async with shop.open() as session:
        deal = await new_deal(session)
        await deals.assign(session, deal, omar.member_id)
        customer = await customers.create(session, {"name": "Harbour Roastery"})
        await customers.change(session, customer, {"owner_id": omar.member_id})
        await activities.create(session, {"subject": "Call", "owner_id": omar.member_id})
    rows = await shown(shop, omar)
    assert sorted((row["kind"], row["subject"], row["title"]) for row in rows) == [
        ("handed", "crm.activity", "Call"),
        ("handed", "crm.customer", "Harbour Roastery"),
        ("handed", "crm.deal", "Lobby bar refit"),
    ]
    async with shop.open(omar) as session:
        mine = await new_deal(session, "My own")
        await deals.assign(session, mine, omar.member_id)
        await activities.create(session, {"subject": "Mine"})
    assert len(await inbox(shop, omar)) == 3
    assert len(await inbox(shop, shop.owner)) == 0


async def test_a_record_that_changes_but_stays_with_its_owner_is_not_handed_over(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    async with shop.open() as session:
        deal = await new_deal(session, owner_id=omar.member_id)
    assert len(await inbox(shop, omar)) == 1
    async with shop.open() as session:
        deal = await session.get(Deal, deal.id)
        await deals.update(session, deal, {"title": "Another name", "owner_id": omar.member_id})
    assert len(await inbox(shop, omar)) == 1


async def test_many_at_once_are_one_notification_that_says_how_many(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    async with shop.open() as session:
        made = [await new_deal(session, f"Deal {n}") for n in range(12)]
        ids = [str(deal.public_id) for deal in made]
    async with shop.open(action="crm.deal.bulk_edit") as session:
        await change_many(session, DEALS, ids, {"owner": omar.member_id})
    row = (await shown(shop, omar))[0]
    assert (row["kind"], row["n"], row["title"], row["known"]) == ("handed", 12, "", True)
    assert row["href"].startswith("/crm/deals?view=list")
    assert len(await inbox(shop, omar)) == 1


async def test_a_reminder_stands_in_the_inbox_once_however_often_its_job_runs(shop: Shop):
    async with shop.open() as session:
        task = await activities.create(
            session, {"subject": "Call Noor", "reminder_at": now() - timedelta(minutes=1)}
        )
    for _ in range(2):
        await jobs.run(shop.database, reminders.remind, tenant_id=shop.owner.tenant_id, activity=task.id)
    rows = await shown(shop, shop.owner)
    assert [(row["kind"], row["by"], row["title"]) for row in rows] == [("reminder", "", "Call Noor")]
    assert rows[0]["href"] == "/crm/activities?whose=mine"


async def test_an_import_hands_nothing_over(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    # As an import works: in the name of a member, with nobody at the screen.
    async with shop.database.tenant_session(
        shop.owner.tenant_id, shop.owner.member_id, "imports.run"
    ) as session:
        await customers.create(session, {"name": "Harbour Roastery", "owner_id": omar.member_id})
    assert len(await inbox(shop, omar)) == 0


async def test_a_record_that_one_may_not_see_is_not_told_of_in_the_inbox(shop: Shop):
    omar = await shop.hire("Omar Nasser", Visibility.OWN)
    deal, *_ = await say(shop, "A secret, @Omar", omar)
    row = (await shown(shop, omar))[0]
    assert (row["by"], row["known"]) == (shop.owner.member_name, False)
    assert (row["title"], row["title_ar"], row["href"], row["body"]) == ("", "", "", "")
    assert "Lobby" not in str(row)
    assert str(deal.public_id) not in str(row)
    # Once it is theirs they may know what it was about.
    async with shop.open() as session:
        await deals.assign(session, await session.get(Deal, deal.id), omar.member_id)
    assert {row["body"] for row in await shown(shop, omar)} == {"A secret, @Omar", ""}


async def test_of_a_module_that_is_off_the_inbox_says_nothing(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    await say(shop, "Look, @Omar", omar)
    async with shop.open() as session:
        await switch_off(session)
    person = await add_member(shop.database, shop.company, "Somebody")
    off = await seen_by(person)
    assert "crm" not in off.modules
    rows = await shown(shop, replace(omar, modules=off.modules))
    assert [(row["known"], row["title"], row["body"]) for row in rows] == [(False, "", "")]


async def test_somebody_elses_notification_is_not_there_for_anybody_else(shop: Shop):
    omar, dana = await shop.hire("Omar Nasser"), await shop.hire("Dana Aziz")
    await say(shop, "Look, @Omar", omar)
    his = str((await inbox(shop, omar))[0].notification.public_id)
    for other in (dana, shop.owner):
        async with shop.open(other) as session:
            with pytest.raises(NotFound):
                await notifications.mark(session, his, read=True)
        async with shop.open(other) as session:
            with pytest.raises(NotFound):
                await notifications.archive(session, his)
        async with shop.open(other) as session:
            assert await notifications.read_all(session) == 0
            assert (await notifications.of(session, cursor=his)).entries == []
    assert await unread(shop, omar) == 1


async def test_read_is_read_until_it_is_marked_as_new_again(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    await say(shop, "One, @Omar", omar)
    await say(shop, "Two, @Omar", omar)
    newest, oldest = (str(entry.notification.public_id) for entry in await inbox(shop, omar))
    async with shop.open(omar) as session:
        await notifications.mark(session, newest, read=True)
    assert [entry.body for entry in await inbox(shop, omar, unread=True)] == ["One, @Omar"]
    async with shop.open(omar) as session:
        await notifications.mark(session, newest, read=False)
        await notifications.mark(session, oldest, read=True)
        assert await notifications.read_all(session) == 1
    assert await unread(shop, omar) == 0
    async with shop.open(omar) as session:
        await notifications.archive(session, newest)
    assert [entry.body for entry in await inbox(shop, omar)] == ["One, @Omar"]


async def test_pages_follow_each_other_without_a_gap_or_a_repetition(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    async with shop.open() as session:
        deal = await new_deal(session)
        for n in range(7):
            await comments.add(session, "crm.deal", deal.id, f"{n}", [omar.member_public_id])
    async with shop.open(omar) as session:
        first = await notifications.of(session, limit=3)
        second = await notifications.of(session, limit=3, cursor=first.next)
        third = await notifications.of(session, limit=3, cursor=second.next)
        back = await notifications.of(session, limit=3, cursor=third.previous, back=True)
        top = await notifications.of(session, limit=3, cursor=back.previous, back=True)
    said = [[entry.body for entry in page.entries] for page in (first, second, third, back, top)]
    assert said == [["6", "5", "4"], ["3", "2", "1"], ["0"], ["3", "2", "1"], ["6", "5", "4"]]
    assert (first.previous, third.next, top.previous) == ("", "", "")


async def test_a_comment_that_is_taken_back_calls_nobody_any_more_and_does_again_when_it_returns(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    _, comment, _ = await say(shop, "Look, @Omar", omar)
    async with shop.open(omar) as session:
        await notifications.read_all(session)
    async with shop.open(action="comment.remove") as session:
        await comments.remove(session, comment)
        removed = session.action_id
    assert await inbox(shop, omar) == []
    async with shop.open(action="undo") as session:
        await changes.undo(session, removed)
    assert [entry.body for entry in await inbox(shop, omar)] == ["Look, @Omar"]


@pytest.mark.parametrize("was_read", [False, True])
async def test_undo_takes_away_what_the_action_told_read_or_not(shop: Shop, was_read: bool):
    omar = await shop.hire("Omar Nasser")
    _, _, action = await say(shop, "Look, @Omar", omar)
    if was_read:
        async with shop.open(omar) as session:
            await notifications.read_all(session)
    async with shop.open(action="undo") as session:
        await notifications.withdraw_action(session, action)
        result = await changes.undo(session, action)
        undone = session.action_id
    assert result.conflicts == []
    assert await inbox(shop, omar) == []
    async with shop.open(action="undo") as session:
        await notifications.withdraw_action(session, undone)
        assert (await changes.undo(session, undone)).conflicts == []
        assert await session.one(select(Comment)) is not None
    assert len(await inbox(shop, omar)) == 1


async def test_everything_marked_as_read_is_new_again_after_undo(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    for n in range(3):
        await say(shop, f"{n}, @Omar", omar)
    first = str((await inbox(shop, omar))[0].notification.public_id)
    async with shop.open(omar) as session:
        await notifications.mark(session, first, read=True)
    async with shop.open(omar, "inbox.read_all") as session:
        assert await notifications.read_all(session) == 2
        action = session.action_id
    async with shop.open(omar, "undo") as session:
        await changes.undo(session, action)
    assert await unread(shop, omar) == 2


async def test_a_merged_customers_notifications_lead_to_the_one_that_stays(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    async with shop.open() as session:
        goes = await customers.create(session, {"name": "Old name"})
        stays = await customers.create(session, {"name": "New name"})
        await comments.add(session, "crm.customer", goes.id, "Look", [omar.member_public_id])
        await customers.merge(session, goes, stays)
    assert [row["title"] for row in await shown(shop, omar)] == ["New name"]


async def test_a_note_on_a_deal_calls_as_a_comment_does(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    async with shop.open() as session:
        await deal_page.remark(session, await new_deal(session), "@Omar, see", [omar.member_public_id])
    assert [entry.notification.kind for entry in await inbox(shop, omar)] == [NotificationKind.MENTIONED]


async def test_my_tasks_counts_what_is_due_today_or_late(shop: Shop):
    today = shop.owner.today()
    async with shop.open() as session:
        for subject, days in (("Late", -3), ("Today", 0), ("Tomorrow", 1)):
            await activities.create(session, {"subject": subject, "due_on": today + timedelta(days=days)})
        await activities.create(session, {"subject": "Some day"})
        assert await activities.due_of_mine(session) == 2


async def test_a_badge_counts_to_a_hundred_and_no_further(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    async with shop.open() as session:
        deal = await new_deal(session)
        for _ in range(103):
            session.add(
                Notification(
                    member_id=omar.member_id,
                    kind=NotificationKind.HANDED,
                    subject="crm.deal",
                    subject_id=deal.id,
                    actor_id=shop.owner.member_id,
                )
            )
    assert await unread(shop, omar) == notifications.COUNT_CAP


async def test_companies_do_not_see_each_others_notifications(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    await say(shop, "Look, @Omar", omar)
    his = (await inbox(shop, omar))[0].notification
    rival = await make_company(shop.database, modules=["crm"])
    async with shop.database.tenant_session(rival.tenant_id, rival.owner.member_id) as session:
        assert await session.all(select(Notification)) == []
        with pytest.raises(NotFound):
            await notifications.mark(session, str(his.public_id), read=True)
        assert (await notifications.unread(session, [omar.member_id]))[omar.member_id].n == 0
        # Their member's number, from our side: nothing is counted, nothing withdrawn.
        await notifications.withdraw_action(session, his.public_id)
    assert await unread(shop, omar) == 1
