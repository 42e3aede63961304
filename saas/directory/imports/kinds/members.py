"""A sales team from a file: members kept a place, who own records before they have joined."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports import bulk
from saas.directory.imports.plan import Known
from saas.directory.imports.targets import Existing, Field, Kind, Match, Reference, Target, named, register
from saas.kernel.errors import Invalid
from saas.kernel.i18n import fold
from saas.kernel.permissions import RoleKey, WorkspacePermission
from saas.tenancy import invitations
from saas.tenancy.models import Membership, MemberState, Role, Team, Tenant
from saas.tenancy.session import TenantSession

_WITH = " – "


class NoRepRole(RuntimeError):
    """Every company is founded with the starting roles; without one its data is broken."""


async def known(session: TenantSession) -> list[tuple[int, str]]:
    """Every member, also those whose place is only kept, under name and e-mail."""
    query = sa.select(col(Membership.id), col(Membership.display_name), col(Membership.email)).where(
        col(Membership.archived_at).is_(None)
    )
    rows = await session.rows(query.order_by(col(Membership.id)))
    return [(id, name) for id, *names in rows for name in names if name]


async def create_by_name(session: TenantSession, names: list[str]) -> dict[str, int]:
    """Places kept for people of whom only the name is known."""
    return dict(zip(names, await insert(session, [{"name": name} for name in names]), strict=True))


async def existing(session: TenantSession, match: str, keys: Sequence[str]) -> dict[str, Existing]:
    key = sa.func.lower(col(Membership.email)) if match == "email" else col(Membership.name_key)
    query = (
        sa.select(Membership, col(Team.name), col(Team.region))
        .outerjoin(Team, sa.and_(col(Team.id) == col(Membership.team_id)))
        .where(col(Membership.archived_at).is_(None), key.in_(bulk.among(keys)))
    )
    found: dict[str, Existing] = {}
    for member, team, region in await session.rows(query.order_by(col(Membership.id))):
        shared = member.email.lower() if match == "email" else member.name_key
        values = {
            "name": member.display_name,
            "email": member.email,
            "team": team,
            "office": region or None,
            "manager": (team or "").partition(_WITH)[2] or None,
        }
        found.setdefault(shared, Existing(member.id, values))
    return found


async def insert(session: TenantSession, rows: list[dict[str, Any]]) -> list[int]:
    role = await session.one(sa.select(col(Role.id)).where(col(Role.key) == RoleKey.REP))
    if role is None:
        raise NoRepRole
    teams = await _teams(session, rows)
    places = [
        {
            "display_name": row["name"],
            "email": row.get("email") or "",
            "role_id": role,
            "team_id": teams.get(_team_name(row)),
            "state": MemberState.PLACEHOLDER.value,
        }
        for row in rows
    ]
    ids = await bulk.insert_rows(session, Membership, places)
    await bulk.update_rows(session, Membership, await _managers(session, list(zip(ids, rows, strict=True))))
    await _invite(session, rows)
    return ids


async def update(session: TenantSession, changes: list[tuple[int, dict[str, Any]]]) -> None:
    """Team, manager, and the e-mail of a place that nobody has taken; a member's own name stays theirs."""
    teams = await _teams(session, [values for _, values in changes])
    placeholders = set(
        await session.all(
            sa.select(col(Membership.id)).where(
                col(Membership.id).in_([id for id, _ in changes]),
                col(Membership.state) == MemberState.PLACEHOLDER,
            )
        )
    )
    written: list[tuple[int, dict[str, Any]]] = []
    for id, values in changes:
        columns: dict[str, Any] = {}
        if (team := teams.get(_team_name(values))) is not None:
            columns["team_id"] = team
        if values.get("email") and id in placeholders:
            columns["email"] = values["email"]
        written.append((id, columns))
    await bulk.update_rows(session, Membership, written)
    await bulk.update_rows(session, Membership, await _managers(session, changes))


async def _managers(
    session: TenantSession, rows: list[tuple[int, dict[str, Any]]]
) -> list[tuple[int, dict[str, Any]]]:
    """Who reports to whom, where the manager is a member too; nobody is made a member for managing."""
    if not any(row.get("manager") for _, row in rows):
        return []
    ids = Known.of(await known(session)).ids
    found = ((id, ids.get(fold(row.get("manager") or ""))) for id, row in rows)
    return [(id, {"manager_id": manager}) for id, manager in found if manager not in (None, id)]


@dataclass(frozen=True, slots=True)
class _Inviter:
    """The member who imports, as an invitation names them."""

    member_id: int
    member_name: str
    tenant_name: str
    role: str


async def _invite(session: TenantSession, rows: list[dict[str, Any]]) -> None:
    """A letter to each who has an address; a place whose address cannot be invited stays a kept place."""
    addressed = [row for row in rows if row.get("email")]
    if not addressed or session.member_id is None:
        return
    member = await session.get(Membership, session.member_id)
    company = await session.one(sa.select(col(Tenant.name)).where(col(Tenant.id) == session.tenant_id))
    by = _Inviter(member.id, member.display_name, company or "", RoleKey.REP)
    for row in addressed:
        with contextlib.suppress(invitations.TooManyOpen, Invalid):
            await invitations.invite(session, row["email"], RoleKey.REP, by=by, name=row["name"])


async def _teams(session: TenantSession, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Ids of the teams that the rows name, made where missing."""
    regions = {_team_name(row): row.get("office") or "" for row in rows if _team_name(row)}
    if not regions:
        return {}
    here = await session.rows(
        sa.select(col(Team.name), col(Team.id)).where(
            col(Team.name).in_(list(regions)), col(Team.archived_at).is_(None)
        )
    )
    ids = {row.name: row.id for row in here}
    new = [{"name": name, "region": region} for name, region in regions.items() if name not in ids]
    made = await bulk.insert_rows(session, Team, new)
    return ids | {row["name"]: id for row, id in zip(new, made, strict=True)}


def _team_name(row: dict[str, Any]) -> str:
    """A team as the file tells it: its own name, else its office and who leads it."""
    return row.get("team") or _WITH.join(part for part in (row.get("office"), row.get("manager")) if part)


MEMBER = Reference(
    "member", "imports.missing.members", known, create_by_name, WorkspacePermission.MANAGE_MEMBERS
)

register(
    Target(
        key="members",
        text="imports.kinds.members",
        icon="users",
        permission=WorkspacePermission.MANAGE_MEMBERS,
        order=10,
        fields=(
            Field(
                "name",
                "imports.fields.name",
                Kind.TEXT,
                named(
                    "sales agent | agent | sales rep | rep | salesperson | employee | member"
                    " | full name | name | المندوب | مندوب المبيعات | الموظف | اسم الموظف | العضو"
                    " | الاسم | البائع"
                ),
                required=True,
                max_length=120,
            ),
            Field(
                "email",
                "imports.fields.email",
                Kind.EMAIL,
                named("email | e-mail | mail | work email | email address | البريد | البريد الإلكتروني"),
            ),
            Field(
                "team",
                "imports.fields.team",
                Kind.TEXT,
                named("team | group | department | الفريق | القسم"),
                max_length=120,
            ),
            Field(
                "office",
                "imports.fields.office",
                Kind.TEXT,
                named("regional office | region | office | branch | territory | المكتب | الفرع | المنطقة"),
                max_length=120,
            ),
            Field(
                "manager",
                "imports.fields.manager",
                Kind.TEXT,
                named(
                    "manager | sales manager | team lead | supervisor | reports to | المدير"
                    " | مدير المبيعات | المشرف"
                ),
                max_length=120,
            ),
        ),
        matches=(Match("email", ("email",)), Match("name", ("name",))),
        signature=("name", "manager", "office"),
        existing=existing,
        insert=insert,
        update=update,
        topics=("workspace.member",),
        note="imports.note.members",
        route="/settings/members",
    )
)
