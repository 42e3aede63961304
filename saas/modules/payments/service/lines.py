"""What a person typed into the lines of an invoice, read once into exact values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from uuid import UUID

from saas.kernel.errors import Invalid
from saas.kernel.i18n import latin_digits
from saas.kernel.money import MAX_MINOR, exponent, one_decimal_point, parse_minor
from saas.modules.payments.models import MAX_LINES, MAX_PRICE_MINOR, MAX_QUANTITY
from saas.modules.payments.service.totals import Totals, line_totals, sum_totals

MAX_DESCRIPTION = 300


class LineNeedsText(Invalid):
    """A line that does not say what it is for."""

    key = "payments.errors.line_text"


class NotQuantity(Invalid):
    """Not a number above zero with at most three decimals."""

    key = "payments.errors.quantity"


class NotRate(Invalid):
    """Not a percentage from 0 to 100 with at most three decimals."""

    key = "payments.errors.rate"


class PriceOutOfRange(Invalid):
    """Below zero, or more than an invoice can hold."""

    key = "payments.errors.price"


class TooManyLines(Invalid):
    key = "payments.errors.too_many_lines"


class AmountTooLarge(Invalid):
    """A line, or the whole invoice, above what an amount can hold."""

    key = "payments.errors.amount_too_large"


@dataclass(frozen=True, slots=True)
class LineInput:
    """One line as it is to be: exact values, price in minor units, tax as a fraction.

    ``id`` is the public id of the line it replaces; None for a new one. ``product_id`` is internal.
    """

    description: str
    quantity: Decimal = Decimal(1)
    unit_price_minor: int = 0
    tax_rate: Decimal = Decimal(0)
    product_id: int | None = None
    id: UUID | None = None

    @property
    def totals(self) -> Totals:
        return line_totals(self.quantity, self.unit_price_minor, self.tax_rate)


def checked(lines: Sequence[LineInput]) -> list[LineInput]:
    """The lines when each is within bounds. Raises the error of the first that is not, naming its field."""
    if len(lines) > MAX_LINES:
        raise TooManyLines("lines", n=MAX_LINES)
    for place, line in enumerate(lines):
        if not line.description.strip() or len(line.description) > MAX_DESCRIPTION:
            raise LineNeedsText(f"lines.{place}.description", n=MAX_DESCRIPTION)
        if not 0 < line.quantity <= MAX_QUANTITY or _decimals(line.quantity) > 3:
            raise NotQuantity(f"lines.{place}.quantity", text=str(line.quantity))
        if not 0 <= line.unit_price_minor <= MAX_PRICE_MINOR:
            raise PriceOutOfRange(f"lines.{place}.price")
        if not 0 <= line.tax_rate <= 1 or _decimals(line.tax_rate) > 5:
            raise NotRate(f"lines.{place}.tax", text=str(line.tax_rate * 100))
        if line.totals.total_minor > MAX_MINOR:
            raise AmountTooLarge(f"lines.{place}.price")
    if sum_totals(line.totals for line in lines).total_minor > MAX_MINOR:
        raise AmountTooLarge("lines")
    return list(lines)


def read_quantity(text: str, field: str) -> Decimal:
    """A quantity as typed (``2``, ``1.5``, ``١٫٥``); an empty text is one. Raises ``NotQuantity``."""
    value = _number(text)
    if text.strip() == "":
        return Decimal(1)
    if value is None or not 0 < value <= MAX_QUANTITY or _decimals(value) > 3:
        raise NotQuantity(field, text=text[:40])
    return value


def read_rate(text: str, field: str) -> Decimal:
    """A percentage as typed (``5``, ``5%``, ``٥٪``) as a fraction; empty is none. Raises ``NotRate``."""
    value = _number(text.replace("%", "").replace("٪", ""))
    if text.strip() == "":
        return Decimal(0)
    if value is None or not 0 <= value <= 100 or _decimals(value) > 3:
        raise NotRate(field, text=text[:40])
    return value.scaleb(-2)


def read_price(text: str, currency: str, field: str) -> int:
    """Minor units of a price as typed; empty is nothing. Raises ``NotMoney`` or ``PriceOutOfRange``."""
    minor = parse_minor(text, currency, field) or 0
    if not 0 <= minor <= MAX_PRICE_MINOR:
        raise PriceOutOfRange(field)
    return minor


def plain_price(minor: int, currency: str) -> str:
    """A price as an edit field shows it: ``22.500`` for 22500 fils."""
    places = exponent(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def plain_number(value: Decimal) -> str:
    """A quantity or percentage without trailing zeros: ``2``, ``1.5``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(text: str) -> Decimal | None:
    raw = latin_digits(text).strip().replace("٫", ".").replace("٬", "").replace(" ", "")
    if len(raw) > 24:
        return None
    try:
        value = Decimal(one_decimal_point(raw))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _decimals(value: Decimal) -> int:
    places = value.normalize().as_tuple().exponent
    return -places if isinstance(places, int) and places < 0 else 0
