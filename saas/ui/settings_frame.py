"""What every page of the settings stands in: the list of places at the start, the page on its canvas."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.catalog import module_of
from saas.kernel.permissions import Permission, WorkspacePermission
from saas.state.page import pages
from saas.state.viewer import ViewerState
from saas.ui.parts import icon
from saas.ui.place import place
from saas.ui.shell import page as framed
from saas.ui.text import T

# A text key, and its places: route, icon, text key, what is needed to see it.
_Group = tuple[str, tuple[tuple[str, str, str, Permission | None], ...]]
_PLACES: tuple[_Group, ...] = (
    (
        "settings.workspace",
        (
            ("/settings/company", "building", "settings.company", None),
            ("/settings/members", "users", "settings.members", WorkspacePermission.SEE_MEMBERS),
            ("/settings/modules", "blocks", "settings.modules", None),
            ("/settings/billing", "credit-card", "settings.billing", WorkspacePermission.MANAGE_BILLING),
            (
                "/settings/isolation",
                "shield-check",
                "settings.isolation",
                WorkspacePermission.VERIFY_ISOLATION,
            ),
        ),
    ),
    ("settings.data", (("/import", "upload", "settings.import", WorkspacePermission.IMPORT),)),
    (
        "settings.personal",
        (
            ("/settings/profile", "user", "settings.profile", None),
            ("/settings/sessions", "monitor", "settings.sessions", None),
        ),
    ),
)


def settings_places() -> list[dict[str, str]]:
    """For the palette: ``{href, label, icon, permission, words}`` of each page. ``label`` and ``words``, what
    else one may look for it by, are text keys; ``words`` may be "". ``permission`` "": everybody may."""
    own = [entry for _, entries in _PLACES for entry in entries]
    of_modules = [entry for _, entries in _of_modules() for entry in entries]
    return [
        {
            "href": href,
            "label": label,
            "icon": icon_name,
            "permission": permission.value if permission is not None else "",
            "words": f"settings.words.{href.rsplit('/', 1)[1]}"
            if href in {entry[0] for entry in own}
            else "",
        }
        for href, icon_name, label, permission in (*own, *of_modules)
    ]


def settings_page(
    here: str, title: str, lead: str, *body: rx.Component, end: rx.Component | None = None
) -> rx.Component:
    """A settings page. ``here``: its route; ``title``, ``lead``: text keys; ``end`` stands beside them."""
    head = rx.el.div(
        rx.el.div(
            rx.el.h2(T(title), class_name="fs20"), *([rx.el.p(T(lead), class_name="ink2")] if lead else [])
        ),
        *([rx.el.div(end, class_name="end")] if end is not None else []),
        class_name="pagehead",
    )
    return framed(
        T(title),
        rx.el.div(
            _places(here),
            rx.el.div(
                rx.el.div(head, *body, class_name="inner"),
                class_name="settings",
                role="region",
                aria_label=T(title),
                # A page without a field or a button is scrolled by the keyboard all the same.
                tab_index=0,
            ),
            class_name="body",
        ),
        crumbs=[{"label": T("settings.title"), "href": "/settings/company"}],
    )


def may(permission: Permission) -> rx.Var[bool]:
    """Whether to show something; the gate decides whether it works. False until the viewer is known."""
    viewer = rx.Var.create(ViewerState.viewer)
    return rx.Var(
        _js_expr=_may(str(viewer), permission),
        _var_type=bool,
        _var_data=viewer._get_all_var_data(),
    ).to(bool)


def _may(viewer: str, permission: Permission) -> str:
    held = f"(({viewer})?.permissions ?? []).includes({permission.value!r})"
    module = module_of(permission)
    return f"({held} && (({viewer})?.modules ?? []).includes({module!r}))" if module else held


def panel(*body: rx.Component, heading: Any = None) -> rx.Component:
    """A white box on the canvas, with a heading inside."""
    head = [rx.el.h3(heading, class_name="panelhead")] if heading is not None else []
    return rx.el.section(*head, *body, class_name="panel padded")


def _places(here: str) -> rx.Component:
    groups = []
    for name, entries in (*_PLACES[:1], *_of_modules(), *_PLACES[1:]):
        groups.append(rx.el.div(T(name), class_name="grp", aria_hidden="true"))
        for href, icon_name, label, permission in entries:
            link = place(
                icon(icon_name),
                rx.el.span(T(label)),
                to=href,
                class_name="nav on" if href == here else "nav",
            )
            groups.append(link if permission is None else rx.cond(may(permission), link, rx.fragment()))
    return rx.el.nav(*groups, class_name="subnav", aria_label=T("settings.nav"))


def _of_modules() -> list[_Group]:
    """Settings pages that modules have registered: they stand here without being listed."""
    known = {entry[0] for _, entries in _PLACES for entry in entries}
    found = [
        (route.route, "sliders", route.title, route.permission)
        for route in pages()
        if route.route.startswith("/settings/")
        and "[" not in route.route
        and route.route not in known
        and isinstance(route.permission, Permission)
    ]
    return [("settings.setup", tuple(found))] if found else []
