"""Files up and down: streamed, limited, checked against the record they hang on, never run by a browser."""

from __future__ import annotations

import hashlib
import os
import secrets
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import anyio
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from saas.directory import attachments
from saas.directory.models import Attachment
from saas.kernel.errors import AppError, Invalid, NotAllowed, NotFound
from saas.kernel.settings import settings
from saas.state.resource import RESOURCES, Resource
from saas.state.unit import unit_of_work
from saas.tenancy import rates, write_gate
from saas.tenancy import session as doors
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.viewer import SignedOut, Viewer, bind
from saas.web import body_limit
from saas.web.forms import check_origin, check_session_token, session_token

# Shown in place; everything else is handed over as a download, whatever the sender called it.
_SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"%PDF-": "application/pdf",
}


class TooLarge(Invalid):
    """``n`` is the limit in megabytes."""

    key = "errors.file_too_large"
    status = 413


class EmptyFile(Invalid):
    key = "errors.file_empty"


def routes() -> list[BaseRoute]:
    body_limit.allow("/files/", settings().max_upload_mb * 1024 * 1024 + 4096)
    return [
        Route("/files/{resource}/{record}", upload, methods=["POST"]),
        Route("/files/{file}", download, methods=["GET"]),
    ]


async def upload(request: Request) -> Response:
    """``POST /files/<resource>/<record>``, the body being the file, ``X-File-Name`` its name (URL-encoded)
    and ``X-CSRF`` the session's token. Answers ``{id}``."""
    try:
        check_origin(request)
        viewer = await _viewer(request)
        check_session_token(request, viewer.csrf)
        resource = _resource(request)
        if not viewer.may(resource.edit):
            raise NotAllowed(permission=resource.edit.value)
        write_gate.admit(viewer.tenant_state)
        await rates.hit(doors.current(), (rates.FILE_COMPANY, str(viewer.tenant_id)))
        stored = await _store(request, viewer)
        try:
            return JSONResponse({"id": await _attach(request, viewer, resource, stored)})
        except BaseException:
            path_of(viewer.tenant_id, stored["stored_as"]).unlink(missing_ok=True)
            raise
    except AppError as refusal:
        return JSONResponse({"errors": [refusal.as_message()]}, status_code=refusal.status)


async def download(request: Request) -> Response:
    """``GET /files/<id>``: to those who may see the record it hangs on."""
    try:
        viewer = await _viewer(request)
        async with viewer_session(doors.current(), viewer) as session:
            file = await session.by_public_id(Attachment, request.path_params["file"])
            resource = RESOURCES.get(file.subject)
            if file.archived_at is not None or resource is None or not viewer.may(resource.see):
                raise NotFound
            await session.get(resource.model, file.subject_id)
        path = path_of(viewer.tenant_id, file.stored_as)
        if not path.is_file():
            raise NotFound
    except AppError as refusal:
        return JSONResponse({"errors": [refusal.as_message()]}, status_code=refusal.status)
    inline = file.media_type in _SHOWN
    disposition = "inline" if inline else "attachment"
    return FileResponse(
        path,
        media_type=file.media_type if inline else "application/octet-stream",
        headers={
            "content-disposition": f"{disposition}; filename*=UTF-8''{quote(file.file_name)}",
            "cache-control": "private, no-store",
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        },
    )


def path_of(tenant_id: int, stored_as: str) -> Path:
    """Where a file's bytes lie; ``stored_as`` is ours, hexadecimal, never what the browser sent."""
    if not stored_as or not all(c in "0123456789abcdef" for c in stored_as):
        raise NotFound
    return settings().data_dir / "files" / str(tenant_id) / stored_as[:2] / stored_as


async def _viewer(request: Request) -> Viewer:
    token = session_token(request)
    viewer = await recognise(token) if token else None
    if viewer is None:
        raise SignedOut
    bind(viewer)
    return viewer


def _resource(request: Request) -> Resource:
    resource = RESOURCES.get(request.path_params["resource"])
    if resource is None:
        raise NotFound
    return resource


async def _store(request: Request, viewer: Viewer) -> dict[str, Any]:
    """The body into a file of its own; what arrives only in part leaves nothing."""
    stored_as = secrets.token_hex(16)
    path = path_of(viewer.tenant_id, stored_as)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size, head = hashlib.sha256(), 0, b""
    limit = settings().max_upload_mb * 1024 * 1024
    try:
        async with await anyio.open_file(path, "xb") as sink:
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise TooLarge(n=settings().max_upload_mb)
                head = head or chunk[:16]
                digest.update(chunk)
                await sink.write(chunk)
            await sink.flush()
            await anyio.to_thread.run_sync(os.fsync, sink.wrapped.fileno())
        if not size:
            raise EmptyFile
    except BaseException:  # a full disk and a server that stops leave nothing either
        path.unlink(missing_ok=True)
        raise
    return {
        "stored_as": stored_as,
        "size_bytes": size,
        "sha256": digest.hexdigest(),
        "media_type": next(
            (kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "application/octet-stream"
        ),
    }


async def _attach(request: Request, viewer: Viewer, resource: Resource, stored: dict[str, Any]) -> str:
    async with unit_of_work("file.add", viewer=viewer) as session:
        record = await session.by_public_id(resource.model, request.path_params["record"])
        attachment = await attachments.add(
            session,
            resource.key,
            record.id,
            file_name=file_name(request.headers.get("x-file-name", "")),
            **stored,
        )
        session.touch(resource.key, [record.id])
        return str(attachment.public_id)


def file_name(given: str) -> str:
    """A name without folders, control or direction characters, at most 200 characters."""
    bare = Path(unquote(given).replace("\\", "/")).name
    bare = "".join(c for c in bare if unicodedata.category(c) not in {"Cc", "Cf", "Cs"}).strip(" .")
    return bare[-200:] or "file"
