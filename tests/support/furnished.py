"""A company with every module's sample data in it, as somebody who looks around has it."""

from __future__ import annotations

from saas.kernel.catalog import modules
from saas.tenancy.identity import resolve_session
from saas.tenancy.recognition import viewer_of
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from saas.tenancy.tokens import digest
from tests.support.companies import MadeCompany, make_company


async def furnished_company(database: Database, name: str = "Al-Noor Trading") -> MadeCompany:
    """All modules on, each with its samples."""
    company = await make_company(database, name)
    identity = await resolve_session(digest(company.session_cookie), database)
    assert identity is not None
    viewer = await viewer_of(identity)
    for module in modules().values():
        if module.sample is not None:
            async with viewer_session(database, viewer, "test.samples") as session:
                await module.sample(session)
    return company
