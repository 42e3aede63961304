"""People who sign in: their first company, their address, their password.

An address belongs to the account that has confirmed it. Whoever signs up with a known address is let into a
new company like everybody else, under an account of its own; only the letter differs, and opening it joins
the company to the account that has the address. So nothing that a stranger can see or measure depends on
whether an address is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from saas.kernel.errors import AppError
from saas.tenancy import login_sessions, passwords, places, rates
from saas.tenancy.addresses import clean_email, clean_name, email_key
from saas.tenancy.confirmations import ask_to_confirm
from saas.tenancy.email_links import by_address
from saas.tenancy.founding import Founding, found
from saas.tenancy.login_sessions import Device, Ended
from saas.tenancy.models import Account
from saas.tenancy.passwords import check_strength, hash_password
from saas.tenancy.session import Database, SystemSession
from saas.tenancy.viewer import SignedOut

# Accounts that may share an address before one of them has confirmed it; each sign-in verifies this many.
TRIES = 2


class WrongSignIn(AppError):
    """One answer for an unknown address and for a wrong password."""

    key = "accounts.errors.wrong_sign_in"
    status = 401


class NoCompany(AppError):
    """The password is right, but no company has this person as a member now."""

    key = "accounts.errors.no_company"
    status = 403


@dataclass(frozen=True, slots=True)
class SignUp:
    """What the form says. Empty places are guessed: country from the time zone, the rest from the country."""

    company: str
    name: str
    email: str
    password: str
    slug: str = ""
    country: str = ""
    currency: str = ""
    time_zone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``token`` is the cookie's value."""

    token: str
    account_id: int
    tenant_id: int
    language: str
    theme: str = "system"


async def sign_up(database: Database, form: SignUp, device: Device, *, trial_days: int) -> SignedIn:
    """A company, its owner, and the owner's first session, all in one transaction; then the letter goes out.

    Raises what ``addresses``, ``places`` and ``passwords`` refuse, ``SlugTaken`` when a chosen web name is
    taken, and ``rates.TooMany``.
    """
    address = clean_email(form.email)
    name, company = clean_name(form.name), clean_name(form.company, "company")
    check_strength(form.password, about=(address, name, company, address.partition("@")[0]))
    founding = Founding.guessed(
        company, form.slug, form.country, form.currency, form.time_zone, form.language, trial_days
    )
    await rates.hit(
        database, (rates.SIGN_UP_EMAIL, email_key(address)), (rates.SIGN_UP_ADDRESS, device.address)
    )
    hashed = await hash_password(form.password)
    async with database.system_session() as session:
        account = Account(
            email=address,
            email_key=email_key(address),
            name=name,
            password_hash=hashed,
            language=founding.language,
        )
        session.add(account)
        await session.flush()
        tenant_id = await found(session, account.id, founding)
        await ask_to_confirm(session, account, company)
        token = await login_sessions.begin(session, account.id, tenant_id, device)
    return SignedIn(token, account.id, tenant_id, account.language)


async def sign_in(database: Database, email: str, password: str, device: Device) -> SignedIn:
    """A new session in the company that the person used last.

    Raises ``WrongSignIn``, ``NoCompany``, ``NotAnEmail``, ``rates.TooMany``. Unknown, known and shared
    addresses cost the same number of verifications.
    """
    key = email_key(clean_email(email))
    await rates.hit(database, (rates.SIGN_IN_EMAIL, key), (rates.SIGN_IN_ADDRESS, device.address))
    async with database.system_session() as session:
        accounts = await session.all(by_address(key).limit(TRIES))
    fits = await passwords.matches(password, [a.password_hash for a in accounts], tries=TRIES)
    chosen = next((account for account, right in zip(accounts, fits, strict=True) if right), None)
    if chosen is None:
        raise WrongSignIn("password")
    async with database.system_session() as session:
        tenant_id = await _last_company(session, chosen.id)
        if tenant_id is None:
            raise NoCompany
        token = await login_sessions.begin(session, chosen.id, tenant_id, device)
    await rates.forgive(database, rates.SIGN_IN_EMAIL, key)
    return SignedIn(token, chosen.id, tenant_id, chosen.language, chosen.theme)


async def sign_out(database: Database, token: str) -> Ended | None:
    """End the session of this cookie; None when it had ended already."""
    async with database.system_session() as session:
        live = await login_sessions.live_session(session, token)
        if live is None:
            return None
        return await login_sessions.end(session, account_id=live.account_id, public_id=live.public_id)


async def sign_out_others(database: Database, token: str) -> Ended:
    """End every other session of this cookie's person. Raises ``SignedOut``."""
    async with database.system_session() as session:
        here = await login_sessions.live_session(session, token)
        if here is None:
            raise SignedOut
        return await login_sessions.end_all(session, account_id=here.account_id, but=here.id)


def warm_up() -> None:
    """Load what the first sign-up would else wait for: countries, time zones, the hash that nothing fits.

    Takes a moment of CPU; call it in a thread.
    """
    places.countries()
    places.zones_of_countries()
    places.currencies()
    passwords.warm_up()


async def prefer(database: Database, account_id: int, name: str, value: str | bool) -> None:
    """Keep one preference: language en/ar, theme light/dark/system, digits latin/arabic, shortcuts."""
    allowed: dict[str, set[Any]] = {
        "theme": {"light", "dark", "system"},
        "digits": {"latin", "arabic"},
        "shortcuts": {True, False},
        "language": {"en", "ar"},
    }
    if value not in allowed.get(name, set()):
        raise places.UnknownLanguage(name)
    async with database.system_session() as session:
        await session.execute(sa.update(Account).where(Account.id == account_id).values({name: value}))  # pyright: ignore[reportArgumentType] -- a column expression


async def rename(database: Database, account_id: int, name: str) -> str:
    """Give the person another name; gives it cleaned. What colleagues see is the membership's."""
    cleaned = clean_name(name)
    async with database.system_session() as session:
        await session.execute(sa.update(Account).where(Account.id == account_id).values(name=cleaned))  # pyright: ignore[reportArgumentType] -- a column expression
    return cleaned


async def _last_company(session: SystemSession, account_id: int) -> int | None:
    """Where the person worked last, else the oldest of their companies."""
    found_company = await session.execute(
        sa.text(
            "SELECT m.tenant_id FROM wasl.membership m JOIN wasl.tenant t ON t.id = m.tenant_id"
            " WHERE m.account_id = :account AND m.state = 'active' AND m.archived_at IS NULL"
            " AND t.state <> 'closed'"
            " ORDER BY (SELECT max(s.seen_at) FROM wasl.login_session s"
            "   WHERE s.account_id = :account AND s.tenant_id = m.tenant_id) DESC NULLS LAST,"
            " m.tenant_id LIMIT 1"
        ),
        {"account": account_id},
    )
    return found_company.scalar_one_or_none()
