"""What may be done in payments, and which starting role may do it."""

from __future__ import annotations

from collections.abc import Mapping

from saas.kernel.permissions import Permission, RoleKey


class PaymentsPermission(Permission):
    SEE_INVOICES = "payments.see_invoices"
    EDIT_INVOICES = "payments.edit_invoices"
    ISSUE_INVOICES = "payments.issue_invoices"
    VOID_INVOICES = "payments.void_invoices"


ROLES: Mapping[RoleKey, frozenset[Permission]] = {
    RoleKey.OWNER: frozenset(PaymentsPermission),
    RoleKey.ADMIN: frozenset(PaymentsPermission),
    RoleKey.REP: frozenset({PaymentsPermission.SEE_INVOICES, PaymentsPermission.EDIT_INVOICES}),
    RoleKey.VIEWER: frozenset({PaymentsPermission.SEE_INVOICES}),
}
