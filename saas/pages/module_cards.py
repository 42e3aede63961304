"""The cards with a module's switch, for Settings and for the first steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reflex as rx

from saas.ui.events import two
from saas.ui.library import linked

_asset = linked(__name__, Path(__file__).resolve().parent, "modules.jsx")["modules.jsx"]


class ModuleCards(rx.Component):
    """``modules`` as ``module_switches.overview`` gives them; ``filter`` False leaves All/On/Off out.

    What is on follows the viewer, so every tab shows a switch of another at once. ``on_switch(key, on)``.
    """

    library = _asset
    tag = "ModuleCards"
    modules: rx.Var[list[dict[str, Any]]]
    filter: rx.Var[bool]
    on_switch: rx.EventHandler[two]
