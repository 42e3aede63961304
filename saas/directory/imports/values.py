"""Cells as values: one parser a column, made once the whole column has been looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from saas.directory.imports.dates import Order, parse_date
from saas.directory.imports.targets import Field, Kind
from saas.kernel.i18n import latin_digits
from saas.kernel.money import MAX_MINOR, exponent

_EMAIL = re.compile(r"[^\s@<>\"(),;:]{1,64}@[^\s@<>\"(),;:.]+(?:\.[^\s@<>\"(),;:.]+)+")
_EMAIL_WITH_NAME = re.compile(r".*<([^<>]+)>\s*|mailto:(.+)", re.DOTALL)
_PHONE_MARKS = re.compile(r"[\s().\-/\u00a0\u2011]+")
_PHONE = re.compile(r"\+?\d{5,15}(?:[x#]\d{1,6})?")
_CURRENCY = r"(?:[A-Za-z]{3}|[A-Z]{0,2}[$€£¥₹₺﷼]|[ء-ي]\.\s?[ء-ي]\.?|ريال|دينار|درهم|جنيه|دولار|يورو|ليرة)"
_CURRENCY_MARKS = re.compile(rf"^{_CURRENCY}\s*(?=[-.,\d])|(?<=[.,\d])\s*{_CURRENCY}$")
_GROUPING = re.compile("[\\s'\u2019\u00a0\u202f_]")
_EMPTY_WORDS = frozenset({"null", "none", "n/a", "#n/a", "nan", "nil", "-", "–", "—"})
MAX_INT = 2_000_000_000


class Wrong(Exception):
    """A cell that cannot be its field's value: the text key of the reason, and the cell."""

    def __init__(self, key: str, **params: str | int) -> None:
        self.key, self.params = key, params
        super().__init__(key)


@dataclass(frozen=True, slots=True)
class ColumnStyle:
    """What was decided over a whole column: the order of its dates, the decimal mark of its numbers."""

    order: Order = Order.DAY_FIRST
    decimal_mark: str = "."


Parser = Callable[[str], Any]


def parser(field: Field, style: ColumnStyle, currency: str) -> Parser:
    """A function from a cell that is not empty to the field's value; raises ``Wrong``.

    Gives: text, phone and reference a str; integer and year an int; money an int of minor units; percent
    a Decimal of 0 to 100; date a date; e-mail a lower-case str.
    """
    match field.kind:
        case Kind.INTEGER:
            return lambda text: _whole(text, style)
        case Kind.YEAR:
            return _year
        case Kind.MONEY:
            return lambda text: _money(text, style, currency)
        case Kind.PERCENT:
            return lambda text: _percent(text, style)
        case Kind.DATE:
            return lambda text: _date(text, style.order)
        case Kind.EMAIL:
            return _email
        case Kind.PHONE:
            return _phone
        case Kind.TEXT | Kind.REFERENCE:
            return lambda text: _text(text, field.max_length)


def is_blank(text: str) -> bool:
    """Empty, or one of the words that programs write for nothing."""
    return not text or text.lower() in _EMPTY_WORDS


def decimal_mark(values: Iterable[str]) -> str:
    """The decimal mark of a column of numbers: "," only where a value proves it.

    1.234,5 and 12,50 prove a comma; 1,234.5 and 12.50 a point; 1,234 alone reads as a thousand.
    """
    comma = point = 0
    for text in values:
        raw = latin_digits(text).replace("٫", ".").replace("٬", "")
        last_comma, last_point = raw.rfind(","), raw.rfind(".")
        if last_comma >= 0 and last_point >= 0:
            comma += last_comma > last_point
            point += last_point > last_comma
        elif last_comma >= 0 and raw.count(",") == 1:
            comma += len(re.findall(r"\d", raw[last_comma:])) != 3
        elif last_point >= 0 and raw.count(".") == 1:
            point += len(re.findall(r"\d", raw[last_point:])) != 3
        elif raw.count(".") > 1:
            comma += 1
        elif raw.count(",") > 1:
            point += 1
    return "," if comma > point else "."


def number(text: str, style: ColumnStyle) -> Decimal:
    """A number as people write it: digits of either script, grouping, a currency, brackets for minus."""
    raw = latin_digits(text).replace("٫", style.decimal_mark).replace("٬", "").replace("\u2212", "-").strip()
    negative = (raw.startswith("(") and raw.endswith(")")) or raw.endswith("-")
    raw = _CURRENCY_MARKS.sub("", raw.strip("()").removesuffix("-").strip())
    raw = _GROUPING.sub("", raw)
    raw = raw.replace("." if style.decimal_mark == "," else ",", "").replace(",", ".")
    if not re.fullmatch(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", raw):
        raise Wrong("imports.wrong.number", text=text[:40])
    try:
        value = Decimal(raw)
    except InvalidOperation:
        raise Wrong("imports.wrong.number", text=text[:40]) from None
    return -value if negative else value


def _whole(text: str, style: ColumnStyle) -> int:
    value = number(text, style)
    if value.adjusted() > 12 or value != value.to_integral_value() or abs(value) > MAX_INT:
        raise Wrong("imports.wrong.whole_number", text=text[:40])
    return int(value)


def _year(text: str) -> int:
    raw = latin_digits(text).strip().removesuffix(".0")
    if not re.fullmatch(r"\d{4}", raw) or not 1000 <= int(raw) <= 2199:
        raise Wrong("imports.wrong.year", text=text[:40])
    return int(raw)


def _money(text: str, style: ColumnStyle, currency: str) -> int:
    """Minor units, rounded half up where the file has more decimals than the currency."""
    value = number(text, style)
    if value.adjusted() > 18:
        raise Wrong("imports.wrong.too_large", text=text[:40])
    minor = int(value.scaleb(exponent(currency)).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(minor) > MAX_MINOR:
        raise Wrong("imports.wrong.too_large", text=text[:40])
    return minor


def _percent(text: str, style: ColumnStyle) -> Decimal:
    value = number(text.replace("٪", "%").replace("%", ""), style)
    if not 0 <= value <= 100:
        raise Wrong("imports.wrong.percent", text=text[:40])
    return value


def _date(text: str, order: Order) -> Any:
    if (value := parse_date(text, order)) is None:
        raise Wrong("imports.wrong.date", text=text[:40])
    return value


def _email(text: str) -> str:
    wrapped = _EMAIL_WITH_NAME.fullmatch(text)
    raw = ((wrapped[1] or wrapped[2]) if wrapped else text).strip().lower()
    if len(raw) > 254 or not _EMAIL.fullmatch(raw):
        raise Wrong("imports.wrong.email", text=text[:60])
    return raw


def _phone(text: str) -> str:
    raw = _PHONE_MARKS.sub("", latin_digits(text)).lower().replace("ext", "x")
    raw = "+" + raw[2:] if raw.startswith("00") else raw
    if not _PHONE.fullmatch(raw):
        raise Wrong("imports.wrong.phone", text=text[:40])
    return raw


def _text(text: str, max_length: int) -> str:
    if len(text) > max_length:
        raise Wrong("imports.wrong.too_long", text=text[:40], max=max_length)
    return text
