"""Putting given values on a row: only fields that people may set, and none by surprise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from saas.kernel.errors import Invalid
from saas.tenancy.owned import TenantOwned


class Unsettable(Invalid):
    """The field exists, if at all, for the program alone."""

    key = "directory.unsettable"


class NameMissing(Invalid):
    """A record needs a name to be found by."""

    key = "directory.name_missing"


def put(row: TenantOwned, values: Mapping[str, Any], settable: Collection[str]) -> None:
    """Set the values on the row; texts lose blanks at their ends. Raises ``Unsettable``, ``NameMissing``."""
    for field, value in values.items():
        if field not in settable:
            raise Unsettable(field)
        clean = value.strip() if isinstance(value, str) else value
        if field == "name" and not clean:
            raise NameMissing(field)
        if clean is None and isinstance(getattr(row, field, None), str):
            clean = ""
        setattr(row, field, clean)
