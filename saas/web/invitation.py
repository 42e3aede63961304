"""Accepting an invitation: what it offers, and taking it."""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from saas.state import live
from saas.tenancy import invitations, members
from saas.tenancy import session as doors
from saas.web.forms import Form, answer, posted, session_token
from saas.web.signin import device, enter, leave_session


def routes() -> list[BaseRoute]:
    return [
        Route("/invitation/look", posted(_look), methods=["POST"]),
        Route("/invitation", posted(_accept), methods=["POST"]),
    ]


async def _look(request: Request, form: Form) -> Response:
    # A POST, so that the token stands in no server's log and no Referer.
    offer = await invitations.look(doors.current(), form.get("token", ""), device(request))
    return answer({"offer": asdict(offer)})


async def _accept(request: Request, form: Form) -> Response:
    signed_in = await invitations.accept(
        doors.current(),
        form.get("token", ""),
        name=form.get("name", ""),
        password=form.get("password", ""),
        device=device(request),
        signed_in=session_token(request),
    )
    await live.resync(signed_in.tenant_id, members.TOPIC)
    await leave_session(request)
    return enter(request, signed_in, "/home")
