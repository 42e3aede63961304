"""People: who a company talks to, at a customer or on their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import null, select
from sqlmodel import col

from saas.directory import people as directory
from saas.directory.json_rows import json_link, json_row, json_rows, read_rows
from saas.directory.models import Party, Person
from saas.tenancy.prepared import Prepared, any_of
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
    return await read_rows(session, _BY_IDS, ids)


_ROW = json_row(
    _key=col(Person.id),
    _owner=null(),
    id=col(Person.public_id),
    version=col(Person.version),
    name=col(Person.name),
    name_ar=col(Person.name_ar),
    title=col(Person.title),
    party=json_link(Party),
    phone=col(Person.phone),
    email=col(Person.email),
    note=col(Person.note),
    created_at=col(Person.created_at),
)
_BY_IDS = Prepared(
    select(json_rows(_ROW))
    .select_from(Person)
    .outerjoin(Party, col(Party.id) == col(Person.party_id))
    .where(any_of(col(Person.id)))
)
