"""In which language a member reads what is sent to them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col

from saas.tenancy.models import Account, Membership, Tenant
from saas.tenancy.session import TenantSession


async def language_of(session: TenantSession, member: Membership) -> str:
    """The member's own choice; the company's while they have no account."""
    if member.account_id is not None:
        async with session.database.system_session() as system:
            own = sa.select(col(Account.language)).where(col(Account.id) == member.account_id)
            chosen = await system.one(own)
        if chosen:
            return str(chosen)
    return str(await session.one(sa.select(col(Tenant.language))) or "en")
