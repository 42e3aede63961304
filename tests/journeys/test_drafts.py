"""A note that was begun: it outlives a reload, and belongs to its record and its writer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from saas.kernel.permissions import RoleKey
from saas.modules.crm.service import customers
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.journeys.conftest import Opened
from tests.live.conftest import Floor, make_floor
from tests.support.companies import viewer_of
from tests.support.loop import loop_thread


@pytest.fixture
def floor(database: Database) -> Floor:
    return loop_thread().run(make_floor(database, RoleKey.ADMIN))


@pytest.fixture
def another(database: Database, floor: Floor) -> str:
    """A second customer, by public id."""

    async def make() -> str:
        viewer = await viewer_of(floor.company.owner)
        async with viewer_session(database, viewer, "test.customer") as session:
            made = await customers.create(session, {"name": "Pier House"})
            await session.flush()
            return str(made.public_id)

    return loop_thread().run(make())


def note(page: Page) -> Locator:
    return page.get_by_placeholder("Write a note. Type @ to mention someone.")


def test_a_note_that_was_begun_stays_with_its_record_until_it_is_sent(
    someone: Opened, floor: Floor, another: str
) -> None:
    page = someone(floor.company)
    page.goto(f"/crm/customers/{floor.customer}")
    note(page).fill("Asked for a second grinder")
    page.goto(f"/crm/customers/{another}")
    expect(note(page)).to_have_value("")
    page.go_back()
    expect(note(page)).to_have_value("Asked for a second grinder")
    page.reload()
    expect(note(page)).to_have_value("Asked for a second grinder")
    note(page).press("Control+Enter")
    expect(
        page.get_by_role("list", name="What happened").get_by_text("Asked for a second grinder")
    ).to_be_visible()
    page.reload()
    expect(page.get_by_text("Asked for a second grinder")).to_be_visible()
    expect(note(page)).to_have_value("")
