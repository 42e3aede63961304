"""What is to be done, and what was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from saas.kernel.clock import now
from saas.kernel.permissions import RoleKey, Visibility
from saas.modules.crm.models import ActivityKind
from saas.modules.crm.service import activities, customers, deal_rows, reminders
from saas.modules.crm.service.activities import When
from saas.modules.crm.state.activities import ActivitiesState
from saas.modules.crm.state.deal import Said, said_values
from saas.modules.crm.state.due import due_values
from saas.state.values import SkippedTime
from saas.tenancy import jobs
from saas.tenancy.models import EnabledModule, MailMessage
from tests.modules.crm.conftest import Shop, new_deal, seen_by
from tests.support.companies import add_member


async def test_a_note_is_written_down_and_done_at_once(shop: Shop):
    async with shop.open() as session:
        deal = await new_deal(session)
        before = deal.last_active_at
        note = await activities.create(
            session, {"kind": "note", "body": "Water pressure is 2.1 bar.", "deal_id": deal.id}
        )
        assert note.done_at is not None
        assert deal.last_active_at > before


async def test_nothing_is_not_an_activity(shop: Shop):
    async with shop.open() as session:
        with pytest.raises(activities.NothingSaid):
            await activities.create(session, {"kind": "call", "subject": "   "})


@pytest.mark.parametrize("minutes", ["0", "-5", "1.5", "10081", "99999999999"])
async def test_how_long_a_call_took_is_a_number_of_minutes_that_a_call_can_take(shop: Shop, minutes: str):
    async with shop.open() as session:
        said = await said_values(session, Said(kind=ActivityKind.CALL, subject="Called", minutes=minutes))
        with pytest.raises(activities.BadDuration):
            await activities.create(session, said)
        call = await activities.create(session, {"kind": "call", "subject": "Called"})
        with pytest.raises(activities.BadDuration):
            await activities.update(session, call, {"duration_min": said["duration_min"]})


async def test_what_is_about_a_deal_is_about_its_customer_too(shop: Shop):
    async with shop.open() as session:
        party = await customers.create(session, {"name": "Bayt Al Ward Hotels"})
        deal = await new_deal(session, party_id=party.id)
        call = await activities.create(session, {"kind": "call", "subject": "First call", "deal_id": deal.id})
        assert call.party_id == party.id


async def test_the_card_shows_the_step_that_is_due_first_and_none_when_all_is_done(shop: Shop):
    async with shop.open() as session:
        deal = await new_deal(session)
        later = await activities.create(
            session, {"subject": "Contract", "deal_id": deal.id, "due_at": now() + timedelta(days=9)}
        )
        sooner = await activities.create(
            session, {"subject": "Quote", "deal_id": deal.id, "due_at": now() + timedelta(days=1)}
        )
        await activities.create(session, {"subject": "Some day", "deal_id": deal.id})
        assert (await deal_rows.rows(session, [deal.id]))[0]["next"]["subject"] == "Quote"
        await activities.complete(session, sooner)
        await activities.complete(session, later)
        assert (await deal_rows.rows(session, [deal.id]))[0]["next"]["subject"] == "Some day"


async def test_what_is_due_on_a_day_is_late_when_the_day_is_over_where_the_company_is(shop: Shop):
    zone = ZoneInfo(shop.owner.time_zone)
    today = shop.owner.today()
    async with shop.open() as session:
        for subject, due in (
            ("yesterday", today - timedelta(days=1)),
            ("today", today),
            ("next", today + timedelta(days=3)),
        ):
            await activities.create(session, {"subject": subject, "due_on": due})
        await activities.create(session, {"subject": "an hour ago", "due_at": now() - timedelta(hours=1)})
        late = {row["subject"] for row in await activities.due(session, when=When.LATE)}
        assert late == {"yesterday", "an hour ago"}
        by_tonight = {row["subject"] for row in await activities.due(session, when=When.TODAY)}
        assert by_tonight == {"yesterday", "today", "an hour ago"}
        assert {row["subject"] for row in await activities.due(session, when=When.LATER)} == {"next"}
        first = (await activities.due(session))[0]
        assert datetime.fromisoformat(first["due_at"]).astimezone(zone).date() == today - timedelta(days=1)


async def test_done_work_leaves_the_list_and_comes_back_when_it_was_not_done_after_all(shop: Shop):
    async with shop.open() as session:
        task = await activities.create(session, {"subject": "Check stock", "due_on": shop.owner.today()})
        await activities.complete(session, task)
        assert await activities.due(session) == []
        assert [row["subject"] for row in await activities.due(session, when=When.DONE)] == ["Check stock"]
        await activities.undo_complete(session, task)
        assert [row["subject"] for row in await activities.due(session)] == ["Check stock"]


async def test_a_reminder_keeps_its_distance_when_the_work_is_put_off(shop: Shop):
    async with shop.open() as session:
        due = now() + timedelta(days=1)
        task = await activities.create(
            session, {"subject": "Call", "due_at": due, "reminder_at": due - timedelta(hours=1)}
        )
        await activities.reschedule(session, task, {"due_at": due + timedelta(days=2)})
        assert task.reminder_at == due + timedelta(days=2) - timedelta(hours=1)
        with pytest.raises(activities.DueNeeded):
            await activities.reschedule(session, task, {})


async def test_a_reminder_is_sent_once_at_its_time_and_never_for_what_is_done(shop: Shop):
    async with shop.open() as session:
        past = now() - timedelta(minutes=1)
        due = await activities.create(session, {"subject": "Call Noor Dental", "reminder_at": past})
        done = await activities.create(session, {"subject": "Mail", "reminder_at": past})
        early = await activities.create(
            session, {"subject": "Visit", "reminder_at": now() + timedelta(hours=1)}
        )
        await activities.complete(session, done)
        ids = [due.id, done.id, early.id]
    for _ in range(2):
        for activity_id in ids:
            await jobs.run(
                shop.database, reminders.remind, tenant_id=shop.owner.tenant_id, activity=activity_id
            )
    async with shop.database.system_session() as session:
        query = select(col(MailMessage.subject)).where(
            col(MailMessage.tenant_id) == shop.owner.tenant_id, col(MailMessage.kind) == "reminder"
        )
        assert await session.all(query) == ["Reminder: Call Noor Dental"]


async def test_a_reminder_waits_while_the_module_is_off(shop: Shop):
    async with shop.open() as session:
        task = await activities.create(
            session, {"subject": "Call", "reminder_at": now() - timedelta(minutes=1)}
        )
        switch = await session.one(select(EnabledModule).where(col(EnabledModule.key) == "crm"))
        switch.enabled = False
    with pytest.raises(jobs.ModuleOff):
        await jobs.run(shop.database, reminders.remind, tenant_id=shop.owner.tenant_id, activity=task.id)


async def test_a_rep_limited_to_own_records_sees_own_tasks_alone(shop: Shop):
    omar = await shop.hire("Omar Nasser", Visibility.OWN)
    async with shop.open() as session:
        await activities.create(session, {"subject": "Mine", "due_on": date(2026, 11, 1)})
        await activities.create(
            session, {"subject": "His", "due_on": date(2026, 11, 1), "owner_id": omar.member_id}
        )
    async with shop.open(omar) as session:
        assert [row["subject"] for row in await activities.due(session)] == ["His"]
        assert await activities.count(session, None, When.TODAY) == 1


async def test_a_task_is_not_due_at_a_time_that_the_clocks_skip(shop: Shop):
    async with shop.open(replace(shop.owner, time_zone="Europe/Berlin")) as session:
        with pytest.raises(SkippedTime) as refusal:
            due_values(session, "2026-03-29", "02:30")
        assert refusal.value.field == "due_time"
        assert due_values(session, "2026-03-29", "03:30")["due_at"] == datetime(
            2026, 3, 29, 1, 30, tzinfo=UTC
        )


async def test_an_hour_before_is_a_whole_hour_though_the_clocks_go_forward_in_it(shop: Shop):
    async with shop.open(replace(shop.owner, time_zone="Europe/Berlin")) as session:
        values = due_values(session, "2026-03-29", "03:00", "hour")
        assert values["reminder_at"] == datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
        assert values["due_at"] == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


async def test_a_day_before_is_the_same_time_of_day_though_the_clocks_go_forward_in_it(shop: Shop):
    async with shop.open(replace(shop.owner, time_zone="Europe/Berlin")) as session:
        values = due_values(session, "2026-03-29", "15:00", "day")
        assert values["reminder_at"] == datetime(2026, 3, 28, 14, 0, tzinfo=UTC)


async def test_a_task_of_a_day_keeps_the_hour_of_its_reminder_when_it_is_put_off_past_a_change_of_the_clocks(
    shop: Shop,
):
    berlin = ZoneInfo("Europe/Berlin")
    async with shop.open(replace(shop.owner, time_zone="Europe/Berlin")) as session:
        nine = datetime(2026, 3, 27, 9, 0, tzinfo=berlin)
        task = await activities.create(
            session, {"subject": "Inventory", "due_on": date(2026, 3, 27), "reminder_at": nine}
        )
        await activities.reschedule(session, task, {"due_on": date(2026, 3, 30)})
        assert task.reminder_at == datetime(2026, 3, 30, 9, 0, tzinfo=berlin)
        call = await activities.create(
            session,
            {"subject": "Call", "due_at": nine, "reminder_at": nine.astimezone(UTC) - timedelta(hours=1)},
        )
        await activities.reschedule(session, call, {"due_at": datetime(2026, 3, 29, 3, 0, tzinfo=berlin)})
        assert call.reminder_at == datetime(2026, 3, 29, 0, 0, tzinfo=UTC)


async def test_a_list_of_tasks_counts_all_that_it_is_of(shop: Shop):
    today = shop.owner.today()
    omar = await shop.hire("Omar Nasser")
    async with shop.open() as session:
        for subject, days in (("Late", -3), ("Today", 0), ("Next month", 30)):
            await activities.create(session, {"subject": subject, "due_on": today + timedelta(days=days)})
        await activities.create(session, {"subject": "Some day"})
        await activities.create(session, {"subject": "His", "owner_id": omar.member_id})
        await activities.create(session, {"kind": "call", "subject": "Called", "done": True})
    page: Any = ActivitiesState(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue] -- Reflex's own
    async with shop.open() as session:
        for whose, shown in (("mine", "open"), ("all", "open"), ("mine", "done")):
            await page._show_tasks(session, whose, shown)
            assert page.sums["count"] == len(page.tasks)
        await page._show_tasks(session, "mine", "open")
        assert (page.sums["count"], page.sums["late"]) == (4, 1)
        assert page.sums["counts"] == {"mine": 4, "all": 5}


async def test_every_kind_of_activity_can_be_planned(shop: Shop):
    async with shop.open() as session:
        for kind in ActivityKind:
            await activities.create(session, {"kind": kind.value, "subject": kind.value})
        planned = {row["kind"] for row in await activities.due(session)}
        assert planned == {kind.value for kind in ActivityKind} - {"note"}


async def test_a_reminder_speaks_the_language_of_whom_it_reminds(shop: Shop):
    samir = await seen_by(
        await add_member(shop.database, shop.company, "Samir Tawil", role=RoleKey.REP, language="ar")
    )
    async with shop.open() as session:
        past = {"reminder_at": now() - timedelta(minutes=1)}
        his = await activities.create(session, {"subject": "Call", "owner_id": samir.member_id, **past})
        mine = await activities.create(session, {"subject": "Call", **past})
        ids = [his.id, mine.id]
    for activity in ids:
        await jobs.run(shop.database, reminders.remind, tenant_id=shop.owner.tenant_id, activity=activity)
    async with shop.database.system_session() as session:
        sent = await session.rows(
            select(col(MailMessage.to_name), col(MailMessage.language), col(MailMessage.subject)).where(
                col(MailMessage.tenant_id) == shop.owner.tenant_id, col(MailMessage.kind) == "reminder"
            )
        )
    assert {(name, language) for name, language, _ in sent} == {
        ("Samir Tawil", "ar"),
        (shop.owner.member_name, "en"),
    }
    assert len({subject for *_, subject in sent}) == 2
