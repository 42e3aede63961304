"""The outermost of our ASGI apps: decides what reaches Reflex at all.

Reflex gets the websocket of ``/_event``, behind its guard, and nothing else. Plain HTTP is ours: the routes
of this folder, then the built pages. Reflex's own addresses (``/ping``, ``/_health``, ``/_upload``,
``/_all_routes``) are therefore closed, including those that a later release may add.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from starlette.responses import PlainTextResponse
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from saas import web
from saas.kernel.settings import Settings, settings
from saas.web import body_limit, metrics
from saas.web.doorstep import redirect, sign_in_first
from saas.web.headers import security_headers
from saas.web.origins import allowed_origins
from saas.web.socket_guard import DEFAULT_LIMITS, SocketGuard
from saas.web.static import StaticSite

_EVENT_PATHS = ("/_event", "/_event/")
_BUILD = Path(".web/build/client")


def edge(reflex_app: ASGIApp) -> ASGIApp:
    """Reflex's ``api_transformer``: takes its API, gives the app that stands in front of it."""
    return Edge(reflex_app, settings(), lambda: StaticSite(_BUILD))


class Edge:
    """``site`` is called once, at the first request that needs a built file."""

    def __init__(self, reflex_app: ASGIApp, chosen: Settings, site: Callable[[], ASGIApp]) -> None:
        self._socket = SocketGuard(
            reflex_app, allowed_origins(chosen), DEFAULT_LIMITS, chosen.trusted_proxy_hops
        )
        self._plain = Router(web.routes(), redirect_slashes=False)
        self._site = functools.cache(site)
        self._headers = security_headers(chosen.https)
        self._limit = body_limit.BodyLimit(self._dispatch)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if scope["path"] in _EVENT_PATHS:
                return await self._socket(scope, receive, send)
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] == "http":
            await self._limit(scope, receive, self._finished(send))

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        # FULL: an address may be a form's by POST and a built page by GET.
        if any(route.matches(scope)[0] is Match.FULL for route in self._plain.routes):
            await self._plain(scope, receive, send)
        elif _is_closed(scope["path"]):
            await PlainTextResponse("not found\n", 404)(scope, receive, send)
        elif location := sign_in_first(scope):
            await redirect(location, scope, receive, send)
        else:
            await self._site()(scope, receive, send)

    def _finished(self, send: Send) -> Send:
        async def finished(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message.get("headers", [])}
                missing = [(name, value) for name, value in self._headers.items() if name not in given]
                message = {**message, "headers": [*message.get("headers", []), *missing]}
                metrics.requests.add(1, str(message["status"]))
            await send(message)

        return finished


def _is_closed(path: str) -> bool:
    """Addresses that Reflex knows and we do not use; a page of ours never starts with an underscore."""
    return path.startswith("/_") or path in {"/ping", "/auth-codespace"}
