"""What accounts leave behind and nobody needs: ended windows, old sessions, spent links."""

from __future__ import annotations

import sqlalchemy as sa

from saas.tenancy.jobs import schedule
from saas.tenancy.session import Database

_SWEEPS = (
    "DELETE FROM wasl.rate_bucket WHERE window_ends_at < now()",
    "DELETE FROM wasl.login_session WHERE least(expires_at, revoked_at) < now() - interval '30 days'",
    "DELETE FROM wasl.email_token WHERE expires_at < now() - interval '30 days'",
)


@schedule("accounts.sweep", "23 3 * * *")
async def sweep(database: Database) -> None:
    """Once a night; safe to repeat."""
    for statement in _SWEEPS:
        async with database.system_session() as session:
            await session.execute(sa.text(statement))
