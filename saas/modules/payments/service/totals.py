"""The arithmetic of an invoice, in whole minor units. The database checks the same sums by the same rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

# A quantity of 12 digits times a price of 19 digits times a rate of 6 digits fits exactly.
_PRECISION = 60


@dataclass(frozen=True, slots=True)
class Totals:
    """Before tax, the tax, and their sum; minor units of one currency."""

    net_minor: int
    tax_minor: int

    @property
    def total_minor(self) -> int:
        return self.net_minor + self.tax_minor


def line_totals(quantity: Decimal, unit_price_minor: int, tax_rate: Decimal) -> Totals:
    """One line: quantity times price, then tax on that, each rounded half up to the minor unit.

    ``tax_rate`` is a fraction (0.05 for 5 %). Tax is rounded line by line, so that what a customer adds
    up on paper is what the invoice says.
    """
    with localcontext(prec=_PRECISION):
        net = (quantity * unit_price_minor).quantize(Decimal(1), ROUND_HALF_UP)
        tax = (net * tax_rate).quantize(Decimal(1), ROUND_HALF_UP)
    return Totals(int(net), int(tax))


def sum_totals(lines: Iterable[Totals]) -> Totals:
    """The invoice: the sum of its rounded lines, never a rounding of the sum."""
    net = tax = 0
    for line in lines:
        net += line.net_minor
        tax += line.tax_minor
    return Totals(net, tax)
