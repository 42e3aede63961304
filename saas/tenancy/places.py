"""What a country suggests for a new company: currency, time zone, language. From CLDR, through Babel."""

from __future__ import annotations

import functools
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies, list_currencies

from saas.kernel.errors import Invalid
from saas.kernel.i18n import Language

FALLBACK_COUNTRY = "KW"
_ARABIC_SPEAKING = frozenset(
    [
        "AE",
        "BH",
        "DJ",
        "DZ",
        "EG",
        "EH",
        "IQ",
        "JO",
        "KM",
        "KW",
        "LB",
        "LY",
        "MA",
        "MR",
        "OM",
        "PS",
        "QA",
        "SA",
        "SD",
        "SO",
        "SY",
        "TD",
        "TN",
        "YE",
    ]
)


class UnknownCountry(Invalid):
    key = "accounts.errors.country"


class UnknownCurrency(Invalid):
    key = "accounts.errors.currency"


class UnknownTimeZone(Invalid):
    key = "accounts.errors.time_zone"


class UnknownLanguage(Invalid):
    key = "accounts.errors.language"


@functools.cache
def countries() -> dict[str, str]:
    """ISO 3166-1 alpha-2 code -> its ISO 4217 currency, for every place that has one today."""
    codes = sorted(c for c in map(str, Locale("en").territories) if len(c) == 2 and c.isalpha())
    in_use = {code: get_territory_currencies(code) for code in codes}
    return {code: used[0] for code, used in in_use.items() if used}


@functools.cache
def zones_of_countries() -> dict[str, str]:
    """IANA zone -> country, as browsers name zones (old spellings included)."""
    return {zone: code for zone, code in get_global("zone_territories").items() if code in countries()}


@functools.cache
def currencies() -> frozenset[str]:
    return frozenset(list_currencies()) & frozenset(countries().values()) | frozenset(countries().values())


def country_at(time_zone: str) -> str:
    """The country of a time zone; Kuwait when it tells nothing."""
    return zones_of_countries().get(time_zone, FALLBACK_COUNTRY)


def zone_of(country: str) -> str:
    """A time zone of the country (the only one, for most)."""
    for zone, code in zones_of_countries().items():
        if code == country and zone in available_timezones():
            return zone
    return "UTC"


def check_country(text: str) -> str:
    code = text.strip().upper()
    if code not in countries():
        raise UnknownCountry("country")
    return code


def check_currency(text: str) -> str:
    code = text.strip().upper()
    if code not in currencies():
        raise UnknownCurrency("currency")
    return code


def check_time_zone(text: str) -> str:
    zone = text.strip()
    if zone not in available_timezones():
        raise UnknownTimeZone("time_zone")
    return zone


def check_language(text: str) -> str:
    try:
        return Language(text.strip().lower()[:2]).value
    except ValueError:
        raise UnknownLanguage("language") from None


def language_of(country: str) -> str:
    """Arabic where it is official, English elsewhere."""
    return Language.ARABIC if country in _ARABIC_SPEAKING else Language.ENGLISH
