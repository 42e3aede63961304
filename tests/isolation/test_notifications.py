"""A notification is its member's alone: no colleague and no other company reads, changes or counts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from saas.directory import comments, notifications
from saas.directory.models import Notification, NotificationKind
from saas.kernel.permissions import RoleKey
from saas.modules.crm.state.customers import CustomerState
from saas.pages.inbox_state import InboxState
from saas.state.undoing import UndoState
from saas.tenancy.session import Database
from tests.live.conftest import Floor, make_floor
from tests.support.companies import MadeCompany, Person, add_member, make_company
from tests.support.server import Server
from tests.support.socket_client import Tab, tab, told

INBOX = InboxState.get_full_name()
WORD = "Only for Omar"


@dataclass(frozen=True, slots=True)
class Called:
    """Omar was called to a customer by the owner: the notification's public id, and the action's."""

    floor: Floor
    omar: Person
    note: str
    action: str

    async def unread(self, database: Database) -> int:
        async with database.tenant_session(self.floor.company.tenant_id) as session:
            return (await notifications.unread(session, [self.omar.member_id]))[self.omar.member_id].n


@pytest.fixture
async def called(database: Database) -> Called:
    floor = await make_floor(database, RoleKey.ADMIN)
    omar = await add_member(database, floor.company)
    return await call(database, floor, omar)


async def call(database: Database, floor: Floor, omar: Person) -> Called:
    company = floor.company
    customer = await floor.customer_row(database)
    async with database.tenant_session(company.tenant_id, company.owner.member_id, "comment.add") as session:
        public_id = await session.one(
            sa.text("SELECT public_id FROM wasl.membership WHERE id = :id").bindparams(id=omar.member_id)
        )
        await comments.add(session, "crm.customer", customer.id, f"{WORD}, @Omar", [str(public_id)])
        note = await session.one(sa.select(Notification))
        assert note is not None
        return Called(floor, omar, str(note.public_id), str(session.action_id))


async def attacked(opened: Tab, called: Called) -> list[Any]:
    """Every handler of the inbox with somebody else's id; gives what the tab was told of it."""
    answers: list[Any] = [
        await opened.act(f"{INBOX}.open", id=called.note),
        await opened.act(f"{INBOX}.mark", id=called.note, read=True),
        await opened.act(f"{INBOX}.archive", id=called.note),
    ]
    await opened.send(f"{INBOX}.show", {"part": "all", "cursor": called.note, "back": False})
    await opened.send(f"{INBOX}.show", {"part": "all", "cursor": called.note, "back": True})
    await opened.send(f"{INBOX}.read_all", {"op": "a" * 32})
    await opened.fence()
    return answers


async def test_a_colleague_cannot_read_mark_or_put_away_what_is_anothers(
    server: Server, database: Database, called: Called
) -> None:
    for person in (called.floor.mariam, called.floor.company.owner):
        async with tab(server.url, person.token, "/inbox") as opened:
            answers = await attacked(opened, called)
            assert [answer["ok"] for answer in answers] == [False] * 3
            assert opened.values("inbox_state")["rows"] == []
            assert WORD not in str([opened.state, opened.live])
    assert await called.unread(database) == 1


async def test_another_company_learns_nothing_and_changes_nothing(
    server: Server, database: Database, called: Called
) -> None:
    rival: MadeCompany = await make_company(database, "Rival")
    async with tab(server.url, rival.session_cookie, "/inbox") as opened:
        answers = await attacked(opened, called)
        assert [answer["ok"] for answer in answers] == [False] * 3
        assert {answer["key"] for answer in answers} == {"errors.not_found"}
        assert opened.values("inbox_state")["rows"] == []
        assert (await opened.act(f"{UndoState.get_full_name()}.undo", action_id=called.action))["ok"] is False
    assert await called.unread(database) == 1


async def test_the_answer_is_the_same_for_a_colleagues_id_and_for_none(
    server: Server, called: Called
) -> None:
    async with tab(server.url, called.floor.mariam.token, "/inbox") as opened:
        theirs = await opened.act(f"{INBOX}.mark", id=called.note, read=True)
        nobodys = await opened.act(f"{INBOX}.mark", id="01900000-0000-7000-8000-000000000000", read=True)
        ignored = {"op", "seq", "prev"}
        assert {k: v for k, v in theirs.items() if k not in ignored} == {
            k: v for k, v in nobodys.items() if k not in ignored
        }


async def test_a_colleague_cannot_take_a_notification_away_by_undoing_somebody_elses_action(
    server: Server, database: Database, called: Called
) -> None:
    async with tab(server.url, called.floor.mariam.token, "/inbox") as opened:
        answer = await opened.act(f"{UndoState.get_full_name()}.undo", action_id=called.action)
        assert answer["key"] == "tenancy.not_your_action"
    assert await called.unread(database) == 1


async def test_the_word_that_something_came_reaches_no_tab_but_the_members(
    server: Server, database: Database, called: Called
) -> None:
    floor = called.floor
    async with (
        tab(server.url, floor.company.session_cookie, f"/crm/customers/{floor.customer}") as layla,
        tab(server.url, floor.mariam.token, "/inbox") as mariam,
        tab(server.url, called.omar.token, "/inbox") as omar,
    ):
        async with database.tenant_session(floor.company.tenant_id) as session:
            his = await session.one(
                sa.text("SELECT public_id FROM wasl.membership WHERE id = :id").bindparams(
                    id=called.omar.member_id
                )
            )
        await layla.call(
            f"{CustomerState.get_full_name()}.comment",
            {"op": "", "body": f"{WORD} again", "mentions": [str(his)], "id": floor.customer},
            lambda update: told(update, topic="toast"),
        )
        heard = await omar.eventually(lambda t: [m for m in t.live if m["topic"] == "inbox"])
        assert heard[-1]["unread"] == 2
        await mariam.fence()
        await layla.fence()
        for other in (mariam, layla):
            assert [m for m in other.live if m["topic"] == "inbox"] == []


async def test_a_notification_cannot_be_made_for_another_companys_member_or_comment(
    database: Database, called: Called
) -> None:
    rival = await make_company(database, "Rival")
    async with database.tenant_session(called.floor.company.tenant_id) as session:
        note = await session.by_public_id(Notification, called.note)
        comment_id = note.comment_id
    for values in (
        {"member_id": called.omar.member_id, "kind": NotificationKind.HANDED, "comment_id": None},
        {
            "member_id": rival.owner.member_id,
            "kind": NotificationKind.MENTIONED,
            "comment_id": comment_id,
        },
        {
            "member_id": rival.owner.member_id,
            "kind": NotificationKind.HANDED,
            "comment_id": None,
            "actor_id": called.omar.member_id,
        },
    ):
        with pytest.raises(DBAPIError):
            async with database.tenant_session(rival.tenant_id, rival.owner.member_id) as session:
                session.add(Notification(subject="crm.customer", subject_id=1, **values))
                await session.flush()


async def test_counting_another_companys_member_by_number_finds_nothing(
    database: Database, called: Called
) -> None:
    rival = await make_company(database, "Rival")
    async with database.tenant_session(rival.tenant_id, rival.owner.member_id) as session:
        assert (await notifications.unread(session, [called.omar.member_id]))[called.omar.member_id].n == 0
        await session.execute(sa.update(Notification).values(read_at=sa.func.now()))
        await session.execute(sa.delete(Notification).where(col(Notification.member_id) > 0))
    assert await called.unread(database) == 1
