"""What one action did can be taken back, and what others did since is kept."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory import comments, parties, people
from saas.directory.models import Comment, Party, Person
from saas.kernel.errors import NotFound
from saas.tenancy import changes
from saas.tenancy.models import Membership, Team
from saas.tenancy.session import Database
from tests.support.database import Company


async def make(database: Database, company: Company, *names: str) -> UUID:
    async with database.tenant_session(company.tenant_id, company.owner_id, "party.create") as session:
        for name in names:
            await parties.create(session, {"name": name})
        return session.action_id


async def take_back(database: Database, company: Company, action_id: UUID) -> tuple[UUID, changes.UndoResult]:
    async with database.tenant_session(company.tenant_id, company.owner_id, "undo") as session:
        return session.action_id, await changes.undo(session, action_id)


async def names(database: Database, company: Company) -> set[str]:
    async with database.tenant_session(company.tenant_id) as session:
        return set(await session.all(sa.select(col(Party.name)).where(col(Party.archived_at).is_(None))))


async def test_what_an_action_created_is_gone_without_a_trace(database: Database, company: Company) -> None:
    action = await make(database, company, "Kite", "Lantern")
    _, result = await take_back(database, company, action)
    assert result.conflicts == []
    assert len(result.rows["party"]) == 2
    assert await names(database, company) == set()


async def test_an_undo_can_be_undone_with_ids_and_a_higher_version(
    database: Database, company: Company
) -> None:
    action = await make(database, company, "Kite")
    async with database.tenant_session(company.tenant_id) as session:
        before = await session.one(sa.select(Party))
    undone, _ = await take_back(database, company, action)
    _, result = await take_back(database, company, undone)
    assert result.conflicts == []
    async with database.tenant_session(company.tenant_id) as session:
        after = await session.one(sa.select(Party))
    assert (after.id, after.public_id, after.name) == (before.id, before.public_id, "Kite")
    assert after.version > before.version


async def test_only_the_fields_that_somebody_changed_since_are_kept(
    database: Database, company: Company
) -> None:
    await make(database, company, "Kite")
    async with database.tenant_session(company.tenant_id, company.owner_id) as session:
        kite = await session.one(sa.select(Party))
        await parties.update(session, kite, {"city": "Kuwait", "phone": "1"})
        action = session.action_id
    async with database.tenant_session(company.tenant_id) as session:
        await parties.update(session, await session.get(Party, kite.id), {"phone": "2"})
    _, result = await take_back(database, company, action)
    assert result.conflicts == [changes.Conflict("party", kite.id, "changed", ("phone",))]
    async with database.tenant_session(company.tenant_id) as session:
        kite = await session.get(Party, kite.id)
    assert (kite.city, kite.phone) == ("", "2")


async def test_a_created_row_that_somebody_edited_since_stays(database: Database, company: Company) -> None:
    action = await make(database, company, "Kite", "Lantern")
    async with database.tenant_session(company.tenant_id) as session:
        kite = await session.one(sa.select(Party).where(col(Party.name) == "Kite"))
        await parties.update(session, kite, {"city": "Kuwait"})
    _, result = await take_back(database, company, action)
    assert [(c.row_id, c.reason) for c in result.conflicts] == [(kite.id, "changed")]
    assert await names(database, company) == {"Kite"}


async def test_a_created_row_that_others_point_at_is_archived_instead(
    database: Database, company: Company
) -> None:
    action = await make(database, company, "Kite")
    async with database.tenant_session(company.tenant_id) as session:
        kite = await session.one(sa.select(Party))
        await people.create(session, {"name": "Rana", "party_id": kite.id})
    _, result = await take_back(database, company, action)
    assert result.archived == {"party": {kite.id}}
    async with database.tenant_session(company.tenant_id) as session:
        assert (await session.get(Party, kite.id)).archived_at is not None
        assert (await session.one(sa.select(Person))).party_id == kite.id


async def test_rows_that_were_made_and_linked_in_one_action_all_go(
    database: Database, company: Company
) -> None:
    async with database.tenant_session(company.tenant_id, company.owner_id) as session:
        parent = await parties.create(session, {"name": "Group"})
        child = await parties.create(session, {"name": "Branch", "parent_id": parent.id})
        await parties.update(session, parent, {"parent_id": child.id, "city": "Kuwait"})
        await people.create(session, {"name": "Rana", "party_id": child.id})
        action = session.action_id
    undone, result = await take_back(database, company, action)
    assert (result.conflicts, await names(database, company)) == ([], set())
    _, result = await take_back(database, company, undone)
    assert (result.conflicts, await names(database, company)) == ([], {"Group", "Branch"})


async def test_a_cascade_is_taken_back_whole(database: Database, company: Company) -> None:
    async with database.tenant_session(company.tenant_id, company.owner_id) as session:
        party = await parties.create(session, {"name": "Kite"})
        await parties.add_address(session, party, {"city": "Salmiya"})
        await people.create(session, {"name": "Rana", "party_id": party.id})
    async with database.tenant_session(company.tenant_id, company.owner_id) as session:
        await session.delete(await session.get(Party, party.id))
        await session.flush()
        action = session.action_id
    _, result = await take_back(database, company, action)
    assert result.conflicts == []
    async with database.tenant_session(company.tenant_id) as session:
        back = await session.get(Party, party.id)
        assert [a.city for a in await parties.addresses(session, back)] == ["Salmiya"]
        assert (await session.one(sa.select(Person))).party_id == party.id


async def test_one_row_that_a_rule_refuses_does_not_hold_up_the_others(
    database: Database, company: Company
) -> None:
    async with database.tenant_session(company.tenant_id, company.owner_id) as session:
        teams = [Team(name=f"Team {n}") for n in range(9)]
        session.add_all(teams)
    async with database.tenant_session(company.tenant_id, company.owner_id) as session:
        await session.execute(sa.update(Team).values(archived_at=sa.func.now()))
        action = session.action_id
    async with database.tenant_session(company.tenant_id) as session:
        session.add(Team(name="Team 4"))
    _, result = await take_back(database, company, action)
    assert result.conflicts == [changes.Conflict("team", teams[4].id, "refused")]
    assert len(result.rows["team"]) == 8


async def test_members_take_back_only_what_they_did(database: Database, company: Company) -> None:
    action = await make(database, company, "Kite")
    async with database.tenant_session(company.tenant_id) as session:
        owner = await session.get(Membership, company.owner_id)
        colleague = Membership(display_name="Omar", role_id=owner.role_id, state="placeholder")
        session.add(colleague)
    with pytest.raises(changes.NotYourAction):
        async with database.tenant_session(company.tenant_id, colleague.id) as session:
            await changes.undo(session, action)
    async with database.tenant_session(company.tenant_id, colleague.id) as session:
        await changes.undo(session, action, anyones=True)
    assert await names(database, company) == set()


async def test_another_companys_action_is_unknown(
    database: Database, company: Company, rival: Company
) -> None:
    action = await make(database, rival, "Secret")
    for unknown in (action, uuid4(), "no-uuid"):
        with pytest.raises(NotFound):
            async with database.tenant_session(company.tenant_id, company.owner_id) as session:
                await changes.undo(session, unknown)
    assert await names(database, rival) == {"Secret"}


async def test_a_row_as_it_was_and_its_history(database: Database, company: Company) -> None:
    await make(database, company, "Kite")
    async with database.tenant_session(company.tenant_id, company.owner_id, "party.rename") as session:
        kite = await session.one(sa.select(Party))
        await parties.update(session, kite, {"name": "Kite & Kettle"})
    async with database.tenant_session(company.tenant_id) as session:
        latest, first = await changes.history(session, "party", kite.id)
        assert (latest.op, latest.action, latest.member_id) == ("update", "party.rename", company.owner_id)
        assert (latest.old, latest.new) == ({"name": "Kite"}, {"name": "Kite & Kettle"})
        assert first.op == "insert"
        assert (await changes.as_of(session, "party", kite.id, first.at) or {})["name"] == "Kite"
        assert (await changes.as_of(session, "party", kite.id, latest.at) or {})["name"] == "Kite & Kettle"
        earlier = first.at - timedelta(seconds=1)
        assert await changes.as_of(session, "party", kite.id, earlier) is None
        assert await changes.since(session, "party", kite.id, updates=1) == [latest]
        assert [
            c.id for c in await changes.history(session, "party", kite.id, before=latest.at.isoformat())
        ] == [first.id]


async def test_an_import_of_many_rows_is_one_line_of_news(database: Database, company: Company) -> None:
    await make(database, company, "First")
    await make(database, company, *(f"Party {n}" for n in range(30)))
    async with database.tenant_session(company.tenant_id, company.owner_id, "comment.add") as session:
        party = await session.one(sa.select(Party).where(col(Party.name) == "First"))
        await comments.add(session, "crm.customers", party.id, "Called them")
    async with database.tenant_session(company.tenant_id) as session:
        everything = {"comment": None, "party": None}
        lines = await changes.recent(session, 10, visible=everything)
        assert [(line.table, line.rows) for line in lines] == [("comment", 1), ("party", 30), ("party", 1)]
        older = await changes.recent(session, 10, visible=everything, before=lines[2].cursor + 1)
        assert older == [lines[2]]
        mine = sa.select(col(Party.id)).where(col(Party.name) == "First")
        assert [line.row_id for line in await changes.recent(session, 10, visible={"party": mine})] == [
            party.id
        ]
        assert await changes.recent(session, 10, visible={}) == []


async def test_a_row_of_ids_in_json_comes_back_as_it_was(database: Database, company: Company) -> None:
    async with database.tenant_session(company.tenant_id, company.owner_id) as session:
        owner = await session.get(Membership, company.owner_id)
        comment = await comments.add(session, "x", 1, "Look", [str(owner.public_id)])
        action = session.action_id
    undone, _ = await take_back(database, company, action)
    await take_back(database, company, undone)
    async with database.tenant_session(company.tenant_id) as session:
        assert (await session.get(Comment, comment.id)).mentions == [company.owner_id]
