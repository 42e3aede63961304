"""A link between pages of the app: changes the page without loading it anew."""

from __future__ import annotations

from typing import Any

import reflex as rx


class _NavLink(rx.Component):
    library = "react-router"
    tag = "NavLink"
    is_default = False
    to: rx.Var[str]
    prefetch: rx.Var[str]
    end: rx.Var[bool]


def place(*children: Any, to: Any, prefetch: str = "intent", **props: Any) -> rx.Component:
    """A link to a page of ours; the one that is open has ``aria-current``."""
    return _NavLink.create(*children, to=to, prefetch=prefetch, end=True, **props)
