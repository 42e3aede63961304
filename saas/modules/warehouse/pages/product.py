"""The page of one product: what is on hand, and the ledger that says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reflex as rx

from saas.modules.warehouse.permissions import WarehousePermission
from saas.modules.warehouse.state import ProductState
from saas.state.page import page
from saas.ui.events import nothing, one_text, three
from saas.ui.library import linked

_asset = linked(__name__, Path(__file__).resolve().parent, "product.jsx")["product.jsx"]


class ProductPage(rx.Component):
    """``found`` and ``record`` of ``ProductState``. ``on_receive``, ``on_ship``, ``on_adjust``, ``on_count``
    take ``(op, quantity, note)``, ``on_older(before)`` the last move shown."""

    library = _asset
    tag = "ProductPage"
    found: rx.Var[str]
    record: rx.Var[dict[str, Any]]
    on_receive: rx.EventHandler[three]
    on_ship: rx.EventHandler[three]
    on_adjust: rx.EventHandler[three]
    on_count: rx.EventHandler[three]
    on_older: rx.EventHandler[one_text]
    on_refresh: rx.EventHandler[nothing]


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
        on_receive=state.receive,
        on_ship=state.ship,
        on_adjust=state.adjust,
        on_count=state.count,
        on_older=state.older_moves,
        on_refresh=state.refresh,
    )
