"""A Redis of the tests' own, kept in memory, on a free port."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator

from tests.support import tools
from tests.support.server import free_port


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The URL of a Redis that runs as long as the block. Raises ``CannotInstall`` without redis-server."""
    program = tools.redis_server()
    if program is None:
        raise tools.CannotInstall("redis-server is missing; run `make test`, or install it")
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError("redis-server did not start")
