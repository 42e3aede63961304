"""Settings → Modules: one switch a module, and what it means."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.permissions import Gate
from saas.pages.module_cards import ModuleCards
from saas.state.action import action
from saas.state.page import page
from saas.state.switching import SwitchState
from saas.state.unit import reading
from saas.tenancy import module_switches
from saas.tenancy.scope import unlimited
from saas.ui.settings_frame import settings_page


class ModulesState(rx.State):
    """``modules`` as ``module_switches.overview`` gives them, read when the page opens."""

    modules: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults

    @action(Gate.SIGNED_IN, load=True)
    async def load(self):
        # What a switch hides is the company's, not only what this member may see.
        async with reading() as session:
            with unlimited(session):
                self.modules = await module_switches.overview(session)


# Pages read a state's attributes as Vars, which its annotations do not say.
_STATE: Any = ModulesState
_SWITCH: Any = SwitchState


@page(
    "/settings/modules", title="settings_modules.title", permission=Gate.SIGNED_IN, on_load=ModulesState.load
)
def settings_modules() -> rx.Component:
    return settings_page(
        "/settings/modules",
        "settings_modules.title",
        "settings_modules.lead",
        ModuleCards.create(
            modules=_STATE.modules,
            on_switch=lambda key, on: _SWITCH.switch(key, on),
        ),
    )
