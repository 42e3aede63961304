"""Forms that change who is signed in: plain HTTP posts, since cookies are set by answers alone.

A form comes either from our page's script (``Accept: application/json``; answered with ``{"to": path}`` or
``{"errors": [...]}``) or natively (answered with 303). Both need the double-submit token and our own Origin.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from saas.kernel.errors import AppError, Invalid
from saas.kernel.settings import settings
from saas.tenancy.login_sessions import SESSION_DAYS
from saas.web.client_address import client_address
from saas.web.origins import allowed_origins

SESSION_COOKIE = "wasl_session"
CSRF_COOKIE = "wasl_csrf"
MAX_BODY = 16 * 1024
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,128}")

Form = Mapping[str, str]


class ForgedForm(AppError):
    """The post lacks our Origin or the token that our page holds."""

    key = "accounts.errors.forged_form"
    status = 403


class FormTooBig(Invalid):
    key = "errors.invalid"
    status = 413


def posted(
    handle: Callable[[Request, Form], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that has checked origin, token and size, and says refusals in the way that was asked."""

    async def endpoint(request: Request) -> Response:
        try:
            check_origin(request)
            form = await _fields(request)
            _check_token(request, form)
            return await handle(request, form)
        except AppError as error:
            return _refusal(request, error)

    return endpoint


def go_to(request: Request, path: str) -> Response:
    """Tell the page to load ``path`` anew, so that the socket's handshake carries the new cookie."""
    if _wants_json(request):
        return answer({"to": path})
    return RedirectResponse(path, status_code=303, headers={"cache-control": "no-store"})


def answer(content: dict[str, Any]) -> Response:
    """Plain data for the page's script, kept by nobody."""
    return JSONResponse(content, headers={"cache-control": "no-store"})


def safe_next(path: str, otherwise: str = "/home") -> str:
    """The path when it stays on our site, else ``otherwise``: nothing that a browser reads as another."""
    if not re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,500}", path):
        return otherwise
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else otherwise


def session_token(request: Request) -> str:
    """The session cookie's value, empty when absent or not of our shape."""
    token = request.cookies.get(SESSION_COOKIE, "")
    return token if _TOKEN.fullmatch(token) else ""


def sign_in_cookie(response: Response, token: str) -> Response:
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=SESSION_DAYS * 86_400,
        path="/",
        secure=settings().https,
        httponly=True,
        samesite="lax",
    )
    return response


def sign_out_cookie(response: Response) -> Response:
    response.delete_cookie(SESSION_COOKIE, path="/", secure=settings().https, httponly=True, samesite="lax")
    return response


def preference_cookie(response: Response, name: str, value: str) -> Response:
    """``wasl_lang`` or ``wasl_theme``: read by the page's script too, so not HttpOnly."""
    response.set_cookie(
        name, value, max_age=400 * 86_400, path="/", secure=settings().https, httponly=False, samesite="lax"
    )
    return response


async def csrf(request: Request) -> Response:
    """``GET /csrf``: gives the page's script its token, in a cookie that only our own pages can read."""
    token = request.cookies.get(CSRF_COOKIE, "")
    token = token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(32)
    response = JSONResponse({"token": token}, headers={"cache-control": "no-store"})
    response.set_cookie(
        CSRF_COOKIE, token, path="/", secure=settings().https, httponly=True, samesite="strict"
    )
    return response


def address_of(request: Request) -> str:
    """The sender's IP address, for rates and the list of devices."""
    return client_address(request.scope, settings().trusted_proxy_hops)


def device_of(request: Request) -> str:
    return request.headers.get("user-agent", "")[:300]


def check_origin(request: Request) -> None:
    origins = allowed_origins(settings())
    sent = request.headers.getlist("origin")
    if len(sent) != 1 or sent[0] not in origins:
        raise ForgedForm


def check_session_token(request: Request, csrf: str) -> None:
    """What sends a file in a page's name carries the token of its session in ``X-CSRF``. Raises
    ``ForgedForm``."""
    if not _same(request.headers.get("x-csrf", ""), csrf):
        raise ForgedForm


def _check_token(request: Request, form: Form) -> None:
    kept = request.cookies.get(CSRF_COOKIE, "")
    given = request.headers.get("x-csrf-token") or form.get("csrf", "")
    if not _TOKEN.fullmatch(kept) or not _same(given, kept):
        raise ForgedForm


def _same(given: str, kept: str) -> bool:
    # As bytes: of texts outside ASCII no comparison is made at all.
    return hmac.compare_digest(given.encode("utf-8", "replace"), kept.encode())


async def _fields(request: Request) -> Form:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise FormTooBig
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        text = body.decode("utf-8")
        if kind == "application/json":
            raw = json.loads(text)
            if not isinstance(raw, dict) or not all(isinstance(v, str) for v in raw.values()):
                raise Invalid
            # Half of a pair of surrogates is no text: nothing could hash it or keep it.
            return {str(name): value.encode().decode() for name, value in raw.items()}
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=40))
    except (ValueError, RecursionError) as error:  # the latter: brackets within brackets, by the thousand
        raise Invalid from error
    raise Invalid


def _refusal(request: Request, error: AppError) -> Response:
    if _wants_json(request):
        return JSONResponse(
            {"errors": [error.as_message()]}, status_code=error.status, headers={"cache-control": "no-store"}
        )
    back = request.url.path
    query = {"error": error.key, "field": error.field or ""}
    query |= {f"p.{name}": str(value) for name, value in error.params.items()}
    if isinstance(error, ForgedForm):
        return Response("forged form", status_code=403, media_type="text/plain")
    return RedirectResponse(f"{back}?{urlencode(query)}", status_code=303)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
