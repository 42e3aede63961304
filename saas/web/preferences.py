"""Language, direction and theme of a page as served: what the person chose, else what the browser says."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from saas.kernel.i18n import Language

LANGUAGE_COOKIE = "wasl_lang"
THEME_COOKIE = "wasl_theme"
THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Look:
    """What ``<html>`` says of a page; equal looks give equal bytes. ``known``: whoever asked is signed in."""

    language: Language = Language.ENGLISH
    theme: str = "system"
    known: bool = False

    @property
    def html_tag(self) -> str:
        known = " data-known" if self.known else ""
        direction = self.language.direction
        return f'<html lang="{self.language}" dir="{direction}" data-theme="{self.theme}"{known}>'


def look_of(cookies: str, accept_language: str) -> Look:
    """The look for one request, from its ``Cookie`` and ``Accept-Language`` headers."""
    chosen = _cookies(cookies)
    theme = chosen.get(THEME_COOKIE, "")
    return Look(
        _language(chosen.get(LANGUAGE_COOKIE, "")) or negotiated(accept_language),
        theme if theme in THEMES else "system",
    )


def negotiated(accept_language: str) -> Language:
    """The best of our languages for an ``Accept-Language`` header; English when none is asked for."""
    best, best_weight = Language.ENGLISH, 0.0
    for part in accept_language.split(","):
        tag, _, parameter = part.strip().partition(";")
        language = _language(tag.split("-")[0].strip().lower())
        weight = _weight(parameter)
        if language and weight > best_weight:
            best, best_weight = language, weight
    return best


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _language(tag: str) -> Language | None:
    return Language(tag) if tag in set(Language) else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
