"""Counts and sums of deals by stage.

Sums are in the company's currency. Deals in other currencies are counted with the rest and their sums are
given beside it, currency by currency: a rate that nobody agreed on would make the total a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from saas.modules.crm.models import Deal, DealRollup, Stage
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
    session: TenantSession, stage_ids: Iterable[int], where: Iterable[ColumnElement[bool]] = ()
) -> dict[int, StageSum]:
    """Sums by stage id. Without conditions, for a member who sees every deal, they come from the rollup;
    otherwise they are reckoned over the deals that match and that the member may see."""
    wanted, conditions = list(stage_ids), list(where)
    if not conditions and not is_limited(session):
        query = (
            select(
                col(DealRollup.stage_id),
                col(DealRollup.currency),
                func.sum(col(DealRollup.deals)),
                func.sum(col(DealRollup.amount_minor)),
            )
            .where(col(DealRollup.stage_id).in_(wanted))
            .group_by(col(DealRollup.stage_id), col(DealRollup.currency))
        )
    else:
        query = (
            select(col(Deal.stage_id), col(Deal.currency), func.count(), func.sum(col(Deal.amount_minor)))
            .where(col(Deal.stage_id).in_(wanted), col(Deal.archived_at).is_(None), *conditions)
            .group_by(col(Deal.stage_id), col(Deal.currency))
        )
    return _gathered(wanted, await session.rows(query), session.viewer.currency)


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
