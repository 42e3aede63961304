"""Signing a company up: four fields and one button."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reflex as rx

from saas.kernel.permissions import Gate
from saas.kernel.settings import settings
from saas.pages.outside import beside, form_page
from saas.state.page import page
from saas.tenancy import places
from saas.ui.library import linked
from saas.ui.plainform import field
from saas.ui.text import T

_asset = linked(__name__, Path(__file__).resolve().parent, "signup_form.jsx")["signup_form.jsx"]


class SignUpForm(rx.Component):
    """The form, its place guessed. ``countries`` [[code, currency]], ``zones`` {zone: code}."""

    library = _asset
    tag = "SignUpForm"
    fields: rx.Var[list[dict[str, Any]]]
    countries: rx.Var[list[list[str]]]
    zones: rx.Var[dict[str, str]]


@page("/signup", title="signup.title", permission=Gate.PUBLIC)
def signup() -> rx.Component:
    return form_page(
        T("signup.headline", n=settings().trial_days),
        T("signup.lead"),
        SignUpForm.create(
            fields=[
                field("company", "signup.company", autocomplete="organization", max=80),
                field("name", "signup.name", autocomplete="name", max=80),
                field("email", "signup.email", type="email", autocomplete="username", ltr=True),
                field(
                    "password",
                    "signup.password",
                    type="password",
                    autocomplete="new-password",
                    help="signup.password_help",
                ),
            ],
            countries=[[code, currency] for code, currency in places.countries().items()],
            zones=places.zones_of_countries(),
        ),
        beside("signup.have_account", "public.sign_in", "/signin"),
    )
