"""A browser tab without a browser: Reflex's event protocol over one websocket, for tests and measurements."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

NAMESPACE = "/_event"
_EVENT = f"42{NAMESPACE},"
_SUFFIX = "_rx_state_"
_ROOT = "reflex___state____state"
_LIVE = f"{_ROOT}.saas___state___live____live_state"
_SLOT = re.compile(r"p\d+")
_ops = itertools.count(1)


class Refused(Exception):
    """The server closed the socket, or did not let it open; ``code`` is the websocket's or HTTP's."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code


@dataclass(slots=True)
class Update:
    """One message of the server. ``at`` is ``time.perf_counter()`` at its arrival, ``size`` its length."""

    at: float
    size: int
    delta: dict[str, dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def live(self) -> list[dict[str, Any]]:
        """What came over the live stream, oldest first: patches, acknowledgements, toasts."""
        slots = self.delta.get(_LIVE, {})
        told = [value for name, value in slots.items() if _SLOT.fullmatch(name) and value]
        return sorted(told, key=lambda message: message.get("seq", 0))

    def sets(self, state: str, var: str) -> bool:
        """Whether it sets ``var`` of a state, which is named by its full name or its end."""
        return any(name.endswith(state) and var in values for name, values in self.delta.items())


Condition = Callable[[Update], Any]


@dataclass(slots=True)
class Tab:
    """One tab at ``path``. ``state`` is what the browser would hold; ``live`` every live message so far."""

    http: aiohttp.ClientSession
    url: str
    cookie: str = ""
    path: str = "/"
    token: str = field(default_factory=lambda: str(uuid.uuid4()))
    origin: str | None = ""
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    live: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    received: int = 0
    given_token: str = ""
    close_code: int | None = None
    _socket: Any = None
    _reader: asyncio.Task[None] | None = None
    _waiting: list[tuple[Condition, asyncio.Future[Update]]] = field(default_factory=list)

    async def connect(self, *, hydrate: bool = True, within: float = 30) -> None:
        """Open the socket as the page does, its first event riding in the CONNECT packet.

        With ``hydrate``, returns when the page has loaded. Raises ``Refused``.
        """
        headers = {"Cookie": f"wasl_session={self.cookie}"} if self.cookie else {}
        origin = self.url if self.origin == "" else self.origin
        if origin is not None:
            headers["Origin"] = origin
        address = (
            f"{self.url.replace('http', 'ws', 1)}{NAMESPACE}/?EIO=4&transport=websocket&token={self.token}"
        )
        try:
            self._socket = await self.http.ws_connect(address, headers=headers, max_msg_size=0, autoping=True)
        except aiohttp.WSServerHandshakeError as error:
            raise Refused(error.status, error.message) from None
        await self._text()  # the engine's greeting
        loaded = self.expect(lambda update: update.delta.get(_ROOT, {}).get("is_hydrated") is True)
        boot = {"event": self._event(f"{_ROOT}.hydrate_and_load", {})} if hydrate else {}
        await self._socket.send_str(f"40{NAMESPACE},{json.dumps(boot)}")
        while not (packet := await self._text()).startswith(f"40{NAMESPACE}"):
            if packet.startswith("44"):
                raise Refused(4400, packet)
            self._take(packet)
        self._reader = asyncio.create_task(self._read())
        if hydrate:
            await asyncio.wait_for(loaded, within)
        else:
            loaded.cancel()

    async def go(self, path: str, within: float = 30) -> Update:
        """Walk to another page as a click on a link does; gives the update that ends its loading."""
        self.path = path
        loaded = self.expect(lambda update: update.delta.get(_ROOT, {}).get("is_hydrated") is True)
        await self.send(f"{_ROOT}.reflex___state____on_load_internal_state.on_load_internal")
        return await asyncio.wait_for(loaded, within)

    async def send(self, handler: str, payload: Mapping[str, Any] | None = None) -> None:
        """Send one event. ``handler`` is its full name."""
        await self.send_raw(json.dumps(["event", self._event(handler, payload or {})]))

    async def send_raw(self, packet: str) -> None:
        """Send ``packet`` as the content of one socket.io event, whatever it is."""
        await self.send_text(_EVENT + packet)

    async def send_text(self, text: str) -> None:
        """Send one message of the websocket, whatever it is."""
        await self._socket.send_str(text)

    async def send_bytes(self, content: bytes) -> None:
        """Send one message of bytes, which no tab sends."""
        await self._socket.send_bytes(content)

    async def call(
        self, handler: str, payload: Mapping[str, Any], until: Condition, within: float = 30
    ) -> Update:
        """Send one event and wait for the update that meets ``until``."""
        waiter = self.expect(until)
        await self.send(handler, payload)
        return await asyncio.wait_for(waiter, within)

    async def act(self, handler: str, within: float = 30, **payload: Any) -> dict[str, Any]:
        """Send a change under an op of its own; gives the live message that answers it: the patch with that
        op, or the acknowledgement that refuses it."""
        op = payload.setdefault("op", f"op{next(_ops)}-{uuid.uuid4().hex[:8]}")
        answer = await self.call(handler, payload, lambda update: told(update, op=op), within)
        return next(message for message in answer.live if message.get("op") == op)

    def expect(self, condition: Condition) -> asyncio.Future[Update]:
        """A future for the first update from now on that meets ``condition``; ``Refused`` when it closes."""
        future: asyncio.Future[Update] = asyncio.get_running_loop().create_future()
        if self.close_code is not None:
            future.set_exception(Refused(self.close_code or 0))
        self._waiting.append((condition, future))
        return future

    async def eventually(self, holds: Callable[[Tab], Any], within: float = 10) -> Any:
        """Wait until ``holds(tab)`` is true, now or after some update; gives its value."""
        async with asyncio.timeout(within):
            while not (value := holds(self)):
                await self.expect(lambda update: True)
        return value

    async def fence(self, within: float = 30) -> None:
        """Return when the server has worked off every event sent before; it answers in order."""
        value = not self.state.get(_ROOT, {}).get("is_hydrated", False)
        flipped = self.expect(lambda update: update.delta.get(_ROOT, {}).get("is_hydrated") is value)
        await self.send(f"{_ROOT}.reflex___state____on_load_internal_state.set_is_hydrated", {"value": value})
        await asyncio.wait_for(flipped, within)

    async def read_anew(self, within: float = 30) -> None:
        """Ask for the whole state, as a page does that has just come back."""
        whole = self.expect(lambda update: _ROOT in update.delta and len(update.delta) > 5)
        await self.send(f"{_ROOT}.hydrate")
        await asyncio.wait_for(whole, within)

    async def closed(self, within: float = 10) -> int:
        """Wait until the server closes the socket; gives the code."""
        assert self._reader is not None
        await asyncio.wait_for(asyncio.shield(self._reader), within)
        return self.close_code or 0

    def values(self, state: str) -> dict[str, Any]:
        """The vars of the state whose full name ends so; empty when the tab knows none."""
        return next((values for name, values in self.state.items() if name.endswith(state)), {})

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader

    def cut(self) -> None:
        """Let the connection die without a word, as a network does."""
        self._socket._response.connection.transport.abort()

    def _event(self, handler: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        pairs = [pair.split("=", 1) for pair in query.split("&") if "=" in pair]
        router = {"pathname": path, "asPath": self.path, "query": {name: value for name, value in pairs}}
        return {"name": handler, "payload": payload, "router_data": router}

    async def _text(self) -> str:
        message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            self.close_code = self._socket.close_code or 0
            raise Refused(self.close_code or 0)
        return message.data

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            if message.data == "2":
                await self._socket.send_str("3")
            else:
                self._take(message.data)
        self.close_code = self._socket.close_code or 0
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(Refused(self.close_code or 0))

    def _take(self, packet: str) -> None:
        at = time.perf_counter()
        if not packet.startswith(_EVENT):
            return
        self.received += len(packet)
        name, *rest = json.loads(packet[len(_EVENT) :])
        if name == "new_token":
            self.given_token = self.token = rest[0]
        if name != "event":
            return
        delta = {
            state: {var.removesuffix(_SUFFIX): value for var, value in values.items()}
            for state, values in (rest[0].get("delta") or {}).items()
        }
        update = Update(at, len(packet), delta, rest[0].get("events") or [])
        for state, values in delta.items():
            self.state.setdefault(state, {}).update(values)
        self.live.extend(update.live)
        self.events.extend(update.events)
        self._settle(update)

    def _settle(self, update: Update) -> None:
        waiting, self._waiting = self._waiting, []
        for condition, future in waiting:
            if future.done():
                continue
            if condition(update):
                future.set_result(update)
            else:
                self._waiting.append((condition, future))


def told(update: Update, **values: Any) -> bool:
    """Whether a live message of the update holds all of these values."""
    return any(all(message.get(k) == v for k, v in values.items()) for message in update.live)


@contextlib.asynccontextmanager
async def tab(
    url: str, cookie: str = "", path: str = "/", *, hydrate: bool = True, **more: Any
) -> AsyncIterator[Tab]:
    """A connected tab for as long as the block runs. ``more``: ``token``, ``origin``."""
    async with aiohttp.ClientSession() as http:
        opened = Tab(http, url, cookie, path, **more)
        await opened.connect(hydrate=hydrate)
        try:
            yield opened
        finally:
            await opened.close()


@contextlib.asynccontextmanager
async def returning(
    url: str, cookie: str, token: str, path: str = "/", within: float = 10
) -> AsyncIterator[Tab]:
    """A tab that comes back with a token it names, as soon as the server has noticed that its holder left."""
    async with asyncio.timeout(within) as patience:
        while True:
            async with tab(url, cookie, path, token=token) as opened:
                if not opened.given_token:
                    patience.reschedule(None)
                    yield opened
                    return
