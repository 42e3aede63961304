"""The page of one product: what is on hand, and the ledger that says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reflex as rx

from saas.modules.warehouse.permissions import WarehousePermission
from saas.modules.warehouse.state import PRODUCTS, ProductState
from saas.state.page import page
from saas.ui.events import five, four, nothing, one_text, two_texts
from saas.ui.library import linked
from saas.ui.table import declared

# What is known of the product itself; what is on hand changes by moving stock.
FACTS = ("name", "name_ar", "sku", "unit", "price", "reorder_at", "value")
_asset = linked(__name__, Path(__file__).resolve().parent, "product.jsx")["product.jsx"]


class ProductPage(rx.Component):
    """``found``, ``record`` and ``options`` of ``ProductState``; ``columns`` the facts, each edited by
    ``on_edit(op, field, value, version, id)``. ``on_receive``, ``on_ship``, ``on_adjust``, ``on_count``
    take ``(op, quantity, note, id)``, ``on_older(before)`` the last move shown."""

    library = _asset
    tag = "ProductPage"
    found: rx.Var[str]
    record: rx.Var[dict[str, Any]]
    columns: rx.Var[list[dict[str, Any]]]
    options: rx.Var[dict[str, Any]]
    on_receive: rx.EventHandler[four]
    on_ship: rx.EventHandler[four]
    on_adjust: rx.EventHandler[four]
    on_count: rx.EventHandler[four]
    on_older: rx.EventHandler[one_text]
    on_refresh: rx.EventHandler[nothing]
    on_edit: rx.EventHandler[five]
    on_lookup: rx.EventHandler[two_texts]
    on_archive: rx.EventHandler[two_texts]


@page(
    "/warehouse/products/[product]",
    title="warehouse.products.name",
    permission=WarehousePermission.SEE_STOCK,
    on_load=ProductState.load,
)
def product() -> rx.Component:
    state: Any = ProductState
    return ProductPage.create(
        found=state.found,
        record=state.record,
        columns=[c for c in declared(PRODUCTS) if c["key"] in FACTS],
        options=state.options,
        on_edit=state.edit,
        on_lookup=state.lookup,
        on_archive=state.archive,
        on_receive=state.receive,
        on_ship=state.ship,
        on_adjust=state.adjust,
        on_count=state.count,
        on_older=state.older_moves,
        on_refresh=state.refresh,
    )
