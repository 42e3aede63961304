"""The list of deals, declared; the board shows the same query."""

from __future__ import annotations

from functools import partial
from typing import Any

from saas.directory.models import Party, Person
from saas.directory.tags import Tagged, menu_of
from saas.modules.crm.models import Deal, LostReason, Outcome, Pipeline, Stage
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import board, deal_rows, deals, finding, pipelines, positions
from saas.modules.crm.state.naming import by_id
from saas.modules.crm.state.rights import need
from saas.state.resource import Choice, Column, Kind, Resource, StartingView, Verbs, declare
from saas.state.unit import register_topic
from saas.tenancy.search import matches
from saas.tenancy.session import TenantSession

PIPELINE = "pipeline"
_TONES = {Outcome.OPEN: "info", Outcome.WON: "ok", Outcome.LOST: "mute"}


async def _create_deal(session: TenantSession, values: dict[str, Any]) -> Deal:
    given = {name: value for name, value in by_id(values).items() if value is not None}
    if given.get("owner_id") not in (None, session.member_id):
        need(session, CrmPermission.ASSIGN_DEALS)
    return await deals.create(session, given)


async def _change_deal(session: TenantSession, deal: Deal, changes: dict[str, Any]) -> None:
    given = by_id(changes)
    if given.get("owner_id", deal.owner_id) != deal.owner_id:
        need(session, CrmPermission.ASSIGN_DEALS)
    if given.get("stage_id") not in (None, deal.stage_id):
        need(session, CrmPermission.MOVE_DEALS)
    await deals.update(session, deal, given)


async def _hold_stage(session: TenantSession, changes: dict[str, Any]) -> None:
    if stage_id := by_id(changes).get("stage_id"):
        await positions.hold(session, stage_id)


async def _archive_deal(session: TenantSession, deal: Deal) -> None:
    need(session, CrmPermission.DELETE_DEALS)
    await deals.archive(session, deal)


async def _find_stages(session: TenantSession, text: str, limit: int) -> list[dict[str, Any]]:
    named = {one.id: one for one in await pipelines.pipelines(session)}
    several, wanted = len(named) > 1, text.strip().lower()
    return [
        {
            "id": str(stage.public_id),
            "label": stage.name,
            "label_ar": stage.name_ar,
            "note": named[stage.pipeline_id].name if several else "",
            "note_ar": named[stage.pipeline_id].name_ar if several else "",
        }
        for stage in await pipelines.stages(session)
        if stage.pipeline_id in named and (wanted in stage.name.lower() or wanted in stage.name_ar)
    ][:limit]


DEALS = declare(
    Resource(
        key="crm.deal",
        model=Deal,
        route="/crm/deals",
        see=CrmPermission.SEE_DEALS,
        edit=CrmPermission.EDIT_DEALS,
        rows=deal_rows.rows,
        search=partial(matches, Deal),
        columns=(
            Column("title", "crm.deals.name", Kind.TEXT, Deal.title, 260, editable=True, required=True),
            Column(
                "party",
                "crm.deals.customer",
                Kind.REF,
                Deal.party_id,
                190,
                editable=True,
                sortable=False,
                find=finding.find_customers,
                target=Party,
                href="/crm/customers",
                face="company",
            ),
            Column(
                "amount_minor",
                "crm.deals.amount",
                Kind.MONEY,
                Deal.amount_minor,
                150,
                editable=True,
                currency="currency",
                as_read=Deal.amount_key,
                total=True,
            ),
            Column(
                "in_stage",
                "crm.deals.stage",
                Kind.REF,
                Deal.stage_id,
                120,
                editable=True,
                required=False,
                sortable=False,
                find=_find_stages,
                target=Stage,
            ),
            Column(
                "owner", "crm.deals.owner", Kind.PERSON, Deal.owner_id, 195, editable=True, sortable=False
            ),
            Column(
                "expected_close_on",
                "crm.deals.close_date",
                Kind.DATE,
                Deal.expected_close_on,
                120,
                editable=True,
            ),
            Column(
                "outcome",
                "crm.deals.outcome",
                Kind.CHOICE,
                Deal.outcome,
                95,
                sortable=False,
                in_form=False,
                choices=tuple(Choice(o.value, f"crm.outcome.{o.value}", _TONES[o]) for o in Outcome),
            ),
            Column(
                "person",
                "crm.deals.contact",
                Kind.REF,
                Deal.person_id,
                150,
                editable=True,
                sortable=False,
                hidden=True,
                find=finding.find_people,
                target=Person,
                href="/crm/people",
                face="person",
            ),
            Column("source", "crm.deals.source", Kind.TEXT, Deal.source, 100, editable=True, sortable=False),
            Column(
                "tags",
                "crm.deals.tags",
                Kind.TAGS,
                Tagged(Deal),
                120,
                editable=True,
                sortable=False,
                find=menu_of(Deal),
            ),
            Column(
                "idle",
                "crm.deals.idle",
                Kind.BOOL,
                board.Stalled(),
                90,
                sortable=False,
                hidden=True,
                in_form=False,
            ),
            Column(
                "lost_reason",
                "crm.deals.reason",
                Kind.CHOICE,
                Deal.lost_reason,
                130,
                sortable=False,
                hidden=True,
                in_form=False,
                choices=tuple(Choice(r.value, f"crm.lost_reason.{r.value}") for r in LostReason),
            ),
            Column(
                "closed_on",
                "crm.deals.closed_on",
                Kind.DATE,
                Deal.closed_on,
                120,
                sortable=False,
                hidden=True,
                in_form=False,
            ),
            Column(
                "external_ref",
                "crm.deals.reference",
                Kind.TEXT,
                Deal.external_ref,
                120,
                sortable=False,
                hidden=True,
                in_form=False,
            ),
            Column(
                "created_at",
                "crm.deals.created",
                Kind.DATETIME,
                Deal.created_at,
                130,
                hidden=True,
                in_form=False,
            ),
        ),
        parts=(
            Column(
                PIPELINE, "crm.deals.pipeline", Kind.REF, Deal.pipeline_id, in_form=False, target=Pipeline
            ),
        ),
        verbs=Verbs(_create_deal, _change_deal, _archive_deal, deals.restore, _hold_stage),
        views=(
            StartingView(
                "mine",
                "crm.deals.mine",
                {
                    "filters": [
                        {"key": "owner", "op": "is", "values": ["@me"]},
                        {"key": "outcome", "op": "is", "values": ["open"]},
                    ]
                },
            ),
            StartingView(
                "closing",
                "crm.deals.closing",
                {
                    "filters": [
                        {"key": "expected_close_on", "op": "from", "values": ["@month_start"]},
                        {"key": "expected_close_on", "op": "to", "values": ["@month_end"]},
                        {"key": "outcome", "op": "is", "values": ["open"]},
                    ]
                },
            ),
            StartingView(
                "idle",
                "crm.deals.idle",
                {
                    "filters": [
                        {"key": "outcome", "op": "is", "values": ["open"]},
                        {"key": "idle", "op": "is", "values": ["true"]},
                    ]
                },
            ),
        ),
    )
)

register_topic("crm.deal", Deal, deal_rows.rows, permission=CrmPermission.SEE_DEALS)
