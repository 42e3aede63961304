"""A page of the app asked for without a session: the browser is sent to sign in before anything is loaded."""

from __future__ import annotations

import functools
import re
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from saas.kernel.permissions import Gate
from saas.state.page import pages

_SESSION_COOKIE = "wasl_session"


def sign_in_first(scope: Scope) -> str | None:
    """Where to send a visitor without a session cookie who asks for a page that is not public; else None.

    Whether a cookie's session still lives is the gate's to say: this only spares a stranger an empty frame.
    """
    if scope["method"] != "GET" or _has_session(scope) or not members_only(scope["path"]):
        return None
    query = scope["query_string"].decode("latin-1")
    asked = scope["path"] + (f"?{query}" if query else "")
    return f"/signin?next={quote(asked, safe='')}"


async def redirect(location: str, scope: Scope, receive: Receive, send: Send) -> None:
    headers = [
        (b"location", location.encode("latin-1")),
        (b"cache-control", b"no-store"),
        (b"vary", b"cookie"),
    ]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def members_only(path: str) -> bool:
    """Whether a page at this address is for members alone."""
    return any(pattern.fullmatch(path.rstrip("/")) for pattern in _patterns())


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Of every page that is not public: ``/crm/deals/[id]`` as an expression."""
    routes = [page.route for page in pages() if page.permission is not Gate.PUBLIC]
    return tuple(re.compile(re.sub(r"\\\[[^\]]+\\\]", "[^/]+", re.escape(route))) for route in routes)


def _has_session(scope: Scope) -> bool:
    try:
        return _SESSION_COOKIE in SimpleCookie("; ".join(Headers(scope=scope).getlist("cookie")))
    except CookieError:
        return False
