"""Home's widgets; their data is as ``kernel.module.Widget`` says."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.ui.library import jsx


class Widgets(rx.Component):
    """All widgets of Home, figures first, and the team's last changes.

    Props:
        widgets: ``[{key, title, kind, link, link_text, size, data}]`` in order.
        recent: ``[{id, at, by, text, params}]``, ``text`` a key.
        loaded: False shows the shapes of what will come.
    """

    library = jsx("widgets.jsx")
    tag = "Widgets"
    # MIT; draws SVG from React components, which our colours and directions reach by CSS.
    lib_dependencies: list[str] = ["recharts@3.10.1"]  # noqa: RUF012 -- Reflex copies defaults
    widgets: rx.Var[list[dict[str, Any]]]
    recent: rx.Var[list[dict[str, Any]]]
    loaded: rx.Var[bool]
