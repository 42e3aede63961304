"""Signing in, signing out and switching company: the routes that set the session cookie of somebody known."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from saas.state import live
from saas.tenancy import accounts, workplaces
from saas.tenancy import session as doors
from saas.tenancy.accounts import SignedIn
from saas.tenancy.login_sessions import Device, Ended
from saas.web.forms import (
    Form,
    address_of,
    csrf,
    device_of,
    go_to,
    posted,
    preference_cookie,
    safe_next,
    session_token,
    sign_in_cookie,
    sign_out_cookie,
)


def routes() -> list[BaseRoute]:
    return [
        Route("/csrf", csrf, methods=["GET"]),
        Route("/signin", posted(_sign_in), methods=["POST"]),
        Route("/signout", posted(_sign_out), methods=["POST"]),
        Route("/switch", posted(_switch), methods=["POST"]),
    ]


def device(request: Request) -> Device:
    return Device(address_of(request), device_of(request))


def enter(request: Request, signed_in: SignedIn, path: str) -> Response:
    """Set the cookies of a fresh session and send the browser to ``path`` by a full load."""
    response = sign_in_cookie(go_to(request, path), signed_in.token)
    preference_cookie(response, "wasl_lang", signed_in.language)
    if signed_in.theme != "system":
        preference_cookie(response, "wasl_theme", signed_in.theme)
    return response


async def close_tabs(ended: Ended | None, kind: str = "ended") -> None:
    """Tabs of sessions that have ended go to sign-in, at once; those of "moved" ones load anew."""
    if ended is None:
        return
    for tenant_id in ended.tenant_ids:
        await live.end_sessions(tenant_id, session_ids=ended.session_ids, kind=kind)


async def leave_session(request: Request) -> None:
    """End the session that this browser still has: another person may be about to use it."""
    if token := session_token(request):
        await close_tabs(await accounts.sign_out(doors.current(), token))


async def _sign_in(request: Request, form: Form) -> Response:
    signed_in = await accounts.sign_in(
        doors.current(), form.get("email", ""), form.get("password", ""), device(request)
    )
    await leave_session(request)
    return enter(request, signed_in, safe_next(form.get("next", "")))


async def _sign_out(request: Request, form: Form) -> Response:
    if form.get("others"):
        await close_tabs(await accounts.sign_out_others(doors.current(), session_token(request)))
        return go_to(request, safe_next(form.get("next", ""), "/settings/sessions"))
    await leave_session(request)
    return sign_out_cookie(go_to(request, "/signin"))


async def _switch(request: Request, form: Form) -> Response:
    token = session_token(request)
    left = await workplaces.switch(doors.current(), token, form.get("company", ""))
    # Other tabs of this browser still show the company before; they load anew.
    await close_tabs(left, "moved")
    return go_to(request, "/home")
