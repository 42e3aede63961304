"""Whatever a program does with a company's session, it stays in the company."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased, defer
from sqlmodel import col

from saas.directory import parties
from saas.directory.models import Party, Person, Product
from saas.kernel.errors import NotFound
from saas.tenancy import changes
from saas.tenancy.guard import TenancyError
from saas.tenancy.models import Change, Membership, Tenant
from saas.tenancy.sealed import SealedSession
from saas.tenancy.session import Database, SystemSession, TenantSession
from tests.isolation.conftest import Estate, names_of


async def test_a_forged_public_id_finds_nothing(database: Database, ours: Estate, theirs: Estate) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        with pytest.raises(NotFound):
            await session.by_public_id(Party, theirs.party_public_id)


async def test_a_forged_inside_id_finds_nothing(database: Database, ours: Estate, theirs: Estate) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        with pytest.raises(NotFound):
            await session.get(Party, theirs.party_id)
        by_pair = sa.select(Party).where(
            col(Party.tenant_id) == theirs.tenant_id, col(Party.id) == theirs.party_id
        )
        assert await session.one(by_pair) is None


async def test_the_answer_is_the_same_for_a_foreign_and_an_unknown_id(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    said = []
    async with database.tenant_session(ours.tenant_id) as session:
        for id in (theirs.party_public_id, str(UUID(int=7)), "nonsense"):
            with pytest.raises(NotFound) as refused:
                await session.by_public_id(Party, id)
            said.append(refused.value.as_message())
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize(
    "tenant_id", [None, 0, -1, True, 1.0, "1", "1; SET ROLE wasl_owner", 2**63, b"1", [1]]
)
async def test_a_session_opens_for_nothing_but_a_company(database: Database, tenant_id: object) -> None:
    with pytest.raises(TenancyError, match="no tenant bound"):
        async with database.tenant_session(tenant_id):  # pyright: ignore[reportArgumentType] -- that is the attack
            pass


@pytest.mark.parametrize("action", ["x'; SET ROLE wasl_owner; --", "a b", "\x00", "ü'"])
async def test_an_actions_name_carries_no_statement(database: Database, ours: Estate, action: str) -> None:
    with pytest.raises(TenancyError):
        async with database.tenant_session(ours.tenant_id, action=action):
            pass


async def test_a_session_cannot_be_made_by_hand(database: Database, ours: Estate) -> None:
    for make in (
        lambda: TenantSession(database.app),
        lambda: TenantSession(database.app, seal=object()),
        lambda: SealedSession(database.app.sync_engine),
        lambda: SystemSession(database.system),
    ):
        with pytest.raises(TenancyError):
            make()


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


async def test_two_companies_in_one_task_keep_their_own_rows_and_objects(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with (
        database.tenant_session(ours.tenant_id) as here,
        database.tenant_session(theirs.tenant_id) as there,
    ):
        mine, other = await here.get(Party, ours.party_id), await there.get(Party, theirs.party_id)
        assert await here.all(sa.select(Party)) == [mine]
        assert await there.all(sa.select(Party)) == [other]
        with pytest.raises((TenancyError, sa.exc.InvalidRequestError)):
            here.add(other)
        with pytest.raises(NotFound):
            await here.get(Party, theirs.party_id)


async def test_an_object_that_is_loaded_late_is_loaded_from_its_own_company(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        party = await session.one(sa.select(Party).options(defer(Party.note)))  # pyright: ignore[reportArgumentType] -- a column
        await session.refresh(party, ["note"])
        session.expire(party)
        await session.refresh(party)
        assert (party.tenant_id, party.name) == (ours.tenant_id, "Kite")


async def test_a_statement_kept_for_one_company_serves_another_with_its_own_rows(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    query = sa.select(Party).where(col(Party.archived_at).is_(None))
    for _ in range(12):  # the driver prepares a statement after five
        for estate, name in ((ours, "Kite"), (theirs, "Secret")):
            async with database.tenant_session(estate.tenant_id) as session:
                assert [party.name for party in await session.all(query)] == [name]


async def test_joins_aliases_subqueries_and_unions_stay_inside(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    other = aliased(Party)
    names = sa.select(col(Party.name))
    queries = [
        sa.select(other.name),
        sa.select(other.name).select_from(Party).join(other, sa.true()),
        sa.union_all(names, names),
        sa.select(names.subquery().c.name),
        sa.select(names.cte().c.name),
        names.where(col(Party.id).in_(sa.select(col(Person.party_id)))),
        sa.text("SELECT name FROM wasl.party UNION SELECT name FROM ONLY wasl.party"),
        sa.text("WITH RECURSIVE r AS (SELECT name FROM wasl.party) SELECT name FROM r"),
        sa.text("SELECT p.name FROM wasl.person x JOIN LATERAL (SELECT name FROM wasl.party) p ON true"),
    ]
    async with database.tenant_session(ours.tenant_id) as session:
        for query in queries:
            assert "Secret" not in repr(await session.all(query))


async def test_counts_sums_and_search_know_our_rows_alone(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        assert await session.one(sa.select(sa.func.count()).select_from(Party)) == 1
        assert await session.one(sa.select(sa.func.sum(Party.credit_limit_minor))) == 700
        assert await session.one(sa.text("SELECT count(*) FROM wasl.search_word WHERE word LIKE 'sec%'")) == 0
        assert await parties.search(session, "secret") == []


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


async def test_the_change_record_shows_our_history_and_takes_no_dictation(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        assert await changes.history(session, "party", theirs.party_id) == []
        assert (
            await session.one(sa.select(sa.func.count()).where(col(Change.tenant_id) == theirs.tenant_id))
            == 0
        )
    for statement in (
        "DELETE FROM wasl.change",
        "UPDATE wasl.change SET member_id = NULL",
        "INSERT INTO wasl.change (tenant_id, action_id, table_name, row_id, op) "
        f"VALUES ({ours.tenant_id}, uuidv7(), 'party', 1, 'insert')",
        "DELETE FROM wasl.search_word",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.tenant_session(ours.tenant_id) as session:
                await session.execute(sa.text(statement))


async def test_a_company_sees_and_renames_itself_alone(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        assert await session.all(sa.select(col(Tenant.id))) == [ours.tenant_id]
        await session.execute(sa.text("UPDATE wasl.tenant SET name = 'Taken'"))
    async with database.tenant_session(theirs.tenant_id) as session:
        assert await session.one(sa.select(col(Tenant.name))) == "Rival Supplies"


@pytest.mark.parametrize("column", ["state = 'active'", "trial_ends_on = '2999-01-01'", "pod_id = 1"])
async def test_a_company_does_not_prolong_its_own_trial(
    database: Database, ours: Estate, column: str
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.tenant_session(ours.tenant_id) as session:
            await session.execute(sa.text(f"UPDATE wasl.tenant SET {column}"))


@pytest.mark.parametrize("table", ["account", "login_session", "email_token", "rate_bucket", "pod"])
async def test_what_belongs_to_no_company_is_out_of_a_companys_reach(
    database: Database, ours: Estate, table: str
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.tenant_session(ours.tenant_id) as session:
            await session.execute(sa.text(f"SELECT * FROM wasl.{table}"))


async def test_letters_are_written_and_never_read_by_a_company(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.tenant_session(ours.tenant_id) as session:
            await session.execute(sa.text("SELECT text_body FROM wasl.mail_message"))
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.tenant_session(ours.tenant_id) as session:
            await session.execute(
                sa.text(
                    "INSERT INTO wasl.mail_message (tenant_id, kind, to_email, subject, text_body) "
                    "VALUES (:t, 'x', 'a@example.com', 'x', 'x')"
                ),
                {"t": theirs.tenant_id},
            )


async def test_the_system_session_writes_no_companys_rows_and_reads_only_who_belongs_where(
    database: Database, ours: Estate
) -> None:
    async with database.system_session() as session:
        assert await session.one(
            sa.select(sa.func.count())
            .select_from(Membership)
            .where(col(Membership.tenant_id) == ours.tenant_id)
        )
    for statement in (
        "SELECT * FROM wasl.party",
        "SELECT * FROM wasl.change",
        "UPDATE wasl.membership SET state = 'removed'",
        "INSERT INTO wasl.role (tenant_id, name) VALUES (1, 'x')",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.system_session() as session:
                await session.execute(sa.text(statement))
