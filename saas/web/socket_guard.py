"""In front of ``/_event``: our own pages only, and no more than a person or their tab can mean to send."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from saas.web import metrics, open_sockets
from saas.web.client_address import client_address
from saas.web.limits import Bucket, Buckets, Rate

_POLICY_VIOLATION = 1008
# What a tab's Engine.IO says, and its Socket.IO in our one namespace: connect, disconnect, event. Anything
# else the server's could not read, and would say so at length.
_PACKET = re.compile(r"[12356]\Z|[23]probe\Z|4[012]/_event(?:,|\Z)")
_TOO_BIG = 1009


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """What one socket and one address may send; a whole office may sit behind one address."""

    per_socket: Rate
    per_address: Rate
    connects_per_address: Rate
    message_bytes: int


DEFAULT_LIMITS = SocketLimits(
    per_socket=Rate(per_second=30, burst=120),
    per_address=Rate(per_second=600, burst=3_000),
    connects_per_address=Rate(per_second=50, burst=600),
    message_bytes=256 * 1024,
)


class SocketGuard:
    """Refuses a foreign or missing Origin before the handshake, closes a socket that floods after it."""

    def __init__(
        self, app: ASGIApp, origins: tuple[str, ...], limits: SocketLimits, trusted_hops: int = 0
    ) -> None:
        self._app = app
        self._origins = frozenset(origin.encode() for origin in origins)
        self._limits = limits
        self._trusted_hops = trusted_hops
        self._messages = Buckets(limits.per_address)
        self._connects = Buckets(limits.connects_per_address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = client_address(scope, self._trusted_hops)
        if not self._is_our_page(scope):
            return await _refuse(receive, send, "origin")
        if not self._connects.take(address, time.monotonic()):
            return await _refuse(receive, send, "connects")
        if open_sockets.are_closing():
            return await _refuse(receive, send, "stopping")
        metrics.sockets.add(1)
        try:
            with open_sockets.kept(send):
                await self._app(scope, self._metered(address, receive, send), send)
        finally:
            metrics.sockets.add(-1)

    def _is_our_page(self, scope: Scope) -> bool:
        sent = [value for name, value in scope["headers"] if name == b"origin"]
        return len(sent) == 1 and sent[0] in self._origins

    def _metered(self, address: str, receive: Receive, send: Send) -> Receive:
        bucket = Bucket(self._limits.per_socket, time.monotonic())

        async def metered() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            now = time.monotonic()
            metrics.messages.add(1)
            if _size(message) > self._limits.message_bytes:
                return await _close(send, _TOO_BIG, "size")
            if not _PACKET.match(message.get("text") or ""):
                return await _close(send, _POLICY_VIOLATION, "form")
            if not bucket.take(now) or not self._messages.take(address, now):
                return await _close(send, _POLICY_VIOLATION, "rate")
            return message

        return metered


def _size(message: Message) -> int:
    text = message.get("text")
    return len(text) if text is not None else len(message.get("bytes") or b"")


async def _refuse(receive: Receive, send: Send, reason: str) -> None:
    metrics.refused.add(1, reason)
    await receive()
    await send({"type": "websocket.close", "code": _POLICY_VIOLATION})


async def _close(send: Send, code: int, reason: str) -> Message:
    """Close towards the client, and tell the app that the client is gone."""
    metrics.refused.add(1, reason)
    await send({"type": "websocket.close", "code": code})
    return {"type": "websocket.disconnect", "code": code}
