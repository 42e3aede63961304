"""A deal as lists, boards and patches show it: one query, one shape, drawn up by the database.

A board of a hundred cards holds four thousand values: made into Python objects and those into texts, they
were a third of what opening it costs the process. PostgreSQL writes them as JSON in one piece.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased
from sqlmodel import col

from saas.directory.models import Party, Person
from saas.modules.crm.models import Activity, Deal, Outcome, Pipeline, Stage
from saas.tenancy.models import Membership
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.session import TenantSession

DAY_SECONDS = 86_400


async def rows(session: TenantSession, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Deals by inside id, for lists and patches; archived ones too, for the archive."""
    ((found,),) = await session.read(_BY_IDS, ids=list(ids))
    return found or []


def rows_query() -> Select[*tuple[Any, ...]]:
    """Deals with the names beside them and the next thing to be done, one row a deal.

    Ids are public, amounts minor units, dates and instants ISO; ``_key`` and ``_owner`` are inside ids, for
    the patches and their rooms.
    """
    return _with_names(select(_ROW))


def by_stage(order: Sequence[Any]) -> Select[*tuple[Any, ...]]:
    """``(stage's inside id, [row, ...])`` of the deals in question, the rows of a stage in this order."""
    rows = func.json_agg(aggregate_order_by(_ROW, *order))
    return _with_names(select(col(Deal.stage_id), rows)).group_by(col(Deal.stage_id))


def is_idle(days: Any) -> ColumnElement[bool]:
    """Open, and without a sign of life for more than so many days; null when there is no such number."""
    quiet = func.extract("epoch", func.now() - col(Deal.last_active_at))
    return and_(col(Deal.outcome) == Outcome.OPEN, quiet > days * DAY_SECONDS)


def _object(**values: Any) -> ColumnElement[Any]:
    # Names written out: as parameters they are more than the driver keeps a parsed statement for.
    named = ((literal_column(f"'{name}'"), value) for name, value in values.items())
    return func.json_build_object(*itertools.chain.from_iterable(named))


def _named(model: Any) -> ColumnElement[Any]:
    """What a link to the record needs; null where there is none."""
    name = col(model.name)
    named = _object(id=col(model.public_id), label=name, name=name, name_ar=col(model.name_ar))
    return case((col(model.id).is_not(None), named))


def _owner() -> ColumnElement[Any]:
    name = col(Membership.display_name)
    return case(
        (col(Membership.id).is_not(None), _object(id=col(Membership.public_id), label=name, name=name))
    )


_step = aliased(Activity)
_next = (
    select(
        _object(
            id=col(_step.public_id),
            kind=col(_step.kind),
            subject=col(_step.subject),
            due_at=col(_step.due_at),
            all_day=col(_step.all_day),
        ).label("step")
    )
    .where(col(_step.deal_id) == col(Deal.id), col(_step.done_at).is_(None), col(_step.archived_at).is_(None))
    .order_by(col(_step.due_at).asc().nulls_last(), col(_step.id))
    .limit(1)
    .correlate(Deal)
    .lateral("next_step")
)

_ROW = _object(
    _key=col(Deal.id),
    _owner=col(Deal.owner_id),
    id=col(Deal.public_id),
    version=col(Deal.version),
    title=col(Deal.title),
    amount_minor=col(Deal.amount_minor),
    currency=col(Deal.currency),
    pipeline=col(Pipeline.public_id),
    stage=col(Stage.public_id),
    # The board goes by the stage's id, the table shows its name.
    in_stage=_named(Stage),
    probability=col(Stage.probability),
    position=col(Deal.position),
    outcome=col(Deal.outcome),
    closed_on=col(Deal.closed_on),
    lost_reason=func.coalesce(col(Deal.lost_reason), ""),
    lost_note=col(Deal.lost_note),
    expected_close_on=col(Deal.expected_close_on),
    stage_entered_at=col(Deal.stage_entered_at),
    last_active_at=col(Deal.last_active_at),
    idle=func.coalesce(is_idle(col(Stage.idle_days)), false()),
    created_at=col(Deal.created_at),
    source=col(Deal.source),
    external_ref=func.coalesce(col(Deal.external_ref), ""),
    tags=col(Deal.tags),
    party=_named(Party),
    person=_named(Person),
    owner=_owner(),
    next=_next.c.step,
)


def _with_names(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Deal)
        .join(Stage, col(Stage.id) == col(Deal.stage_id))
        .join(Pipeline, col(Pipeline.id) == col(Deal.pipeline_id))
        .outerjoin(Party, col(Party.id) == col(Deal.party_id))
        .outerjoin(Person, col(Person.id) == col(Deal.person_id))
        .outerjoin(Membership, col(Membership.id) == col(Deal.owner_id))
        .outerjoin(_next, true())
    )


_BY_IDS = Prepared(_with_names(select(func.json_agg(_ROW))).where(any_of(col(Deal.id))))
