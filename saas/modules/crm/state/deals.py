"""Deals as a board and as a table: one query, two layouts."""

from __future__ import annotations

from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, urlsplit

import reflex as rx
from sqlalchemy import ColumnElement

from saas.kernel.errors import NotFound
from saas.modules.crm.models import Deal, LostReason, Pipeline, Stage
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import board, deals, moves, pipelines, sums
from saas.modules.crm.service.card_order import BOARD_ALONE, order_of
from saas.modules.crm.state.deal_list import DEALS, PIPELINE
from saas.state.action import Ids, Key, Op, PublicId, Text4000, action, toast
from saas.state.list_state import ListState, parse_query, starting_views
from saas.state.listing import Count, Filter, Query, criteria, names_in
from saas.state.resource import Resource
from saas.state.unit import reading, unit_of_work
from saas.tenancy.session import TenantSession

Layout = Literal["board", "list"]
Nobody = Literal[""]
MORE_CARDS = 40


class DealsState(ListState, rx.State):
    """``layout`` is board or list. ``stages``: the board's stages with sums and first cards, as ``ui.board``
    takes them; ``more``: the cards last asked for; ``heads``: counts and sums read anew; ``pipelines``:
    ``[{id, name, name_ar}]``, ``pipeline`` the one shown ("": all of them, which only the table does). Both
    layouts and every count, sum and saved view are of that pipeline."""

    resource: ClassVar[Resource] = DEALS
    layout: str = "board"
    sent_only: ClassVar[tuple[str, ...]] = ("rows", "stages")
    stages: list[dict[str, Any]] | None = None
    more: dict[str, Any] = {}  # noqa: RUF012 -- Reflex copies defaults
    heads: dict[str, Any] = {}  # noqa: RUF012
    pipelines: list[dict[str, Any]] = []  # noqa: RUF012
    pipeline: str = ""

    @action(CrmPermission.SEE_DEALS, load=True)
    async def load(self):
        """The board, or with ``?view=list`` the table, as the address states it."""
        given = parse_qs(urlsplit(str(self.router.url)).query)
        self.layout = "list" if given.get("view") == ["list"] else "board"
        if not self.views:
            self.views = [{**view, "count": -1} for view in starting_views(DEALS)]
        async with reading() as session:
            provisioned = await self._show_layout(session, given.get("pipeline", [""])[0])
        if not provisioned:
            # The module was on before it had a pipeline.
            async with unit_of_work("crm.provision") as session:
                await pipelines.provision(session)
            async with reading() as session:
                await self._show_layout(session, "")

    @action(CrmPermission.SEE_DEALS, load=True)
    async def load_views(self):
        """The saved views with their counts, after the board itself is on its way."""
        async with reading() as session:
            self.views = await self._saved_views(session)

    @action(CrmPermission.SEE_DEALS, writes=False)
    async def arrange(self, layout: Layout, wanted: dict[Key, Any], pipeline: PublicId | Nobody):
        """The query in this layout: the other one, or of another pipeline."""
        self.layout = layout
        async with reading() as session:
            before = self.pipeline
            if layout == "list":
                await self._show_table(session, parse_query(wanted), pipeline)
            else:
                await self._show_board(session, parse_query(wanted), pipeline)
            await self._recount(session, before)

    @action(CrmPermission.SEE_DEALS, writes=False)
    async def narrow(self, wanted: dict[Key, Any], pipeline: PublicId | Nobody):
        """Another search, filter or pipeline on the board; the old cards stay until the new ones are here."""
        async with reading() as session:
            before = self.pipeline
            await self._show_board(session, parse_query(wanted), pipeline)
            await self._recount(session, before)

    @action(CrmPermission.SEE_DEALS, writes=False)
    async def reload(self):
        """What is shown, read anew, after messages were missed."""
        async with reading() as session:
            if self.layout == "list":
                await self._show_table(session, self._asked(), self.pipeline)
            else:
                await self._show_board(session, self._asked(), self.pipeline)

    @action(CrmPermission.SEE_DEALS, writes=False)
    async def read_more(self, stage: PublicId, last: PublicId | Nobody):
        """The next cards of a stage, below the last one shown."""
        async with reading() as session:
            found = await board.more_cards(
                session,
                await session.by_public_id(Stage, stage),
                last,
                _sight(session, self._asked()),
                MORE_CARDS,
            )
            self.more = {
                "stage": stage,
                "cards": [_bare(card) for card in found],
                "more": len(found) == MORE_CARDS,
                "serial": self.more.get("serial", 0) + 1,
            }

    @action(CrmPermission.SEE_DEALS, writes=False)
    async def read_heads(self):
        """Counts and sums anew, after a change that a tab cannot reckon from the cards it shows."""
        async with reading() as session:
            pipeline = await pipelines.pipeline_or_default(session, self.pipeline)
            found = await board.totals(session, pipeline, _sight(session, self._asked()))
            self.heads = {"rows": found, "serial": self.heads.get("serial", 0) + 1}

    @action(CrmPermission.MOVE_DEALS)
    async def move(
        self,
        op: Op,
        deal: PublicId,
        stage: PublicId,
        after: PublicId | Nobody,
        reason: LostReason | Nobody,
        note: Text4000,
    ):
        """A card to a place: right below ``after``, or on top of the stage."""
        async with unit_of_work("crm.deal.move", op=op) as session:
            to = await session.by_public_id(Stage, stage)
            moving = await session.by_public_id(Deal, deal)
            above = await session.by_public_id(Deal, after) if after else None
            entering = moving.stage_id != to.id
            why = LostReason(reason) if reason else None
            await moves.move(session, moving, to, above, reason=why, note=note)
            action_id, name = str(session.action_id), pipelines.name_for(session.viewer, to)
        if entering:
            await toast(self, "crm.toast.moved", undo=action_id, stage=name)

    @action(CrmPermission.MOVE_DEALS)
    async def move_many(self, op: Op, ids: Ids, stage: PublicId, reason: LostReason | Nobody):
        """The chosen deals into a stage, as one action."""
        async with unit_of_work("crm.deal.bulk_move", op=op) as session:
            to = await session.by_public_id(Stage, stage)
            chosen = await deals.many(session, ids)
            await moves.move_many(session, chosen, to, reason=LostReason(reason) if reason else None)
            action_id, name = str(session.action_id), pipelines.name_for(session.viewer, to)
        await toast(self, "crm.toast.moved", undo=action_id, stage=name)

    async def _show_layout(self, session: TenantSession, pipeline_id: str) -> bool:
        """What the address asks for; False when there is no pipeline to show."""
        if self.layout == "list":
            await self._show_table(session, self._from_address(), pipeline_id)
            return bool(self.pipelines)
        try:
            await self._show_board(session, self._from_address(), pipeline_id)
        except NotFound:
            return False
        return True

    async def _show_table(self, session: TenantSession, query: Query, pipeline_id: str) -> None:
        self.pipelines = [_pipeline_row(one) for one in await pipelines.pipelines(session)]
        known = len(self.pipelines) > 1 and any(one["id"] == pipeline_id for one in self.pipelines)
        self.pipeline = pipeline_id if known else ""
        await self._show(session, _listable(query))

    async def _show_board(self, session: TenantSession, query: Query, pipeline_id: str) -> None:
        live = await pipelines.pipelines(session)
        shown = await board.board(session, pipelines.chosen(live, pipeline_id), _sight(session, query))
        for stage in shown["stages"]:
            for card in stage["cards"]:
                del card["_key"], card["_owner"]
        self.stages, self.heads, self.more = shown["stages"], {}, {}
        self.pipeline = shown["pipeline"]
        self.pipelines = [_pipeline_row(one) for one in live]
        self.meta = {
            "loaded": True,
            # What closed before this month is part of the view, though its cards are left to the table.
            "total": _deals_in(shown["stages"]),
            "capped": False,
            "previous": "",
            "next": "",
            "query": query.model_dump(exclude={"cursor", "back"}),
            "view": query.view,
            "names": await names_in(session, DEALS, query),
        }

    async def _recount(self, session: TenantSession, before: str) -> None:
        """Of another pipeline than before, everything is counted and summed anew."""
        if self.pipeline != before:
            self.totals = {}
            self.views = await self._saved_views(session)

    async def _count(self, session: TenantSession, query: Query) -> Count:
        """Of all deals the exact number, which is kept; of fewer, as every list counts."""
        if query.archived or query.filters or query.search.strip():
            return await super()._count(session, query)
        stages = await self._stages(session)
        found = await sums.by_stage(session, [stage.id for stage in stages])
        return Count(sum(one.deals for one in found.values()))

    async def _total(self, session: TenantSession, query: Query) -> Count:
        if self.layout == "list":
            return await super()._total(session, query)
        pipeline = await pipelines.pipeline_or_default(session, self.pipeline)
        return Count(_deals_in(await board.totals(session, pipeline, _sight(session, query))))

    def _within(self, query: Query) -> Query:
        if not (shown := self._one_of_many()):
            return query
        part = Filter(key=PIPELINE, op="is", values=[shown])
        return query.model_copy(update={"filters": [*query.filters, part]})

    async def _completed(self, session: TenantSession, values: dict[str, Any]) -> dict[str, Any]:
        """A deal made while one of several pipelines is shown begins in it, if nobody says where."""
        if values.get("in_stage") is not None or not self._one_of_many():
            return values
        first = next((stage for stage in await self._stages(session) if stage.is_open), None)
        return values if first is None else {**values, "in_stage": first.id}

    async def _stages(self, session: TenantSession) -> list[Stage]:
        """Of the pipeline that is shown, or of all of them."""
        if not (shown := self._one_of_many()):
            return await pipelines.stages(session)
        return await pipelines.stages(session, (await session.by_public_id(Pipeline, shown)).id)

    def _one_of_many(self) -> str:
        return self.pipeline if len(self.pipelines) > 1 else ""

    def _asked(self) -> Query:
        return parse_query(self.meta.get("query", {}))


def _deals_in(heads: list[dict[str, Any]]) -> int:
    return sum(head["count"] + head["earlier"] for head in heads)


def _sight(session: TenantSession, query: Query) -> board.Sight:
    """What the board shows: of the closed deals those of this month, unless the query says of when."""
    ends = None if any(f.key == "closed_on" for f in query.filters) else session.viewer.today().replace(day=1)
    return board.Sight(_conditions(session, query), order_of(query.sort), ends)


def _conditions(session: TenantSession, query: Query) -> list[ColumnElement[bool]]:
    """What narrows the board; nothing at all when nothing does, so that kept sums serve."""
    if not query.filters and not query.search.strip():
        return []
    return criteria(session, DEALS, query)


def _listable(query: Query) -> Query:
    """The query for the table, which does not know every order of the board."""
    return query.model_copy(update={"sort": ""}) if query.sort == BOARD_ALONE else query


def _pipeline_row(pipeline: Pipeline) -> dict[str, Any]:
    return {"id": str(pipeline.public_id), "name": pipeline.name, "name_ar": pipeline.name_ar}


def _bare(card: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in card.items() if not name.startswith("_")}
