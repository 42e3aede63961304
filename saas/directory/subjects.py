"""What a record is called and where it is seen, by the key of its list: for what is kept beside records.

The lists say it of themselves (``saas.state.resource.declare``), so nothing here knows of a module.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from saas.kernel.permissions import Permission
from saas.tenancy.session import TenantSession


@dataclass(frozen=True, slots=True)
class Subject:
    """A list of records. ``name`` is the value of a row that names it; ``place(row)`` the path of its page,
    or of where it is seen; ``mine`` that of the member's own."""

    key: str
    see: Permission
    rows: Callable[[TenantSession, list[int]], Awaitable[list[dict[str, Any]]]]
    name: str
    place: Callable[[Mapping[str, Any]], str]
    mine: str
    has_page: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as the member may see it now."""

    id: str
    title: str
    title_ar: str
    href: str


_known: dict[str, Subject] = {}


def declare(subject: Subject) -> None:
    _known[subject.key] = subject


def known(key: str) -> Subject | None:
    return _known.get(key)


async def seen(session: TenantSession, marks: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Seen]:
    """Those of the records that the session's viewer may see now, by ``(subject, subject_id)``."""
    wanted: dict[str, list[int]] = {}
    for key, row_id in dict.fromkeys(marks):
        wanted.setdefault(key, []).append(row_id)
    found: dict[tuple[str, int], Seen] = {}
    for key, ids in wanted.items():
        subject = _known.get(key)
        if subject is None or not session.viewer.may(subject.see):
            continue
        for row in await subject.rows(session, ids):
            # An activity may have a text alone.
            title = row.get(subject.name) or str(row.get("body") or "")[:80]
            found[key, row["_key"]] = Seen(
                str(row["id"]), str(title), str(row.get(f"{subject.name}_ar") or ""), subject.place(row)
            )
    return found
