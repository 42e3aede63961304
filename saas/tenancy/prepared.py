"""Selects that stay the same but for their values, made ready once for the whole process.

A statement that is built anew is walked through, looked up among those that were compiled, and what it brings
is wrapped: for the forty columns of a deal four times the work of the round trip itself. These are compiled
at their first use, with the company named in them (docs/decisions/what-an-event-costs.md).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import with_loader_criteria

from saas.tenancy.owned import MemberOwned, TenantOwned

# Filled in by the session that sends the statement; without them none can be sent.
COMPANY = sa.bindparam("company_of_the_session", type_=sa.Integer, required=True)
KEEPERS = sa.bindparam("keepers_of_the_session", type_=sa.ARRAY(sa.BigInteger), required=True)
OF_COMPANY = with_loader_criteria(TenantOwned, lambda model: model.company == COMPANY, include_aliases=True)
_OF_KEEPERS = with_loader_criteria(
    MemberOwned, lambda model: model.keeper == sa.any_(KEEPERS), include_aliases=True
)


class Prepared:
    """A select of columns, sent with ``TenantSession.read``.

    What changes from one use to the next are ``bindparam``s; a list is one of them, with ``= ANY``.
    Rows hold what the driver gives: a ``Choice`` comes as its text.
    """

    def __init__(self, statement: sa.Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._ready: dict[bool, tuple[str, dict[str, Any]]] = {}

    def ready(self, dialect: Dialect, *, limited: bool) -> tuple[str, dict[str, Any]]:
        """The text for the driver, and the values that are always the same. ``limited``: with the records of
        some members alone. Raises ``TypeError`` for a select whose text follows from its values."""
        if limited not in self._ready:
            criteria = (OF_COMPANY, _OF_KEEPERS) if limited else (OF_COMPANY,)
            compiled: Any = self._statement.options(*criteria).compile(dialect=dialect)
            if compiled.post_compile_params or compiled.literal_execute_params:
                raise TypeError("its text follows from its values: give a list as one array")
            self._ready[limited] = str(compiled), _values(compiled, dialect)
        return self._ready[limited]


def any_of(column: Any, name: str = "ids") -> sa.ColumnElement[bool]:
    """The column is one of the ids that are given by this name at each use."""
    return column == sa.any_(sa.bindparam(name, type_=sa.ARRAY(sa.BigInteger)))


def _values(compiled: Any, dialect: Dialect) -> dict[str, Any]:
    given = {}
    for name, parameter in compiled.binds.items():
        if parameter.required:
            continue
        write = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        given[name] = write(parameter.effective_value) if write else parameter.effective_value
    return given
