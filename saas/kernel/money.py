"""Exact money: a whole number of minor units and an ISO 4217 currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from saas.kernel.errors import Invalid
from saas.kernel.i18n import latin_digits

# ISO 4217 minor unit exponents that are not 2.
_EXPONENTS = {
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
}
_THOUSAND = re.compile(r"-?[1-9]\d{0,2},\d{3}")
# bigint holds 9.2e18; half of it keeps a sum of two within range.
MAX_MINOR = 4_000_000_000_000_000_000


class NotMoney(Invalid):
    """The text is not an amount in this currency."""

    key = "errors.not_money"


def exponent(currency: str) -> int:
    """Decimal places of the currency's minor unit (ISO 4217): KWD 3, USD 2, JPY 0."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    currency: str

    @property
    def amount(self) -> Decimal:
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def times(self, factor: Decimal) -> Money:
        """Multiplied and rounded half up to the minor unit, as invoices are."""
        return Money(int((self.minor * factor).quantize(Decimal(1), ROUND_HALF_UP)), self.currency)

    def __str__(self) -> str:
        places = exponent(self.currency)
        return f"{self.currency} {self.amount:,.{places}f}".replace("-", "\u2212")


def parse_minor(text: str, currency: str, field: str | None = None) -> int | None:
    """Minor units of an amount as people type it, or None for an empty text.

    Reads as ``parse_amount`` does. Raises ``NotMoney`` also for more decimals than the currency has, and for
    what is out of range.
    """
    value = parse_amount(text, currency, field)
    if value is None:
        return None
    scaled = value.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value() or abs(scaled) > MAX_MINOR:
        raise NotMoney(field, text=text[:40])
    return int(scaled)


def parse_amount(text: str, currency: str, field: str | None = None) -> Decimal | None:
    """The number of an amount as people type it, or None for an empty text.

    Takes Arabic-Indic digits, the Arabic decimal (٫) and thousands (٬) marks, "1,234.5", "1.234,5",
    "1 234", "(12)" for minus 12, and a leading or trailing currency code. Raises ``NotMoney`` when it
    is not a number.
    """
    raw = latin_digits(text).strip().replace("٫", ".").replace("٬", "").replace("\u2212", "-")
    if not raw:
        return None
    raw = raw.removeprefix(currency).removesuffix(currency).strip(" \u00a0$€£¥")
    negative = raw.startswith("(") and raw.endswith(")")
    raw = raw.strip("()").replace(" ", "").replace("\u00a0", "").replace("'", "")
    raw = one_decimal_point(raw)
    try:
        value = Decimal(raw)
    except InvalidOperation:
        raise NotMoney(field, text=text[:40]) from None
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise NotMoney(field, text=text[:40])
    return -value if negative else value


def currencies_of(places: int) -> frozenset[str]:
    """Those whose minor unit has so many decimal places, of the ones that have not 2."""
    return frozenset(code for code, others in _EXPONENTS.items() if others == places)


def one_decimal_point(raw: str) -> str:
    """A number as people write it, in Latin digits, with a point before its decimals and no thousands marks.

    The last of two different marks is the decimal one; "1,234" is a thousand, "1,5" and "0,500" are not.

    The browser reads by the same rule (``ui/format.jsx``), so that it shows what is going to be kept.
    """
    dot, comma = raw.rfind("."), raw.rfind(",")
    if dot >= 0 and comma >= 0:
        thousands, decimal = (",", ".") if dot > comma else (".", ",")
        whole, _, part = raw.rpartition(decimal)
        return f"{_ungrouped(whole, thousands)}.{part}"
    mark = "," if comma >= 0 else "."
    if raw.count(mark) > 1:
        return _ungrouped(raw, mark)
    return raw.replace(",", "" if _THOUSAND.fullmatch(raw) else ".")


def _ungrouped(whole: str, mark: str) -> str:
    """Without its thousands marks, where they stand as people set them: "1,234,567" or "12,34,567"."""
    first, *groups = whole.split(mark)
    grouped = all(len(g) in (2, 3) for g in groups) and (not groups or len(groups[-1]) == 3)
    return first + "".join(groups) if grouped else whole
