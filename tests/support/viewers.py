"""A viewer for a company's member, as the gate would make one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable
from datetime import date

from saas.kernel.permissions import Permission, Visibility
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.viewer import Viewer
from tests.support.database import Company


def viewer_of(
    company: Company,
    *,
    member_id: int | None = None,
    visibility: Visibility = Visibility.ALL,
    permissions: Iterable[Permission] = (),
    modules: Iterable[str] = (),
) -> Viewer:
    """The owner of the company in Kuwait, or another of its members."""
    return Viewer(
        session_id=1,
        csrf="",
        account_id=company.account_id,
        email="sara@example.com",
        tenant_id=company.tenant_id,
        tenant_name=company.name,
        tenant_slug="company",
        tenant_state="trialing",
        member_id=member_id or company.owner_id,
        member_public_id="",
        member_name="Sara",
        role="owner",
        permissions=frozenset(str(p) for p in permissions),
        modules=frozenset(modules),
        visibility=visibility,
        team_id=None,
        team_member_ids=frozenset(),
        country="KW",
        currency="KWD",
        time_zone="Asia/Kuwait",
        language="en",
        trial_ends_on=date(2030, 1, 1),
    )


@contextlib.asynccontextmanager
async def at_work(database: Database, company: Company, **who: object) -> AsyncIterator[TenantSession]:
    """One transaction of the company, as its owner or another member (see ``viewer_of``)."""
    async with viewer_session(database, viewer_of(company, **who), "test") as session:  # pyright: ignore[reportArgumentType] -- passed through
        yield session
