"""Two people at once: by keyboard alone, in Arabic, and with a module that goes and comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from saas.kernel.permissions import RoleKey
from tests.journeys.conftest import Opened
from tests.support.companies import MadeCompany, Person, add_member
from tests.support.database import Database
from tests.support.furnished import furnished_company
from tests.support.loop import loop_thread


@pytest.fixture
def marsa(database: Database) -> MadeCompany:
    return loop_thread().run(furnished_company(database))


@pytest.fixture
def colleague(database: Database, marsa: MadeCompany) -> Person:
    made = add_member(database, marsa, "عمر ناصر", role=RoleKey.ADMIN, language="ar")
    return loop_thread().run(made)


def in_stage(page: Page, card_id: str, stage_id: str) -> None:
    expect(
        page.locator(f'[data-stage="{stage_id}"] .card[data-id="{card_id}"]:not(.pending)')
    ).to_be_visible()


def first_two(page: Page) -> tuple[str, str, str]:
    """The ids of the first stage's first card, of its stage and of the next one."""
    card = page.locator("[data-stage] .card[data-id]").first
    expect(card).to_be_visible()
    stages = [one.get_attribute("data-stage") or "" for one in page.locator("[data-stage]").all()]
    home = card.locator("xpath=ancestor::*[@data-stage]").get_attribute("data-stage") or ""
    return card.get_attribute("data-id") or "", home, stages[stages.index(home) + 1]


def test_a_deal_is_moved_and_taken_back_by_keyboard_alone(
    someone: Opened, marsa: MadeCompany, colleague: Person
) -> None:
    page, other = someone(marsa), someone(colleague, language="ar", theme="dark")
    page.goto("/home")
    # The palette finds the page; nothing is clicked.
    expect(page.get_by_role("region", name="Figures").get_by_role("link").first).to_be_visible()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Command palette")
    expect(palette).to_be_visible()
    page.keyboard.type("Deals")
    page.keyboard.press("Enter")
    page.wait_for_url("**/crm/deals")
    other.goto("/crm/deals")

    card, home, next_stage = first_two(page)
    in_stage(other, card, home)
    page.locator(f'.card[data-id="{card}"] a').first.focus()
    page.keyboard.press("Shift+ArrowRight")
    in_stage(page, card, next_stage)
    in_stage(other, card, next_stage)
    page.keyboard.press("Control+z")
    in_stage(page, card, home)
    in_stage(other, card, home)


def test_in_arabic_the_board_runs_from_right_to_left(
    someone: Opened, marsa: MadeCompany, colleague: Person
) -> None:
    page, other = someone(colleague, language="ar", theme="dark"), someone(marsa)
    page.goto("/crm/deals")
    other.goto("/crm/deals")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    card, home, next_stage = first_two(page)
    boxes = [page.locator(f'[data-stage="{stage}"]').bounding_box() for stage in (home, next_stage)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[1]["x"] < boxes[0]["x"], "the next stage stands to the left"
    # Forward is to the left here.
    page.locator(f'.card[data-id="{card}"] a').first.focus()
    page.keyboard.press("Shift+ArrowLeft")
    in_stage(page, card, next_stage)
    in_stage(other, card, next_stage)


def test_a_switch_is_seen_in_every_open_tab(someone: Opened, marsa: MadeCompany, colleague: Person) -> None:
    owner, other = someone(marsa), someone(colleague)
    other.goto("/warehouse/products")
    expect(other.get_by_role("table")).to_be_visible()
    entry = other.locator('nav a[href^="/warehouse/products"]')
    expect(entry).to_be_visible()

    owner.goto("/settings/modules")
    switch = owner.get_by_role("switch", name="Warehouse")
    switch.click()
    expect(entry).to_have_count(0)
    expect(other.get_by_role("table")).to_have_count(0)
    switch.click()
    expect(entry).to_be_visible()
    expect(other.get_by_role("table")).to_be_visible()


def test_a_deal_fits_a_phone_and_is_moved_there(someone: Opened, marsa: MadeCompany) -> None:
    page = someone(marsa, width=390, height=844)
    page.goto("/crm/deals")
    card = page.locator(".stage.shown .card[data-id]").first
    expect(card).to_be_visible()
    title = card.get_by_role("link").first.inner_text()
    card.get_by_role("button").first.click()
    page.get_by_role("menuitemradio").and_(page.locator(":enabled")).first.click()
    expect(page.locator(".stage.shown").get_by_role("link", name=title, exact=True)).to_have_count(0)
