"""What is typed wrongly is said at its field, and nothing that was typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

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
