"""Between the socket and Reflex: what no handler could take ends here, and a tab that goes leaves its rooms.

socket.io calls a namespace's method by the name that the client sends, ``connect`` among them. Reflex logs an
event that it cannot place together with the request's headers, and sends the headers to the page as a var, so
the session's cookie, which no script may read, would be in both. It is taken out of them at the handshake.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from saas.state import live
from saas.state.action import refuse
from saas.state.gate import FRAMEWORK_HANDLERS, NoEntry, find_action, secrets_by_socket, session_secret

log = logging.getLogger(__name__)
MAX_NAME = 300
MAX_PATH = 2000
MAX_HASHES = 1000
_ROOT = "reflex___state____state"
_REFLEX_OWN = frozenset(n if n.startswith(f"{_ROOT}.") else f"{_ROOT}.{n}" for n in FRAMEWORK_HANDLERS)
# What a tab sends, and how many arguments with the socket's id Reflex takes of each.
_FROM_CLIENTS = {"event": (2,), "ping": (1,), "client_error": (1, 2)}
_COOKIE = re.compile(r"""(['"]cookie['"]\s*:\s*)(['"]).*?\2""", re.IGNORECASE)


class Doorman:
    """Stands before a Reflex event namespace: ``Doorman(app.event_namespace).take_place()``."""

    def __init__(self, namespace: Any) -> None:
        self._namespace = namespace
        self._dispatch = namespace.trigger_event
        self._enqueue = namespace.on_event
        self._describe = namespace._build_static_router_data

    def take_place(self) -> None:
        """From now on every message of a client comes here first."""
        self._namespace.trigger_event = self.trigger_event
        self._namespace.on_event = self.on_event
        self._namespace._build_static_router_data = self.describe

    async def trigger_event(self, event: Any, *args: Any) -> Any:
        """What socket.io calls for each message, and for a socket that opens or closes."""
        if event == "disconnect":
            try:
                return await self._dispatch(event, *args)
            finally:
                secrets_by_socket.pop(args[0], None)
                await live.leave(args[0])
        if event == "connect":
            return await self._dispatch(event, *args) if self._is_handshake(args) else None
        if not isinstance(event, str) or len(args) not in _FROM_CLIENTS.get(event, ()):
            log.warning("refused a message: no such kind")
            return None
        return await self._dispatch(event, *args)

    async def on_event(self, sid: str, data: Any) -> None:
        """One event for a handler; also the one that rides in the handshake."""
        if not is_well_formed(data):
            log.warning("refused an event: not of the form that a page sends")
            return
        if data["name"] in _REFLEX_OWN:
            data = {**data, "payload": reflex_payload(data.get("payload", {}))}
        else:
            try:
                find_action(data["name"])
            except NoEntry as refusal:
                log.warning("refused event %.120r: no such action", data["name"])
                if token := self._namespace.sid_to_token.get(sid):
                    await refuse(token, "", refusal)
                return
        await self._enqueue(sid, data)

    def describe(self, sid: str, environ: dict[str, Any]) -> dict[str, Any]:
        """What Reflex keeps of a socket's handshake, the session's secret apart from it."""
        data = self._describe(sid, environ)
        secrets_by_socket[sid] = session_secret(data["headers"].pop("cookie", ""))
        return data

    def _is_handshake(self, args: tuple[Any, ...]) -> bool:
        """Whether it comes from the handshake itself: a client's own message cannot hold our object."""
        ours = self._namespace.server.get_environ(args[0], self._namespace.namespace) if args else None
        return ours is not None and len(args) > 1 and args[1] is ours


def is_well_formed(data: Any) -> bool:
    """Whether an event has the types that Reflex and we read from it."""
    if not isinstance(data, dict) or not isinstance(data.get("name"), str) or len(data["name"]) > MAX_NAME:
        return False
    router = data.get("router_data", {})
    if not isinstance(data.get("payload", {}), dict) or not isinstance(router, dict):
        return False
    paths = (router.get("pathname", ""), router.get("asPath", ""))
    query = router.get("query", {})
    return (
        all(isinstance(path, str) and len(path) <= MAX_PATH for path in paths)
        and isinstance(query, dict)
        and all(isinstance(value, (str, list)) for value in query.values())
    )


def reflex_payload(payload: dict[str, Any]) -> dict[str, Any]:
    """Of the arguments of Reflex's own handlers the two that a page needs, when they are what they must be.

    ``hashes`` says which states it holds already, ``value`` whether it is hydrated. ``vars``, values from the
    browser's storage, is left out: we keep none there, and a wrong name in it would raise.
    """
    kept: dict[str, Any] = {}
    hashes = payload.get("hashes")
    if isinstance(hashes, list) and len(hashes) <= MAX_HASHES and all(isinstance(h, str) for h in hashes):
        kept["hashes"] = hashes
    if isinstance(payload.get("value"), bool):
        kept["value"] = payload["value"]
    return kept


def keep_cookies_out_of_logs() -> None:
    """Whoever writes a log line with request headers in it: the cookie's value is not in what is kept."""
    make = logging.getLogRecordFactory()

    def without_cookies(*args: Any, **rest: Any) -> logging.LogRecord:
        record = make(*args, **rest)
        if isinstance(record.msg, str) and "cookie" in record.msg.lower():
            record.msg = _COOKIE.sub(r"\1'...'", record.msg)
        return record

    logging.setLogRecordFactory(without_cookies)
