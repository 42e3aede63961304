"""The board and the table of deals."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.modules.crm.models import LostReason
from saas.modules.crm.pages.library import jsx
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.state.deal_list import DEALS
from saas.modules.crm.state.deals import DealsState
from saas.state.page import page
from saas.ui.events import five, four, nothing, one, six, three, two
from saas.ui.table import listed


class DealsPage(rx.Component):
    """Props are the vars of ``DealsState``, events its handlers; see ``deals.jsx``."""

    library = jsx("deals.jsx")
    tag = "DealsPage"
    layout: rx.Var[str]
    stages: rx.Var[list[dict[str, Any]]]
    heads: rx.Var[dict[str, Any]]
    more: rx.Var[dict[str, Any]]
    pipelines: rx.Var[list[dict[str, Any]]]
    pipeline: rx.Var[str]
    columns: rx.Var[list[dict[str, Any]]]
    rows: rx.Var[list[dict[str, Any]]]
    meta: rx.Var[dict[str, Any]]
    views: rx.Var[list[dict[str, Any]]]
    options: rx.Var[dict[str, Any]]
    begun: rx.Var[dict[str, Any]]
    totals: rx.Var[dict[str, Any]]
    reasons: rx.Var[list[dict[str, Any]]]
    on_arrange: rx.EventHandler[three]
    on_narrow: rx.EventHandler[two]
    on_reload: rx.EventHandler[nothing]
    on_more: rx.EventHandler[two]
    on_heads: rx.EventHandler[nothing]
    on_move: rx.EventHandler[six]
    on_query: rx.EventHandler[one]
    on_lookup: rx.EventHandler[two]
    on_edit: rx.EventHandler[five]
    on_bulk: rx.EventHandler[four]
    on_archive: rx.EventHandler[two]
    on_restore: rx.EventHandler[two]
    on_create: rx.EventHandler[two]
    on_begin: rx.EventHandler[two]
    on_save_view: rx.EventHandler[three]
    on_delete_view: rx.EventHandler[one]
    on_totals: rx.EventHandler[one]
    on_views: rx.EventHandler[nothing]


REASONS = [{"value": reason.value, "label": f"crm.lost_reason.{reason.value}"} for reason in LostReason]


@page(
    "/crm/deals",
    title="crm.deals.title",
    permission=CrmPermission.SEE_DEALS,
    on_load=[DealsState.load, DealsState.load_views],
)
def deals() -> rx.Component:
    return DealsPage.create(
        layout=DealsState.layout,
        stages=DealsState.stages,
        heads=DealsState.heads,
        more=DealsState.more,
        pipelines=DealsState.pipelines,
        pipeline=DealsState.pipeline,
        columns=listed(DEALS),
        rows=DealsState.rows,
        meta=DealsState.meta,
        views=DealsState.views,
        options=DealsState.options,
        begun=DealsState.begun,
        totals=DealsState.totals,
        reasons=REASONS,
        on_arrange=DealsState.arrange,
        on_narrow=DealsState.narrow,
        on_reload=DealsState.reload,
        on_more=DealsState.read_more,
        on_heads=DealsState.read_heads,
        on_move=DealsState.move,
        on_query=DealsState.query,
        on_lookup=DealsState.lookup,
        on_edit=DealsState.edit,
        on_bulk=DealsState.bulk,
        on_archive=DealsState.archive,
        on_restore=DealsState.restore,
        on_create=DealsState.create,
        on_begin=DealsState.begin,
        on_save_view=DealsState.save_view,
        on_delete_view=DealsState.delete_view,
        on_totals=DealsState.read_totals,
        on_views=DealsState.read_views,
    )
