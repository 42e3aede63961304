"""Pages are written from the Python wrappers: they compile, and hand every handler on."""

from __future__ import annotations

import pytest
import reflex as rx

from saas.ui import parts
from saas.ui.shell import page
from saas.ui.table import resource_page
from saas.ui.text import T
from tests.support import catalogue


@pytest.fixture(scope="module", autouse=True)
def pages() -> None:
    catalogue.load()


def rendered(component: rx.Component) -> str:
    return str(component.render())


def test_a_button_carries_its_key_and_label() -> None:
    text = rendered(parts.button(T("ui.save"), kind="pri", icon="plus", keys="KeyC"))
    assert 'keys:"KeyC"' in text
    assert 'translate("ui.save"' in text


def test_what_is_not_given_is_not_sent() -> None:
    assert "icon" not in rendered(parts.badge("x", tone="ok"))


def test_a_page_has_a_head_and_its_body() -> None:
    text = rendered(page(T("ui.nav.home"), rx.el.p("body"), actions=[parts.button(T("ui.add"))]))
    assert "Top" in text
    assert "body" in text


def test_every_list_of_the_catalogue_compiles_as_a_page() -> None:
    lists = [
        state for state in catalogue.own_states() if hasattr(state, "resource") and hasattr(state, "query")
    ]
    assert lists
    for state in lists:
        text = rendered(resource_page(state, title=T("ui.nav.home"), create=T("ui.add")))
        assert f'topic:"{state.resource.key}"' in text
        assert "onQuery" in text
