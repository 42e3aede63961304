"""The built front end, from memory: hashed files for ever, pages checked each time, no redirects.

Hashed files go out as brotli, else gzip, else as they are. A page goes out as the build's copy for the
person's language (``index.ar.html`` beside ``index.html``), with ``<html>`` rewritten to their language,
direction and theme, so that the first paint is right, and on public pages to whether they are signed in,
so that it leads them home; each such variant is made once.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from reflex.route import get_router
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from saas.tenancy.recognition import is_known
from saas.web import bundle
from saas.web.doorstep import members_only
from saas.web.forms import session_token
from saas.web.headers import page_policy
from saas.web.preferences import Look, look_of

_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
_HTML_TAG = re.compile(r"<html[^>]*>")
_PATIENCE_S = 1.0
_FALLBACK = "__spa-fallback.html"
# A hash in the name: Vite's, or eight and more hexadecimal digits of our own.
_HASHED = re.compile(r"^/assets/[^/]+$|\.[0-9a-f]{8,}\.\w+$")
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
# What the machine's own table may lack or say differently.
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff2": "font/woff2",
    ".json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Body:
    """One answer's bytes in each encoding that we have; ``""`` is as it is."""

    encodings: Mapping[str, bytes]
    tag: str

    @classmethod
    def of(cls, encodings: Mapping[str, bytes]) -> Body:
        return cls(encodings, f'"{hashlib.sha256(encodings[""]).hexdigest()[:20]}"')

    def best(self, accept_encoding: str) -> tuple[str, bytes]:
        accepted = {part.split(";")[0].strip() for part in accept_encoding.split(",")}
        return next(
            ((name, body) for name, body in self.encodings.items() if name in accepted),
            ("", self.encodings[""]),
        )


@dataclass(frozen=True, slots=True)
class File:
    """A built file that is no page."""

    body: Body
    headers: dict[str, str]


@dataclass(slots=True)
class Page:
    """A built HTML document and the variants of it that were asked for."""

    html: str
    headers: dict[str, str]
    variants: dict[Look, Body] = field(default_factory=dict)

    def look(self, look: Look) -> Body:
        if look not in self.variants:
            body = _HTML_TAG.sub(look.html_tag, self.html, count=1).encode()
            self.variants[look] = Body.of({"gzip": gzip.compress(body, 6, mtime=0), "": body})
        return self.variants[look]


class StaticSite:
    """The build in ``root``, read once."""

    def __init__(self, root: Path) -> None:
        """Raises ``FileNotFoundError`` when ``root`` holds no build."""
        self._files = dict(_file(root, path) for path in _plain_files(root))
        self._pages = _pages(root)
        routes = json.loads((root.parent.parent / "routes.json").read_text())
        self._route_of = get_router(routes)
        self._preload = _preload_headers(root)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Headers(scope=scope)
        if scope["method"] not in ("GET", "HEAD"):
            return await _answer(scope, send, 405, {"allow": "GET, HEAD", "content-type": "text/plain"}, b"")
        found = self._files.get(scope["path"])
        if found is not None:
            return await _answer_body(scope, send, request, 200, found.body, found.headers)
        if "." in scope["path"].rsplit("/", 1)[-1]:
            # A file that is not there, asked for by a page of an older build perhaps.
            return await _answer(scope, send, 404, {"content-type": "text/plain"}, b"not found\n")
        await self._answer_page(scope, send, request)

    async def _answer_page(self, scope: Scope, send: Send, request: Headers) -> None:
        route = self._route_of(scope["path"])
        known = route is not None and route != "404"
        look = look_of("; ".join(request.getlist("cookie")), request.get("accept-language", ""))
        if not members_only(scope["path"]):
            look = replace(look, known=await _is_known(scope))
        # A page with a part of the address that varies is not prerendered: the browser makes it, as it does
        # the one that says that there is no such page.
        page = self._page(_page_file(route or ""), look) or self._page(_FALLBACK, look)
        assert page
        headers = page.headers | self._preload.get(route or "", {})
        await _answer_body(scope, send, request, 200 if known else 404, page.look(look), headers)

    def _page(self, name: str, look: Look) -> Page | None:
        own = f"{name.removesuffix('.html')}.{look.language}.html"
        return self._pages.get(own) or self._pages.get(name)


async def _is_known(scope: Scope) -> bool:
    token = session_token(Request(scope))
    if not token:
        return False
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await is_known(token)
    except (psycopg.Error, SQLAlchemyError, OSError):
        return False  # without its database the page is what it is for a stranger


def _page_file(route: str) -> str:
    return "index.html" if route == "index" else f"{route}/index.html"


def _plain_files(root: Path) -> list[Path]:
    # Pages are kept apart; JSX is a source that Reflex leaves among the public files.
    other = {".html", ".br", ".gz", ".jsx"}
    return [p for p in root.rglob("*") if p.is_file() and p.suffix not in other]


def _file(root: Path, path: Path) -> tuple[str, File]:
    address = f"/{path.relative_to(root).as_posix()}"
    encodings = {
        name: Path(f"{path}{suffix}").read_bytes()
        for name, suffix in _ENCODINGS
        if Path(f"{path}{suffix}").exists()
    }
    content_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    headers = {
        "content-type": content_type,
        "cache-control": _IMMUTABLE if _HASHED.search(address) else _REVALIDATE,
    }
    if encodings:
        headers["vary"] = "accept-encoding"
    return address, File(Body.of({**encodings, "": path.read_bytes()}), headers)


def _pages(root: Path) -> dict[str, Page]:
    hashes = bundle.read_hashes(root)
    pages = {}
    for path in root.rglob("*.html"):
        name = path.relative_to(root).as_posix()
        html = path.read_text()
        # Reflex copies 404.html from the fallback when the plugins have run; we serve the fallback itself.
        if name not in hashes:
            continue
        policy = page_policy(hashes[name])
        pages[name] = Page(
            html,
            {
                "content-type": "text/html; charset=utf-8",
                "cache-control": _REVALIDATE,
                "vary": "accept-encoding, accept-language, cookie",
                "content-security-policy": policy,
            },
        )
    return pages


def _preload_headers(root: Path) -> dict[str, dict[str, str]]:
    """Route with parameters -> a ``Link`` header that starts its scripts together with the framework's."""
    manifest = next((root / "assets").glob("manifest-*.js")).read_text()
    routes = json.loads(manifest[manifest.index("{") : manifest.rindex("}") + 1])["routes"]
    headers = {}
    for entry in routes.values():
        path = entry.get("path") or ""
        if ":" not in path:
            continue
        route = re.sub(r":(\w+)", r"[\1]", path.strip("/"))
        scripts = [entry["module"], *entry.get("imports", [])]
        headers[route] = {"link": ", ".join(f"<{script}>; rel=modulepreload" for script in scripts)}
    return headers


async def _answer_body(
    scope: Scope, send: Send, request: Headers, status: int, body: Body, headers: Mapping[str, str]
) -> None:
    encoding, content = body.best(request.get("accept-encoding", ""))
    # One tag an encoding, as RFC 9110 asks of strong tags.
    tag = f'{body.tag[:-1]}-{encoding}"' if encoding else body.tag
    answer = {**headers, "etag": tag}
    if status == 200 and tag in [t.strip() for t in request.get("if-none-match", "").split(",")]:
        return await _answer(scope, send, 304, answer, b"")
    if encoding:
        answer["content-encoding"] = encoding
    await _answer(scope, send, status, answer, content)


async def _answer(scope: Scope, send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    if status != 304:
        raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
