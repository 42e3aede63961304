"""What may be done in scheduling, and which starting role may do it."""

from __future__ import annotations

from collections.abc import Mapping

from saas.kernel.permissions import Permission, RoleKey


class SchedulingPermission(Permission):
    SEE_CALENDAR = "scheduling.see_calendar"
    BOOK = "scheduling.book"
    MANAGE_SERVICES = "scheduling.manage_services"


ROLES: Mapping[RoleKey, frozenset[Permission]] = {
    RoleKey.OWNER: frozenset(SchedulingPermission),
    RoleKey.ADMIN: frozenset(SchedulingPermission),
    RoleKey.REP: frozenset({SchedulingPermission.SEE_CALENDAR, SchedulingPermission.BOOK}),
    RoleKey.VIEWER: frozenset({SchedulingPermission.SEE_CALENDAR}),
}
