"""``/livez``: the process answers. ``/readyz``: so does everything that it needs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

_log = logging.getLogger(__name__)
_CHECK_SECONDS = 2.0
_checks: dict[str, Callable[[], Awaitable[None]]] = {}


def needs(name: str, check: Callable[[], Awaitable[None]]) -> None:
    """Make ``/readyz`` ask this too. ``check`` returns when all is well and raises when not."""
    _checks[name] = check


def routes() -> list[Route]:
    return [Route("/livez", _live), Route("/readyz", _ready)]


async def _live(request: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _ready(request: Request) -> Response:
    names = list(_checks)
    answers = await asyncio.gather(*(_is_well(name) for name in names))
    parts = dict(zip(names, answers, strict=True))
    # The parts' names and no reasons: anyone may ask.
    return JSONResponse(parts, status_code=200 if all(answers) else 503)


async def _is_well(name: str) -> bool:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await _checks[name]()
    except Exception:
        _log.exception("%s is not ready", name)
        return False
    return True
