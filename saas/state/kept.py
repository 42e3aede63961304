"""What an undo had to leave, row by row: which record and fields, whose values, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from saas.state.resource import RESOURCES, Resource
from saas.state.story import Step, lines_of
from saas.tenancy import changes, roster
from saas.tenancy.changes import Change, Conflict
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

# More rows than a person reads; the toast gives their number.
MOST = 50


async def describe(
    session: TenantSession, viewer: Viewer, action_id: UUID | str, conflicts: Sequence[Conflict]
) -> list[dict[str, Any]]:
    """``[{key, topic, id, title, href, reason, by, lines, can}]``, at most ``MOST``.

    ``lines`` are as the timeline's, ``old`` what stood before the action and ``new`` what stands there now;
    ``can`` says whether the member may take it back all the same. Of records that the viewer may not see, or
    that no list shows, only the reason is told.
    """
    told = conflicts[:MOST]
    done: dict[tuple[str, int], list[Change]] = {}
    for change in await changes.changes_of(session, action_id):
        done.setdefault((change.table_name, change.row_id), []).append(change)
    return [await _told(session, viewer, c, done.get((c.table, c.row_id), [])) for c in told]


async def _told(
    session: TenantSession, viewer: Viewer, conflict: Conflict, done: Sequence[Change]
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "key": f"{conflict.table}/{conflict.row_id}",
        "topic": "",
        "id": "",
        "title": "",
        "href": "",
        "reason": conflict.reason,
        "by": "",
        "lines": [],
        "can": False,
    }
    found = await _shown(session, viewer, conflict)
    if found is None:
        return said
    resource, row = found
    now = await session.one(
        sa.select(sa.func.to_jsonb(sa.literal_column(resource.model.__tablename__)))
        .select_from(resource.model)
        .where(resource.model.id == conflict.row_id)
    )
    later = await _writers_since(session, conflict, done)
    before: dict[str, Any] = {}
    for change in reversed(done):
        before |= change.old or {}
    fields = [field for field in conflict.fields if field in before]
    step: Step = ({f: before[f] for f in fields}, {f: (now or {}).get(f) for f in fields})
    return {
        **said,
        "topic": resource.key,
        "id": str(row["id"]),
        "title": str(row.get("title") or row.get("name") or row.get("label") or row.get("number") or ""),
        "href": f"{resource.route}/{row['id']}" if resource.has_page else resource.route,
        "by": later,
        "lines": [
            {**line, **_how_shown(resource, line["field"], row)}
            for line in (await lines_of(session, resource, [step]))[0]
        ],
        "can": conflict.reason == "changed" and viewer.may(resource.edit),
    }


def _how_shown(resource: Resource, field: str, row: dict[str, Any]) -> dict[str, Any]:
    """What the browser needs beside a value: the names of choices, the currency of money."""
    column = resource.column(field)
    if column is None:
        return {}
    choices = [{"value": choice.value, "label": choice.label} for choice in column.choices]
    return {"choices": choices, "currency": row.get(column.currency) if column.currency else None}


async def _shown(
    session: TenantSession, viewer: Viewer, conflict: Conflict
) -> tuple[Resource, dict[str, Any]] | None:
    """The first list that shows the row to this viewer, and the row as it shows it."""
    for resource in RESOURCES.values():
        if resource.model.__tablename__ != conflict.table or not viewer.may(resource.see):
            continue
        seen = sa.select(resource.model.id).where(resource.model.id == conflict.row_id)
        if resource.where is not None:
            seen = seen.where(resource.where())
        if await session.one(seen) is None:
            continue
        rows = await resource.rows(session, [conflict.row_id])
        if rows:
            return resource, rows[0]
    return None


async def _writers_since(session: TenantSession, conflict: Conflict, done: Sequence[Change]) -> str:
    """Who wrote last of what stands in the way."""
    last = max((change.id for change in done), default=0)
    for change in await changes.history(session, conflict.table, conflict.row_id):
        if change.id <= last:
            break
        if change.member_id and (not conflict.fields or set(conflict.fields) & set(change.new or {})):
            return (await roster.names(session, [change.member_id])).get(change.member_id, "")
    return ""
