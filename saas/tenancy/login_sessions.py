"""Browsers that are signed in: begun, listed, ended. Only the SHA-256 of a session's token is kept."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from saas.kernel import clock
from saas.kernel.errors import AppError
from saas.tenancy.models import LoginSession
from saas.tenancy.session import Database, SystemSession
from saas.tenancy.tokens import digest, new_token

SESSION_DAYS = 30
MAX_PER_ACCOUNT = 50
NOTED_EVERY_S = 300
_NOTED_AT_MOST = 50_000
_noted: dict[int, float] = {}
_USED = sa.text(
    "UPDATE wasl.login_session SET seen_at = now(), expires_at = now() + make_interval(days => :days)"
    " WHERE id = :id AND revoked_at IS NULL AND expires_at > now()"
)
_END_ONE = sa.text(
    "UPDATE wasl.login_session SET revoked_at = now() WHERE account_id = :account_id"
    " AND revoked_at IS NULL AND public_id = :public_id RETURNING id, tenant_id"
)
_DEVICES = sa.text(
    "SELECT public_id::text AS id, coalesce(user_agent, '') AS browser, coalesce(ip, '') AS address,"
    " created_at, seen_at, id = :current AS current FROM wasl.login_session"
    " WHERE account_id = :account AND revoked_at IS NULL AND expires_at > now()"
    " ORDER BY id = :current DESC, seen_at DESC"
)
_END_OTHERS = sa.text(
    "UPDATE wasl.login_session SET revoked_at = now() WHERE account_id = :account_id"
    " AND revoked_at IS NULL AND id <> :but RETURNING id, tenant_id"
)


class SessionGone(AppError):
    """The device is signed out already, or was never this person's."""

    key = "accounts.errors.session_gone"
    status = 404


@dataclass(frozen=True, slots=True)
class Device:
    """Who asks: the sender's IP address and the browser's own description of itself."""

    address: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """Sessions that have just ended, whose tabs the live layer closes; ``tenant_ids``: where they worked."""

    session_ids: tuple[int, ...]
    tenant_ids: tuple[int, ...]


async def begin(session: SystemSession, account_id: int, tenant_id: int | None, device: Device) -> str:
    """A new session for the account, working in the company; gives the token for the cookie.

    The oldest beyond ``MAX_PER_ACCOUNT`` end, so that a script that signs in for ever stays small.
    """
    token = new_token()
    session.add(
        LoginSession(
            token_hash=digest(token),
            account_id=account_id,
            tenant_id=tenant_id,
            csrf=new_token(),
            ip=device.address[:64],
            user_agent=device.browser[:300],
            expires_at=clock.now() + timedelta(days=SESSION_DAYS),
        )
    )
    await session.flush()
    await session.execute(
        sa.text(
            "DELETE FROM wasl.login_session WHERE id IN (SELECT id FROM wasl.login_session"
            " WHERE account_id = :account ORDER BY id DESC OFFSET :kept)"
        ),
        {"account": account_id, "kept": MAX_PER_ACCOUNT},
    )
    return token


async def live_session(session: SystemSession, token: str) -> LoginSession | None:
    """The live session of a cookie's token, or None."""
    if not token:
        return None
    found = sa.select(LoginSession).where(
        LoginSession.token_hash == digest(token),  # pyright: ignore[reportArgumentType] -- a column expression
        sa.text("revoked_at IS NULL AND expires_at > now()"),
    )
    return await session.one(found)


async def end(session: SystemSession, *, account_id: int, public_id: UUID | str) -> Ended:
    """End one session of the account. Raises ``SessionGone``."""
    ended = await _end(session, _END_ONE, account_id=account_id, public_id=str(public_id))
    if not ended.session_ids:
        raise SessionGone
    return ended


async def end_all(session: SystemSession, *, account_id: int, but: int = 0) -> Ended:
    """End every session of the account except the one with this id."""
    return await _end(session, _END_OTHERS, account_id=account_id, but=but)


async def note_use(database: Database, session_id: int) -> None:
    """The session was used: it lasts another ``SESSION_DAYS``. Written every few minutes at most."""
    now = time.monotonic()
    if now - _noted.get(session_id, -NOTED_EVERY_S) < NOTED_EVERY_S:
        return
    if len(_noted) > _NOTED_AT_MOST:
        _noted.clear()
    _noted[session_id] = now
    async with database.system_session() as session:
        await session.execute(_USED, {"id": session_id, "days": SESSION_DAYS})


async def end_device(database: Database, account_id: int, public_id: UUID | str) -> Ended:
    """Sign another device of the person out. Raises ``SessionGone``."""
    async with database.system_session() as session:
        return await end(session, account_id=account_id, public_id=public_id)


async def end_other_devices(database: Database, account_id: int, current_id: int) -> Ended:
    """Sign every other device of the person out."""
    async with database.system_session() as session:
        return await end_all(session, account_id=account_id, but=current_id)


async def devices(database: Database, account_id: int, current_id: int) -> list[dict[str, Any]]:
    """The account's live sessions, newest use first: ``{id, browser, address, since, seen, current}``."""
    async with database.system_session() as session:
        rows = await session.rows(_DEVICES, account=account_id, current=current_id)
    return [
        {
            "id": row.id,
            "browser": browser_name(row.browser),
            "address": row.address,
            "since": row.created_at.isoformat(),
            "seen": row.seen_at.isoformat(),
            "current": row.current,
        }
        for row in rows
    ]


def browser_name(user_agent: str) -> str:
    """``Firefox, Linux`` of a User-Agent header; empty when it tells neither."""
    browsers = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in user_agent), "")
    if not browser and "Safari/" in user_agent:
        browser = "Safari"
    system = next((name for mark, name in systems if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)


async def _end(session: SystemSession, statement: sa.TextClause, **values: Any) -> Ended:
    rows = (await session.execute(statement, values)).all()
    return Ended(
        tuple(row.id for row in rows), tuple({row.tenant_id for row in rows if row.tenant_id is not None})
    )
