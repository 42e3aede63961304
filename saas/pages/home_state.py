"""Home: the widgets of every module that is on, and what the team changed last."""

from __future__ import annotations

from typing import Any, cast

import reflex as rx
import sqlalchemy as sa

from saas.kernel.catalog import modules
from saas.kernel.permissions import Gate
from saas.state.action import action
from saas.state.resource import RESOURCES
from saas.state.unit import reading
from saas.tenancy import changes, news, roster
from saas.tenancy.owned import MemberOwned
from saas.tenancy.scope import is_limited
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer, current

RECENT = 8


class HomeState(rx.State):
    """``widgets``: ``[{key, title, kind, link, link_text, size, data}]`` in order; ``recent``: ``[{id, at,
    by, text, params, href}]``, one entry for what belongs together (see ``news``)."""

    loaded: bool = False
    widgets: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults
    recent: list[dict[str, Any]] = []  # noqa: RUF012

    @action(Gate.SIGNED_IN, load=True)
    async def load(self):
        """Every widget that the member may see; a widget's refusal is its own, the others still show."""
        await self._read()
        self.loaded = True

    @action(Gate.SIGNED_IN, writes=False)
    async def refresh(self):
        """After changes that the live stream has told of."""
        await self._read()

    async def _read(self) -> None:
        viewer = current()
        today = viewer.today()
        wanted = sorted(
            (w for module in modules().values() for w in module.widgets if viewer.may(w.permission)),
            key=lambda widget: widget.order,
        )
        async with reading() as session:
            self.widgets = [
                {
                    "key": w.key,
                    "title": w.title,
                    "kind": w.kind,
                    "link": w.link,
                    "link_text": w.link_text,
                    "size": w.size,
                    "data": await w.load(session, viewer, today),
                }
                for w in wanted
            ]
            self.recent = await _recent(session, viewer)


async def _recent(session: TenantSession, viewer: Viewer) -> list[dict[str, Any]]:
    """What the team did last to records that this member may see."""
    heard = {r.model.__tablename__: r for r in RESOURCES.values() if viewer.may(r.see)}
    limited = is_limited(session)
    visible: dict[str, sa.Select[Any] | None] = dict.fromkeys(heard)
    for table, resource in heard.items():
        if limited and issubclass(resource.model, MemberOwned):
            visible[table] = sa.select(cast("Any", resource.model).id)
    lines = await news.latest(session, RECENT, visible=visible)
    names = await roster.names(session, {line.member_id for line in lines if line.member_id})
    shown = []
    for line in lines:
        resource = heard[line.table]
        rows = await resource.rows(session, [line.row_id]) if line.rows == 1 else []
        what = (rows[0].get("title") or rows[0].get("name") or rows[0].get("number") or "") if rows else ""
        shown.append(
            {
                "id": f"{line.action_id}",
                "at": line.at.isoformat(),
                "by": names.get(line.member_id or 0, ""),
                "text": f"home.{_told(what, line.rows)}.{line.op}",
                "params": {"what": str(what), "n": line.rows},
                "href": f"{resource.route}/{rows[0]['id']}" if what and resource.has_page else resource.route,
            }
        )
    return shown


def _told(what: str, rows: int) -> str:
    """One record by its name, several by their number, very many by "at least"."""
    if what:
        return "did"
    return "did_many" if rows < changes.COUNT_CAP else "did_over"
