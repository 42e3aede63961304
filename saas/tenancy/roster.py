"""The members of a company by name: for menus, mentions and the names beside ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from saas.kernel.i18n import fold
from saas.tenancy.models import Membership, MemberState
from saas.tenancy.owned import among
from saas.tenancy.session import TenantSession


async def everybody(session: TenantSession, *, here: bool = False) -> list[dict[str, Any]]:
    """Every member that records may belong to, also of those who have left: ``[{id, label}]`` with public
    ids, by name. ``here``: those alone who can be called."""
    query = select(col(Membership.public_id), col(Membership.display_name)).where(
        col(Membership.archived_at).is_(None)
    )
    if here:
        query = query.where(col(Membership.state) == MemberState.ACTIVE)
    found = await session.execute(query.order_by(col(Membership.display_name), col(Membership.id)))
    return [{"id": str(row[0]), "label": row[1]} for row in found]


async def find(session: TenantSession, text: str, limit: int, *, here: bool = False) -> list[dict[str, Any]]:
    """Members whose name holds a word that starts with ``text``; a company has few enough to look at each."""
    wanted = fold(text)
    return [
        member
        for member in await everybody(session, here=here)
        if any(word.startswith(wanted) for word in fold(member["label"]).split() or [""])
        or fold(member["label"]).startswith(wanted)
    ][:limit]


async def names(session: TenantSession, ids: Iterable[int]) -> dict[int, str]:
    """Display names by membership id."""
    wanted = set(ids)
    if not wanted:
        return {}
    found = await session.execute(
        select(col(Membership.id), col(Membership.display_name)).where(among(col(Membership.id), wanted))
    )
    return {row[0]: row[1] for row in found}
