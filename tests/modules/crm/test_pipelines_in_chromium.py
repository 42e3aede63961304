"""What the board and the table count and show of the pipeline that is chosen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from saas.modules.crm.service import pipelines
from tests.modules.crm.conftest import Shop, new_deal, seen_by
from tests.support.boards import board_of, stage
from tests.support.browser import complaints_of
from tests.support.companies import add_member, sign_in
from tests.support.loop import loop_thread
from tests.support.server import Server


@pytest.fixture
def two_pipelines(shown: Shop) -> Shop:
    """Five deals in the first pipeline, two in Projects, of which one is Omar's."""

    async def make() -> None:
        omar = await seen_by(await add_member(shown.database, shown.company, "Omar Nasser"))
        async with shown.open() as session:
            projects = await pipelines.add_pipeline(session, "Projects")
            first = (await pipelines.stages(session, projects.id))[0]
            await new_deal(session, "Rooftop", stage_id=first.id, amount_minor=7_000)
            await new_deal(session, "Cellar", stage_id=first.id, owner_id=omar.member_id)

    loop_thread().run(make())
    return shown


def test_all_deals_are_counted_alike_on_the_board_and_in_the_table_and_the_board_leads_to_the_rest(
    browser: Browser, server: Server, shown: Shop
):
    async def close_some() -> None:
        first = shown.owner.today().replace(day=1)
        async with shown.open() as session:
            await new_deal(session, "Just now", stage="Won", closed_on=first)
            for title in ("Last month", "Long ago"):
                await new_deal(session, title, stage="Won", closed_on=first - timedelta(days=20))

    loop_thread().run(close_some())
    page = board_of(browser, server, shown.company)
    tab = page.get_by_role("tab", name="All deals")
    expect(tab).to_have_text("All deals8")
    expect(stage(page, "Won").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="2 closed earlier").click()
    table = page.get_by_role("table")
    expect(table.get_by_role("link", name=re.compile("Last month|Long ago"))).to_have_count(2)
    expect(table.get_by_role("link", name="Just now")).to_have_count(0)
    tab.click()
    expect(table.get_by_role("link", name="Just now")).to_be_visible()
    expect(tab).to_have_text("All deals8")


def counts(page: Page, **of: int) -> None:
    for name, n in of.items():
        tab = page.get_by_role("tab", name=re.compile(f"^{name} deals"))
        expect(tab).to_have_text(f"{name} deals{n}")


def pick_pipeline(page: Page, now: str, other: str) -> None:
    page.locator("header.top").get_by_role("button", name=now, exact=True).click()
    page.get_by_role("menuitemradio", name=other, exact=True).click()


def test_board_table_views_sums_and_export_are_all_of_the_pipeline_that_is_shown(
    browser: Browser, server: Server, two_pipelines: Shop
):
    page = board_of(browser, server, two_pipelines.company)
    complaints = complaints_of(page)
    rows = page.locator("[role=row][data-id]")
    counts(page, All=5, My=5)
    page.get_by_role("button", name="Table").click()
    expect(rows).to_have_count(5)
    counts(page, All=5, My=5)
    page.reload()
    expect(rows).to_have_count(5)
    counts(page, All=5, My=5)
    pick_pipeline(page, "Sales pipeline", "Projects")
    expect(rows).to_have_count(2)
    counts(page, All=2, My=1)
    expect(page.locator(".tfoot")).to_contain_text("Sum of amount KWD 7.000")
    page.get_by_role("tab", name=re.compile("^My deals")).click()
    expect(rows).to_have_count(1)
    counts(page, All=2, My=1)
    page.get_by_role("tab", name=re.compile("^All deals")).click()
    expect(rows).to_have_count(2)
    exported = page.request.get(page.get_by_role("link", name="Export").get_attribute("href") or "").text()
    assert "Rooftop" in exported
    assert "Bean supply" not in exported
    page.get_by_role("button", name="Board").click()
    expect(stage(page, "New").get_by_role("listitem")).to_have_count(2)
    counts(page, All=2, My=1)
    page.get_by_role("button", name="Table").click()
    pick_pipeline(page, "Projects", "All pipelines")
    expect(rows).to_have_count(7)
    counts(page, All=7, My=6)
    page.reload()
    expect(rows).to_have_count(7)
    assert complaints == []


def test_a_deal_made_while_a_pipeline_is_shown_begins_in_it(
    browser: Browser, server: Server, two_pipelines: Shop
):
    page = board_of(browser, server, two_pipelines.company)
    pick_pipeline(page, "Sales pipeline", "Projects")
    expect(stage(page, "New").get_by_role("listitem")).to_have_count(2)
    page.keyboard.press("c")
    page.get_by_role("dialog").get_by_label("Deal").fill("Courtyard")
    page.get_by_role("button", name="Create deal").click()
    expect(stage(page, "New").get_by_role("link", name="Courtyard")).to_be_visible()
    counts(page, All=3)


def test_the_counts_of_views_follow_what_is_made_won_archived_and_taken_back_in_every_tab(
    browser: Browser, server: Server, two_pipelines: Shop
):
    mine, theirs = (board_of(browser, server, two_pipelines.company) for _ in range(2))
    theirs.get_by_role("button", name="Table").click()
    counts(theirs, All=5, My=5)
    mine.keyboard.press("c")
    mine.get_by_role("dialog").get_by_label("Deal").fill("Second branch")
    mine.get_by_role("button", name="Create deal").click()
    for page in (mine, theirs):
        counts(page, All=6, My=6)
    stage(mine, "New").get_by_role("link", name="Second branch").focus()
    for _ in range(4):
        mine.keyboard.press("Shift+ArrowRight")
    expect(stage(mine, "Won").get_by_role("link", name="Second branch")).to_be_visible()
    for page in (mine, theirs):  # won: a deal still, but no open one of mine
        counts(page, All=6, My=5)
    expect(theirs.locator(".tfoot")).to_contain_text("of 6")
    theirs.get_by_role("checkbox", name=re.compile("Bean supply")).check()
    theirs.get_by_role("button", name="Archive").last.click()
    for page in (mine, theirs):
        counts(page, All=5, My=4)
    theirs.keyboard.press("Control+z")
    for page in (mine, theirs):
        counts(page, All=6, My=5)
    # Elsewhere is not here: what happens in the other pipeline changes no number of this one.
    pick_pipeline(mine, "Sales pipeline", "Projects")
    counts(mine, All=2, My=1)
    stage(mine, "New").get_by_role("link", name="Rooftop").focus()
    for _ in range(4):
        mine.keyboard.press("Shift+ArrowRight")
    counts(mine, All=2, My=0)
    counts(theirs, All=6, My=5)
    expect(theirs.get_by_role("link", name="Rooftop")).to_have_count(0)


def test_what_a_colleague_makes_is_counted_too_though_not_at_once(
    browser: Browser, server: Server, two_pipelines: Shop
):
    colleague = loop_thread().run(add_member(two_pipelines.database, two_pipelines.company, "Zaina Harb"))
    mine, theirs = (board_of(browser, server, who) for who in (two_pipelines.company, colleague))
    counts(mine, All=5, My=5)
    theirs.keyboard.press("c")
    theirs.get_by_role("dialog").get_by_label("Deal").fill("Second branch")
    theirs.get_by_role("button", name="Create deal").click()
    counts(theirs, All=6, My=1)
    expect(mine.get_by_role("tab", name=re.compile("^All deals"))).to_have_text("All deals6", timeout=15_000)
    counts(mine, All=6, My=5)


def test_in_arabic_what_a_menu_looks_up_is_called_by_its_arabic_name(
    browser: Browser, server: Server, two_pipelines: Shop
):
    samir = loop_thread().run(
        add_member(two_pipelines.database, two_pipelines.company, "Samir Tawil", language="ar")
    )
    context = browser.new_context(base_url=server.url, locale="ar-KW")
    sign_in(context, samir, server.url)
    page = context.new_page()
    page.goto("/crm/deals")
    expect(stage(page, "جديدة").get_by_role("listitem").first).to_be_visible()
    page.keyboard.press("c")
    field = page.get_by_role("dialog").get_by_label("المرحلة")
    field.click()
    first = page.get_by_role("option").first
    expect(first).to_contain_text("جديدة")
    expect(first).to_contain_text("مسار المبيعات")
    first.click()
    expect(field).to_have_value("جديدة")


def test_the_form_of_a_new_deal_says_where_and_whose_it_will_be(
    browser: Browser, server: Server, two_pipelines: Shop
):
    page = board_of(browser, server, two_pipelines.company)
    pick_pipeline(page, "Sales pipeline", "Projects")
    expect(stage(page, "New").get_by_role("listitem")).to_have_count(2)
    page.keyboard.press("c")
    form = page.get_by_role("dialog")
    expect(form.get_by_label("Stage")).to_have_value("New")
    expect(form.get_by_label("Owner")).to_have_value(two_pipelines.owner.member_name)
