"""What one deal's page shows beside the deal itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlmodel import col

from saas.directory import comments
from saas.directory.models import Party, Person, Product
from saas.kernel.clock import now
from saas.modules.crm.models import Activity, Deal, Outcome, Stage, StageKind
from saas.modules.crm.service import activities, customers, deals, pipelines, story
from saas.tenancy import changes
from saas.tenancy.session import TenantSession

HISTORY = 200


async def beside(session: TenantSession, deal: Deal) -> dict[str, Any]:
    """``{path, place, neighbours, lines, lines_total_minor, people, tasks, contact, weighted_minor}``."""
    stage = await session.get(Stage, deal.stage_id)
    lines = await deals.lines_of(session, deal.id)
    return {
        "path": await path(session, deal),
        "place": await _place(session, deal, stage),
        "neighbours": await _neighbours(session, deal),
        "lines": await _line_rows(session, lines),
        "lines_total_minor": deals.total(lines),
        "people": await _people(session, deal),
        "tasks": await activities.about(session, deal_id=deal.id),
        "contact": await _contact(session, deal),
        "weighted_minor": None
        if deal.amount_minor is None
        else (deal.amount_minor * stage.probability + 50) // 100,
    }


async def path(session: TenantSession, deal: Deal) -> list[dict[str, Any]]:
    """The stages of the deal's pipeline in order, each ``{id, name, name_ar, kind, required, days, now}``:
    days that the deal stood there (None: never), ``now`` for the one it stands in. The end that it did not
    come to is left out: the lost stage of an open or won deal, the won stage of a lost one."""
    spent = await seconds_in_stages(session, deal)
    shown = []
    for stage in await pipelines.stages(session, deal.pipeline_id):
        if stage.kind is (StageKind.WON if deal.outcome is Outcome.LOST else StageKind.LOST):
            continue
        shown.append(
            {
                "id": str(stage.public_id),
                "name": stage.name,
                "name_ar": stage.name_ar,
                "kind": stage.kind.value,
                "required": [field.value for field in stage.requires],
                "days": int(spent[stage.id] // 86_400) if stage.id in spent else None,
                "now": stage.id == deal.stage_id,
            }
        )
    return shown


async def seconds_in_stages(session: TenantSession, deal: Deal) -> dict[int, float]:
    """How long the deal stood in each stage, by stage id, out of the change record."""
    history = await changes.history(session, "deal", deal.id, HISTORY)
    entered: list[tuple[datetime, int]] = [
        (change.at, change.new["stage_id"])
        for change in reversed(history)
        if change.new and change.new.get("stage_id") is not None
    ]
    spent: dict[int, float] = defaultdict(float)
    if not entered or entered[-1][1] != deal.stage_id:
        entered.append((deal.stage_entered_at, deal.stage_id))
    # What an import said of the time before it counts too.
    entered[-1] = (min(entered[-1][0], deal.stage_entered_at), deal.stage_id)
    ends = [at for at, _ in entered[1:]] + [now()]
    for (begins, stage_id), end in zip(entered, ends, strict=True):
        spent[stage_id] += max((end - begins).total_seconds(), 0)
    return dict(spent)


async def timeline(session: TenantSession, deal: Deal, before: str, limit: int) -> list[dict[str, Any]]:
    """What was done about the deal, newest first, as ``story.done`` gives it."""
    return await story.done(session, col(Activity.deal_id) == deal.id, before, limit)


async def remark(session: TenantSession, deal: Deal, body: str, mentions: Sequence[str]) -> None:
    """A note on the deal's timeline; those who are mentioned hear of it. Raises ``NothingSaid``."""
    await comments.add(session, deals.TOPIC, deal.id, body, mentions)
    deal.last_active_at = now()
    await session.flush()
    session.touch(deals.TOPIC, [deal.id])


async def _place(session: TenantSession, deal: Deal, stage: Stage) -> dict[str, int] | None:
    """Which card of its stage it is; not reckoned among closed deals, where nobody asks."""
    if not stage.is_open:
        return None
    here = col(Deal.stage_id) == deal.stage_id, col(Deal.archived_at).is_(None)
    above = tuple_(col(Deal.position), col(Deal.id)) <= tuple_(deal.position, deal.id)
    found = await session.rows(
        select(func.count().filter(above), func.count()).select_from(Deal).where(*here)
    )
    return {"n": found[0][0], "total": found[0][1]}


async def _neighbours(session: TenantSession, deal: Deal) -> dict[str, str]:
    mark = tuple_(deal.position, deal.id)
    place = tuple_(col(Deal.position), col(Deal.id))
    here = select(col(Deal.public_id)).where(
        col(Deal.stage_id) == deal.stage_id, col(Deal.archived_at).is_(None)
    )
    above = here.where(place < mark).order_by(col(Deal.position).desc(), col(Deal.id).desc()).limit(1)
    below = here.where(place > mark).order_by(col(Deal.position), col(Deal.id)).limit(1)
    before, after = await session.one(above), await session.one(below)
    return {"previous": str(before or ""), "next": str(after or "")}


async def _line_rows(session: TenantSession, lines: Sequence[Any]) -> list[dict[str, Any]]:
    names = {
        product.id: product
        for product in await session.all(
            select(Product).where(col(Product.id).in_({line.product_id for line in lines}))
        )
    }
    return [
        {
            "id": str(line.public_id),
            "product": {
                "id": str(names[line.product_id].public_id),
                "label": names[line.product_id].name,
                "name": names[line.product_id].name,
                "name_ar": names[line.product_id].name_ar,
            },
            "quantity": f"{line.quantity.normalize():f}",
            "unit_price_minor": line.unit_price_minor,
            "total_minor": deals.total([line]),
        }
        for line in lines
    ]


async def _people(session: TenantSession, deal: Deal) -> list[dict[str, Any]]:
    if deal.party_id is not None:
        return await customers.people_of(session, deal.party_id)
    if deal.person_id is None:
        return []
    person = await session.get(Person, deal.person_id)
    return [customers.person_row(person)]


async def _contact(session: TenantSession, deal: Deal) -> dict[str, str]:
    """Where to call and write: the contact's own, else the customer's."""
    person = await session.get(Person, deal.person_id) if deal.person_id else None
    party = await session.one(select(Party).where(col(Party.id) == deal.party_id)) if deal.party_id else None
    return {
        "phone": (person.phone if person else "") or (party.phone if party else ""),
        "email": (person.email if person else "") or (party.email if party else ""),
    }
