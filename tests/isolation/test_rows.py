"""Rows stay in the company that they were made in, and their values are no oracle for another."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from saas.directory.models import Party, Person, Product
from saas.tenancy.guard import TenancyError
from saas.tenancy.session import Database, TenantSession
from tests.isolation.conftest import Estate, names_of


async def test_an_update_without_a_filter_changes_our_rows_alone(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        await session.execute(sa.update(Party).values(name="Taken"))
        await session.execute(sa.update(Party.__table__).values(name="Taken"))  # pyright: ignore[reportAttributeAccessIssue] -- past the ORM
        await session.execute(sa.text("UPDATE wasl.party SET name = 'Taken'"))
    assert await names_of(database, theirs) == ["Secret"]
    assert await names_of(database, ours) == ["Taken"]


async def test_a_delete_without_a_filter_removes_our_rows_alone(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        await session.execute(sa.delete(Person))
        await session.execute(sa.text("DELETE FROM wasl.person"))
        await session.execute(sa.delete(Party))
    async with database.tenant_session(theirs.tenant_id) as session:
        assert await session.one(sa.select(sa.func.count(col(Person.id)))) == 1


async def test_an_update_that_names_their_row_changes_nothing(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        for statement in (
            sa.update(Party).where(col(Party.id) == theirs.party_id).values(name="Taken"),
            sa.text(f"UPDATE wasl.party SET name = 'Taken' WHERE tenant_id = {theirs.tenant_id}"),
            sa.text(f"DELETE FROM wasl.party WHERE id = {theirs.party_id}"),
        ):
            assert (await session.execute(statement)).rowcount == 0  # pyright: ignore[reportAttributeAccessIssue] -- a cursor's result
    assert await names_of(database, theirs) == ["Secret"]


async def test_a_row_cannot_be_moved_to_another_company(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async def by_object(session: TenantSession) -> None:
        (await session.get(Party, ours.party_id)).tenant_id = theirs.tenant_id
        await session.flush()

    async def by_statement(session: TenantSession) -> None:
        await session.execute(sa.update(Party).values(tenant_id=theirs.tenant_id))

    async def by_text(session: TenantSession) -> None:
        await session.execute(sa.text(f"UPDATE wasl.party SET tenant_id = {theirs.tenant_id}"))

    for move in (by_object, by_statement, by_text):
        with pytest.raises((TenancyError, DBAPIError)):
            async with database.tenant_session(ours.tenant_id) as session:
                await move(session)
    assert await names_of(database, ours) == ["Kite"]


async def test_a_row_keeps_its_identity(database: Database, ours: Estate) -> None:
    for change in ("id = id + 1000", "public_id = uuidv7()"):
        with pytest.raises(DBAPIError, match="keeps its company and its identity"):
            async with database.tenant_session(ours.tenant_id) as session:
                await session.execute(sa.text(f"UPDATE wasl.party SET {change}"))


async def test_a_new_row_cannot_be_given_to_another_company(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async def by_object(session: TenantSession) -> None:
        session.add(Party(tenant_id=theirs.tenant_id, name="Planted"))
        await session.flush()

    async def late(session: TenantSession) -> None:
        party = Party(name="Planted")
        session.add(party)
        party.tenant_id = theirs.tenant_id
        await session.flush()

    async def by_statement(session: TenantSession) -> None:
        await session.execute(sa.insert(Party).values(tenant_id=theirs.tenant_id, name="Planted"))

    async def in_bulk(session: TenantSession) -> None:
        await session.execute(sa.insert(Party), [{"tenant_id": theirs.tenant_id, "name": "Planted"}] * 2)

    async def by_text(session: TenantSession) -> None:
        await session.execute(
            sa.text("INSERT INTO wasl.party (tenant_id, name) VALUES (:t, 'Planted')"),
            {"t": theirs.tenant_id},
        )

    for plant in (by_object, late, by_statement, in_bulk, by_text):
        with pytest.raises((TenancyError, DBAPIError)):
            async with database.tenant_session(ours.tenant_id) as session:
                await plant(session)
    assert await names_of(database, theirs) == ["Secret"]


async def test_a_row_of_theirs_cannot_be_added_merged_or_refreshed_here(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(theirs.tenant_id) as session:
        foreign = await session.get(Party, theirs.party_id)
    foreign.name = "Taken"

    async def add(session: TenantSession) -> None:
        session.add(foreign)

    async def merge(session: TenantSession) -> None:
        await session.merge(foreign)
        await session.flush()

    async def refresh(session: TenantSession) -> None:
        await session.refresh(foreign)

    async def delete(session: TenantSession) -> None:
        await session.delete(foreign)

    for smuggle in (add, merge, refresh, delete):
        with pytest.raises((TenancyError, DBAPIError, sa.exc.InvalidRequestError)):
            async with database.tenant_session(ours.tenant_id) as session:
                await smuggle(session)
    assert (await names_of(database, theirs), await names_of(database, ours)) == (["Secret"], ["Kite"])


async def test_a_merge_by_a_forged_key_plants_and_reveals_nothing(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    with pytest.raises((TenancyError, DBAPIError)):
        async with database.tenant_session(ours.tenant_id) as session:
            await session.merge(Party(tenant_id=theirs.tenant_id, id=theirs.party_id, name="Taken"))
    assert await names_of(database, theirs) == ["Secret"]


async def test_a_reference_cannot_point_into_another_company(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    """And the refusal does not tell whether the id exists there."""
    said = []
    for party_id in (theirs.party_id, 999_999_999):
        with pytest.raises(DBAPIError) as refused:
            async with database.tenant_session(ours.tenant_id) as session:
                session.add(Person(name="Rana", party_id=party_id))
        said.append(str(refused.value.orig).replace(str(party_id), "?"))
    assert said[0] == said[1]
    with pytest.raises(DBAPIError):
        async with database.tenant_session(ours.tenant_id) as session:
            await session.execute(sa.text(f"UPDATE wasl.membership SET role_id = {theirs.role_id}"))


async def test_a_value_that_is_unique_elsewhere_is_free_here(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(theirs.tenant_id) as session:
        session.add(Product(name="Pump", sku="P-1", currency="KWD"))
    async with database.tenant_session(ours.tenant_id) as session:
        session.add(Product(name="Pump", sku="P-1", currency="KWD"))
        await session.flush()
        again = sa.text(
            "INSERT INTO wasl.product (name, sku, currency) VALUES ('Taken', 'P-1', 'KWD') "
            "ON CONFLICT (tenant_id, sku) WHERE archived_at IS NULL AND sku IS NOT NULL "
            "DO UPDATE SET name = excluded.name"
        )
        await session.execute(again)
    async with database.tenant_session(theirs.tenant_id) as session:
        assert await session.one(sa.select(col(Product.name))) == "Pump"


async def test_a_refusal_by_the_database_shows_no_other_companys_values(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    statements = [
        f"UPDATE wasl.party SET tenant_id = {theirs.tenant_id}",
        f"INSERT INTO wasl.party (tenant_id, id, name) VALUES ({theirs.tenant_id}, {theirs.party_id}, 'x')",
        "INSERT INTO wasl.role (key, name) VALUES ('owner', 'x')",
    ]
    for statement in statements:
        with pytest.raises(DBAPIError) as refused:
            async with database.tenant_session(ours.tenant_id) as session:
                await session.execute(sa.text(statement))
        assert "Secret" not in str(refused.value)


async def test_a_condition_that_fails_on_their_values_never_meets_them(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    """A division by zero, a wrong cast: conditions that could tell by an error what a hidden row holds."""
    probes = [
        "SELECT count(*) FROM wasl.party WHERE 1 / (CASE WHEN name = 'Secret' THEN 0 ELSE 1 END) = 1",
        "SELECT count(*) FROM wasl.party WHERE (CASE WHEN name = 'Secret' THEN name ELSE '1' END)::int = 1",
    ]
    async with database.tenant_session(ours.tenant_id) as session:
        for probe in probes:
            assert await session.one(sa.text(probe)) == 1
