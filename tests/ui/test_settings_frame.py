"""The settings: one list of places beside every page of them, whichever module brought the page."""

from __future__ import annotations

import pytest

from saas.state.page import Page, pages
from tests.support import catalogue

catalogue.load()
SETTINGS = [page for page in pages() if page.route.startswith("/settings/") and "[" not in page.route]


@pytest.mark.parametrize("page", SETTINGS, ids=lambda page: page.route)
def test_every_settings_page_has_the_list_of_settings_beside_it(page: Page) -> None:
    drawn = str(page.build().render())
    assert "subnav" in drawn
    for other in SETTINGS:
        assert f'to:"{other.route}"' in drawn, f"no way from {page.route} to {other.route}"
