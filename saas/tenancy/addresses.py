"""E-mail addresses, names and slugs as people type them: cleaned, checked, and safe to put in a mail."""

from __future__ import annotations

import re
import unicodedata

from saas.kernel.errors import Invalid
from saas.kernel.i18n import latin_digits

MAX_EMAIL = 254
MAX_NAME = 80
MAX_SLUG = 40
# What RFC 5321 allows unquoted, and a domain with a dot; no spaces, quotes, controls or second @.
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\u00a1-\uffff-]{1,64}"
    r"@(?:[A-Za-z0-9\u00a1-\uffff](?:[A-Za-z0-9\u00a1-\uffff-]{0,61}[A-Za-z0-9\u00a1-\uffff])?\.)+"
    r"[A-Za-z\u00a1-\uffff][A-Za-z0-9\u00a1-\uffff-]{0,61}[A-Za-z0-9\u00a1-\uffff]"
)
# Bidi controls and other format characters can make a name read as another, or reorder a whole line.
_KEPT_FORMAT = {"\u200c", "\u200d"}
# ISO 233-like, just enough to make an address of a company's Arabic name.
_LATIN = {
    **dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", [
        "a", "b", "t", "th", "j", "h", "kh", "d", "dh", "r", "z", "s", "sh", "s", "d", "t", "z", "a", "gh",
        "f", "q", "k", "l", "m", "n", "h", "w", "y",
    ], strict=True)),
    "أ": "a", "إ": "i", "آ": "a", "ة": "a", "ى": "a", "ؤ": "w", "ئ": "y", "ء": "",
}  # fmt: skip
RESERVED_SLUGS = frozenset(
    [
        "admin",
        "api",
        "app",
        "assets",
        "auth",
        "book",
        "dev",
        "health",
        "help",
        "home",
        "import",
        "invitation",
        "livez",
        "mail",
        "me",
        "pay",
        "pricing",
        "readyz",
        "reset",
        "settings",
        "signin",
        "signout",
        "signup",
        "static",
        "status",
        "support",
        "switch",
        "wasl",
        "www",
    ]
)


class NotAnEmail(Invalid):
    key = "accounts.errors.not_an_email"


class NameMissing(Invalid):
    key = "accounts.errors.name_missing"


class NameTooLong(Invalid):
    key = "accounts.errors.name_long"


class NotASlug(Invalid):
    key = "accounts.errors.not_a_slug"


class SlugKept(Invalid):
    """``params``: the ``slug`` asked for, which leads to a page of Wasl itself."""

    key = "accounts.errors.slug_kept"


def clean_email(text: str, field: str = "email") -> str:
    """The address as it is kept and shown: trimmed, NFC, the domain in lower case. Raises ``NotAnEmail``."""
    address = unicodedata.normalize("NFC", text).strip()
    if len(address) > MAX_EMAIL or not _EMAIL.fullmatch(address) or any(_is_hidden(c) for c in address):
        raise NotAnEmail(field)
    local, _, domain = address.rpartition("@")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise NotAnEmail(field)
    return f"{local}@{domain.lower()}"


def email_key(address: str) -> str:
    """What two spellings of one address share: case is folded, nothing else (dots and tags may matter)."""
    return unicodedata.normalize("NFKC", address).casefold()


def clean_name(text: str, field: str = "name") -> str:
    """One line without control or direction-changing characters. Raises ``NameMissing``, ``NameTooLong``."""
    if len(text) > MAX_NAME * 4:
        raise NameTooLong(field, n=MAX_NAME)
    spaced = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    name = " ".join("".join(c for c in spaced if not _is_hidden(c)).split())
    if not any(unicodedata.category(c)[0] in "LNS" for c in name):
        raise NameMissing(field)
    if len(name) > MAX_NAME:
        raise NameTooLong(field, n=MAX_NAME)
    return name


def slug_of(name: str) -> str:
    """The web name that a company's name suggests: ``Café مرسى 24`` -> ``cafe-mrsa-24``; never empty."""
    letters = "".join(_LATIN.get(c, c) for c in latin_digits(name))
    bare = "".join(c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c))
    slug = re.sub(r"[^a-z0-9]+", "-", bare.lower()).strip("-")[:MAX_SLUG].strip("-")
    return slug if len(slug) >= 2 else "company"


def check_slug(text: str, field: str = "slug") -> str:
    """A web name that a person typed. Raises ``NotASlug``, ``SlugKept``."""
    slug = latin_digits(text).strip().lower()
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])", slug):
        raise NotASlug(field)
    if slug in RESERVED_SLUGS:
        raise SlugKept(field, slug=slug)
    return slug


def slug_ideas(slug: str, country: str, city_or_word: str = "") -> list[str]:
    """Other names to offer when one is taken, best first: ``marsa-kw``, ``marsa-2`` ..."""
    stem = slug[: MAX_SLUG - 6]
    endings = [city_or_word, country.lower(), *map(str, range(2, 10))]
    return [f"{stem}-{ending}" for ending in endings if ending]


def _is_hidden(c: str) -> bool:
    return unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and c not in _KEPT_FORMAT
