"""A filter on amounts of several currencies compares the numbers that one reads in the list.

Kept are minor units, of which a dinar has 1,000, a dollar 100 and a yen one.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, literal, not_, or_

from saas.kernel.money import MAX_MINOR, currencies_of

_PLACES = (0, 2, 3)


def compared(minor: Any, currency: Any, op: str, amounts: Sequence[Decimal]) -> ColumnElement[bool] | None:
    """Rows whose amount is one of ``amounts`` (``is``, ``any``), none of them (``not``), or lies ``from`` or
    ``to`` the first. ``minor`` and ``currency`` are the columns. None: there is no such comparison."""
    match op:
        case "from":
            return _at_least(minor, currency, amounts[0])
        case "to":
            return _at_most(minor, currency, amounts[0])
        case "is" | "any":
            return _one_of(minor, currency, amounts)
        case "not":
            return or_(minor.is_(None), not_(_one_of(minor, currency, amounts)))
    return None


def _one_of(minor: Any, currency: Any, amounts: Sequence[Decimal]) -> ColumnElement[bool]:
    return or_(*(and_(_at_least(minor, currency, a), _at_most(minor, currency, a)) for a in amounts))


def _at_least(minor: Any, currency: Any, amount: Decimal) -> ColumnElement[bool]:
    bounds = {places: _bound(amount, places, ROUND_CEILING) for places in _PLACES}
    # The first condition is one that an index can be asked for.
    return and_(minor >= min(bounds.values()), minor >= _own(bounds, currency))


def _at_most(minor: Any, currency: Any, amount: Decimal) -> ColumnElement[bool]:
    bounds = {places: _bound(amount, places, ROUND_FLOOR) for places in _PLACES}
    return and_(minor <= max(bounds.values()), minor <= _own(bounds, currency))


def _bound(amount: Decimal, places: int, rounding: str) -> int:
    scaled = int(amount.scaleb(places).to_integral_value(rounding))
    return max(-MAX_MINOR - 1, min(scaled, MAX_MINOR + 1))  # beyond what any row holds


def _own(bounds: dict[int, int], currency: Any) -> ColumnElement[int]:
    wide = {places: literal(bound, BigInteger) for places, bound in bounds.items()}
    others = [(currency.in_(sorted(currencies_of(places))), wide[places]) for places in (0, 3)]
    return case(*others, else_=wide[2])
