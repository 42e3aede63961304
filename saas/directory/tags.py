"""Tags: a company's own words on its records, set, found again and filtered by.

A tagged table has a ``tags`` column, so that history, undo and patches carry the tags with the record;
triggers keep one ``tagging`` row a tag, by which an index finds the records (``policy.tagging``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.models import Tagging
from saas.kernel.errors import Invalid
from saas.kernel.i18n import fold
from saas.tenancy.search import begins_with
from saas.tenancy.session import TenantSession

MOST = 20
LONGEST = 40


class TooManyTags(Invalid):
    key = "directory.too_many_tags"


class TagTooLong(Invalid):
    key = "directory.tag_too_long"


def changed(present: Sequence[str], wanted: Iterable[str] | None) -> list[str]:
    """The tags after a change: ``wanted`` replaces those present; of words that begin with ``+`` or ``-``,
    each is added or taken away, so that many records can get one without losing theirs.

    One spelling of a word stays: the first. Raises ``TooManyTags`` and ``TagTooLong``.
    """
    words = [word for word in (" ".join(str(one).split()) for one in wanted or ()) if word.strip("+-")]
    if words and all(word[0] in "+-" for word in words):
        gone = {fold(word[1:]) for word in words if word[0] == "-"}
        words = [
            *(tag for tag in present if fold(tag) not in gone),
            *(word[1:].strip() for word in words if word[0] == "+"),
        ]
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(fold(word), word)
    kept = list(first.values())
    if any(len(tag) > LONGEST for tag in kept):
        raise TagTooLong("tags", n=LONGEST)
    if len(kept) > MOST:
        raise TooManyTags("tags", n=MOST)
    return kept


class Tagged:
    """What a list filters its tags by: stands where a column's attribute stands, of a tagged ``model``."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def in_(self, words: Sequence[str]) -> sa.ColumnElement[bool]:
        """Records that have one of the words."""
        keys = [fold(word) for word in words]
        return self.model.id.in_(self._rows().where(col(Tagging.tag_key).in_(keys)))

    def not_in(self, words: Sequence[str]) -> sa.ColumnElement[bool]:
        return sa.not_(self.in_(words))

    def is_(self, nothing: None) -> sa.ColumnElement[bool]:
        """Records without any tag."""
        return self.model.id.not_in(self._rows())

    def is_not(self, nothing: None) -> sa.ColumnElement[bool]:
        return self.model.id.in_(self._rows())

    def _rows(self) -> sa.Select[Any]:
        return sa.select(col(Tagging.row_id)).where(col(Tagging.table_name) == self.model.__tablename__)


def menu_of(model: Any) -> Any:
    """The menu of a tagged model's tags, as a column's ``find`` gives it: a tag is its own id."""

    async def find(session: TenantSession, text: str, limit: int) -> list[dict[str, Any]]:
        query = sa.select(sa.func.min(col(Tagging.tag)), sa.func.count()).where(
            col(Tagging.table_name) == model.__tablename__
        )
        if wanted := fold(text):
            query = query.where(*begins_with(Tagging.tag_key, wanted))
        query = query.group_by(col(Tagging.tag_key)).order_by(sa.func.count().desc(), col(Tagging.tag_key))
        return [{"id": tag, "label": tag, "note": ""} for tag, _ in await session.rows(query.limit(limit))]

    return find
