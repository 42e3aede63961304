"""Letters that Wasl sends by itself: subject, text and simple HTML, in the recipient's language."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import quote

from saas.kernel.i18n import Language, translate
from saas.kernel.settings import settings

# U+2068 and U+2069 keep a name from reordering the sentence around it.
_ISOLATE = "\u2068{}\u2069"
_BODY = (
    "margin:0;padding:24px;background:#f7f7f5;color:#1b1c1f;"
    "font:15px/24px Inter,'IBM Plex Sans Arabic',-apple-system,'Segoe UI',Tahoma,sans-serif"
)
_PANEL = (
    "max-width:480px;margin:0 auto;padding:28px;background:#ffffff;border:1px solid #ebebe7;border-radius:8px"
)
_BUTTON = (
    "display:inline-block;padding:11px 18px;background:#3450d6;color:#ffffff;"
    "border-radius:6px;text-decoration:none;font-weight:600"
)
_SMALL = "font-size:13px;line-height:20px;color:#666970"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to be kept or sent: plain ``text``, ``html``, and the ``link`` that both hold."""

    kind: str
    to: str
    language: str
    subject: str
    text: str
    html: str
    link: str


def write(kind: str, *, to: str, language: str, path: str, texts: str = "", **values: str | int) -> Letter:
    """The letter ``mail.<kind>`` with its one link; ``texts`` names where a module keeps its words instead.

    ``path`` starts with ``/`` and is put behind PUBLIC_URL, never behind a request's Host header.
    ``values`` fill the texts; what people typed is kept to one line and isolated for direction.
    """
    link = settings().origin + path
    said = texts or f"mail.{kind}"
    filled = {name: _one_line(value) if isinstance(value, str) else value for name, value in values.items()}
    shown = {name: _ISOLATE.format(v) if isinstance(v, str) else v for name, v in filled.items()}
    subject = _one_line(translate(language, f"{said}.subject", **filled))
    greeting = translate(language, "mail.greeting", **shown) if filled.get("name") else ""
    body = translate(language, f"{said}.body", **shown)
    action = translate(language, f"{said}.action", **shown)
    footer = translate(language, f"{said}.footer", **shown)
    text = "\n\n".join(part for part in (greeting, body, f"{action}:\n{link}", footer, "Wasl") if part)
    return Letter(
        kind, to, language, subject, text, _html(language, greeting, body, action, footer, link), link
    )


def with_token(path: str, token: str) -> str:
    """``/reset`` and a token as ``/reset?token=...``."""
    return f"{path}?token={quote(token, safe='')}"


def _html(language: str, greeting: str, body: str, action: str, footer: str, link: str) -> str:
    direction = Language(language).direction
    address = html.escape(link, quote=True)
    paragraphs = "".join(f'<p style="margin:0 0 16px">{html.escape(p)}</p>' for p in (greeting, body) if p)
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"></head>'
        f'<body dir="{direction}" style="{_BODY}"><div style="{_PANEL}">'
        f'<p style="margin:0 0 20px;font-weight:600;font-size:17px">Wasl '
        f'<span lang="ar" style="color:#666970;font-weight:500">وصل</span></p>'
        f'{paragraphs}<p style="margin:8px 0 20px">'
        f'<a href="{address}" style="{_BUTTON}">{html.escape(action)}</a></p>'
        f'<p style="margin:0 0 16px;{_SMALL}">{html.escape(footer)}</p>'
        f'<p style="margin:0;{_SMALL};word-break:break-all" dir="ltr">{address}</p>'
        "</div></body></html>"
    )


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()
