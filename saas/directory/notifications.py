"""What a member should know of: who called them, what was handed to them, what is due.

Each has their own. Every verb that reads or changes one asks for it as the session's member's, so that an id
of somebody else's names nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.models import Comment, Notification, NotificationKind
from saas.kernel.clock import now
from saas.kernel.errors import NotFound
from saas.tenancy.models import Change, Membership
from saas.tenancy.owned import among
from saas.tenancy.session import TenantSession

# Told to the members concerned alone: ``session.touch(TOPIC, [], members)``.
TOPIC = "inbox"
PAGE = 30
# A badge says 99+ of what is more.
COUNT_CAP = 100
LONGEST_SNIPPET = 240
_HANDED = "records handed over so far"


@dataclass(frozen=True, slots=True)
class Unread:
    """How many a member has not read, ``COUNT_CAP`` at most; ``at`` orders two counts, in microseconds."""

    n: int
    at: int


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Entries as ``of`` gives them, and where the pages before and after begin (empty: there is none)."""

    entries: list[Entry]
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A notification with who did it and what they said."""

    notification: Notification
    by: str
    body: str


async def mention(session: TenantSession, comment: Comment, member_ids: Iterable[int]) -> list[Notification]:
    """A comment calls these members. Nobody is told of calling themselves."""
    return await _tell(
        session,
        [id for id in member_ids if id != session.member_id],
        kind=NotificationKind.MENTIONED,
        subject=comment.subject,
        subject_id=comment.subject_id,
        actor_id=session.member_id,
        comment_id=comment.id,
    )


def hand_over(session: TenantSession, subject: str, row_id: int, owner_id: int | None) -> None:
    """A record belongs to ``owner_id`` from now on, by somebody else's hand. However many records one action
    hands to a member, they are told once. Where nobody is at work, as in an import, nobody is told."""
    if owner_id is None or owner_id == session.member_id or "viewer" not in session.info:
        return
    if _HANDED not in session.info:
        session.info[_HANDED] = {}
        session.at_last(partial(_tell_of_handed, session))
    session.info[_HANDED].setdefault((owner_id, subject), set()).add(row_id)


async def remind(session: TenantSession, member_id: int, subject: str, subject_id: int) -> None:
    """Something of the member's is due."""
    await _tell(session, [member_id], kind=NotificationKind.REMINDER, subject=subject, subject_id=subject_id)


async def of(
    session: TenantSession, *, unread: bool = False, cursor: str = "", back: bool = False, limit: int = PAGE
) -> InboxPage:
    """The member's own, newest first. ``cursor`` is the public id of the entry beside the page."""
    query = (
        sa.select(Notification, col(Membership.display_name), col(Comment.body))
        .outerjoin(Membership, col(Membership.id) == col(Notification.actor_id))
        .outerjoin(Comment, col(Comment.id) == col(Notification.comment_id))
        .where(*_own(session))
    )
    if unread:
        query = query.where(col(Notification.read_at).is_(None))
    mark = await _mark(session, cursor)
    if mark is not None:
        query = query.where(col(Notification.id) > mark if back else col(Notification.id) < mark)
    order = col(Notification.id).asc() if back and mark is not None else col(Notification.id).desc()
    found = list(await session.rows(query.order_by(order).limit(limit + 1)))
    more, found = len(found) > limit, found[:limit]
    if back and mark is not None:
        found.reverse()
    entries = [Entry(row[0], row[1] or "", _snippet(row[2])) for row in found]
    has_previous, has_next = (more, True) if back and mark is not None else (mark is not None, more)
    if not entries:
        return InboxPage([], "", "")
    first, last = str(entries[0].notification.public_id), str(entries[-1].notification.public_id)
    return InboxPage(entries, first if has_previous else "", last if has_next else "")


async def unread(session: TenantSession, member_ids: Iterable[int]) -> dict[int, Unread]:
    """How many of these members' are unread, in one statement; for the badges of their tabs."""
    ids = sa.func.unnest(sa.literal(sorted(set(member_ids)), sa.ARRAY(sa.BigInteger)))
    member = ids.table_valued(sa.column("id", sa.BigInteger)).render_derived(name="member")
    some = (
        sa.select(col(Notification.id))
        .where(
            col(Notification.member_id) == member.c.id,
            col(Notification.read_at).is_(None),
            col(Notification.archived_at).is_(None),
        )
        .limit(COUNT_CAP)
        .correlate(member)
        .subquery()
    )
    counted = sa.select(sa.func.count()).select_from(some).scalar_subquery()
    found = await session.rows(sa.select(member.c.id, counted, sa.func.statement_timestamp()))
    return {row[0]: Unread(row[1], int(row[2].timestamp() * 1_000_000)) for row in found}


async def mark(session: TenantSession, public_id: str, *, read: bool) -> None:
    """One's own as read, or as new again. Raises ``NotFound``, for somebody else's as well."""
    found = await _mine(session, public_id)
    if (found.read_at is not None) is not read:
        found.read_at = now() if read else None
        await session.flush()
    _touch(session, [found.member_id])


async def read_all(session: TenantSession) -> int:
    """All of one's own; gives how many were unread."""
    done = await session.execute(
        sa.update(Notification)
        .where(*_own(session), col(Notification.read_at).is_(None))
        .values(read_at=now()),
        execution_options={"synchronize_session": False},
    )
    _touch(session, [session.member_id] if session.member_id else [])
    return int(done.rowcount)  # pyright: ignore[reportAttributeAccessIssue] -- an update has a count


async def archive(session: TenantSession, public_id: str) -> None:
    """One's own out of the inbox. Raises ``NotFound``, for somebody else's as well."""
    found = await _mine(session, public_id)
    found.archived_at = now()
    await session.flush()
    _touch(session, [found.member_id])


async def withdraw_comment(session: TenantSession, comment: Comment) -> None:
    """A comment was taken back: nobody is called by it any more."""
    await _withdraw(session, col(Notification.comment_id) == comment.id)


async def withdraw_action(session: TenantSession, action_id: UUID | str) -> None:
    """An action is taken back, and with it what it told, read or not. Before ``changes.undo``."""
    made = sa.select(col(Change.row_id)).where(
        col(Change.action_id) == UUID(str(action_id)),
        col(Change.table_name) == Notification.__tablename__,
        col(Change.op) == "insert",
    )
    ids = await session.all(made)
    if ids:
        await _withdraw(session, among(col(Notification.id), ids))


async def tell_again(session: TenantSession, ids: Iterable[int]) -> None:
    """These have come back, or have changed otherwise than by the verbs here, as an undo does it."""
    whose = sa.select(col(Notification.member_id)).where(among(col(Notification.id), ids)).distinct()
    _touch(session, await session.all(whose))


async def _tell(session: TenantSession, member_ids: Sequence[int], **values: Any) -> list[Notification]:
    if not member_ids:
        return []
    made = [Notification(member_id=id, **values) for id in sorted(set(member_ids))]
    session.add_all(made)
    await session.flush()
    _touch(session, [one.member_id for one in made])
    return made


async def _tell_of_handed(session: TenantSession) -> None:
    for (owner_id, subject), ids in session.info.pop(_HANDED).items():
        await _tell(
            session,
            [owner_id],
            kind=NotificationKind.HANDED,
            subject=subject,
            subject_id=next(iter(ids)) if len(ids) == 1 else None,
            records=len(ids),
            actor_id=session.member_id,
        )


async def _withdraw(session: TenantSession, which: sa.ColumnElement[bool]) -> None:
    gone = sa.delete(Notification).where(which).returning(col(Notification.member_id))
    whose = await session.execute(gone, execution_options={"synchronize_session": False})
    _touch(session, sorted(set(whose.scalars().all())))


async def _mine(session: TenantSession, public_id: str) -> Notification:
    found = await session.by_public_id(Notification, public_id, lock=True)
    if found.member_id != session.member_id:
        raise NotFound
    return found


async def _mark(session: TenantSession, cursor: str) -> int | None:
    """The entry's place; None for no cursor, and for one that names nothing of the member's."""
    try:
        wanted = UUID(cursor)
    except ValueError:
        return None
    mine = col(Notification.member_id) == session.member_id
    return await session.one(
        sa.select(col(Notification.id)).where(col(Notification.public_id) == wanted, mine)
    )


def _own(session: TenantSession) -> tuple[sa.ColumnElement[bool], ...]:
    return col(Notification.member_id) == session.member_id, col(Notification.archived_at).is_(None)


def _snippet(body: str | None) -> str:
    text = " ".join((body or "").split())
    return text if len(text) <= LONGEST_SNIPPET else text[: LONGEST_SNIPPET - 1].rstrip() + "…"


def _touch(session: TenantSession, members: Sequence[int]) -> None:
    if members:
        session.touch(TOPIC, [], members)
