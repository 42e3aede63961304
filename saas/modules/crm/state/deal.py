"""One deal's page."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from saas.directory.models import Product
from saas.kernel.i18n import latin_digits
from saas.kernel.module import About
from saas.kernel.money import parse_minor
from saas.modules.crm.models import Activity, ActivityKind, Deal, Direction, LostReason, Stage
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import activities, deal_page, deals, finding, moves, pipelines
from saas.modules.crm.service.deals import Line
from saas.modules.crm.state.deal_list import DEALS
from saas.modules.crm.state.due import due_values
from saas.state.action import Ids, Op, PublicId, Text80, Text200, Text4000, action, toast
from saas.state.record import TIMELINE_PAGE, Nobody, RecordState
from saas.state.resource import Resource
from saas.state.unit import reading, unit_of_work
from saas.state.values import number
from saas.tenancy.session import TenantSession


class LineForm(BaseModel):
    """One product as the page sends it; price as typed, empty for the product's own."""

    model_config = ConfigDict(extra="forbid")
    product: PublicId
    quantity: Text80
    price: Text80 = ""


class Said(BaseModel):
    """A call, e-mail, message, meeting or task as the composer sends it."""

    model_config = ConfigDict(extra="forbid")
    kind: ActivityKind
    subject: Text200 = ""
    body: Text4000 = ""
    direction: Direction = Direction.OUT
    minutes: Text80 = ""
    due_on: Text80 = ""
    due_time: Text80 = ""
    remind: Literal["", "at", "hour", "day"] = ""
    owner: PublicId | Nobody = ""


class DealState(RecordState, rx.State):
    """``record`` is the deal's row with what ``deal_page.beside`` adds; ``products`` the menu of products."""

    resource: ClassVar[Resource] = DEALS
    products: dict[str, Any] = {"text": "", "items": []}  # noqa: RUF012 -- Reflex copies defaults

    @action(CrmPermission.MOVE_DEALS)
    async def move(
        self,
        op: Op,
        stage: PublicId,
        reason: LostReason | Nobody,
        note: Text4000,
        id: PublicId | Nobody = "",
    ):
        """To the top of a stage; a lost one asks for the reason."""
        async with unit_of_work("crm.deal.move", op=op) as session:
            deal = await self._row(session, id)
            to = await session.by_public_id(Stage, stage)
            await moves.move(session, deal, to, reason=LostReason(reason) if reason else None, note=note)
            await self._show_again(session, deal)
            action_id, name = str(session.action_id), pipelines.name_for(session.viewer, to)
        await toast(self, "crm.toast.moved", undo=action_id, stage=name)

    @action(CrmPermission.MOVE_DEALS)
    async def win(self, op: Op, id: PublicId | Nobody = ""):
        """Won today."""
        await self._change(op, "crm.deal.win", moves.win, "crm.toast.won", id)

    @action(CrmPermission.MOVE_DEALS)
    async def lose(self, op: Op, reason: LostReason, note: Text4000, id: PublicId | Nobody = ""):
        """Lost today, and why."""
        lose = partial(moves.lose, reason=reason, note=note)
        await self._change(op, "crm.deal.lose", lose, "crm.toast.lost", id)

    @action(CrmPermission.MOVE_DEALS)
    async def reopen(self, op: Op, id: PublicId | Nobody = ""):
        """Back into the last open stage."""
        await self._change(op, "crm.deal.reopen", moves.reopen, "crm.toast.reopened", id)

    @action(CrmPermission.EDIT_DEALS)
    async def comment(self, op: Op, body: Text4000, mentions: Ids, id: PublicId | Nobody = ""):
        """A note on the timeline; those who are mentioned hear of it."""
        remark = partial(deal_page.remark, body=body, mentions=mentions)
        await self._change(op, "crm.deal.note", remark, "crm.toast.noted", id)

    @action(CrmPermission.EDIT_ACTIVITIES)
    async def log(self, op: Op, said: Said, id: PublicId | Nobody = ""):
        """A call or e-mail that was, a meeting or task that is to be."""

        async def write(session: TenantSession, deal: Deal) -> None:
            await activities.create(session, {**await said_values(session, said), "deal_id": deal.id})

        await self._change(op, "crm.activity.create", write, "crm.toast.noted", id)

    @action(CrmPermission.EDIT_ACTIVITIES)
    async def complete(self, op: Op, activity: PublicId, id: PublicId | Nobody = ""):
        """One of the next activities is done."""

        async def complete(session: TenantSession, deal: Deal) -> None:
            await activities.complete(session, await session.by_public_id(Activity, activity))

        await self._change(op, "crm.activity.complete", complete, "crm.toast.done", id)

    @action(CrmPermission.EDIT_DEALS)
    async def set_lines(
        self,
        op: Op,
        lines: Annotated[list[LineForm], Field(max_length=100)],
        id: PublicId | Nobody = "",
    ):
        """The products of the deal, in place of those before."""

        async def put(session: TenantSession, deal: Deal) -> None:
            await deals.set_lines(session, deal, [await _line(session, deal, line) for line in lines])

        await self._change(op, "crm.deal.products", put, "crm.toast.saved", id)

    @action(CrmPermission.SEE_DEALS, writes=False)
    async def find_products(self, text: Text200):
        """The menu of products, as typed so far."""
        async with reading() as session:
            self.products = {"text": text, "items": await finding.find_products(session, text, 20)}

    async def _extra(self, session: TenantSession, row: Deal) -> dict[str, Any]:
        return await deal_page.beside(session, row)

    async def _about(self, session: TenantSession, row: Deal) -> About:
        wanted = tuple((line.product_id, line.quantity) for line in await deals.lines_of(session, row.id))
        return About(DEALS.key, row.public_id, row.party_id, wanted)

    async def _entries(self, session: TenantSession, row: Deal, before: str) -> list[dict[str, Any]]:
        return await deal_page.timeline(session, row, before, TIMELINE_PAGE)


async def said_values(session: TenantSession, said: Said) -> dict[str, Any]:
    """What the composer sent as ``activities.create`` takes it: a task or one with a date is to be done."""
    due = due_values(session, said.due_on, said.due_time, said.remind)
    planned = said.kind is ActivityKind.TASK or bool(due)
    values: dict[str, Any] = {
        "kind": said.kind,
        "subject": said.subject,
        "body": said.body,
        "direction": said.direction,
        "duration_min": number(said.minutes, "minutes") if said.minutes.strip() else None,
        "done": not planned,
        **due,
    }
    if said.owner:
        from saas.tenancy.models import Membership

        values["owner_id"] = (await session.by_public_id(Membership, said.owner)).id
    return values


async def _line(session: TenantSession, deal: Deal, line: LineForm) -> Line:
    product = await session.by_public_id(Product, line.product)
    return Line(
        product.id,
        number(latin_digits(line.quantity), "quantity"),
        parse_minor(line.price, deal.currency, "price"),
    )
