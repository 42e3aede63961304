"""At the time that was asked for, the owner of an activity finds it in their inbox and has a letter of it."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from saas.directory import notifications
from saas.directory.models import Party
from saas.kernel.clock import now
from saas.modules.crm.models import Activity, Deal
from saas.tenancy import jobs
from saas.tenancy.letters import write
from saas.tenancy.mail import post
from saas.tenancy.models import Membership, MemberState
from saas.tenancy.recipients import language_of
from saas.tenancy.session import TenantSession


@jobs.job("crm.remind", module="crm")
async def remind(session: TenantSession, *, activity: int) -> None:
    """Remind of an activity. Does nothing when it was sent, put off, done or taken back."""
    found = await session.one(
        select(Activity)
        .where(col(Activity.id) == activity, col(Activity.archived_at).is_(None))
        .with_for_update()
    )
    if found is None or found.done_at or found.reminded_at or found.reminder_at is None:
        return
    if found.reminder_at > now():
        return
    found.reminded_at = now()
    await session.flush()
    session.touch("crm.activity", [found.id])
    owner = await session.one(
        select(Membership).where(
            col(Membership.id) == found.owner_id, col(Membership.state) == MemberState.ACTIVE
        )
    )
    if owner is None:
        return
    await notifications.remind(session, owner.id, "crm.activity", found.id)
    if not owner.email:
        return
    deal = await session.one(select(Deal).where(col(Deal.id) == found.deal_id)) if found.deal_id else None
    party = (
        await session.one(select(Party).where(col(Party.id) == found.party_id)) if found.party_id else None
    )
    letter = write(
        "reminder",
        texts="crm.reminder",
        to=owner.email,
        language=await language_of(session, owner),
        path=f"/crm/deals/{deal.public_id}" if deal else "/crm/activities",
        subject=found.subject or found.body[:80],
        about=(party.name if party else "") or (deal.title if deal else ""),
    )
    await post(session, letter, to_name=owner.display_name)


async def plan(session: TenantSession, activity: Activity) -> None:
    """Let the reminder go out at its time, if it has one that has not been sent."""
    if activity.reminder_at is not None and activity.reminded_at is None and activity.done_at is None:
        await jobs.defer(session, remind, at=activity.reminder_at, activity=activity.id)
