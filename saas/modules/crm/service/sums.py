"""Counts and sums of deals by stage.

Sums are in the company's currency. Deals in other currencies are counted with the rest and their sums are
given beside it, currency by currency: a rate that nobody agreed on would make the total a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, func, select
from sqlmodel import col

from saas.modules.crm.models import Deal, DealRollup, Stage
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.scope import is_limited
from saas.tenancy.session import TenantSession


@dataclass(slots=True)
class StageSum:
    """What stands in a stage. ``sum_minor`` is in the company's currency, ``others`` in the named ones."""

    deals: int = 0
    sum_minor: int = 0
    others: dict[str, int] = field(default_factory=dict)

    def weighted_minor(self, probability: int) -> int:
        """The sum times the stage's percent, rounded half up once."""
        return (self.sum_minor * probability + 50) // 100


async def by_stage(
    session: TenantSession,
    stage_ids: Iterable[int],
    where: Iterable[ColumnElement[bool]] = (),
    *,
    since: date | None = None,
) -> dict[int, StageSum]:
    """Sums by stage id, of deals closed ``since`` a day where one is given. Without conditions, for a member
    who sees every deal, they come from the rollup; otherwise they are reckoned over the deals that match and
    that the member may see."""
    wanted, conditions = list(stage_ids), list(where)
    if conditions:
        rows = await session.rows(_reckoned(conditions, since), stage_ids=wanted, since=since)
    elif since is not None:
        rows = await session.read(_OF_CLOSED, stage_ids=wanted, since=since)
    elif is_limited(session):
        rows = await session.read(_OF_DEALS, stage_ids=wanted)
    else:
        rows = await session.read(_KEPT, stage_ids=wanted)
    return _gathered(wanted, rows, session.viewer.currency)


def _reckoned(where: Iterable[ColumnElement[bool]], since: date | bool | None) -> Select[*tuple[Any, ...]]:
    closed = [col(Deal.closed_on) >= bindparam("since", type_=Date)] if since else []
    return (
        select(col(Deal.stage_id), col(Deal.currency), func.count(), func.sum(col(Deal.amount_minor)))
        .where(any_of(col(Deal.stage_id), "stage_ids"), col(Deal.archived_at).is_(None), *closed, *where)
        .group_by(col(Deal.stage_id), col(Deal.currency))
    )


_OF_DEALS = Prepared(_reckoned((), None))
_OF_CLOSED = Prepared(_reckoned((), since=True))
_KEPT = Prepared(
    select(
        col(DealRollup.stage_id),
        col(DealRollup.currency),
        func.sum(col(DealRollup.deals)),
        func.sum(col(DealRollup.amount_minor)),
    )
    .where(any_of(col(DealRollup.stage_id), "stage_ids"))
    .group_by(col(DealRollup.stage_id), col(DealRollup.currency))
)


def sum_row(stage: Stage, found: StageSum) -> dict[str, Any]:
    """``{stage, count, sum_minor, weighted_minor, others: [[currency, minor], ...]}`` for the browser."""
    return {
        "stage": str(stage.public_id),
        "count": found.deals,
        "sum_minor": found.sum_minor,
        "weighted_minor": found.weighted_minor(stage.probability),
        "others": sorted([currency, minor] for currency, minor in found.others.items() if minor),
    }


def _gathered(stage_ids: list[int], rows: Iterable[Any], home: str) -> dict[int, StageSum]:
    found = {stage_id: StageSum() for stage_id in stage_ids}
    for stage_id, currency, deals, amount in rows:
        one = found[stage_id]
        one.deals += int(deals)
        if currency == home:
            one.sum_minor += int(amount or 0)
        elif amount:
            one.others[currency] = one.others.get(currency, 0) + int(amount)
    return found
