"""The page of one deal."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.modules.crm.pages.deals import REASONS
from saas.modules.crm.pages.library import jsx
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.state.deal import DealState
from saas.modules.crm.state.deal_list import DEALS
from saas.state.page import page
from saas.ui.events import five, four, nothing, one, three, two
from saas.ui.table import declared

ON_PAGE = (
    *("party", "person", "owner", "amount_minor", "expected_close_on"),
    *("source", "tags", "title", "external_ref"),
)


class DealPage(rx.Component):
    """Props are the vars of ``DealState``, events its handlers; see ``deal.jsx``."""

    library = jsx("deal.jsx")
    tag = "DealPage"
    columns: rx.Var[list[dict[str, Any]]]
    record: rx.Var[dict[str, Any]]
    found: rx.Var[str]
    timeline: rx.Var[list[dict[str, Any]]]
    files: rx.Var[list[dict[str, Any]]]
    options: rx.Var[dict[str, Any]]
    products: rx.Var[dict[str, Any]]
    related: rx.Var[dict[str, Any]]
    reasons: rx.Var[list[dict[str, Any]]]
    on_edit: rx.EventHandler[five]
    on_lookup: rx.EventHandler[two]
    on_refresh: rx.EventHandler[nothing]
    on_earlier: rx.EventHandler[one]
    on_comment: rx.EventHandler[four]
    on_remove_comment: rx.EventHandler[three]
    on_remove_file: rx.EventHandler[three]
    on_archive: rx.EventHandler[two]
    on_move: rx.EventHandler[five]
    on_win: rx.EventHandler[two]
    on_lose: rx.EventHandler[four]
    on_reopen: rx.EventHandler[two]
    on_log: rx.EventHandler[three]
    on_complete: rx.EventHandler[three]
    on_set_lines: rx.EventHandler[three]
    on_find_products: rx.EventHandler[one]
    on_related: rx.EventHandler[nothing]


@page(
    "/crm/deals/[deal]",
    title="crm.deals.title",
    permission=CrmPermission.SEE_DEALS,
    on_load=DealState.load,
)
def deal() -> rx.Component:
    by_key = {column["key"]: column for column in declared(DEALS)}
    return DealPage.create(
        columns=[by_key[key] for key in ON_PAGE],
        record=DealState.record,
        found=DealState.found,
        timeline=DealState.timeline,
        files=DealState.files,
        options=DealState.options,
        products=DealState.products,
        related=DealState.related,
        reasons=REASONS,
        on_edit=DealState.edit,
        on_lookup=DealState.lookup,
        on_refresh=DealState.refresh,
        on_earlier=DealState.earlier,
        on_comment=DealState.comment,
        on_remove_comment=DealState.remove_comment,
        on_remove_file=DealState.remove_file,
        on_archive=DealState.archive,
        on_move=DealState.move,
        on_win=DealState.win,
        on_lose=DealState.lose,
        on_reopen=DealState.reopen,
        on_log=DealState.log,
        on_complete=DealState.complete,
        on_set_lines=DealState.set_lines,
        on_find_products=DealState.find_products,
        on_related=DealState.read_related,
    )
