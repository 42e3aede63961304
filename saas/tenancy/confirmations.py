"""Proving that an address is one's own, by a letter to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from saas.kernel import clock
from saas.tenancy import letters, login_sessions, mail, rates
from saas.tenancy.again import made_again
from saas.tenancy.email_links import holder_of, new_link, open_link, spend
from saas.tenancy.login_sessions import Ended
from saas.tenancy.models import Account, TokenPurpose
from saas.tenancy.session import Database, SystemSession

CONFIRM_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """``joined``: the company moved to the account with the address; ``ended``: the sign-up's sessions."""

    joined: bool
    ended: Ended | None = None


@made_again
async def confirm(database: Database, token: str) -> Confirmed:
    """The address is this account's from now on; another account that had it gets the company instead.

    Raises ``LinkSpent``.
    """
    async with database.system_session() as session:
        found_token = await open_link(session, token, TokenPurpose.CONFIRM)
        account = await session.one(sa.select(Account).where(Account.id == found_token.account_id))  # pyright: ignore[reportArgumentType] -- a column expression
        assert account is not None
        holder = await holder_of(session, account.email_key)
        if holder is None or holder.id == account.id:
            await spend(session, found_token)
            account.email_confirmed_at = account.email_confirmed_at or clock.now()
            return Confirmed(joined=False)
    await _move_memberships(database, account.id, holder)
    async with database.system_session() as session:
        await spend(session, found_token)
        ended = await login_sessions.end_all(session, account_id=account.id)
        await session.execute(
            sa.text("UPDATE wasl.account SET closed_at = now(), password_hash = NULL WHERE id = :id"),
            {"id": account.id},
        )
    return Confirmed(joined=True, ended=ended)


async def ask_again(database: Database, account_id: int, company: str) -> None:
    """Send the confirmation letter once more. Does nothing when the address is confirmed."""
    await rates.hit(database, (rates.LETTER_ACCOUNT, str(account_id)))
    async with database.system_session() as session:
        account = await session.one(sa.select(Account).where(Account.id == account_id))  # pyright: ignore[reportArgumentType] -- a column expression
        if account is not None and account.email_confirmed_at is None:
            await ask_to_confirm(session, account, company)


async def ask_to_confirm(session: SystemSession, account: Account, company: str) -> None:
    """A letter with a link; to a known address it says whose company would join the account."""
    holder = await holder_of(session, account.email_key)
    token = await new_link(session, account, TokenPurpose.CONFIRM, CONFIRM_FOR)
    letter = letters.write(
        "confirm" if holder is None else "known",
        to=account.email,
        language=(holder or account).language,
        path=letters.with_token("/confirm", token),
        name=(holder or account).name,
        company=company,
    )
    await mail.post(session, letter, to_name=(holder or account).name)


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
