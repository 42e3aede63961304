"""Customers, suppliers and others that the company deals with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory import tags
from saas.directory.fields import NameMissing, put
from saas.directory.models import Address, LegalEntity, Party
from saas.kernel.clock import now
from saas.kernel.i18n import fold
from saas.tenancy.search import find
from saas.tenancy.session import TenantSession

SETTABLE = frozenset(
    [
        "kind",
        "is_customer",
        "is_supplier",
        "name",
        "name_ar",
        "owner_id",
        "parent_id",
        "segment",
        "country",
        "city",
        "phone",
        "email",
        "website",
        "tax_number",
        "founded_year",
        "employees",
        "annual_revenue_minor",
        "credit_limit_minor",
        "payment_terms_days",
        "language",
        "note",
        "tags",
    ]
)
OF_ENTITY = frozenset(
    ["legal_name", "legal_name_ar", "tax_number", "registration_number", "country", "valid_from", "valid_to"]
)
OF_ADDRESS = frozenset(["kind", "line1", "line2", "city", "region", "postcode", "country"])


async def create(session: TenantSession, values: Mapping[str, Any]) -> Party:
    """A new party, with its ids. Raises ``NameMissing`` or ``Unsettable``."""
    party = Party(name="")
    put(party, _tagged(party, values), SETTABLE)
    if not party.name:
        raise NameMissing("name")
    session.add(party)
    await session.flush()
    return party


async def update(session: TenantSession, party: Party, changes: Mapping[str, Any]) -> Party:
    put(party, _tagged(party, changes), SETTABLE)
    await session.flush()
    return party


async def archive(session: TenantSession, party: Party) -> None:
    """Out of the lists; what points at it stays."""
    party.archived_at = now()
    await session.flush()


async def restore(session: TenantSession, party: Party) -> None:
    party.archived_at = None
    await session.flush()


async def search(
    session: TenantSession, text: str, limit: int = 20, *where: sa.ColumnElement[bool]
) -> Sequence[Party]:
    """Parties of which each typed word begins a word of name, phone, e-mail or tax number."""
    return await find(session, Party, text, limit, *where)


async def customer_menu(session: TenantSession, text: str, limit: int) -> list[dict[str, Any]]:
    """``[{id, label, name_ar, note}]``: customers by a word of their name; the newest for no text."""
    if text.strip():
        found = await search(session, text, limit, col(Party.is_customer).is_(True))
    else:
        newest = sa.select(Party).where(col(Party.archived_at).is_(None), col(Party.is_customer))
        found = await session.all(newest.order_by(col(Party.id).desc()).limit(limit))
    return [
        {"id": str(p.public_id), "label": p.name, "name_ar": p.name_ar, "note": p.city or p.segment}
        for p in found
    ]


async def by_name(session: TenantSession, name: str) -> Party | None:
    """The oldest party of this name, letter forms and case aside."""
    same = sa.select(Party).where(
        sa.collate(col(Party.name_key), "C") == fold(name), col(Party.archived_at).is_(None)
    )
    return await session.one(same.order_by(col(Party.id)).limit(1))


async def find_or_create(
    session: TenantSession, name: str, values: Mapping[str, Any] | None = None
) -> tuple[Party, bool]:
    """The party of this name, and whether it is new. Two at once get the same one."""
    await session.one(sa.select(sa.func.wasl.hold_name("party", fold(name))))
    found = await by_name(session, name)
    if found is not None:
        return found, False
    return await create(session, {**(values or {}), "name": name}), True


async def legal_entities(session: TenantSession, party: Party) -> Sequence[LegalEntity]:
    """Newest first."""
    query = sa.select(LegalEntity).where(
        col(LegalEntity.party_id) == party.id, col(LegalEntity.archived_at).is_(None)
    )
    return await session.all(query.order_by(col(LegalEntity.valid_from).desc().nulls_last()))


async def add_legal_entity(session: TenantSession, party: Party, values: Mapping[str, Any]) -> LegalEntity:
    entity = LegalEntity(party_id=party.id, legal_name=party.name)
    put(entity, values, OF_ENTITY)
    session.add(entity)
    await session.flush()
    return entity


async def addresses(session: TenantSession, party: Party) -> Sequence[Address]:
    query = sa.select(Address).where(col(Address.party_id) == party.id, col(Address.archived_at).is_(None))
    return await session.all(query.order_by(col(Address.id)))


async def add_address(session: TenantSession, party: Party, values: Mapping[str, Any]) -> Address:
    address = Address(party_id=party.id)
    put(address, values, OF_ADDRESS)
    session.add(address)
    await session.flush()
    return address


def _tagged(party: Party, values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**values, "tags": tags.changed(party.tags, values["tags"])} if "tags" in values else values
