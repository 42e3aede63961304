"""A person's companies and a company's own description: listed, switched between, changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from saas.kernel.errors import AppError, NotFound
from saas.tenancy import places
from saas.tenancy.addresses import check_slug, clean_name
from saas.tenancy.founding import refuse_taken
from saas.tenancy.login_sessions import Ended, live_session
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.tokens import digest
from saas.tenancy.viewer import SignedOut


class CurrencyLocked(AppError):
    """There are amounts in the company's currency, archived ones too; another currency would falsify them."""

    key = "settings_company.currency_locked"
    status = 409


LEGAL_FIELDS = ("legal_name", "tax_id", "registration", "address")
MAX_LEGAL = 300


@dataclass(frozen=True, slots=True)
class Company:
    """One of a person's companies, for the switcher."""

    id: str
    name: str
    slug: str
    role: str
    current: bool


async def of_account(database: Database, account_id: int, current_tenant_id: int | None) -> list[Company]:
    """The companies that the person works in, by name."""
    async with database.system_session() as session:
        rows = await session.rows(
            sa.text(
                "SELECT t.public_id::text AS id, t.id AS inside, t.name, t.slug,"
                " coalesce(r.key, r.name) AS role"
                " FROM wasl.membership m JOIN wasl.tenant t ON t.id = m.tenant_id"
                " JOIN wasl.role r ON r.tenant_id = m.tenant_id AND r.id = m.role_id"
                " WHERE m.account_id = :account AND m.state = 'active' AND m.archived_at IS NULL"
                " AND t.state <> 'closed' ORDER BY lower(t.name), t.id"
            ),
            account=account_id,
        )
    return [Company(r.id, r.name, r.slug, r.role, r.inside == current_tenant_id) for r in rows]


async def switch(database: Database, token: str, company: UUID | str) -> Ended:
    """Let the session of this cookie work in another of its person's companies.

    Gives where it worked until now, whose tabs are to load anew. Raises ``SignedOut``, ``NotFound``.
    """
    try:
        wanted = str(UUID(str(company)))
    except ValueError:
        raise NotFound from None
    async with database.system_session() as session:
        here = await live_session(session, token)
        if here is None:
            raise SignedOut
        left = Ended((here.id,), (here.tenant_id,) if here.tenant_id else ())
        moved = await session.execute(
            sa.text(
                "UPDATE wasl.login_session s SET tenant_id = t.id, seen_at = now()"
                " FROM wasl.tenant t JOIN wasl.membership m ON m.tenant_id = t.id"
                " WHERE s.token_hash = :token AND s.revoked_at IS NULL AND s.expires_at > now()"
                " AND t.public_id = :company AND m.account_id = s.account_id AND m.state = 'active'"
                " AND m.archived_at IS NULL AND t.state <> 'closed' RETURNING s.id"
            ),
            {"token": digest(token), "company": wanted},
        )
        if moved.first() is None:
            raise NotFound
    return left


TOPIC = "workspace.company"


async def describe(session: TenantSession) -> dict[str, Any]:
    """What the company says of itself: name, slug, country, currency, time_zone, language, legal fields."""
    row = (
        await session.execute(
            sa.text("SELECT name, slug, country, currency, time_zone, language, legal FROM wasl.tenant")
        )
    ).one()
    legal = {field: str(row.legal.get(field, "")) for field in LEGAL_FIELDS}
    return {
        "name": row.name,
        "slug": row.slug,
        "country": row.country,
        "currency": row.currency,
        "time_zone": row.time_zone,
        "language": row.language,
        **legal,
    }


async def holds_amounts(session: TenantSession) -> bool:
    """Whether any record of the company, of whichever module, holds an amount."""
    return bool(await session.one(sa.select(sa.func.wasl.holds_amounts(session.tenant_id))))


async def update(database: Database, session: TenantSession, values: dict[str, str]) -> None:
    """Change what the company says of itself; ``values`` as ``describe`` gives them, absent ones stay.

    Raises ``SlugTaken`` with free names, ``CurrencyLocked``, and what ``addresses`` and ``places`` refuse.
    """
    session.touch(TOPIC, [])
    now = await describe(session)
    merged: dict[str, str] = {**now, **{name: value for name, value in values.items() if name in now}}
    if merged["currency"] != now["currency"] and await holds_amounts(session):
        raise CurrencyLocked("currency")
    slug = check_slug(merged["slug"])
    if slug != now["slug"]:
        async with database.system_session() as system:
            await refuse_taken(system, slug, merged["country"])
    await session.execute(
        sa.text(
            "UPDATE wasl.tenant SET name = :name, slug = :slug, country = :country, currency = :currency,"
            " time_zone = :time_zone, language = :language, legal = :legal, updated_at = now()"
        ).bindparams(sa.bindparam("legal", type_=JSONB)),
        {
            "name": clean_name(merged["name"]),
            "slug": slug,
            "country": places.check_country(merged["country"]),
            "currency": places.check_currency(merged["currency"]),
            "time_zone": places.check_time_zone(merged["time_zone"]),
            "language": places.check_language(merged["language"]),
            "legal": {field: merged[field].strip()[:MAX_LEGAL] for field in LEGAL_FIELDS},
        },
    )
