"""What may be done, and by which role at first."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """Base of every module's permissions; values are dotted: ``crm.move_deals``."""


class WorkspacePermission(Permission):
    """Rights that belong to the company itself, not to a module."""

    SEE_MEMBERS = "workspace.see_members"
    MANAGE_MEMBERS = "workspace.manage_members"
    MANAGE_COMPANY = "workspace.manage_company"
    SWITCH_MODULES = "workspace.switch_modules"
    MANAGE_BILLING = "workspace.manage_billing"
    VERIFY_ISOLATION = "workspace.verify_isolation"
    IMPORT = "workspace.import"
    EXPORT = "workspace.export"


class RoleKey(StrEnum):
    """The roles that every company starts with."""

    OWNER = "owner"
    ADMIN = "admin"
    REP = "rep"
    VIEWER = "viewer"


class Visibility(StrEnum):
    """Whose records a member sees in lists, counts, searches and sums."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


class Gate(StrEnum):
    """Doors that need no right of a module."""

    PUBLIC = "gate.public"
    SIGNED_IN = "gate.signed_in"


WORKSPACE_DEFAULTS: dict[RoleKey, frozenset[Permission]] = {
    RoleKey.OWNER: frozenset(WorkspacePermission),
    RoleKey.ADMIN: frozenset(WorkspacePermission) - {WorkspacePermission.MANAGE_BILLING},
    RoleKey.REP: frozenset({WorkspacePermission.SEE_MEMBERS, WorkspacePermission.EXPORT}),
    RoleKey.VIEWER: frozenset({WorkspacePermission.SEE_MEMBERS}),
}
