"""What the frame of every page knows of the viewer: name, company, rights, modules, days of trial."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.permissions import Gate
from saas.state import live
from saas.state.action import action
from saas.tenancy.viewer import Viewer, current_or_none


class ViewerState(rx.State):
    """``viewer`` is ``{}`` before the first load and ``{"signed_in": False}`` for a stranger."""

    viewer: dict[str, Any] = {}  # noqa: RUF012 -- Reflex copies defaults
    _owner: str = ""

    @action(Gate.PUBLIC, load=True)
    async def enter(self):
        """Before each page's own load: show who is here and listen to their rooms."""
        viewer = current_or_none()
        session = self.router.session
        if viewer is None:
            await live.leave(session.session_id)
            self.viewer = {"signed_in": False}
            return
        await live.join(session.session_id, session.client_token, viewer)
        self.viewer = describe(viewer)


def describe(viewer: Viewer) -> dict[str, Any]:
    """The viewer in built-in types, for the browser; rights are for showing, the gate decides."""
    return {
        "signed_in": True,
        "id": viewer.member_public_id,
        "name": viewer.member_name,
        "email": viewer.email,
        "confirmed": viewer.email_confirmed_at is not None,
        "company": viewer.tenant_name,
        "slug": viewer.tenant_slug,
        "state": viewer.tenant_state,
        "role": viewer.role,
        "permissions": sorted(viewer.permissions),
        "modules": sorted(viewer.modules),
        "trial_days": trial_days(viewer),
        "currency": viewer.currency,
        "country": viewer.country,
        "time_zone": viewer.time_zone,
        "language": viewer.language,
        "digits": viewer.digits,
        "shortcuts": viewer.shortcuts,
        "theme": viewer.theme,
        "today": viewer.today().isoformat(),
        "present": live.present(viewer.tenant_id),
    }


def trial_days(viewer: Viewer) -> int:
    """Whole days left of the trial; 0 when it is over or was never."""
    if viewer.trial_ends_on is None or viewer.tenant_state != "trialing":
        return 0
    return max((viewer.trial_ends_on - viewer.today()).days, 0)
