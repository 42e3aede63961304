"""How often one address or one sender may try: counted in the database, so for all processes and restarts."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.errors import AppError
from saas.tenancy.session import Database


class TooMany(AppError):
    """``params['n']``: seconds until the next try is heard."""

    key = "accounts.errors.too_many"
    status = 429


class TooManyForLong(TooMany):
    """``params['n']``: minutes, when seconds are too many to read."""

    key = "accounts.errors.too_many_minutes"


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
# Files lie on a disk that all share; an import is swept after a month, an attachment never.
IMPORT_COMPANY = Limit("import.company", 60, 3600)
FILE_COMPANY = Limit("file.company", 600, 3600)
LETTER_ACCOUNT = Limit("letter.account", 5, 3600)

_MINUTES_FROM_S = 120
_ITSELF = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
_FORGIVE = sa.text("DELETE FROM wasl.rate_bucket WHERE key = :key")
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

    Raises ``TooMany`` or ``TooManyForLong`` with the longest wait. Whom is hashed: the table holds no
    addresses of strangers.
    """
    waits = []
    # An address of this machine itself says nothing of who sends.
    heard = [(limit, whom) for limit, whom in tries if whom not in _ITSELF]
    async with database.system_session() as session:
        # Always in one order, so that two requests cannot wait for each other.
        for limit, whom in sorted(heard, key=lambda t: (t[0].name, t[1])):
            waits.append(await _count(session, limit, whom))
    if longest := max(waits, default=0):
        raise TooMany(n=longest) if longest < _MINUTES_FROM_S else TooManyForLong(n=math.ceil(longest / 60))


async def forgive(database: Database, limit: Limit, whom: str) -> None:
    """Start anew for whom: the tries were theirs, for they got it right."""
    async with database.system_session() as session:
        await session.execute(_FORGIVE, {"key": _key(limit, whom)})


async def _count(session: AsyncSession, limit: Limit, whom: str) -> int:
    values = {"key": _key(limit, whom), "window": limit.window_s}
    hits, left_s = (await session.execute(_HIT, values)).one()
    return max(left_s, 1) if hits > limit.hits else 0


def _key(limit: Limit, whom: str) -> str:
    return f"{limit.name}:{hashlib.sha256(whom.encode('utf-8', 'replace')).hexdigest()[:32]}"
