"""Texts on the client: ``T("crm.deals.title")`` is a Var that follows the language without a round trip."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.vars.base import VarData

from saas.kernel.i18n import load_texts
from saas.ui.languages import dictionaries
from saas.ui.library import jsx


def T(key: str | rx.Var, **params: Any) -> rx.Var[str]:
    """A text by its dotted key, in the reader's language, as a Var for any place that takes a string.

    ``params`` fill ``{name}``; ``n`` chooses the plural form. Values may be Vars, plain values, or
    ``{"minor": 4600000, "currency": "KWD"}``, ``{"date": "2026-11-19"}``, ``{"at": iso}``,
    ``{"key": "other.text"}``, which are formatted in the reader's way.
    An unknown literal key fails the build here, not on somebody's screen.
    """
    if isinstance(key, str) and key not in load_texts()["en"]:
        raise KeyError(f"no text {key!r}")
    key_var = key if isinstance(key, rx.Var) else rx.Var.create(key)
    values = rx.Var.create(params or {})
    uses = VarData(imports={jsx("text.jsx"): "useText"}, hooks={"const translate = useText()": None})
    return rx.Var(
        _js_expr=f"translate({key_var!s}, {values!s})",
        _var_type=str,
        _var_data=VarData.merge(uses, key_var._get_all_var_data(), values._get_all_var_data()),
    ).to(str)


def head_script() -> rx.Component:
    """The dictionary of the page's language, for ``rx.App(head_components=[...])``.

    Plain and blocking on purpose: small, cached for ever, and the page is right when it first appears.
    It also sets the theme from its cookie.
    """
    addresses = {language: address for language, (address, _) in dictionaries().items()}
    return rx.el.script(
        src=addresses["en"],
        custom_attrs={f"data-{language}": address for language, address in addresses.items()},
        id="texts",
    )
