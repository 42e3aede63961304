"""The real HTTP app in this process, and a browser's manners: cookies, token, Origin."""

from __future__ import annotations

from typing import Any

import httpx
from starlette.responses import PlainTextResponse

from saas.kernel.settings import Settings
from saas.web.edge import Edge

ORIGIN = "http://localhost:8000"


class Visitor:
    """One browser. ``peer`` is the IP address that the server sees."""

    def __init__(self, peer: str, settings: Settings | None = None, origin: str = ORIGIN) -> None:
        chosen = settings or Settings()  # pyright: ignore[reportCallIssue] -- values come from the environment
        app = Edge(PlainTextResponse("reflex"), chosen, lambda: PlainTextResponse("page"))
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=(peer, 50_000)), base_url=origin, follow_redirects=False
        )
        self.origin = origin

    async def token(self) -> str:
        return (await self.http.get("/csrf")).json()["token"]

    async def post(
        self,
        path: str,
        fields: dict[str, str] | None = None,
        *,
        origin: str | None = ORIGIN,
        token: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """As the script sends a form; ``origin`` None leaves it out, ``token`` replaces the right one."""
        headers = {
            "accept": "application/json",
            "x-csrf-token": await self.token() if token is None else token,
            **({"origin": origin} if origin is not None else {}),
            **more.pop("headers", {}),
        }
        return await self.http.post(path, json=fields or {}, headers=headers, **more)

    @property
    def session(self) -> str | None:
        return self.http.cookies.get("wasl_session")
