"""A pytest plugin: ``async def`` tests and fixtures run on one event loop, in a thread of its own.

One loop for the whole session, so that a connection pool made by one fixture serves every test; its own
thread, since Playwright's synchronous API occupies the main one. A test and its fixtures share one context,
so what a fixture sets in a context variable is set in the test.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

import pytest

_TIMEOUT_SECONDS = 180
_T = TypeVar("_T")


class LoopThread:
    """An event loop that runs until the session ends."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test loop", daemon=True)
        self._thread.start()
        self.session_context = contextvars.copy_context()

    def run(self, work: Awaitable[_T], context: contextvars.Context | None = None) -> _T:
        """Run to its end and give its result or raise its exception; ``TimeoutError`` after three minutes."""
        return asyncio.run_coroutine_threadsafe(
            _within(work, context or self.session_context), self._loop
        ).result(_TIMEOUT_SECONDS)

    def close(self) -> None:
        self.run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _within(work: Awaitable[_T], context: contextvars.Context) -> _T:
    async def wait() -> _T:
        return await work

    return await asyncio.get_running_loop().create_task(wait(), context=context)


_thread: LoopThread | None = None
_context_of_test = pytest.StashKey[contextvars.Context]()


def loop_thread() -> LoopThread:
    """The session's loop, started when first asked for."""
    global _thread
    if _thread is None:
        _thread = LoopThread()
    return _thread


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    loop_thread().run(pyfuncitem.obj(**arguments), _context_for(pyfuncitem))
    return True


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Any:
    function = fixturedef.func
    if inspect.isasyncgenfunction(function):
        fixturedef.func = _around(function, request)  # pyright: ignore[reportAttributeAccessIssue] -- as pytest's own plugins do
    elif inspect.iscoroutinefunction(function):
        fixturedef.func = _once(function, request)  # pyright: ignore[reportAttributeAccessIssue]
    else:
        return (yield)
    try:
        return (yield)
    finally:
        fixturedef.func = function  # pyright: ignore[reportAttributeAccessIssue]


def _around(function: Any, request: pytest.FixtureRequest) -> Any:
    def set_up_and_tear_down(*given: Any, **arguments: Any) -> Any:
        context = _context_for(request.node)
        generator = function(*given, **arguments)
        yield loop_thread().run(anext(generator), context)
        if not loop_thread().run(_is_exhausted(generator), context):
            raise RuntimeError(f"{function.__name__} yields more than once")

    return set_up_and_tear_down


def _once(function: Any, request: pytest.FixtureRequest) -> Any:
    def set_up(*given: Any, **arguments: Any) -> Any:
        work: Coroutine[Any, Any, Any] = function(*given, **arguments)
        return loop_thread().run(work, _context_for(request.node))

    return set_up


async def _is_exhausted(generator: Any) -> bool:
    try:
        await anext(generator)
    except StopAsyncIteration:
        return True
    return False


def _context_for(node: pytest.Item | pytest.Collector) -> contextvars.Context:
    if not isinstance(node, pytest.Item):
        return loop_thread().session_context
    if _context_of_test not in node.stash:
        node.stash[_context_of_test] = loop_thread().session_context.copy()
    return node.stash[_context_of_test]


def pytest_unconfigure(config: pytest.Config) -> None:
    global _thread
    if _thread is not None:
        _thread.close()
        _thread = None
