"""People in browsers of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import complaints_of
from tests.support.companies import MadeCompany, Person, sign_in
from tests.support.server import Server

Opened = Callable[..., Page]


@pytest.fixture
def someone(browser: Browser, server: Server) -> Iterator[Opened]:
    """``someone(person, language="en", theme="light", width=1280)``: a page in a browser profile of its own.

    ``person`` None is a stranger. At the end, no page may have complained.
    """
    contexts, complaints = [], {}

    def open_for(
        person: MadeCompany | Person | None = None,
        *,
        language: str = "en",
        theme: str = "light",
        width: int = 1280,
        height: int = 800,
    ) -> Page:
        context = browser.new_context(
            base_url=server.url,
            locale={"en": "en-GB", "ar": "ar-KW"}[language],
            viewport={"width": width, "height": height},
            has_touch=width < 500,
        )
        context.set_default_timeout(15_000)
        context.add_cookies(
            [
                {"name": "wasl_lang", "value": language, "url": server.url},
                {"name": "wasl_theme", "value": theme, "url": server.url},
            ]
        )
        if person is not None:
            sign_in(context, person, server.url)
        contexts.append(context)
        page = context.new_page()
        complaints[len(contexts)] = complaints_of(page)
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert {n: said for n, said in complaints.items() if said} == {}
