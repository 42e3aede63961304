"""Files of imports over HTTP: one comes in as a stream, refused rows go out as a CSV."""

from __future__ import annotations

import asyncio
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from saas.directory.imports import intake, runs
from saas.directory.imports.models import ImportRun
from saas.directory.imports.refused import refused_csv
from saas.kernel.errors import AppError, NotAllowed, NotFound
from saas.kernel.permissions import WorkspacePermission
from saas.state import importing as importing  # opens the topic that tells of imports
from saas.state.unit import unit_of_work
from saas.tenancy import rates, write_gate
from saas.tenancy import session as doors
from saas.tenancy.owned import uuid7
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.viewer import SignedOut, Viewer
from saas.web import body_limit
from saas.web.forms import answer, check_origin, check_session_token, session_token

UPLOAD = "/import/files"
# Counted while it streams, so that the refusal is in words and comes before the file does.
body_limit.allow(UPLOAD, 1 << 50)


def routes() -> list[BaseRoute]:
    return [
        Route(UPLOAD, _upload, methods=["POST"]),
        Route(UPLOAD + "/{id}/refused", _refused, methods=["GET"]),
    ]


async def _upload(request: Request) -> Response:
    """Answers ``{"id": ...}`` of the new import, or ``{"errors": [...]}``."""
    try:
        check_origin(request)
        viewer = await _importer(request)
        check_session_token(request, viewer.csrf)
        write_gate.admit(viewer.tenant_state)
        await rates.hit(doors.current(), (rates.IMPORT_COMPANY, str(viewer.tenant_id)))
        folder = intake.folder_of(viewer.tenant_id, uuid7())
        name = unquote(request.headers.get("x-file-name", ""))[:500]
        arrived = await intake.store(folder, name, request.stream(), announced=_announced(request))
        reading, seen = await runs.read_arrived(arrived)
        try:
            async with unit_of_work("imports.upload", viewer=viewer) as session:
                run = await runs.receive(session, arrived, reading, seen, viewer.may)
        except BaseException:
            await asyncio.to_thread(intake.discard, folder)
            raise
        return answer({"id": str(run.public_id)})
    except AppError as refusal:
        # What is still to come is not read: the connection cannot carry another request.
        headers = {"cache-control": "no-store", "connection": "close"}
        return JSONResponse({"errors": [refusal.as_message()]}, refusal.status, headers)


async def _refused(request: Request) -> Response:
    try:
        viewer = await _importer(request)
        async with viewer_session(doors.current(), viewer) as session:
            run = await session.by_public_id(ImportRun, request.path_params["id"])
        rows_file = intake.rows_in(intake.folder_of(viewer.tenant_id, run.public_id))
        if not run.refused or not await asyncio.to_thread(rows_file.exists):
            raise NotFound
    except AppError as refusal:
        return JSONResponse({"errors": [refusal.as_message()]}, refusal.status, {"cache-control": "no-store"})
    name = f"{run.file_name.rsplit('.', 1)[0]}-refused.csv"
    return StreamingResponse(
        refused_csv(list(run.reading["headers"]), rows_file, run.refused, viewer.language),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "cache-control": "private, no-store",
            "x-content-type-options": "nosniff",
        },
    )


async def _importer(request: Request) -> Viewer:
    """Who asks, and may import. Raises ``SignedOut`` or ``NotAllowed``."""
    token = session_token(request)
    viewer = await recognise(token) if token else None
    if viewer is None:
        raise SignedOut
    if not viewer.may(WorkspacePermission.IMPORT):
        raise NotAllowed(permission=WorkspacePermission.IMPORT.value)
    return viewer


def _announced(request: Request) -> int | None:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdigit() else None
