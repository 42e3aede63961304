"""Settings: pipelines."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.modules.crm.pages.library import jsx
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.state.pipelines import PipelinesState
from saas.state.page import page
from saas.ui.events import five, three, two
from saas.ui.parts import follow
from saas.ui.settings_frame import settings_page


class PipelinesPage(rx.Component):
    """Props are the vars of ``PipelinesState``, events its handlers; see ``pipelines.jsx``."""

    library = jsx("pipelines.jsx")
    tag = "PipelinesPage"
    shown: rx.Var[list[dict[str, Any]]]
    loaded: rx.Var[bool]
    on_add: rx.EventHandler[three]
    on_rename: rx.EventHandler[five]
    on_remove: rx.EventHandler[two]
    on_add_stage: rx.EventHandler[three]
    on_save_stage: rx.EventHandler[three]
    on_place_stage: rx.EventHandler[three]
    on_remove_stage: rx.EventHandler[two]


@page(
    "/settings/pipelines",
    title="crm.pipelines.title",
    permission=CrmPermission.MANAGE_PIPELINES,
    on_load=PipelinesState.load,
)
def settings_pipelines() -> rx.Component:
    return settings_page(
        "/settings/pipelines",
        "crm.pipelines.title",
        "crm.pipelines.text",
        follow("crm.pipeline", on_change=PipelinesState.load),
        PipelinesPage.create(
            shown=PipelinesState.shown,
            loaded=PipelinesState.loaded,
            on_add=PipelinesState.add,
            on_rename=PipelinesState.rename,
            on_remove=PipelinesState.remove,
            on_add_stage=PipelinesState.add_stage,
            on_save_stage=PipelinesState.save_stage,
            on_place_stage=PipelinesState.place_stage,
            on_remove_stage=PipelinesState.remove_stage,
        ),
    )
