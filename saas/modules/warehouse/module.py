"""Warehouse: what is on hand, and the ledger that says why."""

from __future__ import annotations

from saas.kernel.module import Module, NavItem, Related, SearchProvider, Widget
from saas.modules.warehouse import demo
from saas.modules.warehouse.permissions import ROLES, WarehousePermission
from saas.modules.warehouse.service import queries, related


def _pages() -> None:
    from saas.modules.warehouse.pages import register

    register()


MODULE = Module(
    key="warehouse",
    name="Warehouse",
    icon="package",
    permissions=WarehousePermission,
    roles=ROLES,
    nav=(
        NavItem(
            "/warehouse/products", "warehouse.nav.products", "package", WarehousePermission.SEE_STOCK, "w"
        ),
    ),
    pages=_pages,
    counts=queries.counts,
    widgets=(
        Widget(
            "warehouse.low_stock",
            "warehouse.home.low",
            "stat",
            WarehousePermission.SEE_STOCK,
            queries.low_stock,
            link="/warehouse/products",
            order=15,
        ),
        Widget(
            "warehouse.to_reorder",
            "warehouse.home.alerts",
            "list",
            WarehousePermission.SEE_STOCK,
            queries.to_reorder,
            link="/warehouse/products",
            link_text="warehouse.nav.products",
            order=31,
        ),
    ),
    search=(SearchProvider("warehouse.product", WarehousePermission.SEE_STOCK, queries.find),),
    related=(
        Related(
            "warehouse.stock",
            "warehouse.related.title",
            "package",
            WarehousePermission.SEE_STOCK,
            related.stock,
            topics=("warehouse.product",),
        ),
    ),
    sample=demo.sample,
)
