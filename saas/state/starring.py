"""The star of a record, and the member's stars for the palette."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.directory import stars, subjects
from saas.kernel.errors import NotAllowed, NotFound
from saas.kernel.permissions import Gate
from saas.state.action import Key, Op, PublicId, action
from saas.state.resource import RESOURCES
from saas.state.unit import reading, unit_of_work
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import current

SHOWN = 30


class StarState(rx.State):
    """``starred``: the member's stars as the palette shows them, ``[{id, title, title_ar, href, kind}]``."""

    starred: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults

    @action(Gate.SIGNED_IN)
    async def star(self, op: Op, topic: Key, id: PublicId, on: bool):
        """Keep a record at hand, or no longer."""
        resource = RESOURCES.get(topic)
        if resource is None:
            raise NotFound
        if not current().may(resource.see):
            raise NotAllowed(permission=resource.see.value)
        async with unit_of_work("star", op=op) as session:
            row = await session.by_public_id(resource.model, id)
            await stars.turn(session, topic, row.id, on)
            self.starred = await shown(session)

    @action(Gate.SIGNED_IN, writes=False)
    async def read(self):
        """The member's stars, the newest first."""
        async with reading() as session:
            self.starred = await shown(session)


async def shown(session: TenantSession) -> list[dict[str, Any]]:
    """The starred records that the member may see now, the newest star first."""
    marks = await stars.latest(session, SHOWN)
    paged = [mark for mark in marks if (known := subjects.known(mark[0])) and known.has_page]
    seen = await subjects.seen(session, paged)
    return [
        {"id": r.id, "title": r.title, "title_ar": r.title_ar, "href": r.href, "kind": mark[0]}
        for mark in paged
        if (r := seen.get(mark))
    ]
