"""Stock comes, goes, is corrected and counted. Each is a line of the ledger; the level follows by itself."""

from __future__ import annotations

from psycopg import errors as pg
from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from saas.directory.models import Product
from saas.kernel.errors import AppError, Invalid
from saas.modules.warehouse.models import (
    MAX_NOTE,
    MAX_QUANTITY,
    Location,
    Reason,
    StockLevel,
    StockMove,
)
from saas.tenancy.session import TenantSession

TOPIC = "warehouse.product"
DEFAULT_LOCATION = "Main warehouse"


class NotEnough(AppError):
    """More is to leave than is there; ``params['n']`` says how much there is."""

    key = "warehouse.errors.not_enough"
    status = 409


class WrongQuantity(Invalid):
    """Not a whole number above zero, or larger than a ledger line can hold."""

    key = "warehouse.errors.quantity"


class NothingToAdjust(Invalid):
    key = "warehouse.errors.nothing_to_adjust"


class NoteTooLong(Invalid):
    key = "warehouse.errors.note"


async def receive(session: TenantSession, product: Product, quantity: int, note: str = "") -> StockMove:
    """``quantity`` units came in. Raises ``WrongQuantity``."""
    return await _move(session, product, Reason.RECEIVE, _above_zero(quantity), note)


async def ship(session: TenantSession, product: Product, quantity: int, note: str = "") -> StockMove:
    """``quantity`` units went out. Raises ``NotEnough`` when fewer are there, however many ask at once."""
    return await _move(session, product, Reason.SHIP, -_above_zero(quantity), note)


async def adjust(session: TenantSession, product: Product, by: int, note: str = "") -> StockMove:
    """Correct the level by so many units, up or down. Raises ``NothingToAdjust`` or ``NotEnough``."""
    if by == 0:
        raise NothingToAdjust("quantity")
    _above_zero(abs(by))
    return await _move(session, product, Reason.ADJUST, by, note)


async def count(session: TenantSession, product: Product, found: int, note: str = "") -> StockMove:
    """A stock-taking found ``found`` units: writes the difference, also when there is none.

    Holds the level until the transaction ends, so that a move in between is not counted away.
    """
    if not 0 <= found <= MAX_QUANTITY:
        raise WrongQuantity("quantity")
    location = await default_location(session)
    level = await _held_level(session, product, location)
    return await _move(session, product, Reason.COUNT, found - level.on_hand, note)


async def set_reorder_at(session: TenantSession, product: Product, reorder_at: int) -> None:
    """Warn from this many units downwards; 0 never warns."""
    if not 0 <= reorder_at <= MAX_QUANTITY:
        raise WrongQuantity("reorder_at")
    location = await default_location(session)
    level = await _held_level(session, product, location)
    level.reorder_at = reorder_at
    await session.flush()
    session.touch(TOPIC, [product.id])


async def default_location(session: TenantSession) -> Location:
    """The company's one location, made at first use."""
    query = select(Location).where(col(Location.is_default))
    found = (await session.execute(query)).scalars().first()
    if found is None:
        # Two first moves at once: the second waits at the unique name and finds the row of the first.
        await session.execute(
            insert(Location)
            .values(tenant_id=session.tenant_id, name=DEFAULT_LOCATION, is_default=True)
            .on_conflict_do_nothing()
        )
        found = (await session.execute(query)).scalars().one()
    return found


async def level_of(session: TenantSession, product: Product, location: Location) -> StockLevel | None:
    """The level as it is now, read anew; None before the first move."""
    return (await session.execute(_level(product, location))).scalars().first()


async def _held_level(session: TenantSession, product: Product, location: Location) -> StockLevel:
    """The level, held until the transaction ends; one of zero is made before the first move, for there is
    nothing to hold of a row that is not there."""
    await session.execute(
        insert(StockLevel)
        .values(tenant_id=session.tenant_id, product_id=product.id, location_id=location.id)
        .on_conflict_do_nothing(index_elements=["tenant_id", "product_id", "location_id"])
    )
    return (await session.execute(_level(product, location).with_for_update())).scalars().one()


def _level(product: Product, location: Location) -> Select[StockLevel]:
    query = select(StockLevel).where(
        col(StockLevel.product_id) == product.id, col(StockLevel.location_id) == location.id
    )
    return query.execution_options(populate_existing=True)


async def _move(
    session: TenantSession, product: Product, reason: Reason, quantity: int, note: str
) -> StockMove:
    if len(note) > MAX_NOTE:
        raise NoteTooLong("note", n=MAX_NOTE)
    location = await default_location(session)
    move = StockMove(
        product_id=product.id,
        location_id=location.id,
        quantity=quantity,
        reason=reason,
        note=note.strip(),
        member_id=session.member_id,
    )
    try:
        async with session.begin_nested():
            session.add(move)
            await session.flush()
    except DBAPIError as error:
        if not isinstance(error.orig, pg.CheckViolation):
            raise
        if error.orig.diag.constraint_name != "stock_level_on_hand_not_negative":
            raise
        level = await level_of(session, product, location)
        raise NotEnough("quantity", n=level.on_hand if level else 0, name=product.name) from None
    session.touch(TOPIC, [product.id])
    return move


def _above_zero(quantity: int) -> int:
    if not 0 < quantity <= MAX_QUANTITY:
        raise WrongQuantity("quantity")
    return quantity
