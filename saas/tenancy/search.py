"""Find rows by the beginnings of their words: "pro" finds "GTX Pro", "نور" finds "شركة النور".

A trigger keeps the folded words of a table's searched columns in ``search_word``. Comparisons of text are
leakproof, so the index serves under row level security, which full-text search and LIKE cannot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from saas.kernel.i18n import fold
from saas.tenancy.owned import SCHEMA, TenantOwned
from saas.tenancy.prepared import Prepared
from saas.tenancy.session import TenantSession

M = TypeVar("M", bound=TenantOwned)
search_word = sa.table(
    "search_word",
    sa.column("tenant_id", sa.Integer),
    sa.column("table_name", sa.Text),
    sa.column("word", sa.Text(collation="C")),
    sa.column("row_id", sa.BigInteger),
    schema=SCHEMA,
)
MAX_WORDS = 6
MAX_WORD = 60
# Rows of a word that are fetched and sorted in a few milliseconds.
FEW = 2_000
# Of a commoner word, how many a count looks at before it says "at least".
SAMPLE = 1_001
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_LAST = "\U0010ffff"


def words(text: str) -> list[str]:
    """The folded words of what a person typed, each once, at most ``MAX_WORDS``."""
    found = (word[:MAX_WORD] for word in _BETWEEN_WORDS.split(fold(text)) if word)
    # A longer word says all that its own beginning says.
    kept = list(dict.fromkeys(found))
    return [w for w in kept if not any(o != w and o.startswith(w) for o in kept)][:MAX_WORDS]


@dataclass(frozen=True, slots=True)
class Common:
    """What is known of the words before rows are looked for: those that more than ``FEW`` entries begin with.

    A ``sample`` looks at the first ``SAMPLE`` entries alone where a search is one common word: enough for a
    count that says "at least".
    """

    words: frozenset[str] = frozenset()
    sample: bool = False


NOTHING_KNOWN = Common()


async def common_words(session: TenantSession, model: type[TenantOwned], text: str) -> frozenset[str]:
    """Those of the words typed that begin more than ``FEW`` entries; each is counted no further than that,
    and once in a transaction, for a page and its count ask the same."""
    wanted = words(text)
    known: dict[tuple[str, str], bool] = session.info.setdefault("common words", {})
    table = str(model.__tablename__)
    if new := [word for word in wanted if (table, word) not in known]:
        bounds = {f"word_{n}": word for n, word in enumerate(new)}
        bounds |= {f"end_{n}": word + _LAST for n, word in enumerate(new)}
        (counts,) = await session.read(_counts(len(new)), table=table, most=FEW + 1, **bounds)
        known |= {(table, word): count > FEW for word, count in zip(new, counts, strict=True)}
    return frozenset(word for word in wanted if known[table, word])


@cache
def _counts(words: int) -> Prepared:
    """How many entries begin with each of so many words, ``most`` at most."""
    word = sa.collate(search_word.c.word, "C")
    begun = (
        sa.select(search_word.c.row_id)
        .where(
            search_word.c.table_name == sa.bindparam("table"),
            word >= sa.bindparam(f"word_{n}"),
            word < sa.bindparam(f"end_{n}"),
        )
        .limit(sa.bindparam("most", type_=sa.Integer))
        .subquery()
        for n in range(words)
    )
    counts = (sa.select(sa.func.count()).select_from(entries).scalar_subquery() for entries in begun)
    return Prepared(sa.select(*counts))


def matches(model: type[TenantOwned], text: str, common: Common = NOTHING_KNOWN) -> sa.ColumnElement[bool]:
    """Rows in which each word of ``text`` begins a word of the searched columns; all rows for no words."""
    return matches_by(model.id, model, text, common)


def matches_by(
    reference: Any, model: type[TenantOwned], text: str, common: Common = NOTHING_KNOWN
) -> sa.ColumnElement[bool]:
    """The same for rows that point at such rows: an invoice by the words of its customer.

    ``reference`` is the column that holds their ids; they are not looked up themselves. The rows of rare
    words are fetched and sorted. For a common word the list is walked in its own order, each row asked for
    its words, until the page is full.
    """
    wanted = words(text)
    if not wanted:
        return sa.true()
    often = [word for word in wanted if word in common.words]
    if often == wanted and len(wanted) == 1:
        sample = reference.in_(rows_with(model, often[0]).limit(SAMPLE))
        return sample if common.sample else _has(reference, model, often[0])
    if often == wanted:  # each is common; both in one row need not be
        often = []
    seldom = [rows_with(model, word) for word in wanted if word not in often]
    # Intersected, not joined: until statistics are fresh, the planner would join each word by nested loops.
    found = reference.in_(sa.intersect(*seldom) if len(seldom) > 1 else seldom[0])
    return sa.and_(found, *(_has(reference, model, word) for word in often))


def is_sample(text: str, common: Common) -> bool:
    """Whether a count with this knowledge is of some rows only."""
    wanted = words(text)
    return common.sample and len(wanted) == 1 and wanted[0] in common.words


def _has(reference: Any, model: type[TenantOwned], word: str) -> sa.ColumnElement[bool]:
    """Asked of one row at a time. A value, not EXISTS, which the planner would turn into a join."""
    one = rows_with(model, word).where(search_word.c.row_id == reference).limit(1)
    return one.correlate_except(search_word).scalar_subquery().is_not(None)


def rows_with(model: type[TenantOwned], prefix: str) -> sa.Select[Any]:
    """Ids of the rows that have a word with this folded beginning."""
    return sa.select(search_word.c.row_id).where(
        search_word.c.table_name == model.__tablename__,
        *begins_with(search_word.c.word, prefix),
    )


def begins_with(column: Any, prefix: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Bounds that an index ``(tenant_id, column COLLATE "C")`` serves, also in a prepared statement.

    ``^@`` would need the prefix when the plan is made; a kept plan knows only its parameter.
    """
    in_bytes = sa.collate(column, "C")
    return in_bytes >= prefix, in_bytes < prefix + _LAST


async def find(
    session: TenantSession, model: type[M], text: str, limit: int, *where: sa.ColumnElement[bool]
) -> list[M]:
    """At most ``limit`` rows for a menu or the palette: first those whose name begins with the text, by name,
    then those with the words anywhere. Archived rows stay out. Nothing for no words."""
    if not words(text):
        return []
    present: Any = (model.archived_at.is_(None), *where)  # pyright: ignore[reportOptionalMemberAccess,reportAttributeAccessIssue] -- a column
    name_key: Any = getattr(model, "name_key")  # noqa: B009 -- every searched model that has names has it
    named = sa.select(model).where(*begins_with(name_key, fold(text)), *present)
    found = list(await session.all(named.order_by(sa.collate(name_key, "C"), model.id).limit(limit)))  # pyright: ignore[reportArgumentType] -- columns
    if len(found) < limit:
        common = Common(await common_words(session, model, text), sample=True)
        rest = sa.select(model).where(matches(model, text, common), *present)
        if found:
            rest = rest.where(model.id.not_in([row.id for row in found]))  # pyright: ignore[reportAttributeAccessIssue] -- a column
        found += await session.all(rest.limit(limit - len(found)))
    return found
