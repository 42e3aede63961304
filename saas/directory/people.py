"""The human beings that the company talks to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.fields import NameMissing, put
from saas.directory.models import Person
from saas.kernel.clock import now
from saas.kernel.i18n import fold
from saas.tenancy.search import find
from saas.tenancy.session import TenantSession

SETTABLE = frozenset(["party_id", "name", "name_ar", "title", "email", "phone", "language", "note"])


async def create(session: TenantSession, values: Mapping[str, Any]) -> Person:
    """A new person, with ids. Raises ``NameMissing`` or ``Unsettable``."""
    person = Person(name="")
    put(person, values, SETTABLE)
    if not person.name:
        raise NameMissing("name")
    session.add(person)
    await session.flush()
    return person


async def update(session: TenantSession, person: Person, changes: Mapping[str, Any]) -> Person:
    put(person, changes, SETTABLE)
    await session.flush()
    return person


async def archive(session: TenantSession, person: Person) -> None:
    person.archived_at = now()
    await session.flush()


async def restore(session: TenantSession, person: Person) -> None:
    person.archived_at = None
    await session.flush()


async def search(
    session: TenantSession, text: str, limit: int = 20, *where: sa.ColumnElement[bool]
) -> Sequence[Person]:
    """People of whom each typed word begins a word of name, title, e-mail or phone."""
    return await find(session, Person, text, limit, *where)


async def of_party(session: TenantSession, party_id: int) -> Sequence[Person]:
    query = sa.select(Person).where(col(Person.party_id) == party_id, col(Person.archived_at).is_(None))
    return await session.all(query.order_by(col(Person.id)))


async def by_email(session: TenantSession, email: str) -> Person | None:
    """The oldest person with this address, case aside; None for an empty one."""
    if not email.strip():
        return None
    same = sa.select(Person).where(
        sa.collate(col(Person.email_key), "C") == fold(email),
        col(Person.email) != "",
        col(Person.archived_at).is_(None),
    )
    return await session.one(same.order_by(col(Person.id)).limit(1))


async def find_or_create(session: TenantSession, values: Mapping[str, Any]) -> tuple[Person, bool]:
    """The person with this e-mail, else with this name at this party, else a new one; and whether new."""
    name, email = str(values.get("name") or ""), str(values.get("email") or "")
    await session.one(sa.select(sa.func.wasl.hold_name("person", fold(email or name))))
    found = await by_email(session, email)
    if found is None and not email.strip():
        same = sa.select(Person).where(
            sa.collate(col(Person.name_key), "C") == fold(name),
            col(Person.party_id).is_not_distinct_from(values.get("party_id")),
            col(Person.archived_at).is_(None),
        )
        found = await session.one(same.order_by(col(Person.id)).limit(1))
    return (found, False) if found is not None else (await create(session, values), True)
