"""Founding a company: the one moment when rows of a company are written before it exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from saas.tenancy.session import SystemSession


@dataclass(frozen=True, slots=True)
class Founded:
    tenant_id: int
    public_id: UUID
    owner_id: int


_FOUND = sa.text(
    "SELECT tenant_id, tenant_public_id, membership_id FROM wasl.found_company("
    ":account_id, :name, :slug, :country, :currency, :time_zone, :language, :trial_ends_on, :modules)"
).bindparams(
    sa.bindparam("modules", type_=sa.ARRAY(sa.Text)), sa.bindparam("account_id", type_=sa.BigInteger)
)


async def found_company(
    session: SystemSession,
    *,
    account_id: int,
    name: str,
    slug: str,
    country: str,
    currency: str,
    time_zone: str,
    language: str,
    trial_ends_on: date,
    modules: Sequence[str],
) -> Founded:
    """The company, its four starting roles, its owner and its first modules, in the caller's transaction.

    Raises ``IntegrityError`` when the slug is taken.
    """
    values = {
        "account_id": account_id,
        "name": name,
        "slug": slug,
        "country": country,
        "currency": currency,
        "time_zone": time_zone,
        "language": language,
        "trial_ends_on": trial_ends_on,
        "modules": list(modules),
    }
    row = (await session.execute(_FOUND, values)).one()
    return Founded(*row)
