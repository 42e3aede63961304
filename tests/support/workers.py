"""A pytest plugin: how many processes share the tests.

Each worker has a PostgreSQL, a server and a browser of its own, so that none sees what another does; the
front end they have in common. Where there is little to share, a second worker costs more than it spares.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import ROOT

# Each holds about a gigabyte; beyond this the machine's disk and memory are what is waited for.
MOST = 4
# After Ctrl-C each has a PostgreSQL, a server and a browser to stop before it is killed itself.
_STOP_SECONDS = 30
# Locked, not written: whoever runs a test holds the first; whoever waits to be alone, the second.
_TURN, _GATE = ROOT / "tests", ROOT / "tests" / "support"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    from xdist.workermanage import NodeManager

    NodeManager.EXIT_TIMEOUT = _STOP_SECONDS  # pyright: ignore[reportAttributeAccessIssue] -- a literal there


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One a core. None, so that all runs in this process, for a single file, a single core, or with ``-s``,
    which shows what a test prints."""
    cores = min(_cores(), MOST)
    if cores == 1 or config.getoption("capture") == "no" or _is_one_file(config):
        return 0
    return cores


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A test marked ``alone`` measures the machine: the other workers wait until it is done."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    kind = fcntl.LOCK_SH if item.get_closest_marker("alone") is None else fcntl.LOCK_EX
    with contextlib.ExitStack() as turn:
        with _locked(_GATE, kind):
            turn.enter_context(_locked(_TURN, kind))
        return (yield)


@contextlib.contextmanager
def _locked(folder: Path, kind: int) -> Iterator[None]:
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, kind)
        yield
    finally:
        os.close(opened)


def _cores() -> int:
    """Those that we may use: a container often has fewer than its machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _is_one_file(config: pytest.Config) -> bool:
    named = {argument.partition("::")[0] for argument in config.args}
    return len(named) == 1 and (config.invocation_params.dir / Path(*named)).is_file()
