"""Two languages, one set of keys: texts from ``texts/*.toml``, digits, folding for search."""

from __future__ import annotations

import functools
import tomllib
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from babel import Locale

PACKAGE = Path(__file__).resolve().parent.parent
PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})
_ARABIC_INDIC = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
# Ta marbuta, alef maqsura, alef wasla and the final sigma to their common letter; tatweel vanishes. The hamza
# of other letters is a mark once decomposed, and goes with the marks.
_FOLD = str.maketrans("ٱةىς", "اهيσ", "ـ")


class Language(StrEnum):
    ENGLISH = "en"
    ARABIC = "ar"

    @property
    def direction(self) -> str:
        return "rtl" if self is Language.ARABIC else "ltr"


def latin_digits(text: str) -> str:
    """Arabic-Indic and Persian digits as 0-9; everything else as it is."""
    return text.translate(_ARABIC_INDIC)


def fold(text: str) -> str:
    """The key under which a name is searched and compared: case, marks, letter forms and digits folded.

    The same rule as the database function ``wasl.fold``; a test holds the two together.
    """
    letters = latin_digits(unicodedata.normalize("NFKD", text).lower().translate(_FOLD))
    bare = "".join(c for c in letters if unicodedata.category(c) not in {"Mn", "Cf"})
    return " ".join(bare.split())


def text_files() -> Iterator[Path]:
    """Every ``texts/<language>.toml`` in the package, wherever its room is."""
    yield from sorted(PACKAGE.glob("**/texts/*.toml"))


@functools.cache
def load_texts() -> dict[str, dict[str, Any]]:
    """``{"en": {dotted key: text or plural forms}, "ar": {...}}`` of the whole house."""
    texts: dict[str, dict[str, Any]] = {language.value: {} for language in Language}
    for file in text_files():
        flat = texts[file.stem]
        for key, value in _flatten(tomllib.loads(file.read_text("utf-8"))):
            if key in flat:
                raise ValueError(
                    f"the text {key!r} is given twice, again in {file.name} of {file.parent.parent.name}"
                )
            flat[key] = value
    return texts


def translate(language: str, key: str, **params: Any) -> str:
    """One text with its values; ``n`` chooses the plural form (CLDR rules by Babel)."""
    text = load_texts()[language].get(key)
    if text is None:
        return key
    if isinstance(text, dict):
        form = Locale.parse(language).plural_form(params.get("n", 0))
        text = text.get(form, text["other"])
    for name, value in params.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def _flatten(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict) and not (value and PLURAL_FORMS.issuperset(value)):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
