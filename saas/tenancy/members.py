"""Who works in a company: role, whose records they see, and the end of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from saas.kernel.errors import AppError, Invalid
from saas.kernel.i18n import fold
from saas.kernel.permissions import RoleKey, Visibility
from saas.tenancy.addresses import clean_name
from saas.tenancy.models import Membership, MemberState, Role
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

PAGE = 50
TOPIC = "workspace.members"


class LastOwner(AppError):
    """The company would be left without anybody who may do everything."""

    key = "members.errors.last_owner"
    status = 409


class OwnersOnly(AppError):
    key = "members.errors.owners_only"
    status = 403


class OwnRole(AppError):
    """Nobody changes their own role: an owner who slips could not go back."""

    key = "members.errors.own_role"
    status = 403


class UnknownRole(Invalid):
    key = "members.errors.unknown_role"


class UnknownVisibility(Invalid):
    key = "members.errors.unknown_visibility"


@dataclass(frozen=True, slots=True)
class Changed:
    """Whose tabs the live layer must look after now; ids are inside ones."""

    tenant_id: int
    member_id: int
    name: str


async def listed(session: TenantSession, text: str = "", after: str = "") -> list[dict[str, Any]]:
    """A page of those who work here or will, and one more when there are more: by state and name, beginning
    behind the member ``after``; with ``text``, those whose name or address holds it. Each is
    ``{id, key, name, email, role, visibility, state, team}``: ``visibility`` is what counts, from the member
    or else from the role; ``state`` active or placeholder. Raises ``NotFound`` when ``after`` is nobody.
    """
    last = await session.by_public_id(Membership, after) if after else None
    rows = await session.rows(
        sa.text(
            "SELECT m.public_id::text AS id, m.id AS inside, m.display_name, m.email,"
            " coalesce(r.key, r.name) AS role, coalesce(m.visibility, r.visibility) AS visibility, m.state,"
            " coalesce(t.name, '') AS team FROM wasl.membership m"
            " JOIN wasl.role r ON r.tenant_id = m.tenant_id AND r.id = m.role_id"
            " LEFT JOIN wasl.team t ON t.tenant_id = m.tenant_id AND t.id = m.team_id"
            " WHERE m.state <> 'removed' AND m.archived_at IS NULL"
            " AND (position(:wanted in m.name_key) > 0 OR position(:wanted in lower(m.email)) > 0)"
            " AND (CAST(:last_id AS bigint) IS NULL"
            " OR (m.state, m.name_key, m.id) > (:last_state, :last_name, CAST(:last_id AS bigint)))"
            " ORDER BY m.state, m.name_key, m.id LIMIT :most"
        ),
        wanted=fold(text),
        last_id=last.id if last else None,
        last_state=last.state.value if last else "",
        last_name=last.name_key if last else "",
        most=PAGE + 1,
    )
    return [
        {
            "id": r.id,
            "key": r.inside,
            "name": r.display_name,
            "email": r.email,
            "role": r.role,
            "visibility": r.visibility,
            "state": r.state,
            "team": r.team,
        }
        for r in rows
    ]


async def counted(session: TenantSession) -> int:
    """How many work here or will."""
    return int(
        await session.one(
            sa.text("SELECT count(*) FROM wasl.membership WHERE state <> 'removed' AND archived_at IS NULL")
        )
        or 0
    )


async def change_role(session: TenantSession, member_id: UUID | str, role: str, *, by: Viewer) -> Changed:
    """Give the member another role. Raises ``NotFound``, ``UnknownRole``, ``OwnersOnly``, ``OwnRole``."""
    chosen = await role_named(session, role)
    standing = await _hold_owners(session)
    member = await session.by_public_id(Membership, member_id, lock=True)
    if member.id == by.member_id:
        raise OwnRole
    was_owner = await _is_owner(session, member)
    if (was_owner or chosen.key == RoleKey.OWNER) and by.role != RoleKey.OWNER:
        raise OwnersOnly("role")
    if was_owner and chosen.key != RoleKey.OWNER:
        _keep_an_owner(standing, member)
    member.role_id = chosen.id
    return await _changed(session, member)


async def limit_visibility(
    session: TenantSession, member_id: UUID | str, visibility: str, *, by: Viewer
) -> Changed:
    """Let the member see own, their team's, or all records. Raises ``UnknownVisibility``, ``OwnersOnly``."""
    try:
        chosen = Visibility(visibility)
    except ValueError:
        raise UnknownVisibility("visibility") from None
    member = await session.by_public_id(Membership, member_id, lock=True)
    if await _is_owner(session, member) and by.role != RoleKey.OWNER:
        raise OwnersOnly("visibility")
    member.visibility = chosen.value
    return await _changed(session, member)


async def remove(session: TenantSession, member_id: UUID | str, *, by: Viewer) -> Changed:
    """End the member's access; their records stay and keep their name.

    The next event of any of their tabs finds no member; closing the tabs at once is the live layer's, after
    the commit. Raises ``NotFound``, ``OwnersOnly``, ``LastOwner``.
    """
    standing = await _hold_owners(session)
    member = await session.by_public_id(Membership, member_id, lock=True)
    if await _is_owner(session, member):
        if by.role != RoleKey.OWNER:
            raise OwnersOnly
        _keep_an_owner(standing, member)
    return await _end(session, member)


async def leave(session: TenantSession, *, by: Viewer) -> Changed:
    """End one's own access. Raises ``LastOwner``."""
    standing = await _hold_owners(session)
    member = await session.get(Membership, by.member_id, lock=True)
    if await _is_owner(session, member):
        _keep_an_owner(standing, member)
    return await _end(session, member)


async def rename(session: TenantSession, name: str, *, by: Viewer) -> Changed:
    """What colleagues see one by. Raises ``NameMissing``, ``NameTooLong``."""
    member = await session.get(Membership, by.member_id, lock=True)
    member.display_name = clean_name(name)
    return await _changed(session, member)


async def owners(session: TenantSession) -> frozenset[int]:
    """The members who may do everything, by inside id."""
    found = await session.all(
        sa.text(
            "SELECT m.id FROM wasl.membership m WHERE m.state = 'active' AND m.archived_at IS NULL"
            " AND m.role_id = (SELECT r.id FROM wasl.role r WHERE r.key = 'owner')"
        )
    )
    return frozenset(found)


async def keep_owners(session: TenantSession, before: frozenset[int], *, by: Viewer) -> None:
    """After something that ``change_role`` did not do, such as an undo: the company still has an owner, and
    only owners have changed who they are. Raises ``LastOwner``, ``OwnersOnly``."""
    now = await owners(session)
    if not now:
        raise LastOwner
    if now != before and by.role != RoleKey.OWNER:
        raise OwnersOnly


async def role_named(session: TenantSession, key: str) -> Role:
    """One of the company's starting roles. Raises ``UnknownRole``."""
    if key not in set(RoleKey):
        raise UnknownRole("role")
    found = await session.one(sa.select(Role).where(Role.key == key))  # pyright: ignore[reportArgumentType] -- a column expression
    if found is None:
        raise UnknownRole("role")
    return found


async def _end(session: TenantSession, member: Membership) -> Changed:
    member.state = MemberState.REMOVED
    return await _changed(session, member)


async def _changed(session: TenantSession, member: Membership) -> Changed:
    session.touch(TOPIC, [])
    await session.flush()
    return Changed(session.tenant_id, member.id, member.display_name)


async def _is_owner(session: TenantSession, member: Membership) -> bool:
    return (
        await session.one(sa.text("SELECT key FROM wasl.role WHERE id = :id"), id=member.role_id)
        == RoleKey.OWNER
    )


async def _hold_owners(session: TenantSession) -> set[int]:
    """Lock every owner, so that of two who leave at once the second sees that it is the last. Before any
    other member: in one order nobody waits for somebody who waits for them."""
    found = await session.all(
        sa.text(
            "SELECT m.id FROM wasl.membership m WHERE m.state = 'active' AND m.archived_at IS NULL"
            " AND m.role_id = (SELECT r.id FROM wasl.role r WHERE r.key = 'owner') ORDER BY m.id FOR UPDATE"
        )
    )
    return set(found)


def _keep_an_owner(standing: set[int], leaving: Membership) -> None:
    if standing <= {leaving.id}:
        raise LastOwner
