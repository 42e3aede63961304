"""What the other modules know about the record of a page: each says it itself, through its manifest."""

from __future__ import annotations

from typing import Any

from saas.kernel.catalog import modules
from saas.kernel.module import About
from saas.tenancy.session import TenantSession

NOTHING_RELATED: dict[str, Any] = {"id": "", "topics": [], "sections": []}


async def beside(session: TenantSession, about: About) -> dict[str, Any]:
    """``{id, topics, sections: [{key, title, icon, total, rows}]}`` from the modules that are on and that the
    viewer may see; without those that have nothing to say. ``topics`` are what changes any of it."""
    viewer = session.viewer
    own = about.key.split(".", 1)[0]
    sections: list[dict[str, Any]] = []
    topics: set[str] = set()
    for module in modules().values():
        for provider in module.related if module.key != own else ():
            if not viewer.may(provider.permission):
                continue
            topics.update(provider.topics)
            found = await provider.load(session, viewer, about, viewer.today())
            if found["rows"]:
                sections.append(
                    {"key": provider.key, "title": provider.title, "icon": provider.icon, **found}
                )
    return {"id": str(about.public_id), "topics": sorted(topics), "sections": sections}
