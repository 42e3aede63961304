"""Prices, as far as there are any: the trial, and what happens after it."""

from __future__ import annotations

import reflex as rx

from saas.kernel.permissions import Gate
from saas.kernel.settings import settings
from saas.pages.outside import public_page
from saas.state.page import page
from saas.ui.parts import tile
from saas.ui.text import T

_MODULES = (
    ("handshake", "h6c", "landing.crm"),
    ("banknote", "h4c", "landing.payments"),
    ("calendar-days", "h1c", "landing.scheduling"),
    ("warehouse", "h3c", "landing.warehouse"),
)


@page("/pricing", title="pricing.title", permission=Gate.PUBLIC)
def pricing() -> rx.Component:
    days = settings().trial_days
    return public_page(
        rx.el.section(rx.el.h1(T("pricing.headline")), class_name="hero"),
        rx.el.div(
            rx.el.section(
                rx.el.h2(T("pricing.trial")),
                rx.el.p(
                    rx.el.b(T("pricing.price"), class_name="fs26"),
                    rx.el.span(T("pricing.days", n=days), class_name="muted"),
                    class_name="row",
                ),
                rx.el.p(T("pricing.trial_text"), class_name="ink2"),
                rx.el.a(T("landing.start", n=days), href="/signup", class_name="btn pri xl"),
                class_name="panel",
            ),
            rx.el.section(
                rx.el.h2(T("pricing.modules_heading")),
                rx.el.ul(*[_included(*module) for module in _MODULES], class_name="included"),
                rx.el.p(T("pricing.modules_text"), class_name="ink2"),
                class_name="panel",
            ),
            rx.el.section(
                rx.el.h2(T("pricing.after_heading")),
                rx.el.p(T("pricing.after_text"), class_name="ink2"),
                class_name="panel",
            ),
            class_name="pubgrid three",
        ),
    )


def _included(icon: str, tone: str, key: str) -> rx.Component:
    return rx.el.li(
        tile(icon=icon, size="m", tone=tone),
        rx.el.div(rx.el.b(T(key)), rx.el.p(T(f"{key}_text"), class_name="muted")),
    )
