"""Companies with people in them, made quickly: without HTTP, and without the cost of a password."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from saas.kernel import clock
from saas.kernel.catalog import modules as catalogue
from saas.kernel.permissions import RoleKey
from saas.tenancy import login_sessions
from saas.tenancy.addresses import email_key
from saas.tenancy.companies import found_company
from saas.tenancy.founding import provision
from saas.tenancy.login_sessions import Device
from saas.tenancy.models import Account, Membership
from saas.tenancy.recognition import recognise
from saas.tenancy.session import Database
from saas.tenancy.viewer import Viewer

_numbers = itertools.count(1)
COOKIE = "wasl_session"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a company, signed in; ``token`` is the session cookie's value."""

    account_id: int
    member_id: int
    tenant_id: int
    email: str
    name: str
    role: str
    token: str

    @property
    def cookies(self) -> dict[str, str]:
        return {COOKIE: self.token}


@dataclass(frozen=True, slots=True)
class MadeCompany:
    """A company on trial, its modules on and provisioned, its owner signed in."""

    tenant_id: int
    name: str
    slug: str
    owner: Person

    @property
    def session_cookie(self) -> str:
        return self.owner.token


async def make_company(
    database: Database,
    name: str = "Marsa Coffee Works",
    *,
    modules: Iterable[str] | None = None,
    owner: str = "Layla Haddad",
    country: str = "KW",
    currency: str = "KWD",
    time_zone: str = "Asia/Kuwait",
    language: str = "en",
    trial_days: int = 15,
) -> MadeCompany:
    """A company with its owner; ``modules`` None means every one that exists."""
    unique = f"{next(_numbers)}-{uuid4().hex[:8]}"
    on = list(catalogue() if modules is None else modules)
    slug = f"company-{unique}"
    async with database.system_session() as session:
        account = await _account(session, owner, f"owner-{unique}@example.com", language)
        founded = await found_company(
            session,
            account_id=account.id,
            name=name,
            slug=slug,
            country=country,
            currency=currency,
            time_zone=time_zone,
            language=language,
            trial_ends_on=clock.today(time_zone) + timedelta(days=trial_days),
            modules=on,
        )
        token = await login_sessions.begin(session, account.id, founded.tenant_id, Device("127.0.0.1"))
    await provision(database, founded.tenant_id)
    person = Person(
        account.id, founded.owner_id, founded.tenant_id, account.email, owner, RoleKey.OWNER, token
    )
    return MadeCompany(founded.tenant_id, name, slug, person)


async def add_member(
    database: Database,
    company: MadeCompany,
    name: str = "Omar Nasser",
    *,
    role: RoleKey = RoleKey.REP,
    visibility: str | None = None,
    language: str = "en",
) -> Person:
    """A colleague who has accepted an invitation and is signed in."""
    unique = f"{next(_numbers)}-{uuid4().hex[:8]}"
    async with database.system_session() as session:
        account = await _account(session, name, f"member-{unique}@example.com", language)
        token = await login_sessions.begin(session, account.id, company.tenant_id, Device("127.0.0.1"))
    async with database.tenant_session(company.tenant_id, action="test.member") as session:
        role_id = await session.one(sa.text("SELECT id FROM wasl.role WHERE key = :key"), key=role.value)
        member = Membership(
            account_id=account.id,
            display_name=name,
            email=account.email,
            role_id=role_id,
            visibility=visibility,
        )
        session.add(member)
        await session.flush()
    return Person(account.id, member.id, company.tenant_id, account.email, name, role, token)


async def viewer_of(person: Person) -> Viewer:
    """The person as the gate knows them, from their session in the process's database."""
    viewer = await recognise(person.token)
    assert viewer is not None
    return viewer


def sign_in(context: Any, person: MadeCompany | Person, url: str) -> None:
    """Put the person's session into a Playwright browser context, for the server at ``url``."""
    token = person.session_cookie if isinstance(person, MadeCompany) else person.token
    context.add_cookies([{"name": COOKIE, "value": token, "url": url, "httpOnly": True, "sameSite": "Lax"}])


async def _account(session: Any, name: str, email: str, language: str) -> Account:
    account = Account(
        email=email,
        email_key=email_key(email),
        name=name,
        language=language,
        email_confirmed_at=clock.now(),
    )
    session.add(account)
    await session.flush()
    return account
