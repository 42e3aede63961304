"""Errors of scripts in the browser, a line each in the log: what failed and where, of the person nothing.

Whoever opens our pages can send these, so each is cut short, stripped of what it may quote, and counted: one
address alone, and all of them together, fill the log only so far.
"""

from __future__ import annotations

import json
import logging
import re
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from saas.kernel.errors import AppError, Invalid
from saas.web.forms import address_of, check_origin
from saas.web.limits import Buckets, Rate

log = logging.getLogger(__name__)
MAX_BODY = 8 * 1024
MAX_TEXT, MAX_FRAMES, MAX_FRAME = 200, 8, 160
_EVERYBODY = "*"
_of_each = Buckets(Rate(per_second=1 / 30, burst=5))
_of_all = Buckets(Rate(per_second=1, burst=30))
_CODE = re.compile(r"[0-9a-f]{8}")
# What a browser quotes in a message is mostly what somebody wrote; addresses of a page may end in a search.
_QUOTED = re.compile(r"""(["“«`]).*?(["”»`]|$)""", re.DOTALL)
_MAIL = re.compile(r"\S+@\S+")
_QUERY = re.compile(r"[?#][^\s:)]*")
_LATER_PART = re.compile(r"[?#]")
_FRAME = re.compile(r"(?:/[\w.$-]+)+:\d+:\d+")


def routes() -> list[Route]:
    return [Route("/trouble", report, methods=["POST"])]


async def report(request: Request) -> Response:
    """``{code, text, stack, path}`` from our page's script; answered with nothing, whatever became of it."""
    try:
        check_origin(request)
        told = await _told(request)
    except AppError as error:
        return Response(status_code=error.status)
    now = time.monotonic()
    if _of_each.take(address_of(request), now) and _of_all.take(_EVERYBODY, now):
        log.error("%s", line_of(told))
    return Response(status_code=204)


def line_of(told: dict[str, str]) -> str:
    """What the log says of it: printable, one line, of bounded length."""
    code = told.get("code", "")
    frames = [frame[-MAX_FRAME:] for frame in _FRAME.findall(told.get("stack", ""))[:MAX_FRAMES]]
    return (
        f"script error {code if _CODE.fullmatch(code) else '-'}"
        f" on {_plain(_LATER_PART.split(told.get('path', ''), 1)[0])}: {_plain(told.get('text', ''))}"
        f" at {' < '.join(frames) or '?'}"
    )


def _plain(text: str) -> str:
    bare = _QUERY.sub("", _MAIL.sub("…", _QUOTED.sub(r"\1…\2", text)))
    return "".join(c if c.isprintable() else " " for c in bare)[:MAX_TEXT]


async def _told(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Invalid
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):  # the latter: brackets within brackets, by the thousand
        raise Invalid from None
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise Invalid
    return told
