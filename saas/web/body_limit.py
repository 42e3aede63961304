"""No request may send more than its address has use for, whatever its headers say."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEFAULT_BYTES = 1024 * 1024
_larger: dict[str, int] = {}


def allow(prefix: str, limit_bytes: int) -> None:
    """Let requests to addresses under ``prefix`` send up to ``limit_bytes``; for a file route to call."""
    _larger[prefix] = limit_bytes


def limit_for(path: str) -> int:
    """The most bytes that a request to ``path`` may send."""
    return max((size for prefix, size in _larger.items() if path.startswith(prefix)), default=DEFAULT_BYTES)


class BodyTooLarge(Exception):
    """More came than was announced or allowed; nothing of it may be kept."""


class BodyLimit:
    """Answers 413 at once to an announced length above the limit, and stops reading one that lied."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = limit_for(scope["path"])
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            if _announced(scope) > limit:
                raise BodyTooLarge
            await self._app(scope, _counted(receive, limit), watched)
        except BodyTooLarge:
            if started:
                raise
            await PlainTextResponse("too large\n", 413, {"connection": "close"})(scope, receive, send)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _counted(receive: Receive, limit: int) -> Receive:
    left = limit

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise BodyTooLarge
        return message

    return counted
