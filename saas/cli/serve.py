"""``wasl serve``: everything that the suite needs, in one process, on one port, gone at Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from saas.cli import database, frontend
from saas.cli.failure import Failure
from saas.cli.steps import say, step
from saas.kernel.settings import Environment, Settings, settings

_STOP_SECONDS = 3.0


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-build", action="store_true", help="serve the front end as it was last built")


def run(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM. Raises ``Failure`` when a step cannot be done."""
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _stop_like_ctrl_c)
    with step("environment") as checking:
        chosen = settings()
        if chosen.environment is Environment.PRODUCTION and not chosen.public_url:
            raise Failure("PUBLIC_URL is needed in production: the address that browsers use")
        _check_port(chosen.host, chosen.port, "PORT")
        if chosen.metrics_port:
            _check_port(chosen.host, chosen.metrics_port, "METRICS_PORT")
        _check_redis(chosen)
        checking.note = chosen.environment.value
    try:
        with step("database") as starting:
            url, starting.note = database.start(chosen)
        with step("migrations"):
            database.prepare(url)
        with step("front end") as building:
            building.note = "as last built" if options.no_build else frontend.build(Path.cwd())
        _set_environment(chosen)
        _run_to_the_end(_serve(chosen, began))
    finally:
        database.stop(chosen)
    say("  stopped")
    return 0


def _stop_like_ctrl_c(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _check_port(host: str, port: int, setting: str) -> None:
    # Asked before the build, so that a taken port is said at once and not after it.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (UnicodeError, TypeError):  # Python says either, by what is wrong with it
            raise Failure(f"HOST {host} is no name of a machine") from None
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise Failure(f"HOST {host} cannot be used ({error.strerror})") from None
            reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise Failure(f"port {port} on {host} {reason}; set {setting} to another") from None


def _check_redis(chosen: Settings) -> None:
    if not chosen.redis_url:
        return
    import redis

    try:
        with redis.Redis.from_url(chosen.redis_url, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Failure(f"REDIS_URL does not answer: {error}") from None


def _set_environment(chosen: Settings) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Reflex reads these when it is imported, which is why nothing above imports it.
    os.environ.update(
        {
            "REFLEX_ENV_MODE": "prod",
            "__REFLEX_SKIP_COMPILE": "true",
            "REFLEX_TELEMETRY_ENABLED": "false",
            "REFLEX_CHECK_LATEST_VERSION": "false",
            "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": "262144",
        }
    )
    if chosen.redis_url:
        os.environ["REFLEX_OPLOCK_ENABLED"] = "true"


def _run_to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """As ``asyncio.run``, which would wait for ever for a task that does not heed its cancellation."""
    loop = _new_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(work)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left, timeout=_STOP_SECONDS))
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()


def _new_loop() -> asyncio.AbstractEventLoop:
    """An event loop in C: each wait for the database is a watch on a socket begun and ended."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


async def _stop(server: Any) -> None:
    from saas.web import open_sockets

    await open_sockets.close_all(_STOP_SECONDS)
    server.stop()


async def _serve(chosen: Settings, began: float) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server.embed import Server

    with step("server"):
        from saas.app import app

        server = Server(
            app(),
            address=chosen.host,
            port=chosen.port,
            interface=Interfaces.ASGI,
            backlog=1024,
            log_level=LogLevels.error,
        )
        loop = asyncio.get_running_loop()
        stopping: set[asyncio.Task[None]] = set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: stopping.add(asyncio.ensure_future(_stop(server))))
        serving = asyncio.ensure_future(server.serve())
        await _until_it_listens(chosen, serving)
    if not serving.done():
        say(f"\n  {chosen.origin}   ready after {time.monotonic() - began:.1f} s, Ctrl-C stops\n")
    await serving
    if not stopping:
        raise Failure("the server ended by itself; the reason is said above")


async def _until_it_listens(chosen: Settings, serving: asyncio.Future[None]) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(chosen.host, chosen.host)  # noqa: S104 -- compared, not bound
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, chosen.port)
        except OSError:
            await asyncio.wait([serving], timeout=0.05)
        else:
            writer.close()
            return
