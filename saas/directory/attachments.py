"""Files on a record: what they are called and where they lie; the bytes are the web's business."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.models import Attachment
from saas.kernel.clock import now
from saas.kernel.errors import NotFound
from saas.tenancy.models import Membership
from saas.tenancy.session import TenantSession


async def add(
    session: TenantSession,
    subject: str,
    subject_id: int,
    *,
    file_name: str,
    media_type: str,
    size_bytes: int,
    sha256: str,
    stored_as: str,
) -> Attachment:
    """Note a stored file on a record. ``sha256`` is the hex digest of its bytes."""
    attachment = Attachment(
        subject=subject,
        subject_id=subject_id,
        uploaded_by=session.member_id,
        file_name=file_name,
        media_type=media_type,
        size_bytes=size_bytes,
        sha256=sha256,
        stored_as=stored_as,
    )
    session.add(attachment)
    await session.flush()
    return attachment


async def remove(session: TenantSession, subject: str, subject_id: int, public_id: str) -> Attachment:
    """Off this record; the bytes stay for Undo. Raises ``NotFound``, also for a file of another record: who
    may change this one need not even see that one."""
    attachment = await session.by_public_id(Attachment, public_id)
    if (attachment.subject, attachment.subject_id) != (subject, subject_id):
        raise NotFound
    attachment.archived_at = now()
    await session.flush()
    return attachment


async def of(session: TenantSession, subject: str, subject_id: int) -> list[dict[str, Any]]:
    """A record's files, newest first: ``{id, name, type, size, at, by}``, size in bytes."""
    query = (
        sa.select(Attachment, col(Membership.display_name))
        .outerjoin(Membership, col(Membership.id) == col(Attachment.uploaded_by))
        .where(
            col(Attachment.subject) == subject,
            col(Attachment.subject_id) == subject_id,
            col(Attachment.archived_at).is_(None),
        )
        .order_by(col(Attachment.id).desc())
    )
    return [
        {
            "id": str(file.public_id),
            "name": file.file_name,
            "type": file.media_type,
            "size": file.size_bytes,
            "at": file.created_at.isoformat(),
            "by": name or "",
        }
        for file, name in await session.rows(query)
    ]
