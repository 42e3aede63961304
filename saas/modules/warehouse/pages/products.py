"""The list of products with their stock."""

from __future__ import annotations

import reflex as rx

from saas.modules.warehouse.permissions import WarehousePermission
from saas.modules.warehouse.state import ProductsState
from saas.state.page import page
from saas.ui.table import resource_page
from saas.ui.text import T


@page(
    "/warehouse/products",
    title="warehouse.products.title",
    permission=WarehousePermission.SEE_STOCK,
    on_load=ProductsState.load,
)
def products() -> rx.Component:
    return resource_page(
        ProductsState,
        title=T("warehouse.products.title"),
        create=T("warehouse.products.new"),
        submit_label=T("warehouse.products.create"),
        all_label=T("warehouse.products.view_all"),
        search_label=T("warehouse.products.search"),
        empty_title=T("warehouse.products.empty_title"),
        empty_text=T("warehouse.products.empty_text"),
        importable=True,
    )
