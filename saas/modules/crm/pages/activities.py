"""The page of what is to be done."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.modules.crm.pages.library import jsx
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.state.activities import ActivitiesState
from saas.modules.crm.state.activity_list import ACTIVITIES
from saas.state.page import page
from saas.ui.events import four, nothing, two
from saas.ui.table import declared


class ActivitiesPage(rx.Component):
    """Props are the vars of ``ActivitiesState``, events its handlers; see ``activities.jsx``."""

    library = jsx("activities.jsx")
    tag = "ActivitiesPage"
    tasks: rx.Var[list[dict[str, Any]]]
    sums: rx.Var[dict[str, Any]]
    columns: rx.Var[list[dict[str, Any]]]
    options: rx.Var[dict[str, Any]]
    on_complete: rx.EventHandler[two]
    on_reschedule: rx.EventHandler[four]
    on_create: rx.EventHandler[two]
    on_lookup: rx.EventHandler[two]
    on_more: rx.EventHandler[nothing]
    on_reload: rx.EventHandler[nothing]


@page(
    "/crm/activities",
    title="crm.activities.title",
    permission=CrmPermission.SEE_ACTIVITIES,
    on_load=ActivitiesState.load,
)
def activities() -> rx.Component:
    return ActivitiesPage.create(
        tasks=ActivitiesState.tasks,
        sums=ActivitiesState.sums,
        columns=declared(ACTIVITIES),
        options=ActivitiesState.options,
        on_complete=ActivitiesState.complete,
        on_reschedule=ActivitiesState.reschedule,
        on_create=ActivitiesState.create,
        on_lookup=ActivitiesState.lookup,
        on_more=ActivitiesState.read_more,
        on_reload=ActivitiesState.reload,
    )
