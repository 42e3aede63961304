"""The board: every stage of a pipeline with its sums and its first cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    any_,
    bindparam,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from saas.modules.crm.models import Deal, Outcome, Pipeline, Stage, StageKind
from saas.modules.crm.service import deal_rows, pipelines, sums
from saas.modules.crm.service.card_order import MANUAL, CardOrder, order_of
from saas.modules.crm.service.sums import StageSum
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.session import TenantSession

CARDS = 20
_CARDS = bindparam("cards", type_=Integer)
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a board shows of its deals: those for which ``where`` holds, in ``order``; of the won and the
    lost, those closed since ``ends_since`` (None: all of them)."""

    where: Conditions = ()
    order: CardOrder = MANUAL
    ends_since: date | None = None


WHOLE = Sight()


def stalled() -> ColumnElement[bool]:
    """Open deals without a sign of life for longer than their stage allows. As a condition it is a join with
    the few stages; as a value, each deal would ask for its stage."""
    its = aliased(Stage)
    quiet = select(col(its.id)).where(
        col(its.id) == col(Deal.stage_id), deal_rows.is_quiet(col(its.idle_days))
    )
    return and_(col(Deal.outcome) == Outcome.OPEN, quiet.exists())


class Stalled:
    """What a list filters by whether deals are stalled: stands where a column's attribute stands."""

    def in_(self, wanted: Sequence[bool]) -> ColumnElement[bool]:
        sides = {True: stalled(), False: not_(stalled())}
        return or_(false(), *(sides[side] for side in dict.fromkeys(wanted)))

    def not_in(self, wanted: Sequence[bool]) -> ColumnElement[bool]:
        return not_(self.in_(wanted))

    def is_(self, nothing: None) -> ColumnElement[bool]:
        return false()

    def is_not(self, nothing: None) -> ColumnElement[bool]:
        return true()


async def board(
    session: TenantSession, pipeline: Pipeline, sight: Sight = WHOLE, cards: int = CARDS
) -> dict[str, Any]:
    """``{pipeline, stages: [stage row with count, sums, since, earlier, goal_minor, cards, more]}``: sums of
    all deals in sight, and of each stage the first ``cards`` cards. ``since`` is the first day that an end
    stage shows, ``earlier`` how many closed before it."""
    stages = await pipelines.stages(session, pipeline.id)
    heads = await _heads(session, pipeline, stages, sight)
    of_stage: dict[int, list[dict[str, Any]]] = {stage.id: [] for stage in stages}
    of_stage.update((stage, rows) for stage, rows in await _cards(session, stages, sight, cards))
    return {
        "pipeline": str(pipeline.public_id),
        "stages": [
            {
                **pipelines.stage_row(stage),
                **head,
                "cards": of_stage[stage.id],
                "more": head["count"] > len(of_stage[stage.id]),
            }
            for stage, head in zip(stages, heads, strict=True)
        ],
    }


async def totals(session: TenantSession, pipeline: Pipeline, sight: Sight = WHOLE) -> list[dict[str, Any]]:
    """The heads of the stages alone, as ``board`` gives them."""
    return await _heads(session, pipeline, await pipelines.stages(session, pipeline.id), sight)


async def more_cards(
    session: TenantSession, stage: Stage, last: str, sight: Sight = WHOLE, cards: int = CARDS
) -> list[dict[str, Any]]:
    """The next cards of a stage below ``last``, a card's public id; none when that card is gone."""
    query = deal_rows.rows_query().where(
        col(Deal.stage_id) == stage.id, col(Deal.archived_at).is_(None), *sight.where
    )
    if not stage.is_open and sight.ends_since is not None:
        query = query.where(col(Deal.closed_on) >= sight.ends_since)
    if last:
        mark = await session.rows(select(sight.order.value, col(Deal.id)).where(col(Deal.public_id) == last))
        if not mark:
            return []
        query = query.where(sight.order.below(*mark[0]))
    query = query.order_by(*sight.order.by()).limit(cards)
    return list(await session.all(query))


def month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


async def _heads(
    session: TenantSession, pipeline: Pipeline, stages: Sequence[Stage], sight: Sight
) -> list[dict[str, Any]]:
    whole = await sums.by_stage(session, [stage.id for stage in stages], sight.where)
    shown: dict[int, StageSum] = whole
    if ends := _ids(stages, sight, ends=True):
        assert sight.ends_since is not None
        shown = {**whole, **await sums.by_stage(session, ends, sight.where, since=sight.ends_since)}
    return [
        {
            **sums.sum_row(stage, shown[stage.id]),
            "since": sight.ends_since.isoformat() if stage.id in ends and sight.ends_since else "",
            "earlier": whole[stage.id].deals - shown[stage.id].deals,
            "goal_minor": pipeline.goal_minor if stage.kind is StageKind.WON and sight.ends_since else None,
        }
        for stage in stages
    ]


def _ids(stages: Sequence[Stage], sight: Sight, *, ends: bool) -> list[int]:
    """Of the stages, those whose deals are shown since a day, or the others."""
    return [stage.id for stage in stages if ends is (not stage.is_open and sight.ends_since is not None)]


async def _cards(
    session: TenantSession, stages: Sequence[Stage], sight: Sight, cards: int
) -> Sequence[tuple[int, list[dict[str, Any]]]]:
    """Of each stage with deals in sight its id and first cards."""
    values = {
        "stage_ids": _ids(stages, sight, ends=False),
        "end_ids": _ids(stages, sight, ends=True),
        "cards": cards,
        "since": sight.ends_since,
    }
    if not sight.where:
        return await session.read(_first_of_all(sight.order.key), **values)
    ((chosen,),) = await session.rows(select(_chosen(sight)), **values)
    return await session.read(_by_ids(sight.order.key), ids=chosen)


@cache
def _first_of_all(order: str) -> Prepared:
    return Prepared(_rows_of(order).where(col(Deal.id) == any_(_chosen(Sight(order=order_of(order))))))


@cache
def _by_ids(order: str) -> Prepared:
    return Prepared(_rows_of(order).where(any_of(col(Deal.id))))


def _rows_of(order: str) -> Select[*tuple[Any, ...]]:
    """Cards by stage, those of a stage in the order of this key."""
    return deal_rows.by_stage(order_of(order).by())


def _chosen(sight: Sight) -> ColumnElement[Any]:
    """The ids of the first cards as one array: it is made before anything is joined to them. As a table, the
    planner joins the names to every deal before it drops all but these."""
    of_these = (_first(sight), _ended_first(sight))
    open_ids, end_ids = (func.array(query.scalar_subquery(), type_=ARRAY(BigInteger)) for query in of_these)
    return open_ids.concat(end_ids)


def _first(sight: Sight) -> Select[*tuple[Any, ...]]:
    """Ids: one index range a stage, cut off after ``cards`` rows."""
    of = aliased(Stage)
    first = (
        select(col(Deal.id).label("deal_id"))
        .where(col(Deal.stage_id) == col(of.id), col(Deal.archived_at).is_(None), *sight.where)
        .order_by(*sight.order.by())
        .limit(_CARDS)
        .correlate(of)
        .lateral("first")
    )
    of_these = any_of(col(of.id), "stage_ids")
    return select(first.c.deal_id).select_from(of).join(first, true()).where(of_these)


def _ended_first(sight: Sight) -> Select[*tuple[Any, ...]]:
    """The same of deals by their closing day: those of the span first, for in the order of the cards the
    index would be walked through years of closed deals."""
    place = func.row_number().over(partition_by=col(Deal.stage_id), order_by=sight.order.by())
    ended = (
        select(col(Deal.id).label("deal_id"), place.label("place"))
        .where(
            any_of(col(Deal.stage_id), "end_ids"),
            col(Deal.archived_at).is_(None),
            col(Deal.closed_on) >= bindparam("since", type_=Date),
            *sight.where,
        )
        .subquery("ended")
    )
    return select(ended.c.deal_id).where(ended.c.place <= _CARDS)
