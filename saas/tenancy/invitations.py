"""Places offered to colleagues by e-mail: sent, sent again, withdrawn, accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from saas.kernel import clock
from saas.kernel.errors import AppError, Invalid
from saas.kernel.i18n import translate
from saas.kernel.permissions import RoleKey
from saas.tenancy import letters, login_sessions, mail, passwords, rates
from saas.tenancy.accounts import SignedIn
from saas.tenancy.addresses import clean_email, clean_name, email_key
from saas.tenancy.again import made_again
from saas.tenancy.email_links import holder_of
from saas.tenancy.login_sessions import Device
from saas.tenancy.members import TOPIC as MEMBERS
from saas.tenancy.members import OwnersOnly, UnknownRole, role_named
from saas.tenancy.models import Account, Invitation, Membership, MemberState
from saas.tenancy.password_resets import WrongPassword
from saas.tenancy.session import Database, SystemSession, TenantSession
from saas.tenancy.tokens import digest, new_token

GOOD_FOR = timedelta(days=7)
MAX_OPEN = 500
_COUNT_OPEN = sa.text(
    "SELECT count(*) FROM wasl.invitation"
    " WHERE accepted_at IS NULL AND revoked_at IS NULL AND archived_at IS NULL"
)
_WITHDRAW_OPEN = sa.text(
    "UPDATE wasl.invitation SET revoked_at = now() WHERE email_key = :key"
    " AND accepted_at IS NULL AND revoked_at IS NULL AND archived_at IS NULL"
)


class AlreadyMember(Invalid):
    key = "members.errors.already_member"


class InvitationGone(AppError):
    """Used, withdrawn, too old, or never ours."""

    key = "members.errors.invitation_gone"
    status = 410


class TooManyOpen(AppError):
    key = "members.errors.too_many_open"
    status = 429


class ForAnother(AppError):
    """The one who is signed in here has another address than the one invited."""

    key = "accounts.errors.link_for_another"
    status = 403


class Inviter(Protocol):
    """Who offers the place: a viewer, or the member on whose behalf a job works."""

    @property
    def member_id(self) -> int: ...
    @property
    def member_name(self) -> str: ...
    @property
    def tenant_name(self) -> str: ...
    @property
    def role(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Offer:
    """What the invitation's page shows. ``known``: the address has an account, which signs in to accept."""

    company: str
    inviter: str
    role: str
    email: str
    name: str
    known: bool
    language: str


async def invite(session: TenantSession, email: str, role: str, *, by: Inviter, name: str = "") -> str:
    """Offer a place by a letter; an open offer to the same address is replaced. Gives its public id.

    ``role`` is a ``RoleKey``. Raises ``NotAnEmail``, ``UnknownRole``, ``OwnersOnly``, ``AlreadyMember``,
    ``TooManyOpen``.
    """
    address = clean_email(email)
    chosen = await role_named(session, role)
    if chosen.key == RoleKey.OWNER and by.role != RoleKey.OWNER:
        raise OwnersOnly("role")
    await _refuse_members(session, address)
    open_before = await session.one(_COUNT_OPEN)
    if (open_before or 0) >= MAX_OPEN:
        raise TooManyOpen(n=MAX_OPEN)
    await session.execute(_WITHDRAW_OPEN, {"key": email_key(address)})
    invitation = Invitation(
        email=address,
        email_key=email_key(address),
        name=clean_name(name) if name.strip() else "",
        role_id=chosen.id,
        membership_id=await _place_kept_for(session, address),
        token_hash=b"",
        invited_by=by.member_id,
        expires_at=clock.now() + GOOD_FOR,
    )
    await _send(session, invitation, chosen.key or chosen.name, by)
    return str(invitation.public_id)


async def resend(session: TenantSession, invitation_id: UUID | str, *, by: Inviter) -> None:
    """A new letter with a new link; the old link is void. Raises ``NotFound``, ``InvitationGone``."""
    invitation = await session.by_public_id(Invitation, invitation_id, lock=True)
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationGone
    role = await session.one(
        sa.text("SELECT coalesce(key, name) FROM wasl.role WHERE id = :id"), id=invitation.role_id
    )
    invitation.expires_at = clock.now() + GOOD_FOR
    await _send(session, invitation, str(role), by)


async def revoke(session: TenantSession, invitation_id: UUID | str) -> None:
    """Withdraw the offer: its link opens nothing any more. Raises ``NotFound``, ``InvitationGone``."""
    invitation = await session.by_public_id(Invitation, invitation_id, lock=True)
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationGone
    invitation.revoked_at = clock.now()
    session.touch(MEMBERS, [])
    await session.flush()


async def listed(session: TenantSession) -> list[dict[str, Any]]:
    """Open offers, newest first: ``{id, email, name, role, sent, expires, expired}``."""
    rows = await session.rows(
        sa.text(
            "SELECT i.public_id::text AS id, i.email, i.name, coalesce(r.key, r.name) AS role, i.updated_at,"
            " i.expires_at, i.expires_at < now() AS expired FROM wasl.invitation i"
            " JOIN wasl.role r ON r.tenant_id = i.tenant_id AND r.id = i.role_id"
            " WHERE i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.archived_at IS NULL"
            " ORDER BY i.id DESC"
        )
    )
    return [
        {
            "id": r.id,
            "email": r.email,
            "name": r.name,
            "role": r.role,
            "sent": r.updated_at.isoformat(),
            "expires": r.expires_at.isoformat(),
            "expired": r.expired,
        }
        for r in rows
    ]


async def look(database: Database, token: str, device: Device) -> Offer:
    """What a link offers; the link proves the address, so its holder may know. Raises ``InvitationGone``."""
    await rates.hit(database, (rates.TOKEN_ADDRESS, device.address))
    async with database.system_session() as session:
        offer = await _offer(session, token)
        return Offer(
            company=offer.company,
            inviter=offer.inviter or offer.company,
            role=offer.role,
            email=offer.email,
            name=offer.name,
            known=await holder_of(session, offer.email_key) is not None,
            language=offer.language,
        )


@made_again
async def accept(
    database: Database, token: str, *, name: str, password: str, device: Device, signed_in: str = ""
) -> SignedIn:
    """Take the place: as who is signed in here, by the known account's password, or as a new account.

    ``signed_in`` is this browser's session token, if any. Raises ``InvitationGone``, ``WrongPassword``,
    ``ForAnother``, and what names and passwords refuse.
    """
    await rates.hit(database, (rates.TOKEN_ADDRESS, device.address))
    async with database.system_session() as session:
        offer = await _offer(session, token)
        here = await login_sessions.live_session(session, signed_in)
        holder = await holder_of(session, offer.email_key)
        me = await session.one(sa.select(Account).where(Account.id == here.account_id)) if here else None  # pyright: ignore[reportArgumentType] -- a column expression
    if me is not None and me.email_key == offer.email_key and (holder is None or holder.id == me.id):
        account = await _confirmed(database, me.id)
    elif holder is not None:
        await rates.hit(database, (rates.SIGN_IN_EMAIL, offer.email_key))
        if not (await passwords.matches(password, [holder.password_hash], tries=1))[0]:
            raise WrongPassword("password")
        account = holder
    elif me is not None:
        raise ForAnother
    else:
        account = await _new_account(database, offer, name, password)
    async with database.tenant_session(offer.tenant_id, action="invitation.accept") as session:
        await _take_place(session, offer.id, account)
    async with database.system_session() as session:
        fresh = await login_sessions.begin(session, account.id, offer.tenant_id, device)
    return SignedIn(fresh, account.id, offer.tenant_id, account.language, account.theme)


async def _send(session: TenantSession, invitation: Invitation, role: str, by: Inviter) -> None:
    token = new_token()
    invitation.token_hash = digest(token)
    session.add(invitation)
    session.touch(MEMBERS, [])
    await session.flush()
    language = str(await session.one(sa.text("SELECT language FROM wasl.tenant")))
    letter = letters.write(
        "invitation",
        to=invitation.email,
        language=language,
        path=letters.with_token("/invitation", token),
        name=invitation.name,
        inviter=by.member_name,
        company=by.tenant_name,
        role=translate(language, f"roles.{role}") if role in set(RoleKey) else role,
    )
    await mail.post(session, letter, to_name=invitation.name)


async def _refuse_members(session: TenantSession, address: str) -> None:
    found = await session.one(
        sa.text(
            "SELECT id FROM wasl.membership WHERE state = 'active' AND archived_at IS NULL"
            " AND lower(email) = :email LIMIT 1"
        ),
        email=address.lower(),
    )
    if found is not None:
        raise AlreadyMember("email", email=address)


async def _place_kept_for(session: TenantSession, address: str) -> int | None:
    """A placeholder that an import made for this address, so that its records become the person's."""
    return await session.one(
        sa.text(
            "SELECT id FROM wasl.membership WHERE state = 'placeholder' AND archived_at IS NULL"
            " AND lower(email) = :email ORDER BY id LIMIT 1"
        ),
        email=address.lower(),
    )


async def _offer(session: SystemSession, token: str) -> Any:
    row = (
        await session.execute(
            sa.text(
                "SELECT i.tenant_id, i.id, i.email, i.email_key, coalesce(nullif(i.name, ''), '') AS name,"
                " t.name AS company, t.language, coalesce(r.key, r.name) AS role, m.display_name AS inviter"
                " FROM wasl.invitation i JOIN wasl.tenant t ON t.id = i.tenant_id"
                " JOIN wasl.role r ON r.tenant_id = i.tenant_id AND r.id = i.role_id"
                " LEFT JOIN wasl.membership m ON m.tenant_id = i.tenant_id AND m.id = i.invited_by"
                " WHERE i.token_hash = :token AND i.accepted_at IS NULL AND i.revoked_at IS NULL"
                " AND i.archived_at IS NULL AND i.expires_at > now() AND t.state <> 'closed'"
            ),
            {"token": digest(token)},
        )
    ).first()
    if row is None:
        raise InvitationGone
    return row


async def _confirmed(database: Database, account_id: int) -> Account:
    """The link has come by mail, which proves the address."""
    async with database.system_session() as session:
        account = await session.one(sa.select(Account).where(Account.id == account_id))  # pyright: ignore[reportArgumentType] -- a column expression
        assert account is not None
        account.email_confirmed_at = account.email_confirmed_at or clock.now()
        return account


async def _new_account(database: Database, offer: Any, name: str, password: str) -> Account:
    cleaned = clean_name(name)
    passwords.check_strength(password, about=(offer.email, cleaned, offer.company))
    hashed = await passwords.hash_password(password)
    async with database.system_session() as session:
        account = Account(
            email=offer.email,
            email_key=offer.email_key,
            name=cleaned,
            password_hash=hashed,
            language=offer.language,
            email_confirmed_at=clock.now(),
        )
        session.add(account)
        await session.flush()
        return account


async def _take_place(session: TenantSession, invitation_id: int, account: Account) -> None:
    """Of two who accept at once one gets the place; somebody removed before comes back to their own."""
    invitation = await session.get(Invitation, invitation_id, lock=True)
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationGone
    member = await session.one(
        sa.select(Membership).where(Membership.account_id == account.id)  # pyright: ignore[reportArgumentType] -- a column expression
    )
    if member is None and invitation.membership_id is not None:
        kept = await session.get(Membership, invitation.membership_id, lock=True)
        member = kept if kept.state == MemberState.PLACEHOLDER else None
    if member is None:
        member = Membership(display_name=account.name, role_id=invitation.role_id)
        session.add(member)
    member.account_id = account.id
    member.display_name = account.name
    member.email = account.email
    member.role_id = invitation.role_id
    member.team_id = member.team_id or invitation.team_id
    member.state = MemberState.ACTIVE
    member.archived_at = None
    invitation.accepted_at = clock.now()
    await session.flush()


__all__ = [
    "AlreadyMember",
    "InvitationGone",
    "Offer",
    "UnknownRole",
    "accept",
    "invite",
    "listed",
    "look",
    "resend",
    "revoke",
]
