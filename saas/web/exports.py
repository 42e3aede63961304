"""A list as a CSV file: the rows that the query holds and that the member may see, streamed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from saas.kernel.errors import AppError, NotAllowed, NotFound
from saas.kernel.i18n import translate
from saas.kernel.money import Money
from saas.kernel.permissions import WorkspacePermission
from saas.state.listing import PAGE, Query, WrongQuery, page_of
from saas.state.resource import RESOURCES, Kind, Resource
from saas.tenancy import session as doors
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.viewer import SignedOut, Viewer, bind
from saas.web.forms import session_token

# A spreadsheet would run what starts like this; a leading apostrophe keeps it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def routes() -> list[BaseRoute]:
    return [Route("/export/{resource}", export, methods=["GET"])]


async def export(request: Request) -> Response:
    """``GET /export/<resource>?q=<query as JSON>``: UTF-8 with a mark, so that spreadsheets read Arabic."""
    try:
        viewer = await recognise(session_token(request)) if session_token(request) else None
        if viewer is None:
            raise SignedOut
        resource = RESOURCES.get(request.path_params["resource"])
        if resource is None:
            raise NotFound
        if not viewer.may(resource.see) or not viewer.may(WorkspacePermission.EXPORT):
            raise NotAllowed(permission=resource.see.value)
        query = _query(request.query_params.get("q", "{}"))
        lines = _lines(viewer, resource, query)
        # What a query asks for may be refused when it is looked up: in words, before the file begins.
        first = await anext(lines)
    except AppError as refusal:
        return JSONResponse({"errors": [refusal.as_message()]}, status_code=refusal.status)
    return StreamingResponse(
        _from(first, lines),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{resource.key}.csv"',
            "cache-control": "no-store",
        },
    )


async def _lines(viewer: Viewer, resource: Resource, query: Query) -> AsyncIterator[bytes]:
    """A page of rows at a time, each in a short transaction, so that no export holds one open."""
    shown = [c for c in resource.columns if not c.only_form]
    bind(viewer)
    head = [translate(viewer.language, column.label) for column in shown]
    before = b"\xef\xbb\xbf" + _line(head)
    while True:
        async with viewer_session(doors.current(), viewer) as session:
            found = await page_of(session, resource, query)
            rows = {row["_key"]: row for row in await resource.rows(session, found.ids)}
        text = b"".join(
            _line([_cell(viewer, c.kind, rows[key].get(c.key), rows[key]) for c in shown])
            for key in found.ids
            if key in rows
        )
        yield before + text
        before = b""
        if not found.next or len(found.ids) < PAGE:
            return
        query = query.model_copy(update={"cursor": found.next})


async def _from(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode()


def _cell(viewer: Viewer, kind: Kind | str, value: Any, row: dict[str, Any]) -> str:
    if value is None:
        return ""
    if kind == Kind.MONEY and isinstance(value, int):
        return str(Money(value, row.get("currency") or viewer.currency).amount)
    if isinstance(value, dict):
        value = value.get("label") or value.get("name") or ""
    if isinstance(value, (list, tuple)):
        value = ", ".join(str(item.get("label", item) if isinstance(item, dict) else item) for item in value)
    return str(value) if isinstance(value, (int, float)) else safe_cell(str(value))


def _query(given: str) -> Query:
    try:
        return Query.model_validate(json.loads(given)).model_copy(update={"cursor": "", "back": False})
    except (ValueError, ValidationError, RecursionError):
        raise WrongQuery("q") from None
