"""The front page as a browser takes it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.server import Server

pytestmark = pytest.mark.browser
_INJECT = """() => {
    const script = document.createElement("script");
    script.text = "window.stranger = 1";
    document.body.append(script);
}"""


def test_the_front_page_comes_alive_without_a_complaint(page: Page, complaints: list[str]) -> None:
    heard: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda said: heard.append(said)))
    page.goto("/")
    expect(page.locator("main")).to_be_visible()
    page.get_by_role("button", name="Language").first.click()
    expect(page.locator("html[lang=ar][dir=rtl]")).to_have_count(1)
    assert heard
    assert complaints == []


def test_an_arabic_browser_gets_an_arabic_page_that_stays_arabic(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url, locale="ar-KW")
    page = context.new_page()
    page.goto("/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("html[lang=ar][dir=rtl]")).to_have_count(1)
    context.close()


def test_a_script_that_is_not_ours_does_not_run(page: Page) -> None:
    page.goto("/")
    page.evaluate(_INJECT)
    assert page.evaluate("() => window.stranger") is None
