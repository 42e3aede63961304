"""Letters: kept with what causes them, carried by a real SMTP server, never bent by what people typed."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from saas.kernel.settings import Settings
from saas.tenancy import letters, mail
from saas.tenancy.addresses import clean_email
from saas.tenancy.session import Database
from tests.accounts.people import letters_to, signed_up, someone
from tests.support.server import free_port


class Postbox:
    """What arrived; refuses as long as ``closed``."""

    def __init__(self) -> None:
        self.arrived: list[tuple[list[str], EmailMessage]] = []
        self.closed = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.closed:
            return "451 come back later"
        parsed = email.message_from_bytes(envelope.content or b"", policy=email.policy.default)  # pyright: ignore[reportArgumentType] -- bytes, as configured
        assert isinstance(parsed, EmailMessage)
        self.arrived.append((list(envelope.rcpt_tos), parsed))
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipients, message in self.arrived if address in recipients]


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, Settings]]:
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, Settings(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="Wasl وصل <no-reply@wasl.example>")  # pyright: ignore[reportCallIssue] -- the rest has defaults
    finally:
        controller.stop()


@pytest.mark.parametrize(("language", "subject"), [("en", "Confirm your address"), ("ar", "تأكيد عنوانك")])
async def test_a_letter_arrives_whole_in_the_persons_language(
    database: Database, postbox: tuple[Postbox, Settings], language: str, subject: str
):
    box, chosen = postbox
    address = someone()
    await signed_up(database, address, language=language, company="Café مرسى 24")
    await mail.carry(database, chosen)
    (letter,) = box.to(address)
    assert letter["Subject"].startswith(subject)
    assert letter["Content-Language"] == language
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert html is not None
    for part in (text.get_content(), html.get_content()):
        assert "Café مرسى 24" in part
        assert "/confirm?token=" in part
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in html.get_content()


async def test_a_letter_is_carried_once(database: Database, postbox: tuple[Postbox, Settings]):
    box, chosen = postbox
    address = someone()
    await signed_up(database, address)
    await mail.carry(database, chosen)
    await mail.carry(database, chosen)
    assert len(box.to(address)) == 1


async def test_a_closed_mail_server_loses_nothing(database: Database, postbox: tuple[Postbox, Settings]):
    box, chosen = postbox
    await mail.carry(database, chosen)
    address = someone()
    box.closed = True
    await signed_up(database, address)
    await mail.carry(database, chosen)
    async with database.system_session() as session:
        row = (await session.rows(_WAITING, to=address))[0]
    assert (row.attempts, row.sent_at) == (1, None)
    assert "451" in row.last_error
    box.closed = False
    assert await mail.carry(database, chosen) == 0, "it waits before the next try"
    async with database.system_session() as session:
        await session.execute(_LATER, {"to": address})
    await mail.carry(database, chosen)
    assert len(box.to(address)) == 1


async def test_a_letter_that_nobody_takes_holds_up_no_other(
    database: Database, postbox: tuple[Postbox, Settings]
):
    box, chosen = postbox
    await mail.carry(database, chosen)
    for address in (f"nobody-{someone()}", f"nobody-{someone()}", taken := someone()):
        await signed_up(database, address)
    assert await mail.carry(database, chosen) == 1
    assert len(box.to(taken)) == 1


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("layla@مثال.example", "layla@xn--mgbh0fb.example"),
        ("LAYLA@Bücher.example", "LAYLA@xn--bcher-kva.example"),
        ("ليلى@example.com", "ليلى@example.com"),
    ],
)
def test_an_address_beyond_ascii_can_be_written_to(address: str, sent_to: str):
    kept = _message("s", "t", "h", to_name="Layla", to_email=clean_email(address))
    message = mail.as_message(kept, Settings())  # pyright: ignore[reportCallIssue] -- values have defaults
    assert message["To"].addresses[0].addr_spec == sent_to


async def test_a_sign_up_that_is_refused_sends_nothing(database: Database):
    address = someone()
    await signed_up(database, slug="sends-nothing")
    with pytest.raises(Exception, match="slug_taken"):
        await signed_up(database, address, slug="sends-nothing")
    assert await letters_to(database, address) == []


@pytest.mark.parametrize(
    "typed",
    [
        "Evil\r\nBcc: victim@example.com",
        "Evil\nX-Header: 1\n\nbody",
        "Evil\u2028Bcc: victim@example.com",
        "Evil\x00\x0bBcc: victim@example.com",
    ],
)
def test_what_people_type_never_becomes_a_header(typed: str):
    letter = letters.write(
        "invitation", to="a@example.com", language="en", path="/x", inviter=typed, company=typed, role="Rep"
    )
    kept = _message(letter.subject, letter.text, letter.html, to_name=typed.splitlines()[0])
    message = mail.as_message(kept, Settings())  # pyright: ignore[reportCallIssue] -- values have defaults
    parsed = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert parsed["Bcc"] is None
    assert parsed["X-Header"] is None
    assert parsed.get_all("To") == message.get_all("To")


def test_a_name_with_a_line_break_is_refused_rather_than_sent():
    with pytest.raises(ValueError, match=r"linefeed|CR|newline"):
        mail.as_message(_message("s", "t", "h", to_name="A\r\nBcc: b@example.com"), Settings())  # pyright: ignore[reportCallIssue] -- values have defaults


def test_names_do_not_become_markup():
    letter = letters.write(
        "invitation",
        to="a@example.com",
        language="en",
        path="/x",
        inviter="<b>x</b>",
        company='"><img>',
        role="r",
    )
    assert "<b>x" not in letter.html
    assert "<img>" not in letter.html


def test_a_letter_to_somebody_without_a_name_greets_nobody():
    letter = letters.write(
        "invitation",
        to="a@b.example",
        language="en",
        path="/x",
        name="",
        inviter="Dana",
        company="C",
        role="Rep",
    )
    assert letter.text.startswith("\u2068Dana\u2069 invites you")


def _message(subject: str, text: str, html: str, *, to_name: str, to_email: str = "a@example.com") -> Any:
    from datetime import UTC, datetime
    from uuid import uuid4

    from saas.tenancy.models import MailMessage

    return MailMessage(
        public_id=uuid4(),
        kind="invitation",
        to_email=to_email,
        to_name=to_name,
        subject=subject,
        text_body=text,
        html_body=html,
        created_at=datetime.now(UTC),
    )


_WAITING = sa.text("SELECT attempts, sent_at, last_error FROM wasl.mail_message WHERE to_email = :to")
_LATER = sa.text("UPDATE wasl.mail_message SET tried_at = now() - interval '1 day' WHERE to_email = :to")
