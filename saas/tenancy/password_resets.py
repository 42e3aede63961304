"""Setting another password: forgotten, by a letter; known, by the old one."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from saas.kernel import clock
from saas.kernel.errors import AppError
from saas.tenancy import letters, login_sessions, mail, passwords, rates
from saas.tenancy.addresses import clean_email, email_key
from saas.tenancy.again import made_again
from saas.tenancy.email_links import by_address, holder_of, new_link, open_link, spend
from saas.tenancy.login_sessions import Device, Ended
from saas.tenancy.models import Account, TokenPurpose
from saas.tenancy.passwords import check_strength, hash_password
from saas.tenancy.session import Database, SystemSession

RESET_FOR = timedelta(hours=1)


class WrongPassword(AppError):
    key = "accounts.errors.wrong_password"
    status = 403


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
        account = await session.one(by_address(email_key(address)).limit(1))
        if account is None:
            return
        token = await new_link(session, account, TokenPurpose.RESET, RESET_FOR)
        letter = letters.write(
            "reset",
            to=account.email,
            language=account.language,
            path=letters.with_token("/reset", token),
            name=account.name,
        )
        await mail.post(session, letter, to_name=account.name)


@made_again
async def reset(database: Database, token: str, password: str, device: Device) -> Ended:
    """Set a new password by a link from a letter; every session ends.

    The letter has proved the address, so it is confirmed too. Raises ``LinkSpent`` and what
    ``check_strength`` refuses.
    """
    await rates.hit(database, (rates.TOKEN_ADDRESS, device.address))
    async with database.system_session() as session:
        await open_link(session, token, TokenPurpose.RESET)
    check_strength(password)
    hashed = await hash_password(password)
    async with database.system_session() as session:
        found_token = await open_link(session, token, TokenPurpose.RESET)
        account = await session.one(sa.select(Account).where(Account.id == found_token.account_id))  # pyright: ignore[reportArgumentType] -- a column expression
        assert account is not None
        await spend(session, found_token)
        account.password_hash = hashed
        if await holder_of(session, account.email_key) is None:
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


async def _tell_changed(session: SystemSession, account: Account) -> None:
    letter = letters.write(
        "changed", to=account.email, language=account.language, path="/forgot", name=account.name
    )
    await mail.post(session, letter, to_name=account.name)
