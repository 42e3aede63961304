"""Two who do the same in one moment: one has it, the other is told in words, and nobody meets a defect."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from saas.kernel.permissions import RoleKey
from saas.state.action import _patiently
from saas.tenancy import accounts, confirmations, invitations, members, workplaces
from saas.tenancy.accounts import SignedIn
from saas.tenancy.addresses import email_key
from saas.tenancy.confirmations import Confirmed
from saas.tenancy.founding import SlugTaken
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.accounts.people import PASSWORD, device, form, letters_to, link_to, someone
from tests.support.companies import MadeCompany, Person, add_member, make_company

# The first pair of a process may still wait for connections one after the other, and not meet.
ROUNDS = pytest.mark.parametrize("round", range(3))


@pytest.fixture
async def company(database: Database) -> MadeCompany:
    return await make_company(database, modules=())


async def _viewer(person: Person):
    found = await recognise(person.token)
    assert found is not None
    return found


async def _invite(database: Database, by: Person, email: str) -> None:
    viewer = await _viewer(by)
    async with viewer_session(database, viewer) as session:
        await invitations.invite(session, email, RoleKey.REP, by=viewer)


@ROUNDS
async def test_of_two_companies_confirmed_at_once_with_one_address_one_joins_the_other(
    database: Database, round: int
):
    email, tokens = someone(), []
    for company in ("First Harbour", "Second Harbour"):
        await accounts.sign_up(database, form(email, company=company), device(), trial_days=15)
        tokens.append(await link_to(database, email))
    results = await asyncio.gather(
        *(confirmations.confirm(database, token) for token in tokens), return_exceptions=True
    )
    assert sorted(r.joined for r in results if isinstance(r, Confirmed)) == [False, True], results
    async with database.system_session() as session:
        holders = await session.all(
            sa.text("SELECT id FROM wasl.account WHERE email_key = :key AND closed_at IS NULL"),
            key=email_key(email),
        )
    assert len(await workplaces.of_account(database, holders[0], None)) == 2


async def test_a_new_person_whom_two_companies_invited_joins_both_at_once(
    database: Database, company: MadeCompany
):
    email, tokens = someone(), []
    for owner in (company.owner, (await make_company(database, "Second Harbour", modules=())).owner):
        await _invite(database, owner, email)
        tokens.append(await link_to(database, email))
    results = await asyncio.gather(
        *(
            invitations.accept(database, token, name="Omar Said", password=PASSWORD, device=device())
            for token in tokens
        ),
        return_exceptions=True,
    )
    assert all(isinstance(r, SignedIn) for r in results), results
    assert len({r.account_id for r in results if isinstance(r, SignedIn)}) == 1


async def test_of_two_owners_who_invite_one_person_at_once_both_are_content_and_one_letter_counts(
    database: Database, company: MadeCompany
):
    email = someone()
    second = await add_member(database, company, "Sara", role=RoleKey.OWNER)

    async def invite(by: Person) -> None:
        async def handler(state: None) -> None:
            await _invite(database, by, email)

        await _patiently(handler, None, {})

    await asyncio.gather(invite(company.owner), invite(second))
    assert len(await letters_to(database, email)) == 2
    async with database.tenant_session(company.tenant_id) as session:
        assert [one["email"] for one in await invitations.listed(session)] == [email]


async def test_of_two_owners_who_remove_each_other_at_once_one_stays(
    database: Database, company: MadeCompany
):
    second = await add_member(database, company, "Sara", role=RoleKey.OWNER)

    async def remove(by: Person, whom: Person) -> None:
        viewer = await _viewer(by)

        async def handler(state: None) -> None:
            async with viewer_session(database, viewer) as session:
                public_id = await session.one(
                    sa.text("SELECT public_id FROM wasl.membership WHERE id = :id"), id=whom.member_id
                )
                await members.remove(session, public_id, by=viewer)

        await _patiently(handler, None, {})

    results = await asyncio.gather(
        remove(company.owner, second), remove(second, company.owner), return_exceptions=True
    )
    assert [type(r) for r in results if r is not None] == [members.LastOwner]


@ROUNDS
async def test_of_two_companies_that_take_one_web_name_at_once_one_is_told(
    database: Database, company: MadeCompany, round: int
):
    other = await make_company(database, "Second Harbour", modules=())
    wished = f"harbour-{company.tenant_id}"

    async def take(by: MadeCompany) -> None:
        viewer = await _viewer(by.owner)

        async def handler(state: None) -> None:
            async with viewer_session(database, viewer) as session:
                await workplaces.update(database, session, {"slug": wished})

        await _patiently(handler, None, {})

    results = await asyncio.gather(take(company), take(other), return_exceptions=True)
    assert [type(r) for r in results if r is not None] == [SlugTaken]
