"""The front door."""

from __future__ import annotations

import reflex as rx

from saas.kernel.permissions import Gate
from saas.state.page import page


@page("/", title="errors.not_found", permission=Gate.PUBLIC)
def landing() -> rx.Component:
    return rx.el.main(rx.el.h1("Wasl"))
