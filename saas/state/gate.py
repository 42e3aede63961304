"""The one door for events: every handler call is identified, allowed and checked before it runs.

Cookie -> session row -> member, company, modules, rights, on each event; denied by default. The client
chooses its own token, so a state that was built for another session is emptied before anything else.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, State, StateUpdate
from reflex_base.event.context import EventContext

from saas.kernel.catalog import module_of
from saas.kernel.errors import AppError, NotAllowed
from saas.kernel.permissions import Gate, Permission
from saas.state.action import Action, check, refuse
from saas.state.viewer import ViewerState
from saas.tenancy import viewer as viewers
from saas.tenancy import write_gate
from saas.tenancy.viewer import SignedOut, Viewer

log = logging.getLogger(__name__)
SESSION_COOKIE = "wasl_session"
Recognise = Callable[[str], Awaitable[Viewer | None]]
# The session cookie that each socket came with; never in a state, which a script in the page can read.
secrets_by_socket: dict[str, str] = {}

# Reflex's own handlers that a tab cannot do without; they read and write nothing of ours.
FRAMEWORK_HANDLERS = frozenset(
    {
        "reflex___state____state.hydrate",
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.set_is_hydrated",
        "reflex___state____on_load_internal_state.on_load_internal",
        "reflex___state____on_load_internal_state.set_is_hydrated",
    }
)


class ModuleOff(AppError):
    """The handler belongs to a module that the company has switched off."""

    key = "errors.module_off"
    status = 403


class NoEntry(AppError):
    """The event names no handler that is open to browsers."""

    key = "errors.not_found"
    status = 404


class GateKeeper(Middleware):
    """Runs before every event. Gives an empty update when it refuses, which ends the event."""

    def __init__(self, recognise: Recognise) -> None:
        self._recognise = recognise

    async def preprocess(self, app: Any, state: BaseState, event: Event) -> StateUpdate | None:
        context = EventContext.get()
        secret = secrets_by_socket.get((context.router_data or state.router_data).get("sid", ""))
        if secret is None:
            # The page has gone with its socket. The next page in that tab has the same state by now, and must
            # not be told that nobody is signed in.
            return StateUpdate()
        viewer = await self._recognise(secret) if secret else None
        viewers.bind(viewer)
        await self._own_state(state, viewer)
        name = (
            event.name.removeprefix("reflex___state____state.") if event.name.count(".") > 1 else event.name
        )
        if event.name in FRAMEWORK_HANDLERS or name in FRAMEWORK_HANDLERS:
            return None
        try:
            action, state_class = find_action(event.name)
        except NoEntry as refusal:
            log.warning("refused event %.120r: no such action", event.name)
            await refuse(context.token, "", refusal)
            return StateUpdate()
        try:
            allow(action, action.required(state_class), viewer)
            checked = check(action.schema, event.payload)
        except AppError as refusal:
            if not action.is_load:
                await refuse(context.token, _op(event.payload), refusal)
            return StateUpdate()
        event.payload.clear()
        event.payload.update(checked)
        return None

    async def _own_state(self, state: BaseState, viewer: Viewer | None) -> None:
        """Empty the state when it was built for another session or company."""
        root = state._get_root_state()
        mine = await root.get_state(ViewerState)
        owner = f"{viewer.session_id}/{viewer.member_id}" if viewer else ""
        if mine._owner != owner:
            if mine._owner:
                root.reset()
            mine._owner = owner


def allow(action: Action, required: Permission | Gate, viewer: Viewer | None) -> None:
    """Raises the reason why this viewer may not; gives nothing when it is allowed."""
    if required is Gate.PUBLIC:
        return
    if viewer is None:
        raise SignedOut
    if isinstance(required, Permission):
        allow_permission(required, viewer)
    if action.writes:
        write_gate.admit(viewer.tenant_state)


def allow_permission(required: Permission, viewer: Viewer) -> None:
    """Raises ``ModuleOff`` or ``NotAllowed``; for handlers whose argument says what is needed."""
    module = module_of(required)
    if module is not None and module not in viewer.modules:
        raise ModuleOff
    if not viewer.may(required):
        raise NotAllowed(permission=required.value)


_found: dict[str, tuple[Action, type[BaseState]]] = {}


def find_action(name: str) -> tuple[Action, type[BaseState]]:
    """The mark of the handler that an event names, and its state class. Raises ``NoEntry``."""
    if name not in _found:
        path, _, handler_name = name.rpartition(".")
        try:
            state_class = State.get_class_substate(path)
        except ValueError:
            raise NoEntry from None
        handler = state_class.event_handlers.get(handler_name)
        mark = getattr(handler.fn, "__wasl_action__", None) if handler else None
        if mark is None:
            raise NoEntry
        _found[name] = (mark, state_class)
    return _found[name]


def session_secret(cookie_header: str) -> str:
    """The session cookie's value, or an empty text for a missing or malformed header."""
    try:
        morsel = SimpleCookie(cookie_header).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return morsel.value[:128] if morsel else ""


def _op(payload: dict[str, Any]) -> str:
    op = payload.get("op", "")
    return op if isinstance(op, str) and len(op) <= 64 else ""
