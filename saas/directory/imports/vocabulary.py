"""Small lists of words that a column's rare spellings are held against."""

from __future__ import annotations

import functools

from babel import Locale

from saas.directory.imports.near import Neighbours
from saas.kernel.i18n import fold

# Branches of trade as CRM files name them, English and Arabic.
SECTORS = (
    "accounting", "advertising", "aerospace", "agriculture", "automotive", "banking", "biotechnology",
    "chemicals", "construction", "consulting", "consumer goods", "defence", "education", "electronics",
    "employment", "energy", "engineering", "entertainment", "environment", "fashion", "finance",
    "food and beverage", "furniture", "gaming", "government", "healthcare", "hospitality",
    "human resources", "insurance", "internet", "investment", "legal", "logistics", "machinery",
    "manufacturing", "marketing", "media", "medical", "mining", "non-profit", "oil and gas",
    "pharmaceuticals", "printing", "public relations", "publishing", "real estate", "recruiting",
    "recreation", "restaurants", "retail", "security", "services", "shipping", "software", "sports",
    "technology", "telecommunications", "textiles", "tourism", "transportation", "travel", "utilities",
    "wholesale",
    "تقنية", "تكنولوجيا", "برمجيات", "تجزئة", "تجارة", "جملة", "تسويق", "إعلان", "خدمات", "اتصالات",
    "تمويل", "بنوك", "استثمار", "تأمين", "صحة", "طبي", "أدوية", "تعليم", "عقارات", "إنشاءات", "مقاولات",
    "صناعة", "نفط وغاز", "طاقة", "زراعة", "أغذية ومشروبات", "مطاعم", "سياحة", "سفر", "ضيافة", "ترفيه",
    "إعلام", "نقل", "لوجستيات", "شحن", "حكومي", "استشارات", "محاسبة", "قانون", "توظيف", "رياضة",
)  # fmt: skip
# Countries as files name them where CLDR's own names differ, by fold.
_ALSO = {
    "usa": "US", "u.s.a.": "US", "us": "US", "america": "US", "united states of america": "US",
    "uk": "GB", "england": "GB", "great britain": "GB", "britain": "GB",
    "uae": "AE", "emirates": "AE", "ksa": "SA", "korea": "KR", "republic of korea": "KR",
    "russian federation": "RU", "turkey": "TR", "holland": "NL", "the netherlands": "NL", "viet nam": "VN",
    "czech republic": "CZ", "ivory coast": "CI", "burma": "MM", "macedonia": "MK", "palestine": "PS",
    "السعوديه": "SA", "الامارات": "AE", "امريكا": "US", "الولايات المتحده الامريكيه": "US",
    "بريطانيا": "GB", "انجلترا": "GB", "كوريا": "KR", "فلسطين": "PS", "سلطنه عمان": "OM", "هولندا": "NL",
}  # fmt: skip
# Short words lie close to many others that mean something else.
MIN_LETTERS = 6


@functools.cache
def words(name: str) -> Neighbours:
    """The list called ``name``: ``countries`` (in English and Arabic) or ``sectors``."""
    return Neighbours(_countries() if name == "countries" else SECTORS)


@functools.cache
def country_code(text: str) -> str | None:
    """ISO 3166 alpha-2 of a country's name (English or Arabic), common other name, or the code itself."""
    key = fold(text)
    return (
        _codes().get(key) or _ALSO.get(key) or (text.upper() if text.upper() in _codes().values() else None)
    )


@functools.cache
def contains(name: str, text: str) -> bool:
    """Whether the word stands in the list as it is, but for case and marks."""
    if name == "countries" and country_code(text):
        return True
    return fold(text) in _folded(name)


@functools.cache
def _folded(name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in (_countries() if name == "countries" else SECTORS))


def _countries() -> tuple[str, ...]:
    return tuple(name for name, _ in _named())


@functools.cache
def _codes() -> dict[str, str]:
    return {fold(name): code for name, code in _named()}


@functools.cache
def _named() -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, code)
        for tag in ("en", "ar")
        for code, name in Locale.parse(tag).territories.items()
        if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
    )
