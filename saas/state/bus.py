"""How live messages cross processes: Redis between servers, the database from a worker of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from typing import Any

import psycopg

from saas.state import live

log = logging.getLogger(__name__)
CHANNEL = "wasl_live"
# PostgreSQL carries 8,000 bytes a notification; a larger patch asks for a fresh read instead.
LARGEST_NOTIFICATION = 7_500
RETRY_SECONDS = 2


class RedisBus:
    """Carries envelopes between servers; each hears its own too, so that all keep one order."""

    def __init__(self, url: str) -> None:
        from redis.asyncio import Redis

        self._redis = Redis.from_url(url)
        self._listener: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._listener = asyncio.create_task(_for_ever(self._listen))

    async def send(self, envelope: dict[str, Any]) -> None:
        await self._redis.publish(CHANNEL, json.dumps(envelope))

    async def stop(self) -> None:
        await _end(self._listener)
        await self._redis.aclose()

    async def _listen(self) -> None:
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            async for item in subscription.listen():
                if item["type"] == "message":
                    await live.deliver(json.loads(item["data"]))


class DatabaseBus:
    """From a worker process to the one server, over a connection of its own: a notification inside a
    business transaction would make all commits wait for one another."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._listener: asyncio.Task[None] | None = None
        self._speaking = asyncio.Lock()
        self._mouth: psycopg.AsyncConnection | None = None

    async def start(self) -> None:
        self._listener = asyncio.create_task(_for_ever(self._listen))

    async def send(self, envelope: dict[str, Any]) -> None:
        text = json.dumps(envelope)
        if len(text.encode()) > LARGEST_NOTIFICATION:
            text = json.dumps(_as_resync(envelope))
        async with self._speaking:
            try:
                await self._say(text)
            except psycopg.OperationalError:  # the connection had been cut; a new one says it
                await self._hush()
                await self._say(text)

    async def stop(self) -> None:
        await _end(self._listener)
        await self._hush()

    async def _say(self, text: str) -> None:
        if self._mouth is None:
            self._mouth = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        await self._mouth.execute("SELECT pg_notify(%s, %s)", (CHANNEL, text))

    async def _hush(self) -> None:
        mouth, self._mouth = self._mouth, None
        if mouth is not None:
            await mouth.close()

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            async for notification in connection.notifies():
                await live.deliver(json.loads(notification.payload))


def _as_resync(envelope: dict[str, Any]) -> dict[str, Any]:
    tenant_id, topic, _ = envelope["rooms"][0].removeprefix("t").split("|")
    return {"resync": topic, "tenant": int(tenant_id), "content": {"topic": topic, "resync": True}}


async def _for_ever(listen: Any) -> None:
    """A cut connection is opened again. What was missed meanwhile costs a refresh, never data."""
    while True:
        try:
            await listen()
        except Exception:  # whatever cut it, the next try says whether it is over
            log.warning("the live bus was cut and is opened again", exc_info=True)
        await asyncio.sleep(RETRY_SECONDS)


async def _end(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
