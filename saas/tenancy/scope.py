"""Whose records a member sees: own, the team's, or all; in lists, counts, searches and sums alike.

The limit is part of the session, not of each query: every ORM statement about a ``MemberOwned`` model is
narrowed to the viewer's owners, so that no list can forget it.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

from saas.tenancy.owned import MemberOwned
from saas.tenancy.sealed import SealedSession
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.viewer import Viewer


@contextlib.asynccontextmanager
async def viewer_session(
    database: Database, viewer: Viewer, action: str = "", action_id: UUID | None = None
) -> AsyncIterator[TenantSession]:
    """One transaction of the viewer's company, as that member, seeing what that member may see."""
    async with database.tenant_session(viewer.tenant_id, viewer.member_id, action, action_id) as session:
        session.info["viewer"] = viewer
        yield session


@contextlib.contextmanager
def unlimited(session: TenantSession) -> Iterator[None]:
    """Every record of the company, for work whose result only reaches those who may see it."""
    before = session.info.get("unlimited", False)
    session.info["unlimited"] = True
    try:
        yield
    finally:
        session.info["unlimited"] = before


@contextlib.contextmanager
def seen_by(session: TenantSession, viewer: Viewer) -> Iterator[None]:
    """What this member may see, in a session that nobody opened: for what a job writes to them."""
    before = session.info.get("viewer")
    session.info["viewer"] = viewer
    try:
        yield
    finally:
        session.info["viewer"] = before


def is_limited(session: TenantSession) -> bool:
    """Whether sums kept for the whole company would tell this member too much."""
    return session.keepers is not None


@event.listens_for(SealedSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    viewer: Viewer | None = state.session.info.get("viewer")
    if viewer is None or viewer.owners is None or state.session.info.get("unlimited"):
        return
    if (state.is_select or state.is_update or state.is_delete) and not state.is_column_load:
        owners = sorted(viewer.owners)
        state.statement = state.statement.options(
            with_loader_criteria(MemberOwned, lambda model: model.keeper.in_(owners), include_aliases=True)
        )
