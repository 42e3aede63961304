"""A letter to whoever was called by a comment and has not looked into their inbox for a while."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from saas.directory import subjects
from saas.directory.models import Comment, Notification
from saas.kernel.catalog import modules
from saas.kernel.clock import now
from saas.tenancy import jobs, roster
from saas.tenancy.letters import write
from saas.tenancy.mail import post
from saas.tenancy.models import Membership, MemberState
from saas.tenancy.recipients import language_of
from saas.tenancy.recognition import absent
from saas.tenancy.scope import seen_by
from saas.tenancy.session import TenantSession

# Who is at work finds it in the inbox by then.
WAIT = timedelta(minutes=10)
LONGEST_TEXT = 400


@jobs.job("notification.letter")
async def send(session: TenantSession, *, notification: int) -> None:
    """Send a mention as a letter. Does nothing when it was sent, read, put away or taken back, when its
    member has left, or when they may not see the record: a letter tells no more than the page would."""
    found = await session.one(
        select(Notification)
        .where(
            col(Notification.id) == notification,
            col(Notification.archived_at).is_(None),
            col(Notification.read_at).is_(None),
            col(Notification.lettered_at).is_(None),
        )
        .with_for_update()
    )
    if found is None or found.subject_id is None:
        return
    comment = await session.one(
        select(Comment).where(col(Comment.id) == found.comment_id, col(Comment.archived_at).is_(None))
    )
    member = await session.one(
        select(Membership).where(
            col(Membership.id) == found.member_id,
            col(Membership.state) == MemberState.ACTIVE,
            col(Membership.archived_at).is_(None),
        )
    )
    if comment is None or member is None or not member.email:
        return
    for module in modules().values():
        module.pages()  # with its lists, which a worker beside the server has not read yet
    with seen_by(session, await absent(session, member)):
        about = await subjects.seen(session, [(found.subject, found.subject_id)])
    record = about.get((found.subject, found.subject_id))
    if record is None:
        return
    found.lettered_at = now()
    await session.flush()
    language = await language_of(session, member)
    names = await roster.names(session, [found.actor_id] if found.actor_id else [])
    letter = write(
        "mention",
        to=member.email,
        language=language,
        path=record.href,
        by=names.get(found.actor_id or 0, "Wasl"),
        about=(language == "ar" and record.title_ar) or record.title,
        said=comment.body[:LONGEST_TEXT],
    )
    await post(session, letter, to_name=member.display_name)


async def plan(session: TenantSession, told: Notification) -> None:
    """Let the letter go out unless it is read first."""
    await jobs.defer(session, send, at=now() + WAIT, notification=told.id)
