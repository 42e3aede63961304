"""One copy of every page per language, made when the front end is built.

How a page is in the right language before any script has run: while pages are prerendered, every text is
written in all languages between marks (see ``text.jsx``). After the build :class:`TextsPlugin` keeps one
language for each copy of a page: ``index.html`` is English, ``index.ar.html`` Arabic, each with its own
``lang``, ``dir`` and dictionary. :func:`html_variant` gives the name to serve. What the browser hydrates is
then word for word what it got, so nothing flashes and React finds no difference.

``rxconfig.py`` imports this file, so it may import nothing that needs Reflex's configuration.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Unpack

import reflex as rx
from reflex_base.plugins.base import CommonContext, PostBuildContext

from saas.kernel.i18n import Language, load_texts
from saas.ui.theme import FONTS, ICONS

OPEN, NEXT, CLOSE = "\ue000", "\ue001", "\ue002"
# The innermost marks: a text may stand inside another, as a formatted date does in a sentence.
_MARKED = re.compile(f"{OPEN}([^{OPEN}{NEXT}{CLOSE}]*){NEXT}([^{OPEN}{NEXT}{CLOSE}]*){CLOSE}")
# Said by the server alone, in letters and on pages of its own: no browser has use for them.
_OF_THE_SERVER = ("mail.", "dev_mail.")
_HTML_TAG = re.compile(r"<html[^>]*>")
# Fonts that the first paint of a language needs; the rest come when a character asks for them.
_PRELOADED = {
    Language.ENGLISH: ("inter-latin-opsz-normal",),
    Language.ARABIC: ("ibm-plex-sans-arabic-arabic-400-normal", "ibm-plex-sans-arabic-arabic-600-normal"),
}


def html_variant(path: str, language: str) -> str:
    """The file to serve for a language: ``index.html`` -> ``index.ar.html``; English keeps the plain name."""
    if language == Language.ENGLISH or not path.endswith(".html"):
        return path
    return f"{path.removesuffix('.html')}.{language}.html"


def browser_texts() -> dict[str, dict[str, Any]]:
    """The texts of each language that a page may say."""
    return {
        language: {key: said for key, said in texts.items() if not key.startswith(_OF_THE_SERVER)}
        for language, texts in load_texts().items()
    }


def dictionaries() -> dict[str, tuple[str, str]]:
    """``{language: (address, script)}``: a hashed classic script that runs before the first paint."""
    out = {}
    for language, texts in browser_texts().items():
        body = json.dumps(texts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        script = f'{_BOOT}self.__wasl_texts={{lang:"{language}",texts:{body}}};'
        digest = hashlib.sha256(script.encode()).hexdigest()[:10]
        out[language] = (f"/texts/{language}.{digest}.js", script)
    return out


class TextsPlugin(rx.plugins.Plugin):
    """Writes the dictionaries before the build and one copy of each page per language after it."""

    def get_frontend_development_dependencies(self, **context: Unpack[CommonContext]) -> list[str]:
        # As development packages: Reflex would import any other into every page, their stylesheets too.
        return [*FONTS, *ICONS]

    def get_static_assets(self, **context: Unpack[CommonContext]) -> list[tuple[Path, str | bytes]]:
        scripts: list[tuple[Path, str | bytes]] = [
            (Path("public") / address.lstrip("/"), script) for address, script in dictionaries().values()
        ]
        both = json.dumps(browser_texts(), ensure_ascii=False, sort_keys=True)
        return [*scripts, (Path("utils") / "texts_both.js", f"export const both = {both};\n")]

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        split_by_language(context["static_dir"])


def split_by_language(static_dir: Path) -> None:
    """Turn each prerendered page into one copy per language. Raises if a page has no ``<html>``."""
    addresses = {language: address for language, (address, _) in dictionaries().items()}
    pages = [p for p in static_dir.rglob("*.html") if not p.name.endswith(".ar.html")]
    for page in pages:
        source = page.read_text("utf-8")
        for index, language in enumerate(Language, start=1):
            text = keep_language(source, index)
            tag = f'<html lang="{language.value}" dir="{language.direction}" data-theme="system">'
            text, found = _HTML_TAG.subn(tag, text, count=1)
            if not found:
                raise ValueError(f"{page} has no <html>")
            if language is not Language.ENGLISH:
                text = text.replace(f'src="{addresses["en"]}"', f'src="{addresses[language.value]}"')
            # The parser waits for the dictionary alone, so that is asked for before the other scripts.
            asked = f'<link rel="preload" href="{addresses[language.value]}" as="script">'
            text = text.replace("<head>", f"<head>{asked}", 1)
            text = text.replace("</head>", _preloads(static_dir, language) + "</head>", 1)
            page.with_name(html_variant(page.name, language.value)).write_text(text, "utf-8")


def keep_language(text: str, index: int) -> str:
    """The text with the ``index``-th language (from 1) of everything marked."""
    found = 1
    while found:
        text, found = _MARKED.subn(lambda m: m.group(index), text)
    return text


def _preloads(static_dir: Path, language: Language) -> str:
    files = [
        f for stem in _PRELOADED[language] for f in sorted((static_dir / "assets").glob(f"{stem}-*.woff2"))
    ]
    return "".join(
        f'<link rel="preload" href="/assets/{f.name}" as="font" type="font/woff2" crossorigin="">'
        for f in files
    )


_BOOT = (
    "(()=>{const c=document.cookie.match(/(?:^|; )wasl_theme=(light|dark|system)/);"
    'document.documentElement.dataset.theme=c?c[1]:"system"})();'
)
