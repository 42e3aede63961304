"""``/dev/mail``: the letters that Wasl kept because no SMTP is set. For the machine's own browser alone."""

from __future__ import annotations

import html
import ipaddress
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from saas.kernel.i18n import Language, translate
from saas.kernel.settings import Environment, settings
from saas.tenancy import mail
from saas.tenancy import session as doors
from saas.ui.theme import MARK
from saas.web.preferences import look_of

_LOCAL_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?")
_STYLE = """
:root {
  color-scheme: light dark; --line: light-dark(#ebebe7, #222429); --dim: light-dark(#666970, #9095a0);
  --link: light-dark(#2c46c6, #9fb1ff); --ground: light-dark(#f7f7f5, #0e0f11);
  --paper: light-dark(#fff, #141518); --ink: light-dark(#1b1c1f, #edeef0);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
body {
  margin: 0; padding: 24px; background: var(--ground); color: var(--ink);
  font: 14px/22px Inter, "IBM Plex Sans Arabic", system-ui, sans-serif;
}
main { max-inline-size: 860px; margin-inline: auto; }
h1 { font-size: 20px; line-height: 28px; margin: 0; }
h2 { font-size: 15px; line-height: 22px; margin: 0; }
p { margin: 4px 0; }
.dim { color: var(--dim); font-size: 12px; }
article {
  margin-block-start: 14px; padding: 16px 18px; background: var(--paper);
  border: 1px solid var(--line); border-radius: 8px;
}
article a { color: var(--link); overflow-wrap: anywhere; }
pre {
  margin: 10px 0 0; padding-block-start: 10px; border-block-start: 1px solid var(--line);
  font: inherit; white-space: pre-wrap; overflow-wrap: anywhere;
}
"""


def routes() -> list[BaseRoute]:
    return [Route("/dev/mail", _show, methods=["GET"])]


async def _show(request: Request) -> Response:
    if not _is_for(request):
        return PlainTextResponse("not found\n", 404)
    look = look_of(request.headers.get("cookie", ""), request.headers.get("accept-language", ""))
    kept = await mail.kept(doors.current())
    language = look.language
    title = translate(language, "dev_mail.title")
    body = "".join(_article(letter, language) for letter in kept) or (
        f"<p>{html.escape(translate(language, 'dev_mail.empty'))}</p>"
    )
    page = (
        f'<!doctype html>{look.html_tag}<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="{MARK}">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f'<h1>{html.escape(title)}</h1><p class="dim">{html.escape(translate(language, "dev_mail.lead"))}</p>'
        f"{body}</main></body></html>"
    )
    return HTMLResponse(page, headers={"cache-control": "no-store", "referrer-policy": "no-referrer"})


def _is_for(request: Request) -> bool:
    """Loopback at both ends: the peer's address, and the name that the browser thinks it talks to.

    The name stops a page elsewhere from reading letters through a host that it points at 127.0.0.1. Behind a
    proxy every peer looks local, so there the page is closed, as it is in production and with SMTP.
    """
    chosen = settings()
    if chosen.environment is Environment.PRODUCTION or chosen.smtp_url or chosen.trusted_proxy_hops:
        return False
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    peer = request.client.host if request.client else ""
    return _is_loopback(peer) and _LOCAL_HOST.fullmatch(request.headers.get("host", "")) is not None


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback


def _article(letter: dict[str, Any], language: Language) -> str:
    to = translate(language, "dev_mail.to")
    links = "".join(
        f'<p><a dir="ltr" href="{html.escape(link, quote=True)}">{html.escape(link)}</a></p>'
        for link in letter["links"]
    )
    direction = Language(letter["language"]).direction
    return (
        f'<article lang="{letter["language"]}" dir="{direction}"><h2>{html.escape(letter["subject"])}</h2>'
        f'<p class="dim">{html.escape(to)}: <bdi>{html.escape(letter["to"])}</bdi> · '
        f'<time dir="ltr" datetime="{letter["at"]}">{letter["at"][:19].replace("T", " ")} UTC</time></p>'
        f"{links}<pre>{html.escape(letter['text'])}</pre></article>"
    )
