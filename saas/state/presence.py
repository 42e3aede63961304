"""Who is here, and which field each is writing on: in this process's tabs and in those of every other.

Nothing of it is kept anywhere but in memory. Each process tells the others what its own tabs do, at once and
again with every beat; what a process has not repeated for a while is gone, however that process ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from saas.state import live
from saas.tenancy.viewer import Viewer

log = logging.getLogger(__name__)
PROCESS = uuid4().hex[:12]
KIND = "presence"
# Silent for so many beats, a process is taken for dead.
BEATS = 2.5
# A tab says again that it writes, well within this time; one whose network has died does not.
WRITES_FOR_SECONDS = 50.0
# A notification of the database carries 8,000 bytes.
A_PIECE = 12
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Writing:
    """A field that a member has open: ``tab`` names whose, ``rooms`` those who may know."""

    tab: str
    rooms: tuple[str, ...]
    of: str
    id: str
    field: str
    by: str
    by_id: str

    def said(self, *, over: bool = False) -> dict[str, Any]:
        """As a browser hears it; without a field when it is over."""
        told = {"tab": self.tab, "of": self.of, "id": self.id, "by": self.by, "by_id": self.by_id}
        return {"topic": "editing", **told, "field": "" if over else self.field}


Person = tuple[int, str]  # company, member's public id


class _Process:
    """What another process has said of its tabs."""

    def __init__(self) -> None:
        self.heard_at = 0.0
        self.people: dict[Person, str] = {}
        self.writing: dict[str, Writing] = {}


_here: dict[str, tuple[Writing, float]] = {}  # by socket
_others: dict[str, _Process] = {}
_send: live.Deliver | None = None
_beat_seconds = 10.0


def present(tenant_id: int) -> list[dict[str, Any]]:
    """The members with an open tab, wherever it is served: ``[{id, name}]`` with public ids, by name."""
    people = {m: name for o in _others.values() for (t, m), name in o.people.items() if t == tenant_id}
    people |= {tab.viewer.member_public_id: tab.viewer.member_name for tab in live.tabs(tenant_id)}
    return [{"id": m, "name": n} for m, n in sorted(people.items(), key=lambda item: (item[1], item[0]))]


async def write_on(sid: str, topic: str, public_id: str, field: str, owner: int | None) -> None:
    """The tab has the field open; those who may see a record of this owner are shown so."""
    tab = live.tab_of(sid)
    if tab is None:
        return
    viewer, before = tab.viewer, _here.get(sid)
    writing = Writing(
        before[0].tab if before else f"{PROCESS}-{uuid4().hex[:12]}",
        tuple(live.audiences(viewer.tenant_id, topic, owner)),
        topic,
        public_id,
        field,
        viewer.member_name[:LONGEST_NAME],
        viewer.member_public_id,
    )
    _here[sid] = (writing, time.monotonic())
    if before and before[0] == writing:
        return
    if before and before[0].rooms != writing.rooms:
        await _tell(before[0], over=True)
    await _tell(writing)
    await _to_others(writing=[_packed(writing)])


async def stop(sid: str) -> None:
    """The tab writes on nothing any more."""
    before = _here.pop(sid, None)
    if before is not None:
        await _tell(before[0], over=True)
        await _to_others(stopped=[before[0].tab])


@contextlib.asynccontextmanager
async def beating(send: live.Deliver, every_seconds: float) -> AsyncIterator[None]:
    """Tell the other processes and listen to them while the block runs; at its end they are told at once."""
    global _send, _beat_seconds
    _send, _beat_seconds = send, every_seconds
    task = asyncio.create_task(_beat(), name="presence")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await _out({"bye": True})
        _send = None


async def _beat() -> None:
    while True:
        await _out({})
        await _tell_all()
        await asyncio.sleep(_beat_seconds)
        now = time.monotonic()
        for sid, (_, at) in list(_here.items()):
            if now - at > WRITES_FOR_SECONDS:
                await stop(sid)
        for process, other in list(_others.items()):
            if now - other.heard_at > _beat_seconds * BEATS:
                await _forget(process)


async def _tab_changed(tab: live.Tab, here: bool) -> None:
    """A tab came, went, or hears other rooms."""
    viewer = tab.viewer
    if not here:
        await stop(tab.sid)
        still = any(t.viewer.member_id == viewer.member_id for t in live.tabs(viewer.tenant_id))
        if not still:
            await _to_others(gone=[[viewer.tenant_id, viewer.member_public_id]])
    else:
        await _to_others(people=[_person(viewer)])
        everyone = [w for w, _ in _here.values()] + [w for o in _others.values() for w in o.writing.values()]
        heard = [w.said() for w in everyone if tab.rooms.intersection(w.rooms)]
        await live.tell(tab.token, {"topic": "editing", "all": heard})
    await _announce({viewer.tenant_id})


async def _hear(envelope: dict[str, Any]) -> None:
    """What another process tells of its tabs; one that was not known is told everything."""
    told, process = envelope[KIND], envelope[KIND]["process"]
    if process == PROCESS:
        return
    if told.get("bye"):
        await _forget(process)
        return
    is_new = process not in _others
    other = _others.setdefault(process, _Process())
    other.heard_at = time.monotonic()
    if is_new:
        await _out({})
        await _tell_all()
    came = {(t, m): name for t, m, name in told.get("people", ()) if (t, m) not in other.people}
    went = [(t, m) for t, m in told.get("gone", ()) if other.people.pop((t, m), None) is not None]
    other.people |= came
    await _announce({t for t, _ in (*came, *went)})
    for packed in told.get("writing", ()):
        writing = Writing(**{**packed, "rooms": tuple(packed["rooms"])})
        before = other.writing.get(writing.tab)
        other.writing[writing.tab] = writing
        if before and before.rooms != writing.rooms:
            await _tell(before, over=True)
        if before != writing:
            await _tell(writing)
    for tab in told.get("stopped", ()):
        over = other.writing.pop(tab, None)
        if over is not None:
            await _tell(over, over=True)


async def _forget(process: str) -> None:
    other = _others.pop(process, None)
    if other is None:
        return
    for writing in other.writing.values():
        await _tell(writing, over=True)
    await _announce({tenant for tenant, _ in other.people})


async def _tell(writing: Writing, *, over: bool = False) -> None:
    """Only to the tabs of this process: each process tells its own."""
    await live.deliver({"rooms": list(writing.rooms), "message": writing.said(over=over)})


async def _announce(tenants: Iterable[int]) -> None:
    for tenant_id in tenants:
        if live.tabs(tenant_id):
            message = {"topic": "workspace", "kind": "presence", "members": present(tenant_id)}
            await live.deliver({"rooms": [live.room(tenant_id, "workspace")], "message": message})


async def _tell_all() -> None:
    """Everything that this process knows of its own tabs, in pieces."""
    people = {(tab.viewer.tenant_id, tab.viewer.member_id): _person(tab.viewer) for tab in live.tabs()}
    for piece in _pieces(list(people.values())):
        await _to_others(people=piece)
    for piece in _pieces([_packed(writing) for writing, _ in _here.values()]):
        await _to_others(writing=piece)


async def _to_others(**told: Any) -> None:
    """Nobody is told anything while there is nobody else."""
    if _others:
        await _out(told)


async def _out(told: dict[str, Any]) -> None:
    if _send is None:
        return
    try:
        await _send({KIND: {"process": PROCESS, **told}})
    except Exception:  # a bus that is down for a while costs avatars; the next beat tells again
        log.warning("presence was not told to the other processes", exc_info=True)


def _person(viewer: Viewer) -> list[Any]:
    return [viewer.tenant_id, viewer.member_public_id, viewer.member_name[:LONGEST_NAME]]


def _packed(writing: Writing) -> dict[str, Any]:
    return {name: getattr(writing, name) for name in Writing.__slots__}


def _pieces(items: list[Any]) -> Iterable[list[Any]]:
    return (items[i : i + A_PIECE] for i in range(0, len(items), A_PIECE))


live.carry(KIND, _hear)
live.watch(_tab_changed)
