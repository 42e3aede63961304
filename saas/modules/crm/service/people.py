"""People: who a company talks to, at a customer or on their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from saas.directory import people as directory
from saas.directory.models import Party, Person
from saas.tenancy.owned import among
from saas.tenancy.session import TenantSession

TOPIC = "crm.person"


async def create(session: TenantSession, values: dict[str, Any]) -> Person:
    """A new person; ``values`` as the directory takes them. Raises ``NameMissing``."""
    person = await directory.create(session, values)
    session.touch(TOPIC, [person.id])
    return person


async def change(session: TenantSession, person: Person, changes: dict[str, Any]) -> None:
    await directory.update(session, person, changes)
    session.touch(TOPIC, [person.id])


async def archive(session: TenantSession, person: Person) -> None:
    await directory.archive(session, person)
    session.touch(TOPIC, [person.id])


async def restore(session: TenantSession, person: Person) -> None:
    await directory.restore(session, person)
    session.touch(TOPIC, [person.id])


async def rows(session: TenantSession, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Live people by inside id, as lists show them."""
    query = (
        select(Person, col(Party.public_id), col(Party.name), col(Party.name_ar))
        .outerjoin(Party, col(Party.id) == col(Person.party_id))
        .where(among(col(Person.id), ids))
    )
    return [
        {
            "_key": row[0].id,
            "_owner": None,
            "id": str(row[0].public_id),
            "version": row[0].version,
            "name": row[0].name,
            "name_ar": row[0].name_ar,
            "title": row[0].title,
            "party": {"id": str(row[1]), "label": row[2], "name": row[2], "name_ar": row[3]}
            if row[1]
            else None,
            "phone": row[0].phone,
            "email": row[0].email,
            "note": row[0].note,
            "created_at": row[0].created_at.isoformat(),
        }
        for row in await session.rows(query)
    ]
