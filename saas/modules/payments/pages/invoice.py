"""The page of one invoice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reflex as rx

from saas.modules.payments.permissions import PaymentsPermission
from saas.modules.payments.state import INVOICES, InvoicePageState
from saas.state.page import page
from saas.ui.events import four, nothing, one_text, three, two_texts
from saas.ui.library import linked
from saas.ui.table import declared

_asset = linked(__name__, Path(__file__).resolve().parent, "invoice.jsx")["invoice.jsx"]


class InvoicePage(rx.Component):
    """``found``, ``record``, ``timeline`` and ``options`` of ``InvoicePageState``; ``columns`` name what
    changed. ``on_save`` and ``on_issue`` ``(op, version, form, id)``, ``on_void(op, reason, id)``,
    ``on_archive(op, id)``."""

    library = _asset
    tag = "InvoicePage"
    found: rx.Var[str]
    record: rx.Var[dict[str, Any]]
    options: rx.Var[dict[str, Any]]
    timeline: rx.Var[list[dict[str, Any]]]
    columns: rx.Var[list[dict[str, Any]]]
    on_save: rx.EventHandler[four]
    on_issue: rx.EventHandler[four]
    on_void: rx.EventHandler[three]
    on_archive: rx.EventHandler[two_texts]
    on_refresh: rx.EventHandler[nothing]
    on_comment: rx.EventHandler[four]
    on_remove_comment: rx.EventHandler[three]
    on_earlier: rx.EventHandler[one_text]
    on_lookup: rx.EventHandler[two_texts]
    on_products: rx.EventHandler[one_text]


@page(
    "/payments/invoices/[invoice]",
    title="payments.invoices.one",
    permission=PaymentsPermission.SEE_INVOICES,
    on_load=InvoicePageState.load,
)
def invoice() -> rx.Component:
    state: Any = InvoicePageState
    return InvoicePage.create(
        found=state.found,
        record=state.record,
        options=state.options,
        timeline=state.timeline,
        columns=declared(INVOICES),
        on_comment=state.comment,
        on_remove_comment=state.remove_comment,
        on_earlier=state.earlier,
        on_save=state.save,
        on_issue=state.issue,
        on_void=state.void,
        on_archive=state.archive,
        on_refresh=state.refresh,
        on_lookup=state.lookup,
        on_products=state.products,
    )
