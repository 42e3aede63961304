"""A list as a CSV file: the rows that the query holds and that the member may see, streamed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from saas.directory.imports.reading.cells import guarded
from saas.kernel.errors import AppError, NotAllowed, NotFound
from saas.kernel.i18n import translate
from saas.kernel.money import Money
from saas.kernel.permissions import WorkspacePermission
from saas.state.listing import PAGE, Query, WrongQuery, page_of
from saas.state.resource import RESOURCES, Column, Kind, Resource
from saas.tenancy import session as doors
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.viewer import SignedOut, Viewer, bind
from saas.web.forms import session_token

# A bar is drawn, not written: what it says stands in the columns beside it.
_DRAWN = "level"


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
    shown = [c for c in resource.columns if not c.only_form and c.kind != _DRAWN]
    bind(viewer)
    head = [translate(viewer.language, column.label) for column in shown]
    before = b"\xef\xbb\xbf" + _line(head)
    while True:
        async with viewer_session(doors.current(), viewer) as session:
            found = await page_of(session, resource, query)
            rows = {row["_key"]: row for row in await resource.rows(session, found.ids)}
        text = b"".join(
            _line([_cell(viewer, c, rows[key]) for c in shown]) for key in found.ids if key in rows
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


def _line(cells: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode()


def _cell(viewer: Viewer, column: Column, row: dict[str, Any]) -> str:
    """A value as the list says it, in the reader's words; what a spreadsheet would run stays text."""
    value = row.get(column.key)
    if value is None:
        return ""
    if column.kind == Kind.MONEY and isinstance(value, int):
        return _amount(Money(value, row.get(column.currency) or viewer.currency), viewer.currency)
    if column.kind == Kind.BOOL:
        return translate(viewer.language, "ui.yes" if value else "ui.no")
    if column.kind == Kind.CHOICE:
        value = _choice(viewer, column, value)
    elif column.kind == Kind.DATETIME:
        value = f"{datetime.fromisoformat(value).astimezone(ZoneInfo(viewer.time_zone)):%Y-%m-%d %H:%M}"
    elif isinstance(value, dict):
        value = value.get("label") or value.get("name") or ""
    elif isinstance(value, (list, tuple)):
        value = ", ".join(str(item.get("label", item) if isinstance(item, dict) else item) for item in value)
    return guarded(str(value))


def _amount(money: Money, usual: str) -> str:
    """A number that can be summed; in another currency than the company's it says so, and cannot."""
    return str(money.amount) if money.currency == usual else f"{money.currency} {money.amount}"


def _choice(viewer: Viewer, column: Column, value: str) -> str:
    label = next((choice.label for choice in column.choices if choice.value == value), "")
    return translate(viewer.language, label) if label else value


def _query(given: str) -> Query:
    try:
        return Query.model_validate(json.loads(given)).model_copy(update={"cursor": "", "back": False})
    except (ValueError, ValidationError, RecursionError):
        raise WrongQuery("q") from None
