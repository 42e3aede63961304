"""What may be done in CRM, and what each starting role may do at first."""

from __future__ import annotations

from collections.abc import Mapping

from saas.kernel.permissions import Permission, RoleKey


class CrmPermission(Permission):
    SEE_DEALS = "crm.see_deals"
    EDIT_DEALS = "crm.edit_deals"
    MOVE_DEALS = "crm.move_deals"
    ASSIGN_DEALS = "crm.assign_deals"
    DELETE_DEALS = "crm.delete_deals"
    SEE_CUSTOMERS = "crm.see_customers"
    EDIT_CUSTOMERS = "crm.edit_customers"
    DELETE_CUSTOMERS = "crm.delete_customers"
    SEE_ACTIVITIES = "crm.see_activities"
    EDIT_ACTIVITIES = "crm.edit_activities"
    MANAGE_PIPELINES = "crm.manage_pipelines"


_SEE = frozenset({CrmPermission.SEE_DEALS, CrmPermission.SEE_CUSTOMERS, CrmPermission.SEE_ACTIVITIES})
_WORK = _SEE | {
    CrmPermission.EDIT_DEALS,
    CrmPermission.MOVE_DEALS,
    CrmPermission.EDIT_CUSTOMERS,
    CrmPermission.EDIT_ACTIVITIES,
}

ROLES: Mapping[RoleKey, frozenset[Permission]] = {
    RoleKey.OWNER: frozenset(CrmPermission),
    RoleKey.ADMIN: frozenset(CrmPermission),
    RoleKey.REP: _WORK | {CrmPermission.DELETE_DEALS},
    RoleKey.VIEWER: _SEE,
}
