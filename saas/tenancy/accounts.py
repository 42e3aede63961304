"""People who sign in: their first company, their address, their password.

An address belongs to the account that has confirmed it. Whoever signs up with a known address is let into a
new company like everybody else, under an account of its own; only the letter differs, and opening it joins
the company to the account that has the address. So nothing that a stranger can see or measure depends on
whether an address is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from saas.kernel import clock
from saas.kernel.errors import AppError
from saas.tenancy import letters, login_sessions, mail, passwords, places, rates
from saas.tenancy.addresses import clean_email, clean_name, email_key
from saas.tenancy.founding import Founding, found
from saas.tenancy.login_sessions import Device, Ended
from saas.tenancy.models import Account, EmailToken, TokenPurpose
from saas.tenancy.passwords import check_strength, hash_password
from saas.tenancy.session import Database, SystemSession
from saas.tenancy.tokens import digest, new_token
from saas.tenancy.viewer import SignedOut

CONFIRM_FOR = timedelta(days=3)
RESET_FOR = timedelta(hours=1)
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


class WrongPassword(AppError):
    key = "accounts.errors.wrong_password"
    status = 403


class LinkSpent(AppError):
    """The link was used, has expired, or was never ours."""

    key = "accounts.errors.link_spent"
    status = 410


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


@dataclass(frozen=True, slots=True)
class Confirmed:
    """``joined``: the company moved to the account with the address; ``ended``: the sign-up's sessions."""

    joined: bool
    ended: Ended | None = None


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
        await _ask_to_confirm(session, account, company)
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
        accounts = await session.all(_by_address(key).limit(TRIES))
    fits = await passwords.matches(password, [a.password_hash for a in accounts], tries=TRIES)
    chosen = next((account for account, right in zip(accounts, fits, strict=True) if right), None)
    if chosen is None:
        raise WrongSignIn("password")
    async with database.system_session() as session:
        tenant_id = await _last_company(session, chosen.id)
        if tenant_id is None:
            raise NoCompany
        token = await login_sessions.begin(session, chosen.id, tenant_id, device)
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


async def confirm(database: Database, token: str) -> Confirmed:
    """The address is this account's from now on; another account that had it gets the company instead.

    Raises ``LinkSpent``.
    """
    async with database.system_session() as session:
        found_token = await _open_token(session, token, TokenPurpose.CONFIRM)
        account = await session.one(sa.select(Account).where(Account.id == found_token.account_id))  # pyright: ignore[reportArgumentType] -- a column expression
        assert account is not None
        holder = await _holder(session, account.email_key)
        if holder is None or holder.id == account.id:
            await _spend(session, found_token)
            account.email_confirmed_at = account.email_confirmed_at or clock.now()
            return Confirmed(joined=False)
    await _move_memberships(database, account.id, holder)
    async with database.system_session() as session:
        await _spend(session, found_token)
        ended = await login_sessions.end_all(session, account_id=account.id)
        await session.execute(
            sa.text("UPDATE wasl.account SET closed_at = now(), password_hash = NULL WHERE id = :id"),
            {"id": account.id},
        )
    return Confirmed(joined=True, ended=ended)


async def ask_again_to_confirm(database: Database, account_id: int, company: str) -> None:
    """Send the confirmation letter once more. Does nothing when the address is confirmed."""
    await rates.hit(database, (rates.LETTER_ACCOUNT, str(account_id)))
    async with database.system_session() as session:
        account = await session.one(sa.select(Account).where(Account.id == account_id))  # pyright: ignore[reportArgumentType] -- a column expression
        if account is not None and account.email_confirmed_at is None:
            await _ask_to_confirm(session, account, company)


async def check_forgot(database: Database, email: str, device: Device) -> str:
    """What is answered at once to a forgotten password, whoever asks: the cleaned address.

    The letter is ``send_reset``'s, after the answer has gone. Raises ``NotAnEmail``, ``rates.TooMany``.
    """
    address = clean_email(email)
    await rates.hit(
        database, (rates.FORGOT_EMAIL, email_key(address)), (rates.FORGOT_ADDRESS, device.address)
    )
    return address


async def send_reset(database: Database, address: str) -> None:
    """A letter with a link to whoever has the address; nothing when nobody has."""
    async with database.system_session() as session:
        account = await session.one(_by_address(email_key(address)).limit(1))
        if account is None:
            return
        token = await _new_token(session, account, TokenPurpose.RESET, RESET_FOR)
        letter = letters.write(
            "reset",
            to=account.email,
            language=account.language,
            path=letters.with_token("/reset", token),
            name=account.name,
        )
        await mail.post(session, letter, to_name=account.name)


async def reset(database: Database, token: str, password: str, device: Device) -> Ended:
    """Set a new password by a link from a letter; every session ends.

    The letter has proved the address, so it is confirmed too. Raises ``LinkSpent`` and what
    ``check_strength`` refuses.
    """
    await rates.hit(database, (rates.TOKEN_ADDRESS, device.address))
    async with database.system_session() as session:
        await _open_token(session, token, TokenPurpose.RESET)
    check_strength(password)
    hashed = await hash_password(password)
    async with database.system_session() as session:
        found_token = await _open_token(session, token, TokenPurpose.RESET)
        account = await session.one(sa.select(Account).where(Account.id == found_token.account_id))  # pyright: ignore[reportArgumentType] -- a column expression
        assert account is not None
        await _spend(session, found_token)
        account.password_hash = hashed
        if await _holder(session, account.email_key) is None:
            account.email_confirmed_at = clock.now()
        ended = await login_sessions.end_all(session, account_id=account.id)
        await _tell_changed(session, account)
    return ended


async def change_password(
    database: Database, *, account_id: int, session_id: int, old: str, new: str
) -> Ended:
    """Set a new password knowing the old one; every other session ends. Raises ``WrongPassword``."""
    await rates.hit(database, (rates.PASSWORD_ACCOUNT, str(account_id)))
    async with database.system_session() as session:
        account = await session.one(sa.select(Account).where(Account.id == account_id))  # pyright: ignore[reportArgumentType] -- a column expression
    if account is None or not (await passwords.matches(old, [account.password_hash], tries=1))[0]:
        raise WrongPassword("old")
    check_strength(new, about=(account.email, account.name), field="new")
    hashed = await hash_password(new)
    async with database.system_session() as session:
        await session.execute(
            sa.update(Account).where(Account.id == account_id).values(password_hash=hashed)  # pyright: ignore[reportArgumentType] -- a column expression
        )
        ended = await login_sessions.end_all(session, account_id=account_id, but=session_id)
        await _tell_changed(session, account)
    return ended


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


def _by_address(key: str) -> Any:
    """Open accounts of an address, the one that has confirmed it first, then the newest."""
    return (
        sa.select(Account)
        .where(Account.email_key == key, sa.text("closed_at IS NULL"))  # pyright: ignore[reportArgumentType] -- a column expression
        .order_by(sa.text("email_confirmed_at IS NULL"), Account.id.desc())  # pyright: ignore[reportAttributeAccessIssue] -- a column
    )


async def _holder(session: SystemSession, key: str) -> Account | None:
    return await session.one(_by_address(key).where(sa.text("email_confirmed_at IS NOT NULL")).limit(1))


async def _ask_to_confirm(session: SystemSession, account: Account, company: str) -> None:
    holder = await _holder(session, account.email_key)
    token = await _new_token(session, account, TokenPurpose.CONFIRM, CONFIRM_FOR)
    letter = letters.write(
        "confirm" if holder is None else "known",
        to=account.email,
        language=(holder or account).language,
        path=letters.with_token("/confirm", token),
        name=(holder or account).name,
        company=company,
    )
    await mail.post(session, letter, to_name=(holder or account).name)


async def _tell_changed(session: SystemSession, account: Account) -> None:
    letter = letters.write(
        "changed", to=account.email, language=account.language, path="/forgot", name=account.name
    )
    await mail.post(session, letter, to_name=account.name)


async def _new_token(
    session: SystemSession, account: Account, purpose: TokenPurpose, lasts: timedelta
) -> str:
    """A fresh link; older ones of the same purpose are void."""
    await session.execute(
        sa.text(
            "UPDATE wasl.email_token SET used_at = now()"
            " WHERE account_id = :account AND purpose = :purpose AND used_at IS NULL"
        ),
        {"account": account.id, "purpose": purpose.value},
    )
    token = new_token()
    session.add(
        EmailToken(
            token_hash=digest(token),
            account_id=account.id,
            purpose=purpose,
            email=account.email,
            expires_at=clock.now() + lasts,
        )
    )
    await session.flush()
    return token


async def _open_token(session: SystemSession, token: str, purpose: TokenPurpose) -> EmailToken:
    found_token = await session.one(
        sa.select(EmailToken)
        .where(
            EmailToken.token_hash == digest(token),  # pyright: ignore[reportArgumentType] -- a column expression
            EmailToken.purpose == purpose.value,  # pyright: ignore[reportArgumentType] -- a column expression
            sa.text("used_at IS NULL AND expires_at > now()"),
        )
        .with_for_update()
    )
    if found_token is None:
        raise LinkSpent
    return found_token


async def _spend(session: SystemSession, token: EmailToken) -> None:
    """Use the link up; of two at once one gets ``LinkSpent``."""
    spent = await session.execute(
        sa.text(
            "UPDATE wasl.email_token SET used_at = now() WHERE id = :id AND used_at IS NULL RETURNING id"
        ),
        {"id": token.id},
    )
    if spent.first() is None:
        raise LinkSpent


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


async def _move_memberships(database: Database, account_id: int, holder: Account) -> None:
    """Give the account's places in companies to the one that has the address; safe to repeat."""
    async with database.system_session() as session:
        places_held = (
            await session.execute(
                sa.text("SELECT tenant_id, id FROM wasl.membership WHERE account_id = :account"),
                {"account": account_id},
            )
        ).all()
    for tenant_id, member_id in places_held:
        try:
            async with database.tenant_session(tenant_id, action="account.join") as session:
                await session.execute(
                    sa.text(
                        "UPDATE wasl.membership SET account_id = :holder, display_name = :name WHERE id = :id"
                    ),
                    {"holder": holder.id, "name": holder.name, "id": member_id},
                )
        except IntegrityError:
            # The holder has a place there already and keeps it; this one ends.
            async with database.tenant_session(tenant_id, action="account.join") as session:
                await session.execute(
                    sa.text("UPDATE wasl.membership SET state = 'removed' WHERE id = :id"), {"id": member_id}
                )
