"""The product list and the product page: each handler calls one verb."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import reflex as rx
from sqlmodel import col

from saas.directory.models import Product
from saas.kernel.errors import Invalid
from saas.modules.warehouse.models import StockMove
from saas.modules.warehouse.permissions import WarehousePermission
from saas.modules.warehouse.service import products, queries, stock
from saas.state import live
from saas.state.action import Op, PublicId, Text80, Text200, action
from saas.state.amounts import as_read
from saas.state.list_state import ListState
from saas.state.record import Nobody, RecordState
from saas.state.resource import Choice, Column, Kind, Resource, StartingView, Verbs, declare
from saas.state.undoing import guard
from saas.state.unit import reading, register_topic
from saas.state.values import NotANumber, clean, number
from saas.tenancy.search import matches
from saas.tenancy.session import TenantSession

STANDINGS = (
    Choice("fine", "warehouse.standing.fine", "ok"),
    Choice("low", "warehouse.standing.low", "warn"),
    Choice("out", "warehouse.standing.out", "bad"),
    Choice("none", "warehouse.standing.none"),
)


class NotWhole(Invalid):
    """Stock is counted in whole units."""

    key = "warehouse.errors.not_whole"


PRODUCTS = declare(
    Resource(
        key=stock.TOPIC,
        model=Product,
        route="/warehouse/products",
        columns=(
            Column(
                "name", "warehouse.products.name", attr=Product.name, width=260, editable=True, required=True
            ),
            Column(
                "name_ar",
                "warehouse.products.name_ar",
                attr=Product.name_ar,
                width=200,
                editable=True,
                hidden=True,
            ),
            Column("sku", "warehouse.products.sku", attr=Product.sku, width=110, editable=True, longest=60),
            Column(
                "standing",
                "warehouse.products.standing",
                Kind.CHOICE,
                width=120,
                in_form=False,
                choices=STANDINGS,
            ),
            Column(
                "on_hand",
                "warehouse.products.on_hand",
                Kind.NUMBER,
                queries.on_hand_of_product(),
                100,
                in_form=False,
                total=True,
            ),
            Column(
                "low",
                "warehouse.products.view_low",
                Kind.BOOL,
                queries.product_is_low(),
                hidden=True,
                sortable=False,
                in_form=False,
            ),
            Column("level", "warehouse.products.level", "level", width=170, in_form=False),
            Column("reorder_at", "warehouse.products.reorder_at", Kind.NUMBER, width=110, editable=True),
            Column("unit", "warehouse.products.unit", attr=Product.unit, width=90, editable=True, longest=20),
            Column(
                "price",
                "warehouse.products.price",
                Kind.MONEY,
                Product.price_minor,
                140,
                editable=True,
                currency="currency",
                as_read=as_read(col(Product.price_minor), col(Product.currency)),
            ),
            Column(
                "value",
                "warehouse.products.value",
                Kind.MONEY,
                queries.stock_value(),
                150,
                in_form=False,
                currency="currency",
                as_read=as_read(queries.stock_value(), col(Product.currency)),
                total=True,
            ),
        ),
        rows=queries.rows,
        see=WarehousePermission.SEE_STOCK,
        edit=WarehousePermission.EDIT_PRODUCTS,
        verbs=Verbs(products.create, products.update, products.archive, products.restore),
        search=partial(matches, Product),
        views=(
            StartingView(
                "low",
                "warehouse.products.view_low",
                {"filters": [{"key": "low", "op": "is", "values": ["true"]}], "sort": "on_hand"},
            ),
            StartingView(
                "out",
                "warehouse.products.view_out",
                {"filters": [{"key": "on_hand", "op": "to", "values": ["0"]}]},
            ),
        ),
    )
)  # fmt: skip -- one column a line reads as the table it is
guard(WarehousePermission.MOVE_STOCK, StockMove)
register_topic(stock.TOPIC, Product, queries.rows, permission=WarehousePermission.SEE_STOCK, shared=True)


class ProductsState(ListState, rx.State):
    resource: ClassVar[Resource] = PRODUCTS


class ProductState(RecordState, rx.State):
    """One product. ``record`` is its row and ``ledger``: ``{moves, earlier}``, newest first."""

    resource: ClassVar[Resource] = PRODUCTS

    async def _extra(self, session: TenantSession, row: Any) -> dict[str, Any]:
        return {"ledger": await queries.ledger(session, row)}

    @action(WarehousePermission.MOVE_STOCK)
    async def receive(self, op: Op, quantity: Text80, note: Text200, id: PublicId | Nobody = ""):
        """Units came in."""
        await self._moved(op, "receive", stock.receive, quantity, note, id)

    @action(WarehousePermission.MOVE_STOCK)
    async def ship(self, op: Op, quantity: Text80, note: Text200, id: PublicId | Nobody = ""):
        """Units went out."""
        await self._moved(op, "ship", stock.ship, quantity, note, id)

    @action(WarehousePermission.ADJUST_STOCK)
    async def adjust(self, op: Op, quantity: Text80, note: Text200, id: PublicId | Nobody = ""):
        """So many more or fewer."""
        await self._moved(op, "adjust", stock.adjust, quantity, note, id)

    @action(WarehousePermission.ADJUST_STOCK)
    async def count(self, op: Op, quantity: Text80, note: Text200, id: PublicId | Nobody = ""):
        """So many were found."""
        await self._moved(op, "count", stock.count, quantity, note, id)

    @action(WarehousePermission.SEE_STOCK, writes=False)
    async def older_moves(self, before: PublicId):
        """The ledger before the last move shown."""
        async with reading() as session:
            product = await self._row(session)
            last = await session.by_public_id(StockMove, before)
            older = await queries.ledger(session, product, before=last.id)
        shown = self.record["ledger"]["moves"]
        self.record = {**self.record, "ledger": {**older, "moves": [*shown, *older["moves"]]}}

    async def _moved(self, op: str, name: str, verb: Any, quantity: str, note: str, id: str) -> None:
        """One of the four ways to move stock; the dialog that asked for it is answered."""

        async def move(session: TenantSession, product: Product) -> None:
            await verb(session, product, _whole(quantity), clean(note))

        await self._change(op, f"warehouse.stock.{name}", move, f"warehouse.product.toast.{name}", id)
        await live.tell(self.router.session.client_token, {"topic": "ack", "op": op, "ok": True})


def _whole(text: str) -> int:
    try:
        value = number(text, "quantity")
    except NotANumber:
        raise NotWhole("quantity", text=text[:40]) from None
    if value != int(value):
        raise NotWhole("quantity", text=text[:40])
    return int(value)
