"""A few numbers in Prometheus' text format, on a port of their own and only when METRICS_PORT is set."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections import defaultdict
from collections.abc import AsyncIterator


class Metric:
    """A number, or one for each value of its label."""

    def __init__(self, name: str, kind: str, help_text: str, label: str = "") -> None:
        self.name, self._kind, self._help, self._label = name, kind, help_text, label
        self._values: defaultdict[str, float] = defaultdict(float)
        if not label:
            self._values[""] = 0
        _all.append(self)

    def add(self, amount: float, label_value: str = "") -> None:
        self._values[label_value] += amount

    def lines(self) -> list[str]:
        head = [f"# HELP {self.name} {self._help}", f"# TYPE {self.name} {self._kind}"]
        return head + [
            f'{self.name}{{{self._label}="{value}"}} {number:g}' if value else f"{self.name} {number:g}"
            for value, number in sorted(self._values.items())
        ]


_all: list[Metric] = []

sockets = Metric("wasl_sockets", "gauge", "Open websockets.")
messages = Metric("wasl_socket_messages_total", "counter", "Messages that came in over websockets.")
refused = Metric("wasl_refused_total", "counter", "Sockets and messages refused at the door.", "reason")
requests = Metric("wasl_http_requests_total", "counter", "Plain HTTP answers.", "status")


def render() -> str:
    """All metrics as a scraper reads them."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    process = [
        "# TYPE process_resident_memory_max_bytes gauge",
        f"process_resident_memory_max_bytes {memory}",
    ]
    return "\n".join([line for metric in _all for line in metric.lines()] + process) + "\n"


@contextlib.asynccontextmanager
async def serve(host: str, port: int) -> AsyncIterator[None]:
    """Answer every request on ``host:port`` with the metrics, for as long as the block runs."""
    server = await asyncio.start_server(_answer, host, port)
    async with server:
        yield


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        async with asyncio.timeout(5):
            await reader.readuntil(b"\r\n\r\n")
            body = render().encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n"
                b"connection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
            )
            await writer.drain()
    except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        # Whatever this was, it was no scraper; closing is the answer.
        pass
    finally:
        writer.close()
