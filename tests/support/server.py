"""A Wasl of the tests' own: the real command in a process, on a free port, with a data folder of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 180
_STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: ``url`` without a slash at the end, its process, its data folder and its output."""

    url: str
    process: subprocess.Popen[bytes]
    data_dir: Path
    log: Path

    @property
    def socket_url(self) -> str:
        return self.url.replace("http://", "ws://") + "/_event/?EIO=4&transport=websocket"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal it as a person or a service manager would; gives the exit code."""
        self.process.send_signal(number)
        return self.process.wait(_STOP_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(data_dir: Path, port: int, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The settings of a test server and none of the machine's own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    ours = {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
    }
    return {**kept, **ours, **(more or {})}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "saas.cli", *arguments]


@contextlib.contextmanager
def running(
    data_dir: Path, *arguments: str, more: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[Server]:
    """Serve for as long as the block runs; the process is gone afterwards, however the block ends. ``port``:
    the one of a server before it, whose tabs come back."""
    port = port or free_port()
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / f"serve-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command("serve", *arguments),
            cwd=ROOT,
            env=environment(data_dir, port, more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://localhost:{port}", process, data_dir, log)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{server.url}/readyz", timeout=5).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{server.log.read_text(errors='replace')}")
