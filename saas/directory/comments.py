"""What people say about a record, and whom they call to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory import mention_letters, notifications
from saas.directory.models import Comment
from saas.kernel.clock import now
from saas.kernel.errors import Invalid, NotAllowed
from saas.tenancy.changes import instant
from saas.tenancy.models import Membership, MemberState
from saas.tenancy.session import TenantSession


class NothingSaid(Invalid):
    key = "directory.nothing_said"


class NotYourComment(NotAllowed):
    """Only its author takes a comment back."""

    key = "directory.not_your_comment"


async def add(
    session: TenantSession, subject: str, subject_id: int, body: str, mentions: Sequence[str] = ()
) -> Comment:
    """Say ``body`` about a record. ``mentions`` are members' public ids; those unknown or gone are left out.
    Who is called finds it in their inbox, and has a letter of it when they do not look there."""
    if not body.strip():
        raise NothingSaid("body")
    called = await session.all(
        sa.select(col(Membership.id)).where(
            col(Membership.public_id).in_(mentions),
            col(Membership.archived_at).is_(None),
            col(Membership.state) == MemberState.ACTIVE,
        )
    )
    comment = Comment(
        subject=subject,
        subject_id=subject_id,
        author_id=session.member_id,
        body=body.strip(),
        mentions=list(called),
    )
    session.add(comment)
    await session.flush()
    for told in await notifications.mention(session, comment, called):
        await mention_letters.plan(session, told)
    return comment


async def remove(session: TenantSession, public_id: str) -> None:
    """Take back one's own comment. Raises ``NotFound`` or ``NotYourComment``."""
    comment = await session.by_public_id(Comment, public_id)
    if comment.author_id != session.member_id:
        raise NotYourComment
    comment.archived_at = now()
    await session.flush()
    await notifications.withdraw_comment(session, comment)


async def of(
    session: TenantSession, subject: str, subject_id: int, limit: int = 30, before: str | None = None
) -> list[dict[str, Any]]:
    """A record's comments for its timeline, newest first: ``{id, at, kind, by, by_id, body, changes}``.

    ``before`` is the instant (ISO 8601) of the oldest entry that is already shown.
    """
    query = (
        sa.select(Comment, col(Membership.display_name), col(Membership.public_id))
        .outerjoin(Membership, col(Membership.id) == col(Comment.author_id))
        .where(
            col(Comment.subject) == subject,
            col(Comment.subject_id) == subject_id,
            col(Comment.archived_at).is_(None),
        )
        .order_by(col(Comment.id).desc())
        .limit(limit)
    )
    if before:
        query = query.where(col(Comment.created_at) < instant(before))
    return [
        {
            "id": str(comment.public_id),
            "at": comment.created_at.isoformat(),
            "kind": "comment",
            "by": name or "",
            "by_id": str(author or ""),
            "body": comment.body,
            "changes": [],
            "action": "",
        }
        for comment, name, author in await session.rows(query)
    ]
