"""A deal as lists, boards and patches show it: one query, one shape, drawn up by the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select, true
from sqlalchemy.orm import aliased
from sqlmodel import col

from saas.directory.json_rows import json_link, json_member, json_row, json_rows, read_rows
from saas.directory.models import Party, Person
from saas.modules.crm.models import Activity, Deal, Outcome, Pipeline, Stage
from saas.tenancy.models import Membership
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.session import TenantSession

DAY_SECONDS = 86_400


async def rows(session: TenantSession, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Deals by inside id, for lists and patches; archived ones too, for the archive."""
    return await read_rows(session, _BY_IDS, ids)


def rows_query() -> Select[*tuple[Any, ...]]:
    """Deals with the names beside them and the next thing to be done, one row a deal.

    Ids are public, amounts minor units, dates and instants ISO; ``_key`` and ``_owner`` are inside ids, for
    the patches and their rooms.
    """
    return _with_names(select(_ROW))


def by_stage(order: Sequence[Any]) -> Select[*tuple[Any, ...]]:
    """``(stage's inside id, [row, ...])`` of the deals in question, the rows of a stage in this order."""
    return _with_names(select(col(Deal.stage_id), json_rows(_ROW, order))).group_by(col(Deal.stage_id))


def is_idle(days: Any) -> ColumnElement[bool]:
    """Open, and without a sign of life for more than so many days; null when there is no such number."""
    return and_(col(Deal.outcome) == Outcome.OPEN, is_quiet(days))


def is_quiet(days: Any) -> ColumnElement[bool]:
    """Without a sign of life for more than so many days."""
    return func.extract("epoch", func.now() - col(Deal.last_active_at)) > days * DAY_SECONDS


_step = aliased(Activity)
_next = (
    select(
        json_row(
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

_ROW = json_row(
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
    in_stage=json_link(Stage),
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
    party=json_link(Party),
    person=json_link(Person),
    owner=json_member(),
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


_BY_IDS = Prepared(_with_names(select(json_rows(_ROW))).where(any_of(col(Deal.id))))
