"""The ledger of stock moves and the levels it adds up to. What must hold, the database holds (0040)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, FetchedValue
from sqlmodel import Field

from saas.tenancy.owned import Choice, Instant, TenantOwned

MAX_QUANTITY = 1_000_000_000
MAX_NOTE = 200


class Reason(StrEnum):
    """Why stock moved. ``count`` is what a stock-taking found, also when it found no difference."""

    RECEIVE = "receive"
    SHIP = "ship"
    ADJUST = "adjust"
    COUNT = "count"


class Location(TenantOwned, table=True):
    """Where stock lies. Every company has one default, made when the first move needs it."""

    __tablename__: ClassVar[Any] = "stock_location"

    name: str
    is_default: bool = False


class StockLevel(TenantOwned, table=True):
    """How much of a product is at a location, in whole units; ``reorder_at`` is when to buy (0: never).

    ``on_hand`` is the sum of the ledger, kept by the ledger's own triggers; nobody else can write it.
    """

    __tablename__: ClassVar[Any] = "stock_level"

    product_id: int = Field(sa_type=BigInteger)
    location_id: int = Field(sa_type=BigInteger)
    on_hand: int = Field(default=0, sa_type=BigInteger)
    reorder_at: int = Field(default=0, sa_type=BigInteger)


class StockMove(TenantOwned, table=True):
    """One line of the ledger: ``quantity`` came (above zero) or went (below). Never changed once written."""

    __tablename__: ClassVar[Any] = "stock_move"

    product_id: int = Field(sa_type=BigInteger)
    location_id: int = Field(sa_type=BigInteger)
    quantity: int = Field(sa_type=BigInteger)
    reason: Reason = Field(sa_type=Choice(Reason))  # pyright: ignore[reportArgumentType] -- an instance serves too
    moved_at: datetime = Field(
        default=None,
        sa_type=Instant,  # pyright: ignore[reportArgumentType] -- an instance serves too
        sa_column_kwargs={"server_default": FetchedValue()},
    )
    note: str = ""
    member_id: int | None = Field(default=None, sa_type=BigInteger)
