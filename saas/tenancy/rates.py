"""How often one address or one sender may try: counted in the database, so for all processes and restarts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.errors import AppError
from saas.tenancy.session import Database


class TooMany(AppError):
    """``params['n']``: seconds until the next try is heard."""

    key = "accounts.errors.too_many"
    status = 429


@dataclass(frozen=True, slots=True)
class Limit:
    """``hits`` within ``window_s`` seconds from the first of them."""

    name: str
    hits: int
    window_s: int


SIGN_IN_EMAIL = Limit("sign_in.email", 10, 300)
SIGN_IN_ADDRESS = Limit("sign_in.address", 100, 300)
SIGN_UP_EMAIL = Limit("sign_up.email", 5, 3600)
SIGN_UP_ADDRESS = Limit("sign_up.address", 60, 3600)
FORGOT_EMAIL = Limit("forgot.email", 4, 3600)
FORGOT_ADDRESS = Limit("forgot.address", 40, 3600)
TOKEN_ADDRESS = Limit("token.address", 100, 600)
PASSWORD_ACCOUNT = Limit("password.account", 10, 600)
INVITE_COMPANY = Limit("invite.company", 200, 86_400)
LETTER_ACCOUNT = Limit("letter.account", 5, 3600)

_HIT = sa.text(
    """
    INSERT INTO wasl.rate_bucket AS b (key, hits, window_ends_at)
    VALUES (:key, 1, now() + make_interval(secs => :window))
    ON CONFLICT (key) DO UPDATE SET
      hits = CASE WHEN b.window_ends_at <= now() THEN 1 ELSE b.hits + 1 END,
      window_ends_at = CASE WHEN b.window_ends_at <= now()
        THEN excluded.window_ends_at ELSE b.window_ends_at END
    RETURNING hits, ceil(extract(epoch FROM window_ends_at - now()))::int
    """
)


async def hit(database: Database, *tries: tuple[Limit, str]) -> None:
    """Count one try under each (limit, whom). Committed by itself, so that a refused try counts too.

    Raises ``TooMany`` with the longest wait. Whom is hashed: the table holds no addresses of strangers.
    """
    waits = []
    async with database.system_session() as session:
        # Always in one order, so that two requests cannot wait for each other.
        for limit, whom in sorted(tries, key=lambda t: (t[0].name, t[1])):
            waits.append(await _count(session, limit, whom))
    if longest := max(waits, default=0):
        raise TooMany(n=longest)


async def _count(session: AsyncSession, limit: Limit, whom: str) -> int:
    key = f"{limit.name}:{hashlib.sha256(whom.encode('utf-8', 'replace')).hexdigest()[:32]}"
    hits, left_s = (await session.execute(_HIT, {"key": key, "window": limit.window_s})).one()
    return max(left_s, 1) if hits > limit.hits else 0
