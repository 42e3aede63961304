"""The page of what is to be done, as somebody with much to do uses it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlmodel import col

from saas.modules.crm.models import Activity
from saas.modules.crm.service import activities
from tests.modules.crm.conftest import Shop, seen_by
from tests.support.companies import make_company, sign_in
from tests.support.database import Database
from tests.support.loop import loop_thread
from tests.support.server import Server


@pytest.fixture
def busy(database: Database) -> Shop:
    """A company whose owner has 60 things to do."""

    async def make() -> Shop:
        company = await make_company(database, modules=["crm"])
        shop = Shop(database, company, await seen_by(company.owner))
        async with shop.open() as session:
            for n in range(60):
                await activities.create(session, {"subject": f"Task {n:02}"})
        return shop

    return loop_thread().run(make())


def test_what_is_beyond_the_first_fifty_is_shown_on_demand_and_stays(
    page: Page, server: Server, busy: Shop, complaints: list[str]
):
    sign_in(page.context, busy.company, server.url)
    page.goto("/crm/activities")
    tasks = page.locator(".tasklist").get_by_role("listitem")
    expect(tasks).to_have_count(50)
    expect(page.get_by_role("tab", selected=True)).to_have_text("My tasks60")
    page.get_by_role("button", name="Show 10 more").click()
    expect(tasks).to_have_count(60)
    expect(tasks.last).to_contain_text("Task 59")
    expect(page.get_by_role("button", name="Show")).to_have_count(0)
    tasks.last.get_by_role("checkbox").click()
    expect(tasks).to_have_count(59)
    expect(page.get_by_role("tab", selected=True)).to_have_text("My tasks59")
    expect(tasks.last).to_contain_text("Task 58")
    assert complaints == []


def test_tomorrow_is_the_companys_own_also_between_its_midnight_and_that_of_utc(
    page: Page, server: Server, busy: Shop, complaints: list[str]
):
    sign_in(page.context, busy.company, server.url)
    # Half past one in the night of the 24th in Kuwait.
    page.clock.set_fixed_time("2026-11-23T22:30:00Z")
    page.goto("/crm/activities")
    tasks = page.locator(".tasklist").get_by_role("listitem")
    tasks.first.get_by_role("button", name="Reschedule").click()
    page.get_by_role("button", name="Tomorrow").click()
    expect(page.get_by_role("status")).to_be_visible()

    async def put_off_to() -> list[str]:
        async with busy.open() as session:
            due = await session.all(sa.select(Activity.due_at).where(col(Activity.due_at).is_not(None)))
            return [at.astimezone(ZoneInfo("Asia/Kuwait")).date().isoformat() for at in due]

    assert loop_thread().run(put_off_to()) == ["2026-11-25"]
    assert complaints == []
