"""What the frame of every page knows of the viewer: name, company, rights, modules, days of trial."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.permissions import Gate, WorkspacePermission
from saas.state import badges, live, presence
from saas.state.action import action
from saas.tenancy import founding, login_sessions, module_switches, workplaces, write_gate
from saas.tenancy import session as doors
from saas.tenancy.scope import viewer_session
from saas.tenancy.viewer import Viewer, current, current_or_none


class ViewerState(rx.State):
    """``viewer`` is ``{}`` before the first load and ``{"signed_in": False}`` for a stranger. ``counts`` are
    the numbers beside the viewer's own entries, as ``badges.of`` last read them for this connection."""

    viewer: dict[str, Any] = {}  # noqa: RUF012 -- Reflex copies defaults
    counts: dict[str, Any] = {"n": {}, "at": 0}  # noqa: RUF012 -- as above
    _owner: str = ""
    _beside: dict[str, Any] = {}  # noqa: RUF012 -- as above
    _beside_of: str = ""
    _counts_of: str = ""

    @action(Gate.PUBLIC, load=True)
    async def enter(self):
        """Before each page's own load: show who is here and listen to their rooms."""
        viewer = current_or_none()
        session = self.router.session
        if viewer is None:
            await live.leave(session.session_id)
            self.viewer = {"signed_in": False}
            return
        await login_sessions.note_use(doors.current(), viewer.session_id)
        await live.join(session.session_id, session.client_token, viewer)
        # What changes seldom is read once a socket, and again when the company or its modules are others: a
        # page that is loaded anew shows the company that its person has joined meanwhile.
        known = f"{session.session_id}/{viewer.tenant_id}/{viewer.tenant_name}/{sorted(viewer.modules)}"
        if known != self._beside_of:
            self._beside, self._beside_of = await _beside(viewer), known
        self.viewer = {**describe(viewer), **self._beside, "present": presence.present(viewer.tenant_id)}
        seen = f"{known}/{viewer.member_id}/{viewer.visibility}/{sorted(viewer.permissions)}"
        if seen != self._counts_of:
            self.counts, self._counts_of = await badges.of(viewer), seen

    @action(Gate.SIGNED_IN, writes=False)
    async def count(self):
        """The numbers again: something of the viewer's has changed, or a message was missed."""
        self.counts = await badges.of(current())


def describe(viewer: Viewer) -> dict[str, Any]:
    """The viewer in built-in types, for the browser; rights are for showing, the gate decides."""
    return {
        "signed_in": True,
        "id": viewer.member_public_id,
        "name": viewer.member_name,
        "company": viewer.tenant_name,
        "slug": viewer.tenant_slug,
        "email": viewer.email,
        "confirmed": viewer.email_confirmed_at is not None,
        "state": viewer.tenant_state,
        "role": viewer.role,
        "permissions": sorted(viewer.permissions),
        "modules": sorted(viewer.modules),
        "trial_days": trial_days(viewer),
        "currency": viewer.currency,
        "country": viewer.country,
        "time_zone": viewer.time_zone,
        "language": viewer.language,
        "theme": viewer.theme,
        "digits": viewer.digits,
        "shortcuts": viewer.shortcuts,
        "csrf": viewer.csrf,
        "can_switch": viewer.may(WorkspacePermission.SWITCH_MODULES),
        "today": viewer.today().isoformat(),
    }


def trial_days(viewer: Viewer) -> int | None:
    """Whole days left of the trial, 0 when it is over; None for a company that is past its trial."""
    if viewer.trial_ends_on is None or viewer.tenant_state != "trialing":
        return None
    return max((viewer.trial_ends_on - viewer.today()).days, 0)


async def modules_off(viewer: Viewer) -> dict[str, dict[str, Any]]:
    """Each module that is off: who switched it off, when, and how many records wait behind it."""
    async with viewer_session(doors.current(), viewer.unlimited) as session:
        overview = await module_switches.overview(session, count_all=False)
    return {
        m["key"]: {"by": m["by"], "at": m["since"], "counts": m["counts"]} for m in overview if not m["on"]
    }


async def _beside(viewer: Viewer) -> dict[str, Any]:
    if viewer.tenant_state in write_gate.WRITABLE:
        # Whoever founded the company may have been cut off before its modules had what they start with.
        await founding.provision(doors.current(), viewer.tenant_id)
    companies = await workplaces.of_account(doors.current(), viewer.account_id, viewer.tenant_id)
    listed = [{"id": c.id, "name": c.name, "current": c.current} for c in companies]
    return {"companies": listed, "off": await modules_off(viewer)}
