"""A list's query kept under a name, for oneself or for the team."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.fields import NameMissing
from saas.directory.models import SavedView
from saas.kernel.clock import now
from saas.kernel.errors import NotAllowed
from saas.tenancy.session import TenantSession

TOPIC = "workspace.view"


class NotYourView(NotAllowed):
    """Whoever keeps a view may change it; a copy under another name is always possible."""

    key = "directory.not_your_view"


async def save(
    session: TenantSession, resource: str, name: str, shared: bool, query: dict[str, Any]
) -> SavedView:
    """Keep the query; one's own view of the same name gets the new one. Raises ``NameMissing``."""
    if not name.strip():
        raise NameMissing("name")
    mine = sa.select(SavedView).where(
        col(SavedView.resource) == resource,
        col(SavedView.name) == name.strip(),
        col(SavedView.kept_by) == session.member_id,
        col(SavedView.archived_at).is_(None),
    )
    view: SavedView | None = await session.one(mine.limit(1))
    if view is None:
        view = SavedView(resource=resource, name=name.strip(), query=query, kept_by=session.member_id)
        session.add(view)
    view.query, view.shared = query, shared
    session.touch(TOPIC, [])
    await session.flush()
    return view


async def remove(session: TenantSession, public_id: str) -> None:
    """Raises ``NotFound``, also for another's private view, and ``NotYourView`` for another's shared one."""
    view = await session.by_public_id(SavedView, public_id)
    if view.kept_by != session.member_id:
        raise NotYourView
    view.archived_at = now()
    session.touch(TOPIC, [])
    await session.flush()


async def of(session: TenantSession, resource: str) -> list[dict[str, Any]]:
    """One's own and the shared views of a list: ``{id, name, label, shared, mine, query}``, oldest first."""
    query = sa.select(SavedView).where(
        col(SavedView.resource) == resource,
        sa.or_(col(SavedView.shared).is_(True), col(SavedView.kept_by) == session.member_id),
        col(SavedView.archived_at).is_(None),
    )
    return [
        {
            "id": str(view.public_id),
            "name": view.name,
            "label": "",
            "shared": view.shared,
            "mine": view.kept_by == session.member_id,
            "query": view.query,
        }
        for view in await session.all(query.order_by(col(SavedView.id)))
    ]
