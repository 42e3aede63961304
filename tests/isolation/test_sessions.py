"""Whatever a program does with a company's session, it stays in the company."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased, defer
from sqlmodel import col

from saas.directory import parties
from saas.directory.models import Party, Person
from saas.kernel.errors import NotFound
from saas.tenancy import changes
from saas.tenancy.guard import TenancyError
from saas.tenancy.models import Change, Membership, Tenant
from saas.tenancy.sealed import SealedSession
from saas.tenancy.session import Database, SystemSession, TenantSession
from tests.isolation.conftest import Estate


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
