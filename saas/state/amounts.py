"""Amounts of several currencies are sorted and filtered by the numbers that one reads in the list.

Kept are minor units, of which a dinar has 1,000, a dollar 100 and a yen one. Compared are thousandths of the
unit itself: a column that the database keeps where lists are long (migration 0090), else ``as_read``.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, literal, not_, or_

from saas.kernel.money import currencies_of

# Above this many minor units all amounts are alike; as the database has it.
MOST_MINOR = 9_000_000_000_000_000
_BOUND = MOST_MINOR * 1000 + 1


def as_read(minor: Any, currency: Any) -> ColumnElement[int]:
    """The number that stands in the list, in thousandths; ``minor`` and ``currency`` are the columns."""
    times = case(
        (currency.in_(sorted(currencies_of(0))), literal(1000, BigInteger)),
        (currency.in_(sorted(currencies_of(3))), literal(1, BigInteger)),
        else_=literal(10, BigInteger),
    )
    # LEAST would make a number of none.
    bounded = case((minor > MOST_MINOR, literal(MOST_MINOR, BigInteger)), else_=minor)
    return cast(bounded * times, BigInteger)


def compared(number: Any, op: str, amounts: Sequence[Decimal]) -> ColumnElement[bool] | None:
    """Rows whose ``number``, in thousandths, is one of ``amounts`` (``is``, ``any``), none of them (``not``),
    or lies ``from`` or ``to`` the first. None: there is no such comparison."""
    match op:
        case "from":
            return number >= _thousandths(amounts[0], ROUND_CEILING)
        case "to":
            return number <= _thousandths(amounts[0], ROUND_FLOOR)
        case "is" | "any":
            return _one_of(number, amounts)
        case "not":
            return or_(number.is_(None), not_(_one_of(number, amounts)))
    return None


def _one_of(number: Any, amounts: Sequence[Decimal]) -> ColumnElement[bool]:
    # A number with more decimals than any currency has lies between two thousandths, where no row is.
    return or_(
        *(
            and_(number >= _thousandths(a, ROUND_CEILING), number <= _thousandths(a, ROUND_FLOOR))
            for a in amounts
        )
    )


def _thousandths(amount: Decimal, rounding: str) -> int:
    scaled = int(amount.scaleb(3).to_integral_value(rounding))
    return max(-_BOUND, min(scaled, _BOUND))  # beyond what any row holds
