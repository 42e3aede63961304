"""Signing in, and the two pages of a forgotten password."""

from __future__ import annotations

import reflex as rx

from saas.kernel.permissions import Gate
from saas.pages.outside import beside, form_page
from saas.state.page import page
from saas.ui.plainform import field, http_form, note
from saas.ui.text import T


@page("/signin", title="signin.title", permission=Gate.PUBLIC)
def signin() -> rx.Component:
    return form_page(
        T("signin.headline"),
        None,
        note("forgot.sent", "reset.done", "confirm.joined", "confirm.done", "signin.ended"),
        http_form(
            "/signin",
            [
                field("email", "signin.email", type="email", autocomplete="username", ltr=True),
                field("password", "signin.password", type="password", autocomplete="current-password"),
            ],
            "signin.submit",
            query=["next"],
        ),
        rx.el.p(rx.el.a(T("signin.forgot"), href="/forgot", class_name="link"), class_name="sm centred"),
        beside("signin.new_here", "public.start", "/signup"),
    )


@page("/forgot", title="forgot.title", permission=Gate.PUBLIC)
def forgot() -> rx.Component:
    return form_page(
        T("forgot.headline"),
        T("forgot.lead"),
        http_form(
            "/forgot",
            [field("email", "signin.email", type="email", autocomplete="username", ltr=True)],
            "forgot.submit",
        ),
        _onward("forgot.back", "/signin"),
    )


@page("/reset", title="reset.title", permission=Gate.PUBLIC)
def reset() -> rx.Component:
    return form_page(
        T("reset.headline"),
        T("reset.lead"),
        http_form(
            "/reset",
            [
                field(
                    "password",
                    "reset.password",
                    type="password",
                    autocomplete="new-password",
                    help="signup.password_help",
                )
            ],
            "reset.submit",
            query=["token"],
        ),
        _onward("reset.again", "/forgot"),
        _onward("forgot.back", "/signin"),
    )


@page("/confirm", title="confirm.title", permission=Gate.PUBLIC)
def confirm() -> rx.Component:
    """A button, since programs that look through mail open every link in it."""
    return form_page(
        T("confirm.headline"),
        T("confirm.lead"),
        http_form("/confirm", [], "confirm.submit", query=["token"]),
        _onward("forgot.back", "/signin"),
    )


def _onward(key: str, href: str) -> rx.Component:
    """The way on for whoever's link no longer works."""
    return rx.el.p(rx.el.a(T(key), href=href, class_name="link"), class_name="sm centred")
