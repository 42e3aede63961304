"""What the pages before sign-in share: their head, and a form with a margin beside it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.ui.parts import icon
from saas.ui.shell import brand, doors, language_button
from saas.ui.text import T


def public_page(*body: rx.Component) -> rx.Component:
    """A wide page with the head that leads to prices, sign-in and sign-up."""
    return rx.el.div(
        rx.el.header(
            # Not the router's link, which would lead to the page anew, under another address.
            rx.el.A.create(T("ui.skip"), href="#main", class_name="skip"),
            brand(),
            rx.el.nav(
                rx.el.a(T("public.modules"), href="/#modules"),
                rx.el.a(T("public.prices"), href="/pricing"),
                aria_label=T("public.nav"),
                class_name="only-wide",
            ),
            rx.el.div(
                language_button(),
                doors(
                    rx.el.a(T("public.sign_in"), href="/signin", class_name="btn ghost lg"),
                    rx.el.a(T("public.start"), href="/signup", class_name="btn pri lg only-wide"),
                ),
                class_name="row end",
            ),
            class_name="pubtop",
        ),
        rx.el.main(*body, id="main"),
        class_name="pub",
    )


def form_page(heading: Any, lead: Any, *body: rx.Component) -> rx.Component:
    """A heading and a form; ``lead`` None leaves the sentence under the heading out."""
    head = rx.el.div(rx.el.h1(heading), *([rx.el.p(lead, class_name="lead")] if lead is not None else []))
    return framed_form(head, *body)


def framed_form(*body: rx.Component) -> rx.Component:
    """A form at the start, three reasons at the end; on a phone the form alone."""
    return rx.el.div(
        rx.el.div(
            rx.el.header(brand(), rx.el.span(language_button(), class_name="end"), class_name="row"),
            rx.el.main(*body, class_name="form", id="main"),
            class_name="authside",
        ),
        rx.el.aside(
            _reason("file-up", "signup.bring"),
            _reason("languages", "signup.languages"),
            _reason("blocks", "signup.only"),
        ),
        class_name="auth",
    )


def beside(question: str, answer: str, href: str) -> rx.Component:
    """*Have an account? Sign in* under a form."""
    return rx.el.p(
        T(question), " ", rx.el.a(T(answer), href=href, class_name="link"), class_name="muted sm centred"
    )


def _reason(name: str, key: str) -> rx.Component:
    return rx.el.div(
        rx.el.span(icon(name, "l"), class_name="tile l h6c", aria_hidden="true"),
        rx.el.div(rx.el.h2(T(key)), rx.el.p(T(f"{key}_text"))),
    )
