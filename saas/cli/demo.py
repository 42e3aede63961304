"""``wasl demo``: a company with all modules on, colleagues, and each module's sample data."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlmodel import col

from saas.cli import database
from saas.cli.failure import Failure
from saas.cli.steps import say, step
from saas.kernel import chance, clock
from saas.kernel.catalog import bridge_files, modules
from saas.kernel.permissions import RoleKey
from saas.kernel.settings import Environment, settings
from saas.tenancy import accounts, members, module_switches, viewer
from saas.tenancy.addresses import email_key
from saas.tenancy.database import urls_of
from saas.tenancy.founding import SlugTaken, provision
from saas.tenancy.login_sessions import Device
from saas.tenancy.models import Account, Membership
from saas.tenancy.passwords import hash_password
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database, use

COMPANY, SLUG = "Al-Noor Trading", "al-noor-demo"
PASSWORD = "wasl-demo-2026"  # noqa: S105 -- printed for everybody to try; refused in production


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    role: RoleKey


OWNER = Person("Sara Al-Mutairi", "sara@al-noor.example", RoleKey.OWNER)
COLLEAGUES = (
    Person("Yousef Haddad", "yousef@al-noor.example", RoleKey.ADMIN),
    Person("Mariam Khalil", "mariam@al-noor.example", RoleKey.REP),
    Person("Omar Nasser", "omar@al-noor.example", RoleKey.REP),
    Person("Lina Farah", "lina@al-noor.example", RoleKey.VIEWER),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="another number, other data (default 1)")


def run(options: argparse.Namespace) -> int:
    """Make the company, or say that it is there. Raises ``Failure`` in production."""
    chosen = settings()
    if chosen.environment is Environment.PRODUCTION:
        raise Failure("the demo company has a known password, so production does not get one")
    with step("database") as starting:
        url, starting.note = database.start(chosen)
    try:
        with step("migrations"):
            database.prepare(url)
        with step("company") as making:
            made = asyncio.run(_make(options.seed))
            making.note = COMPANY if made else f"{COMPANY} was there"
    finally:
        database.stop(chosen)
    say(f"\n  sign in as {OWNER.email} with {PASSWORD}; colleagues: the same password")
    for person in COLLEAGUES:
        say(f"    {person.email:<26}{person.name}, {person.role.value}")
    return 0


async def _make(seed: int) -> bool:
    """True when the company was made, False when it was there."""
    bridge_files()
    opened = Database(urls_of(settings()))
    use(opened)
    try:
        owner = await _owner(opened)
        viewer.bind(owner)
        with chance.seeded(seed):
            return await _fill(opened, owner)
    finally:
        use(None)
        await opened.close()


async def _owner(opened: Database) -> viewer.Viewer:
    """The owner, of the company made now or by an earlier run."""
    here = Device("", "wasl demo")
    form = accounts.SignUp(COMPANY, OWNER.name, OWNER.email, PASSWORD, SLUG, "KW", "KWD", "Asia/Kuwait", "en")
    try:
        signed = await accounts.sign_up(opened, form, here, trial_days=settings().trial_days)
        await provision(opened, signed.tenant_id)
    except SlugTaken:
        signed = await accounts.sign_in(opened, OWNER.email, PASSWORD, here)
    owner = await recognise(signed.token)
    if owner is None:
        raise Failure(f"{OWNER.email} is no member of {COMPANY} any more")
    return owner


async def _fill(opened: Database, owner: viewer.Viewer) -> bool:
    """Colleagues and samples, all or nothing; False when an earlier run did it."""
    people = await _accounts(opened)
    # The samples write as the owner does, and see the modules that are switched on with them.
    owner = replace(owner, modules=frozenset(modules()))
    async with viewer_session(opened, owner, "company.demo") as session:
        if len(await members.listed(session)) > 1:
            return False
        for person, account_id in zip(COLLEAGUES, people, strict=True):
            role = await members.role_named(session, person.role.value)
            member = Membership(
                account_id=account_id, role_id=role.id, display_name=person.name, email=person.email
            )
            session.add(member)
        await session.flush()
        for module in modules().values():
            await module_switches.switch(session, module.key, True, by=owner)
            if module.sample is not None:
                await module.sample(session)
    return True


async def _accounts(opened: Database) -> list[int]:
    """The ids of the colleagues' accounts, made when missing."""
    hashed = await hash_password(PASSWORD)
    ids = []
    async with opened.system_session() as session:
        for person in COLLEAGUES:
            account = await session.one(sa.select(Account).where(col(Account.email) == person.email))
            if account is None:
                account = Account(
                    email=person.email,
                    email_key=email_key(person.email),
                    name=person.name,
                    password_hash=hashed,
                    email_confirmed_at=clock.now(),
                )
                session.add(account)
                await session.flush()
            ids.append(account.id)
    return ids
