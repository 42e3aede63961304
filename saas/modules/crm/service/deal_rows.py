"""A deal as lists, boards and patches show it: one query, one shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import aliased
from sqlmodel import col

from saas.directory.models import Party, Person
from saas.modules.crm.models import Activity, Deal, Pipeline, Stage
from saas.tenancy.models import Membership
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.session import TenantSession


@cache
def rows_query() -> Select[*tuple[Any, ...]]:
    """Deals with the names beside them and the next thing to be done, one row a deal."""
    return with_names(select(*_DEAL).select_from(Deal))


def with_names(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Adds to a query over ``Deal`` what ``as_row`` reads beside the deal's own columns."""
    step = aliased(Activity)
    next_step = (
        select(
            col(step.public_id).label("next_id"),
            col(step.kind).label("next_kind"),
            col(step.subject).label("next_subject"),
            col(step.due_at).label("next_due_at"),
            col(step.all_day).label("next_all_day"),
        )
        .where(
            col(step.deal_id) == col(Deal.id), col(step.done_at).is_(None), col(step.archived_at).is_(None)
        )
        .order_by(col(step.due_at).asc().nulls_last(), col(step.id))
        .limit(1)
        .correlate(Deal)
        .lateral("next_step")
    )
    return (
        query.add_columns(
            col(Stage.public_id).label("stage"),
            col(Stage.name).label("stage_name"),
            col(Stage.name_ar).label("stage_name_ar"),
            col(Stage.probability).label("probability"),
            col(Pipeline.public_id).label("pipeline"),
            col(Party.public_id).label("party"),
            col(Party.name).label("party_name"),
            col(Party.name_ar).label("party_name_ar"),
            col(Person.public_id).label("person"),
            col(Person.name).label("person_name"),
            col(Person.name_ar).label("person_name_ar"),
            col(Membership.public_id).label("owner"),
            col(Membership.display_name).label("owner_name"),
            *next_step.c,
        )
        .join(Stage, col(Stage.id) == col(Deal.stage_id))
        .join(Pipeline, col(Pipeline.id) == col(Deal.pipeline_id))
        .outerjoin(Party, col(Party.id) == col(Deal.party_id))
        .outerjoin(Person, col(Person.id) == col(Deal.person_id))
        .outerjoin(Membership, col(Membership.id) == col(Deal.owner_id))
        .outerjoin(next_step, true())
    )


async def rows(session: TenantSession, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Deals by inside id, for lists and patches; archived ones too, for the archive."""
    return [as_row(row) for row in await session.read(_by_ids(), ids=list(ids))]


@cache
def _by_ids() -> Prepared:
    return Prepared(rows_query().where(any_of(col(Deal.id))))


def as_row(row: Any) -> dict[str, Any]:
    """Raw values for the browser: ids are public, amounts minor units, dates and instants ISO; ``_key``
    and ``_owner`` are inside ids, for the patches and their rooms."""
    return {
        "_key": row.id,
        "_owner": row.owner_id,
        "id": str(row.public_id),
        "version": row.version,
        "title": row.title,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "pipeline": str(row.pipeline),
        "stage": str(row.stage),
        # The board goes by the stage's id, the table shows its name.
        "in_stage": _named(row.stage, row.stage_name, row.stage_name_ar),
        "probability": row.probability,
        "position": row.position,
        "outcome": str(row.outcome),
        "closed_on": _iso(row.closed_on),
        "lost_reason": str(row.lost_reason or ""),
        "lost_note": row.lost_note,
        "expected_close_on": _iso(row.expected_close_on),
        "stage_entered_at": _iso(row.stage_entered_at),
        "last_active_at": _iso(row.last_active_at),
        "created_at": _iso(row.created_at),
        "source": row.source,
        "external_ref": row.external_ref or "",
        "tags": row.tags,
        "party": _named(row.party, row.party_name, row.party_name_ar),
        "person": _named(row.person, row.person_name, row.person_name_ar),
        "owner": {"id": str(row.owner), "label": row.owner_name, "name": row.owner_name}
        if row.owner
        else None,
        "next": None
        if row.next_id is None
        else {
            "id": str(row.next_id),
            "kind": str(row.next_kind),
            "subject": row.next_subject,
            "due_at": _iso(row.next_due_at),
            "all_day": row.next_all_day,
        },
    }


_DEAL = tuple(
    col(attribute)
    for attribute in (
        Deal.id,
        Deal.public_id,
        Deal.version,
        Deal.title,
        Deal.amount_minor,
        Deal.currency,
        Deal.position,
        Deal.outcome,
        Deal.closed_on,
        Deal.lost_reason,
        Deal.lost_note,
        Deal.expected_close_on,
        Deal.stage_entered_at,
        Deal.last_active_at,
        Deal.created_at,
        Deal.source,
        Deal.external_ref,
        Deal.tags,
        Deal.owner_id,
    )
)


def _named(public_id: Any, name: str | None, name_ar: str | None) -> dict[str, str] | None:
    if not public_id:
        return None
    return {"id": str(public_id), "label": name or "", "name": name or "", "name_ar": name_ar or ""}


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None
