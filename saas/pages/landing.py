"""The front door: what Wasl is, in one look, in both languages."""

from __future__ import annotations

import reflex as rx

from saas.kernel.permissions import Gate
from saas.kernel.settings import settings
from saas.pages.outside import public_page
from saas.state.page import page
from saas.ui.parts import icon
from saas.ui.text import T

_MODULES = (
    ("handshake", "landing.crm"),
    ("banknote", "landing.payments"),
    ("calendar-days", "landing.scheduling"),
    ("warehouse", "landing.warehouse"),
)
_PROMISES = (
    ("undo", "landing.promise.undo"),
    ("zap", "landing.promise.live"),
    ("shield-check", "landing.promise.yours"),
)


@page("/", title="landing.title", permission=Gate.PUBLIC)
def landing() -> rx.Component:
    return public_page(
        rx.el.section(
            rx.el.h1(T("landing.headline")),
            rx.el.div(
                rx.el.p(T("landing.lead")),
                rx.el.div(
                    rx.el.a(
                        T("landing.start", n=settings().trial_days), href="/signup", class_name="btn pri xl"
                    ),
                    rx.el.span(T("landing.no_card"), class_name="muted"),
                    class_name="row startrow",
                ),
            ),
            class_name="hero",
        ),
        _picture(),
        rx.el.section(
            rx.el.h2(T("landing.modules_heading"), class_name="vh"),
            rx.el.div(*[_module(name, key) for name, key in _MODULES], class_name="pubgrid"),
            id="modules",
        ),
        rx.el.section(*[_promise(name, key) for name, key in _PROMISES], class_name="pubgrid three"),
    )


def _picture() -> rx.Component:
    """The board as it is: in English by day, in Arabic by night, meeting in the middle."""
    return rx.el.div(
        rx.el.img(
            src="/landing/board-en.webp",
            alt=T("landing.picture"),
            width="1152",
            height="470",
            class_name="half",
        ),
        rx.el.img(src="/landing/board-ar.webp", alt="", width="1152", height="470", class_name="half over"),
        class_name="shot halves",
        dir="ltr",
    )


def _module(icon_name: str, key: str) -> rx.Component:
    return rx.el.div(
        rx.el.span(icon(icon_name, "l"), class_name="accent-ink", aria_hidden="true"),
        rx.el.div(rx.el.h3(T(key)), rx.el.p(T(f"{key}_text"), class_name="muted")),
        class_name="row top-aligned",
    )


def _promise(icon_name: str, key: str) -> rx.Component:
    return rx.el.div(
        rx.el.span(icon(icon_name, "l"), class_name="tile l h6c", aria_hidden="true"),
        rx.el.div(rx.el.h3(T(key)), rx.el.p(T(f"{key}_text"), class_name="ink2")),
        class_name="row top-aligned",
    )
