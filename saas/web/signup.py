"""Signing up, confirming an address, and a forgotten password."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from saas.kernel.settings import settings
from saas.tenancy import accounts, confirmations, founding, password_resets
from saas.tenancy import session as doors
from saas.tenancy.accounts import SignUp
from saas.web.forms import Form, go_to, posted, session_token, sign_out_cookie
from saas.web.preferences import look_of
from saas.web.signin import close_tabs, device, enter, leave_session

_FIELDS = ("company", "name", "email", "password", "slug", "country", "currency", "time_zone", "language")


def routes() -> list[BaseRoute]:
    return [
        Route("/signup", posted(_sign_up), methods=["POST"]),
        Route("/confirm", posted(_confirm), methods=["POST"]),
        Route("/forgot", posted(_forgot), methods=["POST"]),
        Route("/reset", posted(_reset), methods=["POST"]),
    ]


async def _sign_up(request: Request, form: Form) -> Response:
    values = {name: form.get(name, "") for name in _FIELDS}
    look = look_of(request.headers.get("cookie", ""), request.headers.get("accept-language", ""))
    values["language"] = values["language"] or look.language.value
    database = doors.current()
    signed_in = await accounts.sign_up(
        database, SignUp(**values), device(request), trial_days=settings().trial_days
    )
    await founding.provision(database, signed_in.tenant_id)
    await leave_session(request)
    return enter(request, signed_in, "/onboarding")


async def _confirm(request: Request, form: Form) -> Response:
    confirmed = await confirmations.confirm(doors.current(), form.get("token", ""))
    await close_tabs(confirmed.ended)
    if confirmed.joined:
        return sign_out_cookie(go_to(request, "/signin?note=confirm.joined"))
    # The letter may be opened on another device than the one that signed up.
    place = "/settings/profile" if session_token(request) else "/signin"
    return go_to(request, f"{place}?note=confirm.done")


async def _forgot(request: Request, form: Form) -> Response:
    database = doors.current()
    address = await password_resets.check_forgot(database, form.get("email", ""), device(request))
    response = go_to(request, "/signin?note=forgot.sent")
    # After the answer: whether the address is known shows neither in it nor in its time.
    response.background = BackgroundTask(password_resets.send_reset, database, address)
    return response


async def _reset(request: Request, form: Form) -> Response:
    ended = await password_resets.reset(
        doors.current(), form.get("token", ""), form.get("password", ""), device(request)
    )
    await close_tabs(ended)
    return sign_out_cookie(go_to(request, "/signin?note=reset.done"))
