"""The only door to a company's rows.

``tenant_session(tenant_id)`` opens one short transaction that is bound to the company before anything else is
sent. Row level security decides; the session adds the company to every ORM statement, stamps new rows,
refuses foreign ones and looks again at each row that it loads.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlmodel import col

from saas.kernel.errors import NotFound
from saas.kernel.events import Event, bridges_for
from saas.tenancy.database import Urls, sqlalchemy_url
from saas.tenancy.guard import TenancyError, guard_engine
from saas.tenancy.models import EnabledModule, Tenant
from saas.tenancy.owned import TenantOwned, uuid7
from saas.tenancy.prepared import COMPANY, KEEPERS, Prepared
from saas.tenancy.sealed import SEAL, Binding, PlainSession, SealedSession
from saas.tenancy.viewer import SignedOut, Viewer

log = logging.getLogger(__name__)
M = TypeVar("M", bound=TenantOwned)
# A bridge may tell an event itself; a circle of bridges must end.
MAX_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Touch:
    """What a verb changed, for the live stream: rows of a topic, and whose scopes may see them."""

    topic: str
    row_ids: tuple[int, ...]
    scope_members: tuple[int, ...] = ()
    gone: bool = False


class TenantSession(AsyncSession):
    """A transaction of one company. Made by ``Database.tenant_session`` alone.

    ``events`` are domain events told with ``emit``: the bridges of modules that are on hear them before the
    commit, in this transaction. ``touched`` is what the live stream will show after it.
    """

    sync_session_class = SealedSession
    database: Database

    def __init__(self, engine: AsyncEngine, *, seal: object = None, binding: Binding | None = None) -> None:
        super().__init__(engine, seal=seal, binding=binding, expire_on_commit=False, autoflush=True)
        assert binding is not None
        self.binding = binding
        self.events: list[Event] = []
        self.touched: list[Touch] = []
        self._heard = 0
        self._hooks: list[Callable[[], Awaitable[None]]] = []
        self._last: list[Callable[[], Awaitable[None]]] = []
        self._modules: frozenset[str] | None = None

    @property
    def tenant_id(self) -> int:
        return self.binding.tenant_id

    @property
    def member_id(self) -> int | None:
        return self.binding.member_id

    @property
    def action_id(self) -> UUID:
        return self.binding.action_id

    @property
    def viewer(self) -> Viewer:
        """The member at work. Raises ``SignedOut`` in a session that no member opened, such as a job's."""
        viewer = self.info.get("viewer")
        if viewer is None:
            raise SignedOut
        return viewer

    @property
    def keepers(self) -> frozenset[int] | None:
        """The members whose records this session sees; None: everybody's, and those of nobody."""
        viewer: Viewer | None = self.info.get("viewer")
        return None if viewer is None or self.info.get("unlimited") else viewer.owners

    async def get(self, model: type[M], id: int, *, lock: bool = False, **rest: Any) -> M:  # pyright: ignore[reportIncompatibleMethodOverride] -- one key is enough here, and absence is an error
        """The row by its inside id. ``lock=True`` holds it until the end. Raises ``NotFound``."""
        row = await super().get(model, (self.tenant_id, id), with_for_update=lock or None, **rest)
        if row is None:
            raise NotFound
        return row

    async def by_public_id(self, model: type[M], public_id: UUID | str, *, lock: bool = False) -> M:
        """The row by the id that the world knows. Raises ``NotFound``, for a malformed id as well."""
        try:
            wanted = public_id if isinstance(public_id, UUID) else UUID(public_id)
        except (ValueError, AttributeError, TypeError):
            raise NotFound from None
        row = await self.one(_by_public_id(model, lock), public_id=wanted)  # pyright: ignore[reportArgumentType] -- a class can be hashed
        if row is None:
            raise NotFound
        return row

    async def one(self, query: Any, **values: Any) -> Any | None:
        """The first row's first column (an object, for ``select(Model)``), or None."""
        return (await self.execute(query, values or None)).scalars().first()

    async def all(self, query: Any, **values: Any) -> Sequence[Any]:
        """The first column of every row."""
        return (await self.execute(query, values or None)).scalars().all()

    async def rows(self, query: Any, **values: Any) -> Sequence[Any]:
        """Every row with all its columns."""
        return (await self.execute(query, values or None)).all()

    async def read(self, query: Prepared, **values: Any) -> Sequence[Any]:
        """Every row of a prepared select; changes made before are written first, so that it sees them."""
        return await self.run_sync(self._read, query, values)

    def _read(self, session: Session, query: Prepared, values: dict[str, Any]) -> Sequence[Any]:
        if session.new or session.dirty or session.deleted:
            session.flush()
        keepers, connection = self.keepers, session.connection()
        text, fixed = query.ready(connection.dialect, limited=keepers is not None)
        values = {**fixed, **values, COMPANY.key: self.tenant_id}
        if keepers is not None:
            values[KEEPERS.key] = sorted(keepers)
        return connection.exec_driver_sql(text, values).all()

    def touch(
        self, topic: str, row_ids: Sequence[int], scope_members: Sequence[int] = (), *, gone: bool = False
    ) -> None:
        """Tell the live stream what changed. ``gone`` rows leave the lists."""
        self.touched.append(Touch(topic, tuple(row_ids), tuple(scope_members), gone))

    def emit(self, event: Event) -> None:
        """Tell a past fact; bridges hear it before this transaction commits."""
        self.events.append(event)

    def at_last(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do this in the same transaction, once everything else is done: one word about many rows."""
        self._last.append(work)

    def after_commit(self, hook: Callable[[], Awaitable[None]]) -> None:
        """Run once the change is durable; never when it is rolled back."""
        self._hooks.append(hook)

    async def refresh_statistics(self, *tables: str) -> None:
        """Let the planner know of many new rows now; some 0.1 s a table. For the end of an import."""
        wanted = sa.literal(list(tables), sa.ARRAY(sa.Text))
        await self.execute(sa.select(sa.func.wasl.refresh_statistics(wanted)))

    async def currency(self) -> str:
        """The company's currency, ISO 4217."""
        return str(await self.one(sa.select(col(Tenant.currency))))

    async def enabled_modules(self) -> frozenset[str]:
        """Keys of the modules that are on for this company."""
        if self._modules is None:
            on = sa.select(col(EnabledModule.key)).where(col(EnabledModule.enabled).is_(True))
            self._modules = frozenset(await self.all(on))
        return self._modules

    async def cross_bridges(self) -> None:
        """Let the bridges hear what was told so far, then do what was left for last; the commit does it for
        the rest."""
        while self._heard < len(self.events) or self._last:
            if self._heard == len(self.events):
                await self._last.pop(0)()
                continue
            if self._heard >= MAX_EVENTS:
                raise RuntimeError(
                    f"more than {MAX_EVENTS} events in one transaction: do bridges run in a circle?"
                )
            event = self.events[self._heard]
            self._heard += 1
            for bridge in bridges_for(event, await self.enabled_modules()):
                await bridge.handle(self, event)

    async def _run_hooks(self) -> None:
        for hook in self._hooks:
            try:
                await hook()
            except Exception:  # the change is committed: a failed afterthought must not look like a refusal
                log.exception("after commit")


class SystemSession(AsyncSession):
    """A transaction on what belongs to no company. For tenancy, billing, worker and cli alone."""

    sync_session_class = PlainSession

    def __init__(self, engine: AsyncEngine, *, seal: object = None) -> None:
        if seal is not SEAL:
            raise TenancyError("open a system_session")
        super().__init__(engine, expire_on_commit=False)
        self._hooks: list[Callable[[], Awaitable[None]]] = []

    def after_commit(self, hook: Callable[[], Awaitable[None]]) -> None:
        self._hooks.append(hook)

    async def one(self, query: Any, **values: Any) -> Any | None:
        return (await self.execute(query, values or None)).scalars().first()

    async def all(self, query: Any, **values: Any) -> Sequence[Any]:
        return (await self.execute(query, values or None)).scalars().all()

    async def rows(self, query: Any, **values: Any) -> Sequence[Any]:
        return (await self.execute(query, values or None)).all()


class Database:
    """The pools, and the two doors. One per process; ``close`` before the loop ends."""

    def __init__(self, urls: Urls, *, pool_size: int = 20, system_pool_size: int = 8) -> None:
        self.urls = urls
        self.app = _engine(urls.app, pool_size)
        self.system = _engine(urls.system, system_pool_size)

    async def check(self) -> None:
        """Open one connection of each pool. Raises ``TenancyError`` when one has more power than it may."""
        for engine in (self.app, self.system):
            async with engine.connect():
                pass

    async def wake_worker(self) -> None:
        """Tell the workers of new jobs. A lost word costs a few seconds: they also look by themselves."""
        async with self.system.connect() as connection:
            await connection.execute(_WAKE)

    async def close(self) -> None:
        await self.app.dispose()
        await self.system.dispose()

    @contextlib.asynccontextmanager
    async def tenant_session(
        self,
        tenant_id: int,
        member_id: int | None = None,
        action: str = "",
        action_id: UUID | None = None,
        *,
        patience_s: int | None = None,
    ) -> AsyncIterator[TenantSession]:
        """One transaction of one company; commits at the end, rolls back on any exception.

        ``member_id`` and ``action`` (a dotted name) go to the change record with ``action_id``, made when not
        given; ``patience_s`` is how long one statement may take, and the time between two, a minute when not
        given.

        Raises ``TenancyError`` when ``tenant_id`` is not a positive int.
        """
        binding = Binding(tenant_id, member_id, action, action_id or uuid7(), patience_s)
        async with TenantSession(self.app, seal=SEAL, binding=binding) as session:
            session.database = self
            await _open(session, self.app)
            yield session
            await session.cross_bridges()
            await session.commit()
        await session._run_hooks()

    @contextlib.asynccontextmanager
    async def system_session(self) -> AsyncIterator[SystemSession]:
        """One transaction as ``wasl_system``; commits at the end, rolls back on any exception."""
        async with SystemSession(self.system, seal=SEAL) as session:
            await _open(session, self.system)
            yield session
            await session.commit()
        for hook in session._hooks:
            await hook()


@cache
def _by_public_id(model: Any, lock: bool) -> sa.Select[Any]:
    query = sa.select(model).where(model.public_id == sa.bindparam("public_id"))
    return query.with_for_update() if lock else query


# As procrastinate's own trigger would say it, but outside the transaction.
_WAKE = sa.text('SELECT pg_notify(\'procrastinate_any_queue_v1\', \'{"type": "job_inserted", "job_id": 0}\')')

_current: Database | None = None


def use(database: Database | None) -> None:
    """Make this the process's database; the composition root and the tests call it."""
    global _current
    _current = database


def current() -> Database:
    """The process's database. Raises ``TenancyError`` when none is open."""
    if _current is None:
        raise TenancyError("no database is open in this process")
    return _current


def tenant_session(
    tenant_id: int, member_id: int | None = None, action: str = "", action_id: UUID | None = None
) -> contextlib.AbstractAsyncContextManager[TenantSession]:
    """``Database.tenant_session`` of the process's database."""
    return current().tenant_session(tenant_id, member_id, action, action_id)


def _engine(url: str, size: int) -> AsyncEngine:
    # Autocommit for the driver: our own BEGIN goes out together with the binding, one round trip for two.
    engine = create_async_engine(
        sqlalchemy_url(url),
        isolation_level="AUTOCOMMIT",
        pool_size=size,
        max_overflow=0,
        pool_timeout=15,
        pool_use_lifo=True,
        json_deserializer=orjson.loads,
        connect_args={"prepare_threshold": 5, "application_name": "wasl"},
    )
    guard_engine(engine.sync_engine)
    return engine


async def _open(session: AsyncSession, engine: AsyncEngine) -> None:
    """Begin now. A restart of the server has cut every idle connection of the pool: go on to the next."""
    for _ in range(idle_connections(engine) + 1):
        try:
            await session.connection()
            return
        except (psycopg.OperationalError, psycopg.InterfaceError):
            await session.rollback()
    await session.connection()


def idle_connections(engine: AsyncEngine) -> int:
    """How many connections the pool may hold."""
    pool = engine.pool
    return pool.size() if isinstance(pool, AsyncAdaptedQueuePool) else 1
