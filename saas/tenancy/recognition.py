"""From a session's secret to the viewer that the gate decides by."""

from __future__ import annotations

import functools
import hashlib

import sqlalchemy as sa
from sqlmodel import col

from saas.kernel.catalog import default_permissions
from saas.kernel.permissions import RoleKey, Visibility
from saas.tenancy.identity import Identity, resolve_session
from saas.tenancy.models import Membership, Role, Tenant
from saas.tenancy.recipients import language_of
from saas.tenancy.session import TenantSession, current
from saas.tenancy.viewer import Viewer


async def recognise(secret: str) -> Viewer | None:
    """The viewer behind a session cookie, or None: unknown, over, removed, or without a company open."""
    identity = await resolve_session(hashlib.sha256(secret.encode()).digest())
    if identity is None or identity.tenant_id is None:
        return None
    return await viewer_of(identity)


async def is_known(secret: str) -> bool:
    """Whether ``recognise`` would give a viewer."""
    identity = await resolve_session(hashlib.sha256(secret.encode()).digest())
    return identity is not None and identity.tenant_id is not None


async def viewer_of(identity: Identity) -> Viewer:
    """An identity with its company as a viewer; a team's members are read when the role sees its team."""
    if identity.tenant_id is None or identity.member_id is None or identity.tenant_name is None:
        raise ValueError("an identity without a company is no viewer")
    visibility = Visibility(identity.visibility or Visibility.ALL)
    return Viewer(
        session_id=identity.session_id,
        csrf=identity.csrf,
        account_id=identity.account_id,
        email=identity.email,
        tenant_id=identity.tenant_id,
        tenant_name=identity.tenant_name,
        tenant_slug=identity.slug or "",
        tenant_state=str(identity.state),
        member_id=identity.member_id,
        member_public_id=str(identity.member_public_id),
        member_name=identity.member_name or identity.account_name,
        role=identity.role_key or "",
        permissions=_permissions(identity.role_key, identity.permissions),
        modules=identity.modules,
        visibility=visibility,
        team_id=identity.team_id,
        team_member_ids=await _team(identity) if visibility is Visibility.TEAM else frozenset(),
        country=identity.country or "",
        currency=identity.currency or "USD",
        time_zone=identity.time_zone or "UTC",
        language=identity.language,
        trial_ends_on=identity.trial_ends_on,
        email_confirmed_at=identity.email_confirmed_at,
        theme=identity.theme,
        digits=identity.digits,
        shortcuts=identity.shortcuts,
    )


async def absent(session: TenantSession, member: Membership) -> Viewer:
    """A member who is not here, as a viewer: what a letter to them may speak of. It opens no session."""
    role = await session.get(Role, member.role_id)
    tenant = await session.one(sa.select(Tenant))
    assert tenant is not None, "the session is of a company"
    visibility = Visibility(member.visibility or role.visibility)
    team: frozenset[int] = frozenset()
    if visibility is Visibility.TEAM and member.team_id is not None:
        mates = sa.select(col(Membership.id)).where(col(Membership.team_id) == member.team_id)
        team = frozenset(await session.all(mates))
    granted = tuple(role.permissions) if role.permissions is not None else None
    return Viewer(
        session_id=0,
        csrf="",
        account_id=member.account_id or 0,
        email=member.email,
        tenant_id=session.tenant_id,
        tenant_name=tenant.name,
        tenant_slug=tenant.slug,
        tenant_state=str(tenant.state),
        member_id=member.id,
        member_public_id=str(member.public_id),
        member_name=member.display_name,
        role=role.key or "",
        permissions=_permissions(role.key, granted),
        modules=await session.enabled_modules(),
        visibility=visibility,
        team_id=member.team_id,
        team_member_ids=team,
        country=tenant.country,
        currency=tenant.currency,
        time_zone=tenant.time_zone,
        language=await language_of(session, member),
        trial_ends_on=tenant.trial_ends_on,
    )


@functools.lru_cache(maxsize=4096)
def _permissions(role_key: str | None, granted: tuple[str, ...] | None) -> frozenset[str]:
    if granted is not None:
        return frozenset(granted)
    if role_key is None:
        return frozenset()
    return frozenset(p.value for p in default_permissions(RoleKey(role_key)))


async def _team(identity: Identity) -> frozenset[int]:
    if identity.team_id is None or identity.tenant_id is None:
        return frozenset()
    async with current().tenant_session(identity.tenant_id, identity.member_id) as session:
        team = sa.select(col(Membership.id)).where(col(Membership.team_id) == identity.team_id)
        return frozenset(await session.all(team))
