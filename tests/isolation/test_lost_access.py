"""Whoever is removed, signed out or loses a right: the open tab hears no more, and no handler obeys it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from saas.kernel.permissions import Gate, Permission, RoleKey
from saas.modules.crm.models import Stage
from saas.modules.crm.service import deals
from saas.modules.crm.state.deals import DealsState
from saas.pages.members_state import MembersState
from saas.tenancy import accounts
from saas.tenancy.models import Membership
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.support import catalogue
from tests.support.companies import MadeCompany, Person, add_member, make_company, viewer_of
from tests.support.server import Server
from tests.support.socket_client import Tab, tab

catalogue.load()
DEALS = DealsState.get_full_name()
MEMBERS = MembersState.get_full_name()
BOARD = "/crm/deals"
TABS = 8


@dataclass(frozen=True)
class Office:
    """A company, a member whose tab is open, and a deal that the owner moves."""

    company: MadeCompany
    omar: Person
    omar_id: str
    deal: str
    stages: list[str]


@pytest.fixture
async def office(database: Database) -> Office:
    company = await make_company(database)
    omar = await add_member(database, company, role=RoleKey.ADMIN)
    viewer = await viewer_of(company.owner)
    async with viewer_session(database, viewer, "test.office") as session:
        deal = await deals.create(session, {"title": "Lobby bar refit"})
        omar_id = await session.one(sa.select(Membership.public_id).where(Membership.id == omar.member_id))  # pyright: ignore[reportArgumentType, reportCallIssue] -- column expressions
        stages = await session.all(sa.select(Stage.public_id).order_by(Stage.position))  # pyright: ignore[reportArgumentType, reportCallIssue] -- as above
        return Office(company, omar, str(omar_id), str(deal.public_id), [str(s) for s in stages])


async def move(owner: Tab, office: Office, to: int) -> None:
    where = {"deal": office.deal, "stage": office.stages[to], "after": "", "reason": "", "note": ""}
    assert (await owner.act(f"{DEALS}.move", **where))["rows"]


def patches(opened: Tab) -> int:
    return len([m for m in opened.live if m["topic"] not in ("ack", "toast", "session", "viewer")])


async def removed(owner: Tab, office: Office, database: Database) -> None:
    await owner.send(f"{MEMBERS}.remove", {"member": office.omar_id})
    await owner.fence()


async def signed_out_elsewhere(owner: Tab, office: Office, database: Database) -> None:
    """The session ends in the database, and nobody tells this process: the next event finds out."""
    await accounts.sign_out(database, office.omar.token)


ENDINGS = [removed, signed_out_elsewhere]
Ending = Callable[[Tab, Office, Database], Awaitable[None]]


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
async def test_no_handler_at_all_obeys_a_tab_whose_session_is_over(
    ending: Ending, server: Server, database: Database, office: Office
) -> None:
    guarded = [handler for handler in named() if required(handler) is not Gate.PUBLIC]
    async with (
        tab(server.url, office.company.session_cookie, BOARD) as owner,
        tabs(server, office.omar) as omars,
    ):
        await ending(owner, office, database)
        before = await changes(database, office)
        answers = await answers_to_all(omars, guarded)
        assert {said for said in answers.values()} == {("errors.signed_out",)}, answers
        assert await changes(database, office) == before


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
async def test_no_page_shows_anything_to_a_tab_whose_session_is_over(
    ending: Ending, server: Server, database: Database, office: Office
) -> None:
    async with (
        tab(server.url, office.company.session_cookie, BOARD) as owner,
        tab(server.url, office.omar.token, BOARD) as omar,
    ):
        await ending(owner, office, database)
        omar.state.clear()
        for address in ("/home", BOARD, "/crm/customers", f"/crm/deals/{office.deal}", "/settings/members"):
            await omar.go(address)
            await omar.read_anew()
        shown = str(omar.state)
        assert "Lobby bar refit" not in shown
        assert office.company.name not in shown
        assert omar.values("viewer_state")["viewer"] == {"signed_in": False}


async def test_a_removed_members_tab_hears_no_more_of_what_colleagues_do(
    server: Server, database: Database, office: Office
) -> None:
    async with (
        tab(server.url, office.company.session_cookie, BOARD) as owner,
        tab(server.url, office.omar.token, BOARD) as omar,
    ):
        await move(owner, office, 1)
        await omar.eventually(lambda t: [m for m in t.live if m["topic"] == "crm.deal"])
        await removed(owner, office, database)
        await omar.eventually(lambda t: [m for m in t.live if m["topic"] == "session"])
        heard = patches(omar)
        await move(owner, office, 2)
        await omar.fence()
        assert patches(omar) == heard


async def test_a_tab_signed_out_elsewhere_hears_no_more_once_it_has_asked_for_anything(
    server: Server, database: Database, office: Office
) -> None:
    async with (
        tab(server.url, office.company.session_cookie, BOARD) as owner,
        tab(server.url, office.omar.token, BOARD) as omar,
    ):
        await signed_out_elsewhere(owner, office, database)
        await omar.go("/home")
        heard = patches(omar)
        await move(owner, office, 1)
        await omar.fence()
        assert patches(omar) == heard


async def test_whoever_loses_rights_keeps_no_handler_that_needs_them_and_no_room(
    server: Server, database: Database, office: Office
) -> None:
    """An admin becomes somebody without a single right, in the open tab, by the owner's hand."""
    async with database.tenant_session(office.company.tenant_id) as session:
        await session.execute(
            sa.text("UPDATE wasl.role SET permissions = cast('{}' AS text[]) WHERE key = 'viewer'")
        )
    async with (
        tab(server.url, office.company.session_cookie, BOARD) as owner,
        tabs(server, office.omar) as omars,
    ):
        omar = omars[0]
        await owner.send(f"{MEMBERS}.change_role", {"member": office.omar_id, "role": "viewer"})
        await omar.eventually(lambda t: [m for m in t.live if m["topic"] in ("viewer", "session")])
        heard = patches(omar)
        await move(owner, office, 1)
        await omar.fence()
        assert patches(omar) == heard
        before = await changes(database, office)
        needing = [handler for handler in named() if not isinstance(required(handler), Gate)]
        answers = await answers_to_all(omars, needing)
        assert {said for said in answers.values()} == {("errors.not_allowed",)}, answers
        assert await changes(database, office) == before


def named() -> list[catalogue.Handler]:
    """Every handler that a page calls; those that load one are refused without a word."""
    return [handler for handler in catalogue.handlers() if handler.mark and not handler.mark.is_load]


def required(handler: catalogue.Handler) -> Permission | Gate:
    assert handler.mark is not None
    return handler.mark.required(handler.state)


@contextlib.asynccontextmanager
async def tabs(server: Server, person: Person) -> AsyncIterator[list[Tab]]:
    """As many as it takes for each to stay below what one socket may send."""
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(tab(server.url, person.token, BOARD)) for _ in range(TABS)]


async def answers_to_all(
    opened: list[Tab], handlers: list[catalogue.Handler]
) -> dict[catalogue.Handler, tuple[str, ...]]:
    """The keys of the refusals that each handler gave; the tabs take turns."""
    answers: dict[catalogue.Handler, tuple[str, ...]] = {}
    for number, handler in enumerate(handlers):
        asking = opened[number % len(opened)]
        heard = len(asking.live)
        await asking.send(handler.name, {})
        await asking.fence()
        answers[handler] = tuple(m["key"] for m in asking.live[heard:] if m["topic"] == "ack")
    return answers


async def changes(database: Database, office: Office) -> int:
    async with database.tenant_session(office.company.tenant_id) as session:
        return int(await session.one(sa.text("SELECT count(*) FROM wasl.change")) or 0)
