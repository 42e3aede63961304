"""What changes, in every tab that may see it: one ordered stream a room, delivered after the commit.

A tab's rooms follow from who looks: company, topic and whose records the member sees. The browser gets each
message in one of ``RING`` slots of one state, so that messages which arrive within one render are all read.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import reflex as rx
from reflex.state import StateUpdate

from saas.tenancy.viewer import Viewer

log = logging.getLogger(__name__)
RING = 64
# Above this many rows a patch says "read anew" instead of carrying them.
LARGEST_PATCH = 200


class LiveState(rx.State):
    """Holds nothing on the server; the slots ``p0..p63`` exist in the browser alone."""

    p0: dict[str, Any] = {}  # noqa: RUF012 -- Reflex copies defaults


@dataclass(slots=True)
class Tab:
    """One connected socket and who it belongs to."""

    sid: str
    token: str
    viewer: Viewer
    rooms: set[str] = field(default_factory=set)


Deliver = Callable[[dict[str, Any]], Awaitable[None]]
# A tab, whether it is there, and whether what it hears is other than before.
Watcher = Callable[[Tab, bool], Awaitable[None]]
_tabs: dict[str, Tab] = {}
_last: dict[str, int] = {}
_slots = itertools.count()
_newest = 0
_namespace: Any = None
_bus: Deliver | None = None
# What else the bus carries, by the envelope's own key, and who is told when a tab comes or goes.
_carriers: dict[str, Deliver] = {}
_watchers: list[Watcher] = []
_topics: dict[str, str] = {}
# Topics of records that belong to nobody, such as a calendar: limits to own records do not touch them.
_shared: set[str] = set()


def connect(namespace: Any, bus: Deliver | None = None) -> None:
    """Bind to the app's socket namespace, None for a process without tabs; ``bus`` sends to every process
    that has some, this one included."""
    global _namespace, _bus
    _namespace, _bus = namespace, bus


def carry(kind: str, deliver: Deliver) -> None:
    """Let the bus bring envelopes that hold ``kind`` to ``deliver``."""
    _carriers[kind] = deliver


def watch(watcher: Watcher) -> None:
    """Call ``watcher(tab, here)`` when a tab joins, hears other rooms than before, or has left."""
    _watchers.append(watcher)


def tabs(tenant_id: int | None = None) -> list[Tab]:
    """The tabs of this process, all or a company's."""
    return [tab for tab in _tabs.values() if tenant_id in (None, tab.viewer.tenant_id)]


def tab_of(sid: str) -> Tab | None:
    return _tabs.get(sid)


def open_topic(topic: str, permission: str, *, shared: bool = False) -> None:
    """Let those who hold ``permission`` ("": every member) hear of ``topic``; all of it when its records are
    everybody's."""
    _topics[topic] = permission
    if shared:
        _shared.add(topic)


def room(tenant_id: int, topic: str, audience: int | str = "all") -> str:
    """The room of a company, topic and audience: ``all``, or the membership id whose records are told."""
    return f"t{tenant_id}|{topic}|{audience}"


def rooms_of(viewer: Viewer) -> set[str]:
    """Every room that this viewer may hear, and no other."""
    audiences: Iterable[int | str] = ["all"] if viewer.owners is None else sorted(viewer.owners)
    heard = [topic for topic, permission in _topics.items() if not permission or viewer.may(permission)]
    rooms = {
        room(viewer.tenant_id, topic, audience)
        for topic in heard
        for audience in (["all"] if topic in _shared else audiences)
    }
    company = room(viewer.tenant_id, "workspace")
    return rooms | {company, room(viewer.tenant_id, "member", viewer.member_id)}


async def join(sid: str, token: str, viewer: Viewer) -> None:
    """Put a tab into exactly the rooms of its viewer; called whenever a page loads."""
    tab = _tabs.get(sid)
    if tab is None or tab.token != token:
        tab = _tabs[sid] = Tab(sid, token, viewer)
    wanted = rooms_of(viewer)
    for name in tab.rooms - wanted:
        await _namespace.leave_room(sid, name)
    for name in wanted - tab.rooms:
        await _namespace.enter_room(sid, name)
    other = tab.viewer.member_id != viewer.member_id or tab.rooms != wanted
    tab.rooms, tab.viewer = wanted, viewer
    if other:
        for watcher in _watchers:
            await watcher(tab, True)


async def leave(sid: str) -> None:
    """Forget a socket that has closed or may hear no more."""
    tab = _tabs.pop(sid, None)
    if tab is None:
        return
    for name in tab.rooms:
        # A closed socket has left its rooms already.
        with contextlib.suppress(KeyError, ValueError):
            await _namespace.leave_room(sid, name)
    for watcher in _watchers:
        await watcher(tab, False)


def audiences(tenant_id: int, topic: str, owner: int | None) -> list[str]:
    """The rooms of those who see a record of ``topic`` that belongs to ``owner``."""
    mine = [owner] if owner and topic not in _shared else []
    return [room(tenant_id, topic, audience) for audience in ("all", *mine)]


class Author(Protocol):
    """Whose change is told: a viewer, or the member on whose behalf a job works ("": nobody)."""

    @property
    def tenant_id(self) -> int: ...
    @property
    def member_public_id(self) -> str: ...
    @property
    def member_name(self) -> str: ...


async def publish(
    viewer: Author,
    topic: str,
    *,
    op: str = "",
    rows: list[dict[str, Any]] | None = None,
    gone: list[dict[str, Any]] | None = None,
    former: Iterable[int] = (),
    resync: bool = False,
) -> None:
    """Tell every room of the topic, after the commit.

    ``rows`` as lists show them, each with ``_owner`` (membership id or None); ``gone`` are
    ``{id, version, _owner}``. Members limited to own or team records hear of those alone: the rooms of
    ``former`` owners are told that rows which are theirs no more have gone.
    """
    rows, gone = rows or [], gone or []
    if resync or len(rows) + len(gone) > LARGEST_PATCH:
        await _send(viewer, topic, None, {"op": op, "resync": True})
        return
    await _send(viewer, topic, "all", {"op": op, "rows": _bare(rows), "gone": _bare(gone)})
    owners = {row.get("_owner") for row in (*rows, *gone)} | set(former)
    # Those who lose a row hear of it first, so that a team which still sees it ends up with it.
    for owner in sorted((o for o in owners if o), key=lambda o: o not in set(former)):
        theirs = [row for row in rows if row.get("_owner") == owner]
        lost = [row for row in rows if owner in set(former) and row.get("_owner") != owner]
        left = [{"id": row["id"], "version": row["version"]} for row in lost]
        left += _bare([row for row in gone if row.get("_owner") in (owner, None)])
        if theirs or left:
            await _send(viewer, topic, owner, {"op": op, "rows": _bare(theirs), "gone": left})


async def resync(tenant_id: int, topic: str) -> None:
    """Let every tab that hears the topic read it anew, after work in the background changed much."""
    await _to_bus({"resync": topic, "tenant": tenant_id, "content": {"topic": topic, "resync": True}})


async def announce(tenant_id: int, kind: str, **content: Any) -> None:
    """Tell every tab of a company something about the company itself, such as ``modules`` or ``presence``."""
    await _to_bus(
        {"rooms": [room(tenant_id, "workspace")], "message": {"topic": "workspace", "kind": kind, **content}}
    )


async def tell_member(tenant_id: int, member_id: int, topic: str, **content: Any) -> None:
    """Tell every tab of one member, and nobody else, what is theirs alone."""
    message = {"topic": topic, **content}
    await _to_bus({"rooms": [room(tenant_id, "member", member_id)], "message": message})


async def end_sessions(
    tenant_id: int, *, member_id: int = 0, session_ids: Iterable[int] = (), kind: str = "ended"
) -> None:
    """Close the tabs of a removed member or of revoked sessions, now: out of the rooms, off to sign in.

    ``kind`` "moved": the session works in another company from now on; its tabs load anew.
    """
    order = {"tenant": tenant_id, "member": member_id, "sessions": list(session_ids), "kind": kind}
    await _to_bus({"end": order})


async def rejoin(tenant_id: int, enabled: frozenset[str]) -> None:
    """Modules were switched: every tab hears those topics, and only those, whose modules are on now."""
    await _to_bus({"rejoin": {"tenant": tenant_id, "modules": sorted(enabled)}})


async def refresh_viewers(tenant_id: int, member_id: int = 0) -> None:
    """Rights have changed: tabs of the member (0: of all) leave their rooms until they have asked anew."""
    await _to_bus({"refresh": {"tenant": tenant_id, "member": member_id}})


async def tell(token: str, message: dict[str, Any]) -> None:
    """Tell one tab."""
    await _namespace.emit_update(StateUpdate(delta=_delta(message, "")), token)


async def deliver(envelope: dict[str, Any]) -> None:
    """Carry out one envelope of the bus in this process."""
    for kind, carrier in _carriers.items():
        if kind in envelope:
            await carrier(envelope)
            return
    if "message" in envelope:
        for name in envelope["rooms"]:
            update = StateUpdate(delta=_delta(envelope["message"], name))
            await _namespace.emit("event", update, room=name)
        return
    if "resync" in envelope:
        wanted = room(envelope["tenant"], envelope["resync"], "")
        for name in {name for tab in _tabs.values() for name in tab.rooms if name.startswith(wanted)}:
            await deliver({"rooms": [name], "message": envelope["content"]})
        return
    if "rejoin" in envelope:
        for tab in [t for t in _tabs.values() if t.viewer.tenant_id == envelope["rejoin"]["tenant"]]:
            await join(
                tab.sid, tab.token, replace(tab.viewer, modules=frozenset(envelope["rejoin"]["modules"]))
            )
        return
    order = envelope.get("end") or envelope["refresh"]
    for tab in [t for t in _tabs.values() if t.viewer.tenant_id == order["tenant"]]:
        viewer = tab.viewer
        chosen = viewer.member_id == order["member"] or viewer.session_id in order.get("sessions", ())
        if "end" in envelope and chosen:
            await leave(tab.sid)
            await tell(tab.token, {"topic": "session", "kind": order.get("kind", "ended")})
        elif "refresh" in envelope and order["member"] in (0, viewer.member_id):
            await leave(tab.sid)
            await tell(tab.token, {"topic": "session", "kind": "changed"})


async def _send(viewer: Author, topic: str, audience: int | str | None, content: dict[str, Any]) -> None:
    message = {"topic": topic, "by": viewer.member_name, "by_id": viewer.member_public_id, **content}
    if audience is None:  # every audience of the topic, known to each process for itself
        await _to_bus({"resync": topic, "tenant": viewer.tenant_id, "content": message})
    else:
        await _to_bus({"rooms": [room(viewer.tenant_id, topic, audience)], "message": message})


async def _to_bus(envelope: dict[str, Any]) -> None:
    if _bus is not None:
        await _bus(envelope)
    elif _namespace is not None:
        await deliver(envelope)
    # Else a process without tabs and without others: a command such as wasl demo.


def _delta(message: dict[str, Any], stream: str) -> dict[str, Any]:
    """``seq`` orders all messages, also across a restart, for a tab outlives the process: microseconds of
    the clock, never the same or less than the one before. ``prev`` is the one before in the same room, so
    that a browser which has not seen it knows of the gap."""
    global _newest
    number = _newest = max(_newest + 1, time.time_ns() // 1000)
    sent = {**message, "seq": number, "prev": _last.get(stream, 0) if stream else 0}
    if stream:
        _last[stream] = number
    return {LiveState.get_full_name(): {f"p{next(_slots) % RING}_rx_state_": sent}}


def _bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if not k.startswith("_")} for row in rows]
