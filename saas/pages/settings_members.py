"""Settings → People: who works here, what they may do, whose records they see, and who is invited."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.permissions import RoleKey, Visibility, WorkspacePermission
from saas.pages.members_state import MembersState
from saas.state.page import page
from saas.state.viewer import ViewerState
from saas.tenancy import members
from saas.ui.parts import avatar, badge, button, confirm, follow, search_field
from saas.ui.plainform import field, form_dialog
from saas.ui.settings_frame import may, settings_page
from saas.ui.text import T

# So many are seen at a glance.
FEW = 12
_ROLES = [(role.value, f"roles.{role.value}") for role in RoleKey]
# What may be given by those who are no owners themselves.
_LESSER = [pair for pair in _ROLES if pair[0] != RoleKey.OWNER]
_SIGHTS = [(sight.value, f"visibility.{sight.value}") for sight in Visibility]

# Pages read a state's attributes as Vars, which its annotations do not say.
_STATE: Any = MembersState
_VIEWER: Any = ViewerState.viewer


@page(
    "/settings/members",
    title="settings_members.title",
    permission=WorkspacePermission.SEE_MEMBERS,
    on_load=MembersState.load,
)
def settings_members() -> rx.Component:
    manages = may(WorkspacePermission.MANAGE_MEMBERS)
    return settings_page(
        "/settings/members",
        "settings_members.title",
        "settings_members.lead",
        rx.cond(
            (_STATE.place["total"].to(int) > FEW) | (_STATE.place["search"].to(str) != ""),
            rx.el.div(search_field(T("settings_members.search"), _STATE.search), class_name="row"),
            rx.fragment(),
        ),
        follow(members.TOPIC, on_change=_STATE.refresh),
        _people(manages),
        _pages(),
        rx.cond(_STATE.invited.length() > 0, _invited(), rx.fragment()),
        form_dialog(
            _STATE.inviting,
            "settings_members.invite_title",
            [
                field("email", "settings_members.email", type="email", ltr=True),
                field(
                    "role",
                    "settings_members.role",
                    options=rx.cond(
                        _is_owner(_VIEWER), [list(pair) for pair in _ROLES], [list(pair) for pair in _LESSER]
                    ),
                    value=RoleKey.REP.value,
                ),
            ],
            "settings_members.send",
            text="settings_members.invite_text",
            errors=_STATE.errors,
            on_send=_STATE.invite,
            on_close=_STATE.close,
        ),
        _question(),
        end=rx.cond(
            manages,
            button(T("settings_members.invite"), icon="user-plus", kind="pri", on_click=_STATE.open_invite),
            rx.fragment(),
        ),
    )


def _pages() -> rx.Component:
    """Back and on, where one page does not hold everybody."""
    place = _STATE.place
    return rx.cond(
        place["previous"].to(bool) | place["next"].to(bool),
        rx.el.div(
            button(
                T("ui.previous"),
                size="sm",
                icon="chevron-left",
                disabled=~place["previous"].to(bool),
                on_click=_STATE.turn(False),
            ),
            button(
                T("ui.next"),
                size="sm",
                icon="chevron-right",
                disabled=~place["next"].to(bool),
                on_click=_STATE.turn(True),
            ),
            class_name="row end-aligned pagerow",
        ),
        rx.cond(
            (_STATE.people.length() == 0) & (place["search"].to(str) != ""),
            rx.el.p(T("settings_members.nobody"), class_name="muted"),
            rx.fragment(),
        ),
    )


def _people(manages: rx.Var[bool]) -> rx.Component:
    heads = ("name", "email", "role", "visibility", "state", "actions")
    return rx.el.div(
        rx.el.table(
            rx.el.caption(T("settings_members.title"), class_name="vh"),
            rx.el.thead(rx.el.tr(*[rx.el.th(T(f"settings_members.{head}"), scope="col") for head in heads])),
            rx.el.tbody(rx.foreach(_STATE.people, lambda person: _person(person, manages))),
            class_name="plain stacks",
        ),
        class_name="panel scrolls-x",
    )


def _is_owner(who: Any) -> rx.Var[bool]:
    return who["role"] == RoleKey.OWNER.value


def _person(person: Any, manages: rx.Var[bool]) -> rx.Component:
    manages = manages & (_is_owner(_VIEWER) | ~_is_owner(person))
    me = person["id"] == _VIEWER["id"]
    placeholder = person["state"] != "active"
    return rx.el.tr(
        rx.el.th(
            rx.el.span(
                avatar(person["name"], size="m"),
                rx.el.bdi(person["name"], class_name="b5"),
                rx.cond(me, badge(T("settings_members.you")), rx.fragment()),
                class_name="row",
            ),
            scope="row",
        ),
        rx.el.td(rx.el.bdi(person["email"], dir="ltr"), class_name="ink2"),
        rx.el.td(_choice(person, "role", _ROLES, _STATE.change_role, manages & ~me & ~placeholder)),
        rx.el.td(_choice(person, "visibility", _SIGHTS, _STATE.limit, manages & ~placeholder)),
        rx.el.td(
            rx.cond(
                placeholder,
                badge(T("settings_members.invited"), tone="warn", icon="clock"),
                badge(T("settings_members.active"), tone="ok", icon="check"),
            )
        ),
        rx.el.td(
            rx.cond(
                me,
                button(T("settings_members.leave"), size="sm", kind="ghost", on_click=_STATE.ask_leave),
                rx.cond(
                    manages & ~placeholder,
                    button(
                        T("settings_members.remove"),
                        size="sm",
                        kind="ghost",
                        name=T("settings_members.remove_name", name=person["name"]),
                        on_click=_STATE.ask_remove(person["id"]),
                    ),
                    rx.fragment(),
                ),
            ),
            class_name="ta-e",
        ),
        key=person["id"].to(str),
    )


def _choice(
    person: Any,
    what: str,
    options: list[tuple[str, str]],
    handler: Any,
    open: rx.Var[bool],
) -> rx.Component:
    shown = rx.match(person[what], *[(value, T(text)) for value, text in options], person[what].to(str))
    return rx.cond(
        open,
        rx.el.select(
            *[_option(value, text) for value, text in options],
            value=person[what].to(str),
            on_change=lambda value: handler(person["id"], value),
            aria_label=T(f"settings_members.{what}_of", name=person["name"]),
            class_name="inp",
        ),
        rx.el.span(shown),
    )


def _option(value: str, text: str) -> rx.Component:
    option = rx.el.option(T(text), value=value)
    return rx.cond(_is_owner(_VIEWER), option, rx.fragment()) if value == RoleKey.OWNER else option


def _invited() -> rx.Component:
    heads = ("email", "role", "state", "actions")
    return rx.el.section(
        rx.el.h3(T("settings_members.open_invitations"), class_name="panelhead"),
        rx.el.div(
            rx.el.table(
                rx.el.caption(T("settings_members.open_invitations"), class_name="vh"),
                rx.el.thead(
                    rx.el.tr(*[rx.el.th(T(f"settings_members.{head}"), scope="col") for head in heads])
                ),
                rx.el.tbody(rx.foreach(_STATE.invited, _offer)),
                class_name="plain stacks offers",
            ),
            class_name="panel scrolls-x",
        ),
        class_name="later",
    )


def _offer(offer: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(rx.el.bdi(offer["email"], dir="ltr", class_name="b5"), scope="row"),
        rx.el.td(rx.match(offer["role"], *[(v, T(text)) for v, text in _ROLES], offer["role"].to(str))),
        rx.el.td(
            rx.cond(
                offer["expired"].to(bool),
                badge(T("settings_members.expired"), tone="bad", icon="alert"),
                badge(T("settings_members.invited"), tone="warn", icon="clock"),
            )
        ),
        rx.el.td(
            button(
                T("settings_members.resend"),
                size="sm",
                kind="ghost",
                on_click=_STATE.resend(offer["id"]),
                name=T("settings_members.resend_name", email=offer["email"]),
            ),
            button(
                T("settings_members.revoke"),
                size="sm",
                kind="ghost",
                on_click=_STATE.revoke(offer["id"]),
                name=T("settings_members.revoke_name", email=offer["email"]),
            ),
            class_name="ta-e",
        ),
        key=offer["id"].to(str),
    )


def _question() -> rx.Component:
    """Removing cannot be undone for the one who is removed, so it is asked."""
    who = _STATE.leaving
    me = who["id"] == _VIEWER["id"]
    company = _VIEWER["company"]
    asked = who.contains("id")
    return rx.fragment(
        confirm(
            asked & ~me,
            T("settings_members.remove_title", name=who["name"], company=company),
            T("settings_members.remove_text"),
            T("settings_members.remove"),
            no=T("settings_members.keep"),
            on_yes=_STATE.remove(who["id"]),
            on_no=_STATE.close,
        ),
        confirm(
            asked & me,
            T("settings_members.leave_title", company=company),
            T("settings_members.leave_text"),
            T("settings_members.leave"),
            no=T("settings_members.keep"),
            on_yes=_STATE.leave,
            on_no=_STATE.close,
        ),
    )
