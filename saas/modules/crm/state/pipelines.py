"""Settings: pipelines and their stages."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from saas.kernel.money import parse_minor
from saas.modules.crm.models import Pipeline, RequiredField, Stage
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import pipelines
from saas.state.action import Op, PublicId, Text80, action, toast
from saas.state.undoing import guard
from saas.state.unit import reading, register_topic, unit_of_work
from saas.state.values import number
from saas.tenancy.session import TenantSession


class StageForm(BaseModel):
    """A stage as the page sends it; numbers as typed, ``idle_days`` empty for never."""

    model_config = ConfigDict(extra="forbid")
    name: Text80
    name_ar: Text80 = ""
    probability: Text80 = "0"
    idle_days: Text80 = ""
    required: Annotated[list[RequiredField], Field(max_length=len(RequiredField))] = []


class PipelinesState(rx.State):
    """``shown``: pipelines with their stages, as ``pipelines.pipeline_rows`` gives them."""

    shown: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults
    loaded: bool = False

    @action(CrmPermission.MANAGE_PIPELINES, load=True)
    async def load(self):
        """Every live pipeline."""
        async with reading() as session:
            await self._show(session)

    @action(CrmPermission.MANAGE_PIPELINES)
    async def add(self, op: Op, name: Text80, name_ar: Text80):
        """A pipeline with the usual stages."""
        async with unit_of_work("crm.pipeline.add", op=op) as session:
            await pipelines.add_pipeline(session, name, name_ar)
            await self._show(session)
            action_id = str(session.action_id)
        await toast(self, "crm.toast.stages_saved", undo=action_id)

    @action(CrmPermission.MANAGE_PIPELINES)
    async def rename(self, op: Op, pipeline: PublicId, name: Text80, name_ar: Text80, goal: Text80):
        """Its names, and what it should win in a month (as typed; empty: no goal)."""
        async with unit_of_work("crm.pipeline.rename", op=op) as session:
            row = await session.by_public_id(Pipeline, pipeline)
            await pipelines.rename_pipeline(session, row, name, name_ar)
            await pipelines.set_goal(session, row, parse_minor(goal, session.viewer.currency, "goal"))
            await self._show(session)
            action_id = str(session.action_id)
        await toast(self, "crm.toast.stages_saved", undo=action_id)

    @action(CrmPermission.MANAGE_PIPELINES)
    async def remove(self, op: Op, pipeline: PublicId):
        """Only one without deals, and never the last."""
        async with unit_of_work("crm.pipeline.remove", op=op) as session:
            await pipelines.remove_pipeline(session, await session.by_public_id(Pipeline, pipeline))
            await self._show(session)
            action_id = str(session.action_id)
        await toast(self, "crm.toast.stages_saved", undo=action_id)

    @action(CrmPermission.MANAGE_PIPELINES)
    async def add_stage(self, op: Op, pipeline: PublicId, stage: StageForm):
        """An open stage after the other open ones."""
        async with unit_of_work("crm.stage.add", op=op) as session:
            row = await session.by_public_id(Pipeline, pipeline)
            await pipelines.add_stage(session, row, _changes(stage))
            await self._show(session)
            action_id = str(session.action_id)
        await toast(self, "crm.toast.stages_saved", undo=action_id)

    @action(CrmPermission.MANAGE_PIPELINES)
    async def save_stage(self, op: Op, id: PublicId, stage: StageForm):
        async with unit_of_work("crm.stage.save", op=op) as session:
            await pipelines.update_stage(session, await session.by_public_id(Stage, id), _changes(stage))
            await self._show(session)
            action_id = str(session.action_id)
        await toast(self, "crm.toast.stages_saved", undo=action_id)

    @action(CrmPermission.MANAGE_PIPELINES)
    async def place_stage(self, op: Op, id: PublicId, down: bool):
        """One place down or up."""
        async with unit_of_work("crm.stage.place", op=op) as session:
            await pipelines.place_stage(session, await session.by_public_id(Stage, id), 1 if down else -1)
            await self._show(session)
            action_id = str(session.action_id)
        await toast(self, "crm.toast.stages_saved", undo=action_id)

    @action(CrmPermission.MANAGE_PIPELINES)
    async def remove_stage(self, op: Op, id: PublicId):
        """Only an open one without deals."""
        async with unit_of_work("crm.stage.remove", op=op) as session:
            await pipelines.remove_stage(session, await session.by_public_id(Stage, id))
            await self._show(session)
            action_id = str(session.action_id)
        await toast(self, "crm.toast.stages_saved", undo=action_id)

    async def _show(self, session: TenantSession) -> None:
        await session.flush()
        rows = await pipelines.pipeline_rows(session)
        self.shown = [{k: v for k, v in row.items() if not k.startswith("_")} for row in rows]
        self.loaded = True


def _changes(stage: StageForm) -> dict[str, Any]:
    return {
        "name": stage.name,
        "name_ar": stage.name_ar,
        "probability": _whole(stage.probability or "0", "probability"),
        "idle_days": _whole(stage.idle_days, "idle_days") if stage.idle_days.strip() else None,
        "required": [field.value for field in stage.required],
    }


def _whole(text: str, field: str) -> int | Decimal:
    """A whole number as such; another as it is, for the verb to refuse."""
    value = number(text, field)
    return int(value) if value == int(value) else value


guard(CrmPermission.MANAGE_PIPELINES, Pipeline, Stage)
register_topic("crm.pipeline", Pipeline, pipelines.pipeline_rows, permission=CrmPermission.SEE_DEALS)
