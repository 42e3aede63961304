"""The network between a browser and the server, which a test may cut: a relay on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.support.loop import loop_thread

_CHUNK = 65_536


@dataclass
class Wire:
    """What arrives at ``port`` goes to the server at ``url`` and back, for as long as the wire is whole.

    The server lives on while it is cut, with what it knows of the tab; ``cut`` and ``mend`` may follow often.
    """

    port: int
    url: str = ""
    _is_cut: bool = False
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Break what is connected, and refuse whoever comes."""
        loop_thread().run(self._cut())

    def mend(self) -> None:
        self._is_cut = False

    async def _cut(self) -> None:
        self._is_cut = True
        for writer in list(self._open):
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser."""
        if self._is_cut:
            writer.transport.abort()
            return
        there = urlsplit(self.url)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", there.port)
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            self._open -= {writer, far_writer}


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(_CHUNK):
            sink.write(chunk)
            await sink.drain()
    with contextlib.suppress(OSError):
        sink.close()


@contextlib.contextmanager
def laid(port: int) -> Iterator[Wire]:
    """A wire that listens at ``port``; set its ``url`` once the server runs."""
    wire = Wire(port)

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(wire.carry, "127.0.0.1", port)

    listening = loop_thread().run(listen())

    async def close() -> None:
        listening.close()
        await wire._cut()

    try:
        yield wire
    finally:
        loop_thread().run(close())
