"""Dates as people and programs write them; the order of day and month decided over a whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from babel import Locale

from saas.kernel.i18n import fold, latin_digits

_TIME = (
    r"(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*"
    r"(?:am|pm|ص|م)?\s*(?:z|utc|gmt|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = re.compile(rf"(\d{{4}})\s*[-/.\s]\s*(\d{{1,2}})\s*[-/.\s]\s*(\d{{1,2}}){_TIME}", re.IGNORECASE)
_YEAR_LAST = re.compile(
    rf"(\d{{1,2}})\s*[-/.\s]\s*(\d{{1,2}})\s*[-/.\s]\s*(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE
)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_WORDY = re.compile(r"(.*?)(?:\s\d{1,2}:\d{2}.*)?", re.DOTALL)
_EXCEL_EPOCH = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_LEVANT_MONTHS = (
    "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران",
    "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول",
)  # fmt: skip


class Order(StrEnum):
    """Which number comes first where the year comes last."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a column says of its order: values that allow only one, and values that read both ways."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0

    @property
    def order(self) -> Order | None:
        """The order that the column proves, or None when nothing in it does."""
        if not self.day_first and not self.month_first:
            return None
        return Order.DAY_FIRST if self.day_first >= self.month_first else Order.MONTH_FIRST

    @property
    def undecided(self) -> bool:
        """Some value reads both ways and no other value settles it: the person is asked."""
        return self.order is None and self.either > 0


def evidence(values: Iterable[tuple[str, int]]) -> Evidence:
    """Weigh ``(text, rows)`` of a column. 03/03 counts as neither: it is the same day either way."""
    day_first = month_first = either = 0
    for text, rows in values:
        found = _YEAR_LAST.fullmatch(latin_digits(text).strip())
        if not found:
            continue
        first, second = int(found[1]), int(found[2])
        if first > 12 >= second:
            day_first += rows
        elif second > 12 >= first:
            month_first += rows
        elif first != second:
            either += rows
    return Evidence(day_first, month_first, either)


def parse_date(text: str, order: Order) -> date | None:
    """The date, or None when the text is none. Times of day are dropped; two-digit years up to 68 are 20xx.

    Takes 2017-03-01, 2017/3/1, 20170301, 1/3/2017 and 01.03.17 by ``order``, 1 March 2017, Mar 1, 2017,
    the Arabic names of months (both of Egypt and of the Levant), Arabic-Indic digits, and Excel's day
    numbers.
    """
    raw = latin_digits(text).strip()
    if found := _YEAR_FIRST.fullmatch(raw) or _PACKED.fullmatch(raw):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.fullmatch(raw):
        first, second, year = int(found[1]), int(found[2]), _full_year(found[3])
        day, month = (first, second) if order is Order.DAY_FIRST else (second, first)
        return _date(year, month, day)
    if _SERIAL.fullmatch(raw):
        return _EXCEL_EPOCH + timedelta(days=int(float(raw)))
    return _parse_words(raw)


def _parse_words(raw: str) -> date | None:
    found = _WORDY.fullmatch(raw[:60])
    words = re.findall(r"\d+|[^\W\d_]+", fold(found[1] if found else raw))
    numbers = [word for word in words if word.isdecimal()]
    names = " ".join(word for word in words if not word.isdecimal() and word not in _NOISE)
    month = _MONTHS.get(names)
    if month is None:  # a weekday before it: Wed, 1 March 2017
        month = next((_MONTHS[tail] for tail in _tails(names) if tail in _MONTHS), None)
    if month is None or len(numbers) != 2:
        return None
    first, second = numbers
    year, day = (first, second) if len(first) == 4 else (second, first)
    return _date(_full_year(year), month, int(day))


def _tails(names: str) -> Iterable[str]:
    words = names.split()
    return (" ".join(words[start:]) for start in range(1, len(words)))


def _full_year(text: str) -> int:
    year = int(text[:4])
    return year if len(text) > 2 else year + (2000 if year <= 68 else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for tag in ("ar", "ar_EG", "ar_SA", "en"):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in Locale.parse(tag).months[context][width].items():
                    names[fold(name).rstrip(".")] = month
    names |= {fold(name): month for month, name in enumerate(_LEVANT_MONTHS, start=1)}
    return names | {"sept": 9}


_MONTHS = _month_names()
_NOISE = frozenset({"st", "nd", "rd", "th", "of", "de", "من", "م", "ه"})
