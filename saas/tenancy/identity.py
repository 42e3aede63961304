"""Who is behind a session token: everything that a viewer needs, in one statement.

This runs before every event of every tab, so it is one prepared statement over unique keys, outside the ORM.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from saas.tenancy.models import TenantState
from saas.tenancy.session import Database, current, idle_connections


@dataclass(frozen=True, slots=True)
class Identity:
    """A valid session's account and, where it has one open, its company and place there.

    ``permissions`` None: as the catalogue says for ``role_key``. ``modules`` are the keys that are on.
    """

    session_id: int
    session_public_id: UUID
    csrf: str
    seen_at: datetime
    expires_at: datetime
    account_id: int
    account_public_id: UUID
    email: str
    account_name: str
    email_confirmed_at: datetime | None
    language: str
    theme: str
    digits: str
    shortcuts: bool
    tenant_id: int | None
    tenant_public_id: UUID | None
    tenant_name: str | None
    slug: str | None
    country: str | None
    currency: str | None
    time_zone: str | None
    tenant_language: str | None
    state: TenantState | None
    trial_ends_on: date | None
    member_id: int | None
    member_public_id: UUID | None
    member_name: str | None
    team_id: int | None
    team_member_ids: frozenset[int]
    visibility: str | None
    role_id: int | None
    role_key: str | None
    role_name: str | None
    permissions: tuple[str, ...] | None
    modules: frozenset[str]

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "state", TenantState(self.state) if self.state else None)
        set_(self, "permissions", tuple(self.permissions) if self.permissions is not None else None)
        set_(self, "team_member_ids", frozenset(self.team_member_ids or ()))
        set_(self, "modules", frozenset(self.modules or ()))


RESOLVE = b"""
SELECT s.id AS session_id, s.public_id AS session_public_id, s.csrf, s.seen_at, s.expires_at,
       a.id AS account_id, a.public_id AS account_public_id, a.email, a.name AS account_name,
       a.email_confirmed_at, a.language, a.theme, a.digits, a.shortcuts,
       t.id AS tenant_id, t.public_id AS tenant_public_id, t.name AS tenant_name, t.slug, t.country,
       t.currency, t.time_zone, t.language AS tenant_language, t.state, t.trial_ends_on,
       m.id AS member_id, m.public_id AS member_public_id, m.display_name AS member_name, m.team_id,
       ARRAY(SELECT c.id FROM wasl.membership c
             WHERE c.tenant_id = m.tenant_id AND c.team_id = m.team_id) AS team_member_ids,
       coalesce(m.visibility, r.visibility) AS visibility,
       r.id AS role_id, r.key AS role_key, r.name AS role_name, r.permissions,
       ARRAY(SELECT e.key FROM wasl.enabled_module e
             WHERE e.tenant_id = t.id AND e.enabled AND e.archived_at IS NULL) AS modules
FROM wasl.login_session s
JOIN wasl.account a ON a.id = s.account_id AND a.closed_at IS NULL
LEFT JOIN wasl.membership m ON m.tenant_id = s.tenant_id AND m.account_id = s.account_id
     AND m.state = 'active' AND m.archived_at IS NULL
LEFT JOIN wasl.role r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
LEFT JOIN wasl.tenant t ON t.id = m.tenant_id
WHERE s.token_hash = %s AND s.revoked_at IS NULL AND s.expires_at > now()
"""


async def resolve_session(token_hash: bytes, database: Database | None = None) -> Identity | None:
    """The identity behind a live session, or None when it is unknown, revoked or expired.

    The company's part is None when the member was removed or the session has no company open.
    """
    engine = (database or current()).system
    # A restart of the server leaves dead connections in the pool; each try takes another, at last a new one.
    for left in range(idle_connections(engine), -1, -1):
        async with engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                cursor = driver.cursor(row_factory=class_row(Identity))
                await cursor.execute(RESOLVE, (token_hash,), prepare=True)
                return await cursor.fetchone()
            except (psycopg.OperationalError, psycopg.InterfaceError):
                await connection.invalidate()
                if not left:
                    raise
    raise AssertionError("unreachable")
