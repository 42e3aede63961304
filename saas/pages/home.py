"""The member's home after sign-in."""

from __future__ import annotations

import reflex as rx

from saas.kernel.permissions import Gate
from saas.pages.home_state import HomeState
from saas.state.page import page
from saas.ui import shell
from saas.ui.parts import follow
from saas.ui.text import T
from saas.ui.widgets import Widgets

# Figures follow the day's work within this time, however much happens in it.
FRESH_MS = 2_000


@page("/home", title="home.title", permission=Gate.SIGNED_IN, on_load=HomeState.load)
def home() -> rx.Component:
    return shell.page(
        T("home.title"),
        rx.el.div(
            Widgets.create(widgets=HomeState.widgets, recent=HomeState.recent, loaded=HomeState.loaded),
            class_name="body canvas",
        ),
        follow("*", on_change=HomeState.refresh, wait_ms=FRESH_MS),
        dated=True,
    )
