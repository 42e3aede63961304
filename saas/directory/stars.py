"""Stars: the records that a member keeps at hand. A star is the member's own and tells nobody anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from saas.directory.models import Star
from saas.tenancy.session import TenantSession

MOST = 200

# The member as the session has told the database: the filter is written once, for every member.
_MEMBER = sa.select(sa.func.wasl.current_member()).scalar_subquery()


async def turn(session: TenantSession, subject: str, subject_id: int, on: bool) -> None:
    """Put the member's star on a record, or take it off. Safe to repeat."""
    if on:
        star = insert(Star).values(
            tenant_id=session.tenant_id, member_id=session.member_id, subject=subject, subject_id=subject_id
        )
        await session.execute(star.on_conflict_do_nothing())
    else:
        await session.execute(
            sa.delete(Star).where(_of(session, subject), col(Star.subject_id) == subject_id)
        )


async def has(session: TenantSession, subject: str, subject_id: int) -> bool:
    """Whether the member's star is on the record."""
    query = sa.select(col(Star.id)).where(_of(session, subject), col(Star.subject_id) == subject_id)
    return await session.one(query) is not None


async def latest(session: TenantSession, limit: int) -> Sequence[tuple[str, int]]:
    """``(subject, subject_id)`` of the member's stars, the newest first."""
    query = sa.select(col(Star.subject), col(Star.subject_id)).where(col(Star.member_id) == session.member_id)
    return [(row[0], row[1]) for row in await session.rows(query.order_by(col(Star.id).desc()).limit(limit))]


class Starred:
    """What a list filters the member's stars by: stands where a column's attribute stands."""

    def __init__(self, subject: str, model: Any) -> None:
        self.subject, self.model = subject, model

    def in_(self, wanted: Sequence[bool]) -> sa.ColumnElement[bool]:
        mine = sa.select(col(Star.subject_id)).where(
            col(Star.subject) == self.subject, col(Star.member_id) == _MEMBER
        )
        return self.model.id.in_(mine) if True in wanted else self.model.id.not_in(mine)


def _of(session: TenantSession, subject: str) -> sa.ColumnElement[bool]:
    return sa.and_(col(Star.member_id) == session.member_id, col(Star.subject) == subject)
