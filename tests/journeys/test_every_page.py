"""Every page, in both languages and themes: it opens without complaint, and axe finds nothing serious."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, expect

from saas.kernel.permissions import Gate, RoleKey
from saas.state.page import Page as Route
from saas.state.page import pages
from saas.state.resource import RESOURCES
from tests.support import axe, catalogue
from tests.support.browser import complaints_of
from tests.support.companies import MadeCompany, add_member, sign_in
from tests.support.database import Database
from tests.support.furnished import furnished_company
from tests.support.loop import loop_thread
from tests.support.server import Server

catalogue.load()
# One of each language with one of each theme; colours do not depend on the language.
LOOKS = (("en", "light"), ("ar", "dark"))
PHONE = 390


@pytest.fixture(scope="module")
def furnished(doors: Database) -> MadeCompany:
    """A company with every module's samples in it."""
    return loop_thread().run(furnished_company(doors))


@pytest.fixture(scope="module")
def contexts(
    browser: Browser, server: Server, doors: Database, furnished: MadeCompany
) -> Iterator[dict[tuple[str, str, bool, int], BrowserContext]]:
    """Browser profiles by language, theme, signed in or not, and width; made once."""
    colleague = add_member(doors, furnished, "ليلى حداد", role=RoleKey.OWNER, language="ar")
    people = {"en": furnished.owner, "ar": loop_thread().run(colleague)}
    made: dict[tuple[str, str, bool, int], BrowserContext] = {}
    for language, theme in LOOKS:
        for signed_in in (True, False):
            for width in (1280, PHONE):
                context = browser.new_context(
                    base_url=server.url,
                    viewport={"width": width, "height": 844 if width == PHONE else 800},
                    locale={"en": "en-GB", "ar": "ar-KW"}[language],
                    reduced_motion="reduce",
                )
                context.set_default_timeout(15_000)
                context.add_cookies(
                    [
                        {"name": "wasl_lang", "value": language, "url": server.url},
                        {"name": "wasl_theme", "value": theme, "url": server.url},
                    ]
                )
                if signed_in:
                    sign_in(context, people[language], server.url)
                made[language, theme, signed_in, width] = context
    yield made
    for context in made.values():
        context.close()


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
@pytest.mark.parametrize("route", pages(), ids=lambda route: route.route)
def test_a_page_opens_without_complaint_and_is_open_to_everybody(
    route: Route,
    look: tuple[str, str],
    contexts: dict[tuple[str, str, bool, int], BrowserContext],
    furnished: MadeCompany,
    doors: Database,
) -> None:
    path = loop_thread().run(_address(doors, furnished, route))
    page = contexts[*look, route.permission is not Gate.PUBLIC, 1280].new_page()
    complaints = complaints_of(page)
    try:
        page.goto(path)
        language, theme = look
        html = page.locator("html")
        expect(html).to_have_attribute("lang", language)
        expect(html).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        expect(html).to_have_attribute("data-theme", theme)
        expect(page.get_by_role("heading").first).to_be_visible()
        _settled(page)
        assert axe.serious(page) == []
        page.emulate_media(media="print")
        assert axe.serious(page) == [], "on paper"
        assert complaints == []
    finally:
        page.close()


@pytest.mark.parametrize("route", pages(), ids=lambda route: route.route)
def test_a_page_fits_a_phone_and_is_open_to_everybody_there(
    route: Route,
    contexts: dict[tuple[str, str, bool, int], BrowserContext],
    furnished: MadeCompany,
    doors: Database,
) -> None:
    """Nothing sticks out to the side, in the direction that is wider more often."""
    path = loop_thread().run(_address(doors, furnished, route))
    page = contexts["ar", "dark", route.permission is not Gate.PUBLIC, PHONE].new_page()
    try:
        page.goto(path)
        expect(page.get_by_role("heading").first).to_be_visible()
        _settled(page)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{wider} px wider than the screen"
        assert axe.serious(page) == []
    finally:
        page.close()


def _settled(page: Page) -> None:
    """Until the page's own loading is over: no skeleton, no busy part."""
    expect(page.locator("[aria-busy=true], .skel, .skeleton")).to_have_count(0)


async def _address(database: Database, company: MadeCompany, route: Route) -> str:
    """The route with a record of the company where it has a gap."""
    path = "/" + route.route.strip("/")
    if "[" not in path:
        return path
    list_route = re.sub(r"/\[.*$", "", path)
    resource = next((r for r in RESOURCES.values() if r.route == list_route), None)
    if resource is None:
        return re.sub(r"\[+[^\]]*\]+", "none", path)
    async with database.tenant_session(company.tenant_id) as session:
        wanted = sa.select(resource.model.public_id).where(resource.model.archived_at.is_(None))
        if resource.where is not None:
            wanted = wanted.where(resource.where())
        found = await session.one(wanted.limit(1))
    return f"{list_route}/{found}"
