"""Who works here: the verbs behind Settings → People, one service call each."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.errors import AppError
from saas.kernel.permissions import Gate, WorkspacePermission
from saas.state import live
from saas.state.action import Form, Key, PublicId, Text80, action, toast
from saas.state.unit import reading, unit_of_work
from saas.tenancy import invitations, members
from saas.tenancy.members import Changed
from saas.tenancy.viewer import current


class MembersState(rx.State):
    """``people``, a page of them, and ``invited`` as the services list them; ``place`` is where that page
    stands: ``{total, search, previous, next}``; ``leaving`` is who the open question is about. ``_starts``
    are the members behind whom each page up to this one begins."""

    people: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults
    place: dict[str, Any] = {"total": 0, "search": "", "previous": False, "next": False}  # noqa: RUF012
    _starts: list[str] = []  # noqa: RUF012
    invited: list[dict[str, Any]] = []  # noqa: RUF012
    inviting: bool = False
    errors: list[dict[str, Any]] = []  # noqa: RUF012
    leaving: dict[str, Any] = {}  # noqa: RUF012

    @action(WorkspacePermission.SEE_MEMBERS, load=True)
    async def load(self):
        self._starts, self.place = [], {**self.place, "search": ""}
        await self._read()
        self.inviting, self.errors, self.leaving = False, [], {}

    @action(WorkspacePermission.SEE_MEMBERS, writes=False)
    async def search(self, text: Text80):
        """Those whose name or address holds the text."""
        self._starts, self.place = [], {**self.place, "search": text.strip()}
        await self._read()

    @action(WorkspacePermission.SEE_MEMBERS, writes=False)
    async def turn(self, onward: bool):
        """To the next page, or back to the one before."""
        if onward and self.place["next"]:
            self._starts = [*self._starts, self.people[-1]["id"]]
        elif not onward:
            self._starts = self._starts[:-1]
        await self._read()

    @action(WorkspacePermission.SEE_MEMBERS, writes=False)
    async def refresh(self):
        """After a colleague's change, or an invitation accepted; an open dialog stays as it is."""
        await self._read()

    @action(WorkspacePermission.MANAGE_MEMBERS, writes=False)
    async def open_invite(self):
        self.inviting, self.errors = True, []

    @action(Gate.SIGNED_IN, writes=False)
    async def close(self):
        self.inviting, self.leaving = False, {}

    @action(WorkspacePermission.MANAGE_MEMBERS)
    async def invite(self, values: Form):
        """Offer a place; a refusal stays in the dialog, at its field."""
        try:
            async with unit_of_work("member.invite") as session:
                await invitations.invite(
                    session, str(values.get("email") or ""), str(values.get("role") or ""), by=current()
                )
        except AppError as refusal:
            self.errors = [refusal.as_message()]
            return
        self.inviting, self.errors = False, []
        await self._read()
        await toast(self, "settings_members.invited_toast")

    @action(WorkspacePermission.MANAGE_MEMBERS)
    async def resend(self, invitation: PublicId):
        async with unit_of_work("member.invite_again") as session:
            await invitations.resend(session, invitation, by=current())
        await self._read()
        await toast(self, "settings_members.resent")

    @action(WorkspacePermission.MANAGE_MEMBERS, writes=False)
    async def revoke(self, invitation: PublicId):
        async with unit_of_work("member.withdraw") as session:
            await invitations.revoke(session, invitation)
            action_id = str(session.action_id)
        await self._read()
        await toast(self, "settings_members.revoked", undo=action_id)

    @action(WorkspacePermission.MANAGE_MEMBERS, writes=False)
    async def change_role(self, member: PublicId, role: Key):
        """Another role, in the member's open tabs at once."""
        async with unit_of_work("member.role") as session:
            changed = await members.change_role(session, member, role, by=current())
            action_id = str(session.action_id)
        await self._tell(changed, "settings_members.role_changed", action_id)

    @action(WorkspacePermission.MANAGE_MEMBERS, writes=False)
    async def limit(self, member: PublicId, visibility: Key):
        """Own, team or all records; the member's tabs leave the rooms that they may hear no more."""
        async with unit_of_work("member.visibility") as session:
            changed = await members.limit_visibility(session, member, visibility, by=current())
            action_id = str(session.action_id)
        await self._tell(changed, "settings_members.visibility_changed", action_id)

    @action(WorkspacePermission.MANAGE_MEMBERS, writes=False)
    async def ask_remove(self, member: PublicId):
        self.leaving = next((p for p in self.people if p["id"] == member), {})

    @action(Gate.SIGNED_IN, writes=False)
    async def ask_leave(self):
        self.leaving = {"id": current().member_public_id, "name": current().member_name}

    @action(WorkspacePermission.MANAGE_MEMBERS, writes=False)
    async def remove(self, member: PublicId):
        """End a member's access; their tabs close at once."""
        async with unit_of_work("member.remove") as session:
            removed = await members.remove(session, member, by=current())
            action_id = str(session.action_id)
        await live.end_sessions(removed.tenant_id, member_id=removed.member_id)
        self.leaving = {}
        await self._read()
        await toast(self, "settings_members.removed", undo=action_id, name=removed.name)

    @action(Gate.SIGNED_IN, writes=False)
    async def leave(self):
        """End one's own access; the tab goes to sign-in with all others of this member."""
        self.leaving = {}
        async with unit_of_work("member.leave") as session:
            left = await members.leave(session, by=current())
        await live.end_sessions(left.tenant_id, member_id=left.member_id)

    async def _tell(self, changed: Changed, text: str, action_id: str) -> None:
        await live.refresh_viewers(changed.tenant_id, changed.member_id)
        await self._read()
        await toast(self, text, undo=action_id)

    async def _read(self) -> None:
        async with reading() as session:
            found = await members.listed(
                session, self.place["search"], self._starts[-1] if self._starts else ""
            )
            total = await members.counted(session)
            offers = await invitations.listed(session)
        self.people = found[: members.PAGE]
        self.place = {
            **self.place,
            "total": total,
            "previous": bool(self._starts),
            "next": len(found) > members.PAGE,
        }
        # Whoever may not manage members sees who is here, not who was asked.
        self.invited = offers if current().may(WorkspacePermission.MANAGE_MEMBERS) else []
