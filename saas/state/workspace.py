"""What every page can do: find anything, show where one writes, keep preferences."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from saas.kernel.catalog import modules
from saas.kernel.errors import NotFound
from saas.kernel.permissions import Gate
from saas.state import presence
from saas.state.action import Key, PublicId, Text80, Text200, action
from saas.state.resource import RESOURCES
from saas.state.unit import reading
from saas.tenancy import accounts
from saas.tenancy import session as doors
from saas.tenancy.viewer import current

FOUND_PER_KIND = 6
Nobody = Literal[""]


class PaletteState(rx.State):
    """Records for the command palette: ``{query, rows: [{id, title, title_ar, subtitle, subtitle_ar, code,
    at, href, icon, kind, party}]}`` as ``SearchProvider`` says; ``party``: something can be begun with it."""

    found: dict[str, Any] = {"query": "", "rows": []}  # noqa: RUF012 -- Reflex copies defaults

    @action(Gate.SIGNED_IN, writes=False)
    async def search(self, text: Text200):
        """What starts with the words typed, from each module that is on and that the member may see."""
        viewer = current()
        wanted, rows = text.strip(), []
        providers = [
            (provider, module.icon)
            for module in modules().values()
            for provider in module.search
            if wanted and viewer.may(provider.permission)
        ]
        if providers:
            async with reading() as session:
                for provider, icon in providers:
                    found = await provider.find(session, viewer, wanted, FOUND_PER_KIND)
                    about = {"kind": provider.key, "party": provider.parties}
                    rows += [{"icon": icon, **row, **about} for row in found]
        self.found = {"query": text, "rows": rows}


class PresenceState(rx.State):
    """Shows colleagues which field one is writing on."""

    @action(Gate.SIGNED_IN, writes=False)
    async def writing(self, topic: Key, id: PublicId | Nobody, field: Key):
        """The field of a record that the tab has open, or none. Those who may not see the record hear
        nothing; one that the member may not edit, or that is gone, is nobody's news."""
        sid = self.router.session.session_id
        resource = RESOURCES.get(topic)
        if not id or resource is None or resource.column(field) is None or not current().may(resource.edit):
            await presence.stop(sid)
            return
        try:
            async with reading() as session:
                row = await session.by_public_id(resource.model, id)
                owner = getattr(row, "owner_id", None)
        except NotFound:
            await presence.stop(sid)
            return
        await presence.write_on(sid, topic, id, field, owner)


class PreferencesState(rx.State):
    """Language, theme, digits and single keys follow the person to every browser."""

    @action(Gate.SIGNED_IN, writes=False)
    async def prefer(self, name: Key, value: Text80):
        """``language``, ``theme``, ``digits`` or ``shortcuts``; already shown, kept for every browser."""
        wanted = value == "on" if name == "shortcuts" else value
        await accounts.prefer(doors.current(), current().account_id, name, wanted)
