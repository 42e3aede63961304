"""What may be done in the warehouse, and which starting role may do it."""

from __future__ import annotations

from collections.abc import Mapping

from saas.kernel.permissions import Permission, RoleKey


class WarehousePermission(Permission):
    SEE_STOCK = "warehouse.see_stock"
    EDIT_PRODUCTS = "warehouse.edit_products"
    MOVE_STOCK = "warehouse.move_stock"
    ADJUST_STOCK = "warehouse.adjust_stock"


ROLES: Mapping[RoleKey, frozenset[Permission]] = {
    RoleKey.OWNER: frozenset(WarehousePermission),
    RoleKey.ADMIN: frozenset(WarehousePermission),
    RoleKey.REP: frozenset({WarehousePermission.SEE_STOCK, WarehousePermission.MOVE_STOCK}),
    RoleKey.VIEWER: frozenset({WarehousePermission.SEE_STOCK}),
}
