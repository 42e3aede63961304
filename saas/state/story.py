"""The change record of a resource's rows, as people read it: fields by their labels, ids by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from saas.state.resource import Column, Kind, Resource
from saas.tenancy import changes, roster
from saas.tenancy.session import TenantSession

# Column by column as the record keeps them, before and after.
Step = tuple[Mapping[str, Any], Mapping[str, Any]]


async def lines_of(
    session: TenantSession, resource: Resource, steps: Sequence[Step]
) -> list[list[dict[str, Any]]]:
    """For each step from ``old`` to ``new`` its lines ``{field, label, kind, old, new, texts, arabic}``.

    They are the fields of ``new`` that the resource shows; ``texts`` are the text keys of a choice's two
    values, ``arabic`` what the named ones of the two are called in Arabic.
    """
    known = {_stored(column): column for column in resource.columns if _stored(column)}
    wanted: dict[str, set[int]] = {}
    for old, new in steps:
        for name in set(old) | set(new):
            column = known.get(name)
            if column and column.kind in (Kind.PERSON, Kind.REF):
                wanted.setdefault(name, set()).update(
                    v for v in (old.get(name), new.get(name)) if v is not None
                )
    names: dict[str, dict[int, str]] = {}
    arabic: dict[str, dict[int, str]] = {}
    for name, ids in wanted.items():
        names[name], arabic[name] = await _names(session, known[name], ids)
    return [
        [
            {
                "field": known[name].key,
                "label": known[name].label,
                "kind": str(known[name].kind),
                "old": _said(names, name, old.get(name)),
                "new": _said(names, name, new.get(name)),
                "texts": _texts(known[name], old.get(name), new.get(name)),
                "arabic": {
                    names[name][v]: arabic[name][v]
                    for v in (old.get(name), new.get(name))
                    if name in arabic and v in arabic[name]
                },
            }
            for name in known
            if name in new
        ]
        for old, new in steps
    ]


async def changed_fields(
    session: TenantSession, resource: Resource, row_id: int, before: str, limit: int
) -> list[dict[str, Any]]:
    """The change record of one row as timeline entries."""
    table = resource.model.__tablename__
    entries = await changes.history(session, table, row_id, limit=limit, before=before or None)
    told = await lines_of(session, resource, [(e.old or {}, e.new or {}) for e in entries])
    members = await roster.names(session, {e.member_id for e in entries if e.member_id})
    return [
        {
            "id": f"c{entry.id}",
            "at": entry.at.isoformat(),
            "kind": {"insert": "created", "delete": "deleted"}.get(entry.op, "change"),
            "by": members.get(entry.member_id or 0, ""),
            "body": "",
            "changes": lines if entry.op == "update" else [],
            "action": str(entry.action_id),
        }
        for entry, lines in zip(entries, told, strict=True)
        if lines or entry.op != "update"
    ]


def _texts(column: Column, *values: Any) -> dict[str, str]:
    return {choice.value: choice.label for choice in column.choices if choice.value in values}


def _stored(column: Column) -> str:
    """The database column behind a column of the list, or nothing for a derived one."""
    return getattr(column.attr, "key", "") or ""


async def _names(
    session: TenantSession, column: Column, ids: set[int]
) -> tuple[dict[int, str], dict[int, str]]:
    """What the ids are called, and those of them that have an Arabic name in Arabic."""
    if column.kind == Kind.PERSON:
        return await roster.names(session, ids), {}
    target = column.target
    label = getattr(target, "name", None) or target.title
    other = getattr(target, "name_ar", None)
    shown = (target.id, label) if other is None else (target.id, label, other)
    found = (await session.execute(select(*shown).where(target.id.in_(ids)))).all()
    return {row[0]: row[1] for row in found}, {row[0]: row[2] for row in found if row[2:] and row[2]}


def _said(names: dict[str, dict[int, str]], field: str, value: Any) -> Any:
    return names[field].get(value, value) if field in names and value is not None else value
