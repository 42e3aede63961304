"""Links sent by e-mail: usable once, for one purpose, for a while. And who has an address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from saas.kernel import clock
from saas.kernel.errors import AppError
from saas.tenancy.models import Account, EmailToken, TokenPurpose
from saas.tenancy.session import SystemSession
from saas.tenancy.tokens import digest, new_token


class LinkSpent(AppError):
    """The link was used, has expired, or was never ours."""

    key = "accounts.errors.link_spent"
    status = 410


def by_address(key: str) -> Any:
    """Open accounts of an address, the one that has confirmed it first, then the newest."""
    return (
        sa.select(Account)
        .where(Account.email_key == key, sa.text("closed_at IS NULL"))  # pyright: ignore[reportArgumentType] -- a column expression
        .order_by(sa.text("email_confirmed_at IS NULL"), Account.id.desc())  # pyright: ignore[reportAttributeAccessIssue] -- a column
    )


async def holder_of(session: SystemSession, key: str) -> Account | None:
    """The account that has confirmed the address."""
    return await session.one(by_address(key).where(sa.text("email_confirmed_at IS NOT NULL")).limit(1))


async def new_link(session: SystemSession, account: Account, purpose: TokenPurpose, lasts: timedelta) -> str:
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


async def open_link(session: SystemSession, token: str, purpose: TokenPurpose) -> EmailToken:
    """The unspent link behind a token, held until the end. Raises ``LinkSpent``."""
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


async def spend(session: SystemSession, token: EmailToken) -> None:
    """Use the link up; of two at once one gets ``LinkSpent``."""
    spent = await session.execute(
        sa.text(
            "UPDATE wasl.email_token SET used_at = now() WHERE id = :id AND used_at IS NULL RETURNING id"
        ),
        {"id": token.id},
    )
    if spent.first() is None:
        raise LinkSpent
