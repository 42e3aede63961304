"""Who may open a socket, and how much may come through it."""

from __future__ import annotations

import contextlib
import json

import aiohttp
import pytest

from tests.support.server import Server

_FOREIGN = [
    None,
    "",
    "null",
    "https://evil.example",
    "http://localhost",
    "http://localhost:1",
    "http://localhost.evil.example",
    "https://{host}",
    "http://{host}.evil.example",
    "http://{host}@evil.example",
]


async def _handshake(server: Server, origin: str | None) -> int:
    headers = {} if origin is None else {"Origin": origin}
    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(server.socket_url + "&token=t", headers=headers):
                return 101
        except aiohttp.WSServerHandshakeError as error:
            return error.status


@pytest.mark.parametrize("origin", _FOREIGN)
async def test_a_socket_with_a_foreign_origin_is_refused(server: Server, origin: str | None) -> None:
    if origin:
        origin = origin.format(host=server.url.removeprefix("http://"))
    assert await _handshake(server, origin) == 403


async def test_our_own_pages_get_a_socket(server: Server) -> None:
    assert await _handshake(server, server.url) == 101


async def test_loopback_by_number_is_our_own_page_in_development(server: Server) -> None:
    assert await _handshake(server, server.url.replace("localhost", "127.0.0.1")) == 101


async def test_a_socket_elsewhere_is_refused(server: Server) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(server.url + "/other", headers={"Origin": server.url})


@contextlib.asynccontextmanager
async def _connected(server: Server):
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(server.socket_url + "&token=guard", headers={"Origin": server.url}) as socket,
    ):
        assert (await socket.receive_str(timeout=5)).startswith("0")
        await socket.send_str("40/_event,")
        assert (await socket.receive_str(timeout=5)).startswith("40/_event")
        yield socket


async def _close_code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    while (message := await socket.receive(timeout=10)).type is aiohttp.WSMsgType.TEXT:
        pass
    assert message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}
    return socket.close_code


async def test_a_socket_that_floods_is_closed(server: Server) -> None:
    async with _connected(server) as socket:
        with contextlib.suppress(ConnectionError):
            for _ in range(500):
                await socket.send_str('42/_event,["ping"]')
        assert await _close_code(socket) == 1008


async def test_a_message_too_large_closes_the_socket(server: Server) -> None:
    async with _connected(server) as socket:
        with contextlib.suppress(ConnectionError):
            await socket.send_str("42/_event," + json.dumps(["event", {"name": "x" * 300_000}]))
        assert await _close_code(socket) == 1009


async def test_a_person_who_works_fast_is_not_closed(server: Server) -> None:
    async with _connected(server) as socket:
        for _ in range(60):
            await socket.send_str('42/_event,["ping"]')
        answers = [await socket.receive_str(timeout=5) for _ in range(60)]
        assert set(answers) == {'42/_event,["ping","pong"]'}
