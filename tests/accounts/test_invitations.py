"""Colleagues are invited, join, are limited and leave."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from saas.kernel.errors import NotFound
from saas.kernel.permissions import RoleKey
from saas.tenancy import accounts, invitations, members
from saas.tenancy.accounts import SignedIn
from saas.tenancy.addresses import NotAnEmail
from saas.tenancy.identity import resolve_session
from saas.tenancy.models import Membership, MemberState
from saas.tenancy.password_resets import WrongPassword
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from saas.tenancy.tokens import digest
from tests.accounts.people import PASSWORD, device, letters_to, link_to, signed_up, someone
from tests.support.companies import MadeCompany, Person, add_member, make_company, viewer_of


@pytest.fixture
async def company(database: Database) -> MadeCompany:
    return await make_company(database, "Marsa Coffee Works", modules=())


async def test_an_invited_person_gets_a_letter_in_the_companys_language(database: Database):
    arabic = await make_company(database, "مرسى", modules=(), language="ar")
    email = someone()
    await _invite(database, arabic.owner, email)
    letter = (await letters_to(database, email))[0]
    assert letter["language"] == "ar"
    assert "مرسى" in letter["subject"]
    assert "مندوب" in letter["text"]
    assert 'dir="rtl"' in letter["html"]


async def test_a_new_person_joins_with_a_name_and_a_password(database: Database, company: MadeCompany):
    email = someone()
    await _invite(database, company.owner, email, RoleKey.VIEWER)
    joined = await _accept(database, email)
    viewer = await recognise(joined.token)
    assert viewer is not None
    assert (viewer.tenant_id, viewer.role, viewer.member_name, viewer.email) == (
        company.tenant_id,
        "viewer",
        "Omar Nasser",
        email,
    )
    assert viewer.email_confirmed_at is not None


async def test_a_known_person_joins_with_the_password_that_they_have(
    database: Database, company: MadeCompany
):
    email = someone()
    await _invite(database, (await _owner_of_another(database)), email)
    first = await _accept(database, email)
    await _invite(database, company.owner, email)
    with pytest.raises(WrongPassword):
        await _accept(database, email, password="not the lantern 5")
    second = await _accept(database, email)
    assert second.account_id == first.account_id
    assert (await invitations_of(database, company)) == []


async def test_whoever_is_signed_in_as_the_one_invited_joins_without_a_password(
    database: Database, company: MadeCompany
):
    email = someone()
    here = await signed_up(database, email)
    await _invite(database, company.owner, email)
    joined = await _accept(database, email, password="", signed_in=here.token)
    assert joined.account_id == here.account_id


async def test_an_invitation_is_for_the_one_invited(database: Database, company: MadeCompany):
    email = someone()
    stranger = await signed_up(database)
    await _invite(database, company.owner, email)
    with pytest.raises(invitations.ForAnother):
        await _accept(database, email, signed_in=stranger.token)


async def test_an_invitation_works_once(database: Database, company: MadeCompany):
    email = someone()
    await _invite(database, company.owner, email)
    await _accept(database, email)
    with pytest.raises(invitations.InvitationGone):
        await _accept(database, email)


async def test_of_two_who_accept_at_once_one_gets_the_place(database: Database, company: MadeCompany):
    email = someone()
    await _invite(database, company.owner, email)
    results = await asyncio.gather(_accept(database, email), _accept(database, email), return_exceptions=True)
    assert sum(isinstance(r, SignedIn) for r in results) == 1
    async with database.tenant_session(company.tenant_id) as session:
        count = await session.one(
            sa.text("SELECT count(*) FROM wasl.membership WHERE email = :e AND state = 'active'"), e=email
        )
    assert count == 1


async def test_a_withdrawn_or_old_or_replaced_link_opens_nothing(database: Database, company: MadeCompany):
    withdrawn, old, replaced = someone(), someone(), someone()
    viewer = await viewer_of(company.owner)
    for email in (withdrawn, old, replaced):
        await _invite(database, company.owner, email)
    first_link = await link_to(database, replaced)
    ids = {i["email"]: i["id"] for i in await invitations_of(database, company)}
    async with viewer_session(database, viewer) as session:
        await invitations.revoke(session, ids[withdrawn])
        await invitations.resend(session, ids[replaced], by=viewer)
        await session.execute(
            sa.text("UPDATE wasl.invitation SET expires_at = now() - interval '1 minute' WHERE email = :e"),
            {"e": old},
        )
    for token in (await link_to(database, withdrawn), await link_to(database, old), first_link, "made-up"):
        with pytest.raises(invitations.InvitationGone):
            await invitations.look(database, token, device())
    assert (await invitations.look(database, await link_to(database, replaced), device())).email == replaced


async def test_a_placeholder_of_an_import_becomes_the_person_and_keeps_its_records(
    database: Database, company: MadeCompany
):
    email = someone()
    async with database.tenant_session(company.tenant_id) as session:
        role = await members.role_named(session, "rep")
        kept = Membership(
            display_name="Moses Frase", email=email, role_id=role.id, state=MemberState.PLACEHOLDER
        )
        session.add(kept)
        await session.flush()
    await _invite(database, company.owner, email)
    viewer = await recognise((await _accept(database, email)).token)
    assert viewer is not None
    assert viewer.member_id == kept.id


@pytest.mark.parametrize("email", ["", "nobody", "a@b.example\nBcc: c@d.example", "x" * 300 + "@example.com"])
async def test_a_wrong_address_is_refused(database: Database, company: MadeCompany, email: str):
    with pytest.raises(NotAnEmail):
        await _invite(database, company.owner, email)


async def test_who_is_a_member_already_is_not_invited(database: Database, company: MadeCompany):
    colleague = await add_member(database, company)
    with pytest.raises(invitations.AlreadyMember):
        await _invite(database, company.owner, colleague.email.upper())


async def test_only_owners_make_owners(database: Database, company: MadeCompany):
    admin = await add_member(database, company, role=RoleKey.ADMIN)
    rep = await add_member(database, company)
    viewer = await viewer_of(admin)
    with pytest.raises(members.OwnersOnly):
        await _invite(database, admin, someone(), RoleKey.OWNER)
    ids = await _ids(database, company)
    for change in (
        lambda session: members.change_role(session, ids[rep.member_id], "owner", by=viewer),
        lambda session: members.change_role(session, ids[company.owner.member_id], "rep", by=viewer),
        lambda session: members.remove(session, ids[company.owner.member_id], by=viewer),
    ):
        with pytest.raises(members.OwnersOnly):
            async with viewer_session(database, viewer) as session:
                await change(session)


async def test_nobody_changes_their_own_role(database: Database, company: MadeCompany):
    viewer = await viewer_of(company.owner)
    ids = await _ids(database, company)
    with pytest.raises(members.OwnRole):
        async with viewer_session(database, viewer) as session:
            await members.change_role(session, ids[company.owner.member_id], "viewer", by=viewer)


async def test_the_last_owner_cannot_leave(database: Database, company: MadeCompany):
    viewer = await viewer_of(company.owner)
    with pytest.raises(members.LastOwner):
        async with viewer_session(database, viewer) as session:
            await members.leave(session, by=viewer)


async def test_of_two_owners_who_leave_at_once_one_stays(database: Database, company: MadeCompany):
    second = await add_member(database, company, "Sara", role=RoleKey.OWNER)
    both = asyncio.Barrier(2)

    async def leave(person: Person) -> None:
        viewer = await viewer_of(person)
        async with viewer_session(database, viewer) as session:
            await session.one(sa.text("SELECT 1"))
            await both.wait()
            await members.leave(session, by=viewer)

    results = await asyncio.gather(leave(company.owner), leave(second), return_exceptions=True)
    assert [type(r) for r in results if r is not None] == [members.LastOwner]


async def test_a_removed_members_session_is_nobody_from_the_next_event_on(
    database: Database, company: MadeCompany
):
    rep = await add_member(database, company)
    assert await recognise(rep.token) is not None
    await _remove(database, company, rep)
    assert await recognise(rep.token) is None


async def test_a_removed_member_keeps_their_other_companies_and_can_come_back(
    database: Database, company: MadeCompany
):
    email = someone()
    other = await make_company(database, "Second Harbour", modules=())
    for owner in (company.owner, other.owner):
        await _invite(database, owner, email)
        await _accept(database, email)
    async with database.tenant_session(company.tenant_id) as session:
        mine = (await session.rows(sa.select(Membership).where(Membership.email == email)))[0][0]  # pyright: ignore[reportArgumentType] -- a column expression
    person = Person(0, mine.id, company.tenant_id, email, "", "rep", "")
    await _remove(database, company, person)
    back = await accounts.sign_in(database, email, PASSWORD, device())
    assert back.tenant_id == other.tenant_id
    await _invite(database, company.owner, email)
    again = await recognise((await _accept(database, email)).token)
    assert again is not None
    assert again.member_id == mine.id


async def test_who_belongs_to_no_company_any_more_is_told_so(database: Database, company: MadeCompany):
    email = someone()
    await _invite(database, company.owner, email)
    joined = await _accept(database, email)
    viewer = await recognise(joined.token)
    assert viewer is not None
    await _remove(database, company, Person(0, viewer.member_id, company.tenant_id, email, "", "rep", ""))
    with pytest.raises(accounts.NoCompany):
        await accounts.sign_in(database, email, PASSWORD, device())


async def test_visibility_limits_what_the_member_sees_from_the_next_event_on(
    database: Database, company: MadeCompany
):
    rep = await add_member(database, company)
    owner = await viewer_of(company.owner)
    ids = await _ids(database, company)
    async with viewer_session(database, owner) as session:
        await members.limit_visibility(session, ids[rep.member_id], "own", by=owner)
    seen = await resolve_session(digest(rep.token), database)
    assert seen is not None
    assert seen.visibility == "own"
    assert (await viewer_of(rep)).owners == frozenset({rep.member_id})


async def test_a_members_id_of_another_company_is_not_found(database: Database, company: MadeCompany):
    rival = await make_company(database, "Rival", modules=())
    theirs = (await _ids(database, rival))[rival.owner.member_id]
    viewer = await viewer_of(company.owner)
    for verb in (
        lambda session: members.remove(session, theirs, by=viewer),
        lambda session: members.change_role(session, theirs, "rep", by=viewer),
        lambda session: members.limit_visibility(session, theirs, "own", by=viewer),
        lambda session: invitations.revoke(session, theirs),
    ):
        with pytest.raises(NotFound):
            async with viewer_session(database, viewer) as session:
                await verb(session)


async def invitations_of(database: Database, company: MadeCompany) -> list[dict]:
    async with viewer_session(database, await viewer_of(company.owner)) as session:
        return await invitations.listed(session)


async def _invite(database: Database, by: Person, email: str, role: str = RoleKey.REP) -> None:
    viewer = await viewer_of(by)
    async with viewer_session(database, viewer, "member.invite") as session:
        await invitations.invite(session, email, role, by=viewer)


async def _accept(
    database: Database, email: str, *, password: str = PASSWORD, signed_in: str = ""
) -> SignedIn:
    token = await link_to(database, email)
    return await invitations.accept(
        database, token, name="Omar Nasser", password=password, device=device(), signed_in=signed_in
    )


async def _remove(database: Database, company: MadeCompany, person: Person) -> None:
    viewer = await viewer_of(company.owner)
    ids = await _ids(database, company)
    async with viewer_session(database, viewer) as session:
        await members.remove(session, ids[person.member_id], by=viewer)


async def _ids(database: Database, company: MadeCompany) -> dict[int, str]:
    """Public ids of the company's members by inside ids."""
    async with database.tenant_session(company.tenant_id) as session:
        return {row["key"]: row["id"] for row in await members.listed(session)}


async def _owner_of_another(database: Database) -> Person:
    return (await make_company(database, "Elsewhere", modules=())).owner
