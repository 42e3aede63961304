"""In which order a stage shows its cards: as people placed them, or by one of their facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from saas.modules.crm.models import Activity, Deal


@dataclass(frozen=True, slots=True)
class CardOrder:
    """By ``value``, cards without one last, then by id."""

    key: str
    value: Any
    descending: bool = False
    nullable: bool = True

    def by(self) -> list[Any]:
        value = self.value.desc() if self.descending else self.value.asc()
        return [value.nulls_last() if self.nullable else value, col(Deal.id)]

    def below(self, value: Any, id: int) -> ColumnElement[bool]:
        """The cards that come after the one with this value and id."""
        after = col(Deal.id) > id
        if value is None:
            return and_(self.value.is_(None), after)
        further = self.value < value if self.descending else self.value > value
        tied = and_(self.value == value, after)
        return or_(further, tied, self.value.is_(None)) if self.nullable else or_(further, tied)


def _next_due() -> Any:
    """When the next thing to be done about a deal is due."""
    step = aliased(Activity)
    query = select(func.min(col(step.due_at))).where(
        col(step.deal_id) == col(Deal.id), col(step.done_at).is_(None), col(step.archived_at).is_(None)
    )
    return query.correlate(Deal).scalar_subquery()


MANUAL = CardOrder("", col(Deal.position), nullable=False)
_ORDERS = {
    order.key: order
    for order in (
        CardOrder("next", _next_due()),
        CardOrder("-amount_minor", col(Deal.amount_key), descending=True),
        CardOrder("expected_close_on", col(Deal.expected_close_on)),
        CardOrder("-created_at", col(Deal.created_at), descending=True, nullable=False),
    )
}
# What the board offers beside the order by hand; the table knows them too, but for the first.
SORTS = tuple(_ORDERS)
BOARD_ALONE = "next"


def order_of(sort: str) -> CardOrder:
    """The order that a query asks for; by hand when the board does not offer it."""
    return _ORDERS.get(sort, MANUAL)
