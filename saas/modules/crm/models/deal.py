"""A deal, what it sells, and the sums kept beside it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, FetchedValue, Numeric, Text
from sqlmodel import Field

from saas.directory.models import tags_column
from saas.tenancy.owned import Choice, Instant, MemberOwned, TenantOwned


class Outcome(StrEnum):
    """How a deal stands. Always the kind of its stage: a foreign key holds the two together."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class LostReason(StrEnum):
    """Why a deal was lost; words of one's own go into ``lost_note``."""

    PRICE = "price"
    COMPETITOR = "competitor"
    TIMING = "timing"
    NO_NEED = "no_need"
    NO_ANSWER = "no_answer"
    NOT_SAID = "not_said"
    OTHER = "other"


class Deal(MemberOwned, TenantOwned, table=True):
    """Something that a customer may buy.

    ``amount_minor`` may be unknown (None) and is in ``currency``. ``position`` orders the cards of a stage,
    smallest on top, with gaps to insert into. ``name_key`` is the folded title, and ``amount_key`` the
    amount as one reads it, in thousandths; both kept by the database.
    ``last_active_at`` is the last sign of life: made, moved, written about or an activity done; a stage's
    ``idle_days`` counts from it. ``external_ref`` is the id in
    the system that the deal came from, once per company.
    """

    title: str
    name_key: str = Field(
        default=None,
        sa_type=Text,
        sa_column_kwargs={"server_default": FetchedValue(), "server_onupdate": FetchedValue()},
    )
    party_id: int | None = Field(default=None, sa_type=BigInteger)
    person_id: int | None = Field(default=None, sa_type=BigInteger)
    pipeline_id: int = Field(sa_type=BigInteger)
    stage_id: int = Field(sa_type=BigInteger)
    position: int = Field(default=0, sa_type=BigInteger)
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    amount_key: int | None = Field(
        default=None,
        sa_type=BigInteger,
        sa_column_kwargs={"server_default": FetchedValue(), "server_onupdate": FetchedValue()},
    )
    currency: str
    expected_close_on: date | None = None
    stage_entered_at: datetime = Field(sa_type=Instant)  # pyright: ignore[reportArgumentType] -- an instance serves as well as a class
    last_active_at: datetime = Field(sa_type=Instant)  # pyright: ignore[reportArgumentType] -- an instance serves as well as a class
    outcome: Outcome = Field(default=Outcome.OPEN, sa_type=Choice(Outcome))
    closed_on: date | None = None
    lost_reason: LostReason | None = Field(default=None, sa_type=Choice(LostReason))
    lost_note: str = ""
    source: str = ""
    external_ref: str | None = None
    tags: list[str] = tags_column()


class DealLine(TenantOwned, table=True):
    """A product on a deal; the price is per unit, in the deal's currency."""

    __tablename__: ClassVar[Any] = "deal_line"

    deal_id: int = Field(sa_type=BigInteger)
    product_id: int = Field(sa_type=BigInteger)
    position: int = 0
    quantity: Decimal = Field(default=Decimal(1), sa_type=Numeric(12, 3))
    unit_price_minor: int = Field(default=0, sa_type=BigInteger)


class DealRollup(TenantOwned, table=True):
    """Changes of count and sum by stage and currency; their total is what the stage holds.

    A trigger on ``deal`` adds rows in the transaction of the change and now and then folds them into one, so
    that two members who move deals never wait for each other. Summed whole, it is right at every moment.
    """

    __tablename__: ClassVar[Any] = "deal_rollup"

    stage_id: int = Field(sa_type=BigInteger)
    currency: str
    deals: int
    amount_minor: int = Field(sa_type=BigInteger)
