"""The settings: one list of places beside every page of them, whichever module brought the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from saas.state.page import Page as Route
from saas.state.page import pages
from saas.tenancy.session import Database
from tests.support import catalogue
from tests.support.companies import Person, add_member, make_company, sign_in
from tests.support.server import Server

catalogue.load()
SETTINGS = [page for page in pages() if page.route.startswith("/settings/") and "[" not in page.route]


@pytest.mark.parametrize("page", SETTINGS, ids=lambda page: page.route)
def test_every_settings_page_has_the_list_of_settings_beside_it(page: Route) -> None:
    drawn = str(page.build().render())
    assert "subnav" in drawn
    for other in SETTINGS:
        assert f'to:"{other.route}"' in drawn, f"no way from {page.route} to {other.route}"


@pytest.fixture
async def rep(database: Database) -> Person:
    """Somebody who may not import, in a company without CRM."""
    return await add_member(database, await make_company(database, modules=["payments"]))


@pytest.mark.browser
def test_a_group_of_settings_with_nothing_to_see_has_no_heading(
    page: Page, rep: Person, server: Server
) -> None:
    sign_in(page.context, rep, server.url)
    page.goto("/settings/profile")
    places = page.get_by_role("navigation", name="Settings")
    expect(places.get_by_text("You", exact=True)).to_be_visible()
    expect(places.get_by_text("Set-up", exact=True)).to_be_hidden()
    expect(places.get_by_text("Data", exact=True)).to_be_hidden()
