"""The outbox: letters are kept in the transaction that causes them, and carried by SMTP after it.

Without SMTP they stay where they are and ``/dev/mail`` shows them.
"""

from __future__ import annotations

import asyncio
import email.policy
import logging
import smtplib
import ssl
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from enum import Enum, auto
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.settings import Settings, settings
from saas.tenancy.jobs import schedule
from saas.tenancy.letters import Letter
from saas.tenancy.models import MailMessage
from saas.tenancy.session import Database, SystemSession, TenantSession, current

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 12
_KEPT = timedelta(days=30)
_TIMEOUT_S = 20
_CLAIM = sa.text(
    """
    UPDATE wasl.mail_message SET attempts = attempts + 1, tried_at = now()
    WHERE id = (
      SELECT id FROM wasl.mail_message
      WHERE sent_at IS NULL AND attempts < :most
        AND (tried_at IS NULL OR tried_at + make_interval(secs => 15 * 2 ^ attempts) < now())
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id
    """
)
_NOTE = sa.text(
    "UPDATE wasl.mail_message SET last_error = :failure, sent_at = CASE WHEN :failed THEN NULL ELSE now() END"
    " WHERE id = :id"
)
_OUTBOX = sa.table(
    "mail_message",
    *(sa.column(name) for name in ("tenant_id", "kind", "to_email", "to_name", "language", "subject")),
    *(sa.column(name) for name in ("text_body", "html_body")),
    sa.column("links", JSONB),
    schema="wasl",
)
# Tasks are kept from the collector until they are done.
_carrying: set[asyncio.Task[int]] = set()


async def post(session: SystemSession | TenantSession, letter: Letter, *, to_name: str = "") -> None:
    """Keep the letter in this transaction; it is carried once that has committed, never if it rolls back."""
    tenant_id = session.tenant_id if isinstance(session, TenantSession) else None
    assert isinstance(session, AsyncSession)
    # A company's connection may add a letter but read none back nor set what the carrier keeps, so no ORM
    # object here: its defaults would name columns that are not granted.
    await session.execute(
        sa.insert(_OUTBOX)
        .values(
            tenant_id=tenant_id,
            kind=letter.kind,
            to_email=letter.to,
            to_name=to_name,
            language=letter.language,
            subject=letter.subject,
            text_body=letter.text,
            html_body=letter.html,
            links=[letter.link],
        )
        .inline()
    )
    session.after_commit(partial(_carry_now, current()))


async def kept(database: Database, limit: int = 200) -> list[dict[str, Any]]:
    """The newest letters: ``{id, to, subject, text, html, language, links, at, sent}``."""
    newest = sa.select(MailMessage).order_by(sa.text("id DESC")).limit(limit)
    async with database.system_session() as session:
        return [
            {
                "id": str(m.public_id),
                "to": m.to_email,
                "subject": m.subject,
                "text": m.text_body,
                "html": m.html_body,
                "language": m.language,
                "links": m.links,
                "at": m.created_at.isoformat(),
                "sent": m.sent_at is not None,
            }
            for m in await session.all(newest)
        ]


async def carry(database: Database, chosen: Settings) -> int:
    """Send what waits, once; gives how many went out. Safe in several processes at once.

    A letter that cannot be handed on waits longer each time; after ``MAX_ATTEMPTS`` it stays with the error.
    """
    if not chosen.smtp_url:
        return 0
    sent = 0
    while (came := await _carry_one(database, chosen)) in (_Came.SENT, _Came.REFUSED):
        sent += came is _Came.SENT
    return sent


@schedule("mail.carry", "* * * * *")
async def carry_waiting(database: Database) -> None:
    """What could not be handed over at once, and what another process left; old letters go."""
    await carry(database, settings())
    await _forget_old(database, settings())


def as_message(mail: MailMessage, chosen: Settings) -> EmailMessage:
    """The MIME message: text and HTML in UTF-8. Header values that hold a line break raise ``ValueError``."""
    message = EmailMessage(policy=email.policy.SMTP)
    sender_name, sender = parseaddr(chosen.mail_from)
    message["Subject"] = mail.subject
    message["From"] = _address(sender_name, sender)
    message["To"] = _address(mail.to_name, mail.to_email)
    message["Date"] = formatdate(mail.created_at.timestamp())
    # The same id at every attempt, so that a letter sent twice is shown once.
    message["Message-ID"] = f"<{mail.public_id}@{sender.rpartition('@')[2] or make_msgid()[1:-1]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text_body)
    message.add_alternative(mail.html_body, subtype="html")
    # Last: setting content clears the headers that describe it.
    message["Content-Language"] = mail.language
    return message


def _address(name: str, address: str) -> Address:
    """As it goes over the wire: every server takes a domain in its ASCII form; what stands before it goes as
    it is, to servers that say they take it (RFC 6531)."""
    local, _, domain = address.rpartition("@")
    return Address(name, username=local, domain=domain.encode("idna").decode())


class _Came(Enum):
    """What came of one letter. ``REFUSED`` is this one alone; ``DOWN`` the server, so the others can wait."""

    SENT = auto()
    REFUSED = auto()
    DOWN = auto()
    NONE_WAITS = auto()


# What a server says of one letter and its recipient, and what cannot be made into a message at all.
_OF_THE_LETTER = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    ValueError,
)


async def _carry_one(database: Database, chosen: Settings) -> _Came:
    """Claim one waiting letter, send it outside of any transaction, note it.

    A process that dies in between leaves a claim that ends by itself.
    """
    async with database.system_session() as session:
        claimed = (await session.execute(_CLAIM, {"most": MAX_ATTEMPTS})).scalar_one_or_none()
        if claimed is None:
            return _Came.NONE_WAITS
        mail = await session.one(sa.select(MailMessage).where(MailMessage.id == claimed))  # pyright: ignore[reportArgumentType] -- a column expression
    assert mail is not None
    came, failure = await asyncio.to_thread(_send, mail, chosen)
    if failure:
        log.warning("letter %s waits after attempt %d: %s", mail.public_id, mail.attempts, failure)
    async with database.system_session() as session:
        await session.execute(_NOTE, {"failure": failure or None, "failed": bool(failure), "id": mail.id})
    return came


def _send(mail: MailMessage, chosen: Settings) -> tuple[_Came, str]:
    """Hand over by SMTP; gives what came of it, and in words what went wrong, empty when nothing did."""
    assert chosen.smtp_url is not None
    url = urlsplit(chosen.smtp_url)
    host, secure = url.hostname or "localhost", url.scheme == "smtps"
    try:
        message = as_message(mail, chosen)
        connect = smtplib.SMTP_SSL if secure else smtplib.SMTP
        with connect(host, url.port or (465 if secure else 25), timeout=_TIMEOUT_S) as server:
            if not secure and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        came = _Came.REFUSED if isinstance(error, _OF_THE_LETTER) else _Came.DOWN
        return came, f"{type(error).__name__}: {error}"[:500]
    return _Came.SENT, ""


async def _forget_old(database: Database, chosen: Settings) -> None:
    """Letters hold links and names: sent ones are not kept for ever, nor any in production."""
    if not chosen.smtp_url:
        return
    async with database.system_session() as session:
        await session.execute(
            sa.text("DELETE FROM wasl.mail_message WHERE sent_at < now() - make_interval(secs => :kept)"),
            {"kept": _KEPT.total_seconds()},
        )


async def _carry_now(database: Database) -> None:
    """Without waiting for it: nobody's answer takes as long as a mail server does."""
    if settings().smtp_url:
        task = asyncio.create_task(carry(database, settings()), name="mail")
        _carrying.add(task)
        task.add_done_callback(_done)


def _done(task: asyncio.Task[int]) -> None:
    _carrying.discard(task)
    if not task.cancelled() and task.exception():
        log.error("mail waits", exc_info=task.exception())
