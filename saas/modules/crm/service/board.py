"""The board: every stage of a pipeline with its sums and its first cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from saas.modules.crm.models import Deal, Outcome, Pipeline, Stage
from saas.modules.crm.service import deal_rows, pipelines, sums
from saas.tenancy.session import TenantSession

CARDS = 20
DAY_SECONDS = 86_400
Conditions = Sequence[ColumnElement[bool]]


def stalled() -> ColumnElement[bool]:
    """Open deals without a sign of life for longer than their stage allows."""
    allowed = select(col(Stage.idle_days)).where(col(Stage.id) == col(Deal.stage_id)).scalar_subquery()
    return and_(
        col(Deal.outcome) == Outcome.OPEN,
        func.extract("epoch", func.now() - col(Deal.last_active_at)) > allowed * DAY_SECONDS,
    )


async def board(
    session: TenantSession,
    pipeline: Pipeline,
    where: Conditions = (),
    cards: int = CARDS,
) -> dict[str, Any]:
    """``{pipeline, stages: [stage row with count, sums, cards, more]}``: sums of all deals for which
    ``where`` holds, and of each stage the first ``cards`` cards in its order."""
    stages = await pipelines.stages(session, pipeline.id)
    found = await sums.by_stage(session, [stage.id for stage in stages], where)
    of_stage: dict[int, list[dict[str, Any]]] = {stage.id: [] for stage in stages}
    # Two statements: in one, the planner joins the names to every deal before it drops all but these.
    chosen = await session.all(_first_cards(list(of_stage), where, cards))
    query = deal_rows.rows_query().add_columns(col(Deal.stage_id)).where(col(Deal.id).in_(chosen))
    for row in await session.rows(query.order_by(col(Deal.position), col(Deal.id))):
        of_stage[row.stage_id].append(deal_rows.as_row(row))
    return {
        "pipeline": str(pipeline.public_id),
        "stages": [
            {
                **pipelines.stage_row(stage),
                **sums.sum_row(stage, found[stage.id]),
                "cards": of_stage[stage.id],
                "more": found[stage.id].deals > len(of_stage[stage.id]),
            }
            for stage in stages
        ],
    }


async def totals(session: TenantSession, pipeline: Pipeline, where: Conditions = ()) -> list[dict[str, Any]]:
    """The heads of the stages alone: ``sums.sum_row`` of each."""
    stages = await pipelines.stages(session, pipeline.id)
    found = await sums.by_stage(session, [stage.id for stage in stages], where)
    return [sums.sum_row(stage, found[stage.id]) for stage in stages]


async def more_cards(
    session: TenantSession,
    stage: Stage,
    after: tuple[int, str],
    where: Conditions = (),
    cards: int = CARDS,
) -> list[dict[str, Any]]:
    """The next cards of a stage below ``after``: the last card's position and public id."""
    last = await session.one(select(col(Deal.id)).where(col(Deal.public_id) == after[1])) if after[1] else 0
    below = tuple_(col(Deal.position), col(Deal.id)) > tuple_(after[0], last or 0)
    query = (
        deal_rows.rows_query()
        .where(col(Deal.stage_id) == stage.id, col(Deal.archived_at).is_(None), below, *where)
        .order_by(col(Deal.position), col(Deal.id))
        .limit(cards)
    )
    return [deal_rows.as_row(row) for row in await session.rows(query)]


def month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _first_cards(stage_ids: Sequence[int], where: Conditions, cards: int) -> Select[*tuple[Any, ...]]:
    """Ids: one index range a stage, cut off after ``cards`` rows."""
    of = aliased(Stage)
    first = (
        select(col(Deal.id).label("deal_id"))
        .where(col(Deal.stage_id) == col(of.id), col(Deal.archived_at).is_(None), *where)
        .order_by(col(Deal.position), col(Deal.id))
        .limit(cards)
        .correlate(of)
        .lateral("first")
    )
    return select(first.c.deal_id).select_from(of).join(first, true()).where(col(of.id).in_(stage_ids))
