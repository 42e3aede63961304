"""Rights that depend on what is changed, beyond the door's own."""

from __future__ import annotations

from saas.kernel.errors import NotAllowed
from saas.modules.crm.permissions import CrmPermission
from saas.tenancy.session import TenantSession


def need(session: TenantSession, permission: CrmPermission) -> None:
    """Raises ``NotAllowed`` when the member lacks the right."""
    if not session.viewer.may(permission):
        raise NotAllowed(permission=permission.value)
