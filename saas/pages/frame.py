"""The frame around every page: what the catalogue offers, wired to who looks."""

from __future__ import annotations

import reflex as rx

from saas.kernel.catalog import modules, party_actions
from saas.kernel.permissions import Permission
from saas.state.page import pages
from saas.state.starring import StarState
from saas.state.switching import SwitchState
from saas.state.undoing import UndoState
from saas.state.viewer import ViewerState
from saas.state.workspace import PaletteState, PreferencesState, PresenceState
from saas.ui.settings_frame import settings_places
from saas.ui.shell import Shell


def frame() -> rx.Component:
    """Mounted once; pages change inside it. Public pages stand in it too, without its parts."""
    return Shell.create(
        nav=[
            {
                "module": module.key,
                "label": f"{module.key}.name",
                "icon": module.icon,
                "items": [
                    {
                        "href": item.route,
                        "label": item.text,
                        "icon": item.icon,
                        "permission": item.permission.value,
                        "shortcut": item.shortcut,
                    }
                    for item in module.nav
                ],
            }
            for module in modules().values()
        ],
        personal=[
            {
                "module": module.key,
                "href": entry.route,
                "label": entry.text,
                "icon": entry.icon,
                "permission": entry.permission.value,
                "shortcut": entry.shortcut,
                "counted": entry.counted,
                "topics": list(entry.topics),
            }
            for module in modules().values()
            for entry in module.personal
        ],
        begins=[
            {
                "module": module.key,
                "text": action.text,
                "short": action.short,
                "icon": action.icon,
                "href": action.href,
                "permission": action.permission.value,
            }
            for module, action in party_actions()
        ],
        places=settings_places(),
        gates=[
            {"path": page.route.split("/[")[0], "title": page.title, "permission": page.permission.value}
            for page in pages()
            if page.framed and isinstance(page.permission, Permission)
        ],
        framed=sorted({page.route.split("/[")[0] for page in pages() if page.framed}),
        viewer=ViewerState.viewer,
        counts=ViewerState.counts,
        on_count=ViewerState.count,
        results=PaletteState.found,
        starred=StarState.starred,
        on_prefer=PreferencesState.prefer,
        on_search=PaletteState.search,
        left=UndoState.left,
        on_undo=UndoState.undo,
        on_insist=UndoState.insist,
        on_switch_on=SwitchState.switch_on,
        on_refresh=ViewerState.enter,
        on_writing=PresenceState.writing,
        on_star=StarState.star,
        on_stars=StarState.read,
    )
