"""What is typed wrongly is said at its field, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.walk import PASSWORD, address, sign_up

pytestmark = pytest.mark.browser
BETTER = "a quieter harbour 43"


@pytest.fixture
def newcomer(page: Page) -> Page:
    """Somebody who has just signed up."""
    sign_up(page, "Kite & Kettle", "Layla Haddad", address())
    return page


def test_a_refused_password_is_mended_not_typed_again(newcomer: Page) -> None:
    page = newcomer
    page.goto("/settings/profile")
    old, new = page.get_by_label("Current password"), page.get_by_label("New password")
    change = page.get_by_role("button", name="Change password")
    old.fill("harbour lantern 24")
    new.fill(BETTER)
    change.click()
    expect(page.get_by_role("alert")).to_have_text("This is not your password.")
    expect(old).to_have_value("harbour lantern 24")
    expect(new).to_have_value(BETTER)
    old.fill(PASSWORD)
    change.click()
    expect(page.get_by_text("Password changed.")).to_be_visible()
    expect(old).to_have_value("")
    expect(new).to_have_value("")


def test_a_web_name_that_wasl_needs_is_refused_for_what_it_is(newcomer: Page) -> None:
    page = newcomer
    page.goto("/settings/company")
    name = page.get_by_label("Web name")
    expect(name).not_to_have_value("")
    name.fill("pricing")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("alert")).to_contain_text("pricing is an address of Wasl itself")
    expect(name).to_have_value("pricing")


def test_a_filter_by_date_says_what_is_wrong_with_it_and_reads_either_script(newcomer: Page) -> None:
    page = newcomer
    page.goto("/crm/deals?view=list")

    def begin(how: str) -> tuple[Locator, Locator]:
        page.get_by_role("button", name="Filter", exact=True).click()
        page.get_by_role("button", name="Close date", exact=True).last.click()
        pane = page.locator("form.pane")
        pane.get_by_role("combobox").select_option(label=how)
        return pane, pane.get_by_role("textbox", name="Close date")

    pane, day = begin("from")
    for wrong in ("soon", "31/02/2026", "٣١/٠٢/٢٠٢٦", "@someday", "2026-13-01"):
        day.fill(wrong)
        pane.get_by_role("button", name="Apply").click()
        expect(day).to_have_accessible_description("Type a date, such as 19/11/2026.")
        expect(day).to_be_focused()
    day.fill("١٩/١١/٢٠٢٦")
    pane.get_by_role("button", name="Apply").click()
    chip = page.get_by_role("group", name="Filter on Close date")
    expect(chip).to_contain_text("19 Nov")
    pane, day = begin("up to")
    day.fill("18/11/2026")
    pane.get_by_role("button", name="Apply").click()
    expect(pane.get_by_role("alert")).to_contain_text("before the start of the range")
    day.fill("20/11/2026")
    pane.get_by_role("button", name="Apply").click()
    expect(chip).to_have_count(2)
    chip.first.get_by_role("button").first.click()
    expect(page.locator("form.pane").get_by_role("textbox")).to_have_value("19/11/2026")


def test_a_day_that_is_reckoned_is_shown_in_words_and_stays_what_it_is(newcomer: Page) -> None:
    page = newcomer
    page.goto("/crm/deals?view=list")
    page.get_by_role("tab", name="Closing this month").click()
    chips = page.get_by_role("group", name="Filter on Close date")
    chips.first.get_by_role("button").first.click()
    pane = page.locator("form.pane")
    expect(pane.get_by_role("textbox")).not_to_have_value(re.compile("@"))
    pane.get_by_role("button", name="Apply").click()
    expect(pane).to_have_count(0)
    expect(page).to_have_url(re.compile("month_start"))


def test_a_field_that_has_been_filled_complains_no_more(page: Page) -> None:
    page.goto("/signup")
    page.get_by_role("button", name="Start free trial").click()
    company, name = page.get_by_label("Company", exact=True), page.get_by_label("Your name")
    expect(page.get_by_role("alert")).to_have_count(4)
    company.fill("Kite & Kettle")
    expect(page.get_by_role("alert")).to_have_count(3)
    expect(company).not_to_have_attribute("aria-invalid", "true")
    expect(name).to_have_attribute("aria-invalid", "true")
    company.fill("")
    page.get_by_role("button", name="Start free trial").click()
    expect(page.get_by_role("alert")).to_have_count(4)


def test_all_that_is_wrong_with_a_sign_up_is_said_at_once_and_a_password_while_it_is_typed(
    page: Page,
) -> None:
    page.goto("/signup")
    email, password = page.get_by_label("E-mail"), page.get_by_label("Password", exact=True)
    page.get_by_label("Company", exact=True).fill("Kite & Kettle")
    email.fill("layla@")
    password.fill("short")
    expect(password).to_have_accessible_description("Too short")
    page.get_by_role("button", name="Start free trial").click()
    expect(page.get_by_role("alert")).to_have_count(3)
    expect(page.get_by_label("Your name")).to_be_focused()
    expect(email).to_have_accessible_description(re.compile("such as layla@example.com"))
    expect(password).to_have_accessible_description(re.compile("Use 10 characters or more"))
    for text, word in (
        ("kettle kite", "Long enough"),
        ("harbour lantern 42", "Strong"),
        ("a" * 20, "Long enough"),
    ):
        password.fill(text)
        expect(password).to_have_accessible_description(word)
