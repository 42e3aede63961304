"""The answer to an address that leads nowhere."""

from __future__ import annotations

import reflex as rx

from saas.kernel.permissions import Gate
from saas.pages.outside import public_page
from saas.state.page import page
from saas.ui.parts import empty
from saas.ui.text import T

# Reflex shows the page of this name for every route that it does not know.
_UNKNOWN = "404"


@page(_UNKNOWN, title="missing.title", permission=Gate.PUBLIC)
def missing() -> rx.Component:
    return public_page(
        empty(
            T("missing.title"),
            T("missing.text"),
            rx.el.a(T("missing.work"), href="/home", class_name="btn pri lg"),
            rx.el.a(T("missing.front"), href="/", class_name="btn lg"),
            icon="search",
            level=1,
        ),
    )
