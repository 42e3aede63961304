"""Customers: parties that buy, their legal entities over time, and two that turn out to be one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, column, delete, func, select, table, text, true, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from saas.directory import notifications, parties, tags
from saas.directory.fields import NameMissing
from saas.directory.json_rows import json_member, json_row, json_rows, read_rows
from saas.directory.models import Attachment, Comment, LegalEntity, Notification, Party, Person, Star
from saas.kernel.clock import now
from saas.kernel.errors import AppError
from saas.modules.crm.models import Activity, Deal, Outcome
from saas.tenancy.models import Membership
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.scope import unlimited
from saas.tenancy.session import TenantSession

TOPIC = "crm.customer"
# What a merge takes over where the winner has nothing.
TEXTS = ("name_ar", "segment", "country", "city", "phone", "email", "website", "tax_number", "note")
NUMBERS = ("credit_limit_minor", "payment_terms_days", "employees", "annual_revenue_minor", "founded_year")


class MergeWithItself(AppError):
    key = "crm.errors.merge_self"


async def create(session: TenantSession, values: dict[str, Any]) -> Party:
    """A new customer, owned by the member who makes it unless ``owner_id`` says else; ``values`` as
    ``parties.create`` takes them. Raises ``NameMissing``."""
    owner = values.get("owner_id") or session.member_id
    party = await parties.create(session, {**values, "is_customer": True, "owner_id": owner})
    session.touch(TOPIC, [party.id])
    notifications.hand_over(session, TOPIC, party.id, party.owner_id)
    return party


async def change(session: TenantSession, party: Party, changes: dict[str, Any]) -> None:
    former = party.owner_id
    await parties.update(session, party, changes)
    session.touch(TOPIC, [party.id], [former] if former and former != party.owner_id else [])
    if former != party.owner_id:
        notifications.hand_over(session, TOPIC, party.id, party.owner_id)


async def archive(session: TenantSession, party: Party) -> None:
    """Out of the lists; its deals and documents stay as they are."""
    await parties.archive(session, party)
    session.touch(TOPIC, [party.id])


async def restore(session: TenantSession, party: Party) -> None:
    await parties.restore(session, party)
    session.touch(TOPIC, [party.id])


async def add_entity(session: TenantSession, party: Party, values: dict[str, Any]) -> LegalEntity:
    """The legal body that the customer trades as from ``valid_from`` (a date, or None: always). One that was
    still open ends the day before. Raises ``NameMissing``."""
    if not str(values.get("legal_name") or "").strip():
        raise NameMissing("legal_name")
    begins: date | None = values.get("valid_from")
    if begins is not None:
        for former in await parties.legal_entities(session, party):
            if former.valid_to is None and (former.valid_from is None or former.valid_from < begins):
                former.valid_to = begins - timedelta(days=1)
    entity = await parties.add_legal_entity(session, party, values)
    session.touch(TOPIC, [party.id])
    return entity


async def merge(session: TenantSession, loser: Party, winner: Party) -> None:
    """Everything that points at ``loser``, in whichever module, points at ``winner`` from now on; facts that
    the winner lacks come over, and the loser is archived beneath it. One action, so one Undo.

    Raises ``MergeWithItself``.
    """
    if loser.id == winner.id:
        raise MergeWithItself()
    with unlimited(session):
        moved = list(await session.all(select(col(Deal.id)).where(col(Deal.party_id) == loser.id)))
        for name, key in await _references(session):
            place = table(name, column(key), schema="wasl")
            await session.execute(
                update(place).where(place.c[key] == loser.id).values({key: winner.id}),
                execution_options={"synchronize_session": False},
            )
        # Who has a star on both keeps the one.
        await session.execute(
            delete(Star).where(
                _is_subject(Star, loser),
                col(Star.member_id).in_(select(col(Star.member_id)).where(_is_subject(Star, winner))),
            ),
            execution_options={"synchronize_session": False},
        )
        for model in (Comment, Attachment, Star, Notification):
            await session.execute(update(model).where(_is_subject(model, loser)).values(subject_id=winner.id))
    winner.tags = tags.changed(winner.tags, [f"+{tag}" for tag in loser.tags])
    for field in (*TEXTS, *NUMBERS, "owner_id"):
        if getattr(winner, field) in (None, "") and getattr(loser, field) not in (None, ""):
            setattr(winner, field, getattr(loser, field))
    await session.refresh(loser)
    loser.parent_id = winner.id
    loser.archived_at = now()
    await session.flush()
    session.touch(TOPIC, [loser.id, winner.id])
    if moved:
        session.touch("crm.deal", moved)


async def rows(session: TenantSession, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Rows by inside id; archived ones too, for the archive; those who are no customers are left out."""
    return await read_rows(session, _by_ids(), ids)


@cache
def _by_ids() -> Prepared:
    """Customers with their owner, open deals and last contact."""
    deal, activity = aliased(Deal), aliased(Activity)
    open_deals = (
        select(func.count().label("n"))
        .where(
            col(deal.party_id) == col(Party.id),
            col(deal.outcome) == Outcome.OPEN,
            col(deal.archived_at).is_(None),
        )
        .correlate(Party)
        .lateral("open_deals")
    )
    contact = (
        select(func.max(col(activity.done_at)).label("at"))
        .where(col(activity.party_id) == col(Party.id), col(activity.archived_at).is_(None))
        .correlate(Party)
        .lateral("contact")
    )
    row = json_row(
        _key=col(Party.id),
        _owner=col(Party.owner_id),
        id=col(Party.public_id),
        version=col(Party.version),
        name=col(Party.name),
        name_ar=col(Party.name_ar),
        owner=json_member(),
        segment=col(Party.segment),
        tags=col(Party.tags),
        open_deals=open_deals.c.n,
        last_contact=contact.c.at,
        phone=col(Party.phone),
        email=col(Party.email),
        website=col(Party.website),
        city=col(Party.city),
        country=col(Party.country),
        tax_number=col(Party.tax_number),
        credit_limit_minor=col(Party.credit_limit_minor),
        payment_terms_days=col(Party.payment_terms_days),
        employees=col(Party.employees),
        note=col(Party.note),
        created_at=col(Party.created_at),
    )
    return Prepared(
        select(json_rows(row))
        .select_from(Party)
        .outerjoin(Membership, col(Membership.id) == col(Party.owner_id))
        .outerjoin(open_deals, true())
        .outerjoin(contact, true())
        .where(any_of(col(Party.id)), col(Party.is_customer).is_(True))
    )


async def people_of(session: TenantSession, party_id: int) -> list[dict[str, Any]]:
    query = select(Person).where(col(Person.party_id) == party_id, col(Person.archived_at).is_(None))
    found = await session.all(query.order_by(col(Person.name_key), col(Person.id)).limit(50))
    return [person_row(person) for person in found]


def person_row(person: Person) -> dict[str, Any]:
    return {
        "id": str(person.public_id),
        "name": person.name,
        "name_ar": person.name_ar,
        "title": person.title,
        "phone": person.phone,
        "email": person.email,
    }


def _is_subject(model: Any, party: Party) -> ColumnElement[bool]:
    return and_(col(model.subject) == TOPIC, col(model.subject_id) == party.id)


async def _references(session: TenantSession) -> list[tuple[str, str]]:
    """``(table, column)`` of every foreign key to a party, of whichever module, as the database has them."""
    found = await session.rows(
        text(
            "SELECT c.relname, a.attname FROM pg_constraint k"
            " JOIN pg_class c ON c.oid = k.conrelid"
            " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)"
            " WHERE k.contype = 'f' AND k.confrelid = to_regclass('wasl.party') AND a.attname <> 'tenant_id'"
            " ORDER BY 1, 2"
        )
    )
    return [(row[0], row[1]) for row in found]
