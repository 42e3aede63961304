"""Pipelines and their stages: what a company's deals go through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from saas.kernel.clock import now
from saas.kernel.errors import AppError, Invalid, NotFound
from saas.kernel.i18n import Language, translate
from saas.modules.crm.models import Deal, Pipeline, RequiredField, Stage, StageKind
from saas.modules.crm.service import positions
from saas.tenancy.scope import unlimited
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

MAX_NAME = 80
# A lock of the company's own; below zero, for imports lock by their positive ids.
_FIRST_PIPELINE = -1
MAX_GOAL = 10**15
_PIPELINES = (
    select(Pipeline)
    .where(col(Pipeline.archived_at).is_(None))
    .order_by(col(Pipeline.position), col(Pipeline.id))
)
_STAGES = select(Stage).where(col(Stage.archived_at).is_(None)).order_by(col(Stage.position), col(Stage.id))
_STAGES_OF = _STAGES.where(col(Stage.pipeline_id) == bindparam("pipeline"))
# key of the name, kind, percent, days until a deal counts as stalled
STARTING_STAGES: tuple[tuple[str, StageKind, int, int | None], ...] = (
    ("new", StageKind.OPEN, 10, 14),
    ("qualified", StageKind.OPEN, 30, 14),
    ("proposal", StageKind.OPEN, 50, 14),
    ("negotiation", StageKind.OPEN, 75, 7),
    ("won", StageKind.WON, 100, None),
    ("lost", StageKind.LOST, 0, None),
)


class NoName(Invalid):
    key = "crm.errors.no_name"


class BadProbability(Invalid):
    key = "crm.errors.bad_probability"


class BadIdleDays(Invalid):
    key = "crm.errors.bad_idle_days"


class BadChoice(Invalid):
    key = "crm.errors.bad_choice"


class StageInUse(AppError):
    """Deals stand in the stage; ``stage`` names it."""

    key = "crm.errors.stage_in_use"
    status = 409


class PipelineInUse(AppError):
    """Deals stand in the pipeline; ``pipeline`` names it."""

    key = "crm.errors.pipeline_in_use"
    status = 409


class LastOpenStage(AppError):
    key = "crm.errors.last_open_stage"


class EndStageNeeded(AppError):
    """Won and lost deals need a place to stand."""

    key = "crm.errors.kind_stage_needed"


class BadGoal(Invalid):
    key = "crm.errors.bad_goal"


class LastPipeline(AppError):
    key = "crm.errors.last_pipeline"


async def provision(session: TenantSession) -> Pipeline:
    """The pipeline that a company starts with; gives the first one when there is any. Safe to repeat, and to
    do in two tabs at once."""
    if found := await pipelines(session):
        return found[0]
    await session.execute(select(func.pg_advisory_xact_lock(session.tenant_id, _FIRST_PIPELINE)))
    found = await pipelines(session)
    return found[0] if found else await add_pipeline(session)


async def pipelines(session: TenantSession) -> list[Pipeline]:
    """The live pipelines in order; the first is the default."""
    return list(await session.all(_PIPELINES))


async def stages(session: TenantSession, pipeline_id: int | None = None) -> list[Stage]:
    """The live stages in order, of one pipeline or of all."""
    if pipeline_id is None:
        return list(await session.all(_STAGES))
    return list(await session.all(_STAGES_OF, pipeline=pipeline_id))


async def pipeline_or_default(session: TenantSession, public_id: str = "") -> Pipeline:
    """The named pipeline if it is live, else the first. Raises ``NotFound`` when the company has none."""
    return chosen(await pipelines(session), public_id)


def chosen(live: Sequence[Pipeline], public_id: str) -> Pipeline:
    """Of these the one with the id, else the first. Raises ``NotFound`` for none."""
    if not live:
        raise NotFound()
    return next((one for one in live if str(one.public_id) == public_id), live[0])


async def end_stage(session: TenantSession, pipeline_id: int, kind: StageKind) -> Stage:
    """The pipeline's stage for won or for lost deals."""
    for stage in await stages(session, pipeline_id):
        if stage.kind == kind:
            return stage
    raise EndStageNeeded()


async def add_pipeline(session: TenantSession, name: str = "", name_ar: str = "") -> Pipeline:
    """A new pipeline with the starting stages, last in order. Without a name it gets the usual one."""
    last = await session.one(select(func.max(col(Pipeline.position))))
    name = name.strip()[:MAX_NAME]
    pipeline = Pipeline(
        name=name or translate(Language.ENGLISH, "crm.pipeline.default"),
        name_ar=name_ar.strip()[:MAX_NAME]
        or ("" if name else translate(Language.ARABIC, "crm.pipeline.default")),
        position=0 if last is None else last + 1,
    )
    session.add(pipeline)
    await session.flush()
    for position, (key, kind, probability, idle_days) in enumerate(STARTING_STAGES):
        session.add(
            Stage(
                pipeline_id=pipeline.id,
                name=translate(Language.ENGLISH, f"crm.stage.{key}"),
                name_ar=translate(Language.ARABIC, f"crm.stage.{key}"),
                kind=kind,
                position=position,
                probability=probability,
                idle_days=idle_days,
            )
        )
    await session.flush()
    session.touch("crm.pipeline", [pipeline.id])
    return pipeline


async def rename_pipeline(session: TenantSession, pipeline: Pipeline, name: str, name_ar: str) -> None:
    pipeline.name = _name(name)
    pipeline.name_ar = name_ar.strip()[:MAX_NAME]
    session.touch("crm.pipeline", [pipeline.id])


async def set_goal(session: TenantSession, pipeline: Pipeline, goal_minor: int | None) -> None:
    """What should be won in a month, in minor units of the company's currency; None or 0: no goal.

    Raises ``BadGoal``.
    """
    if goal_minor is not None and not 0 <= goal_minor <= MAX_GOAL:
        raise BadGoal("goal")
    pipeline.goal_minor = goal_minor or None
    await session.flush()
    session.touch("crm.pipeline", [pipeline.id])


async def remove_pipeline(session: TenantSession, pipeline: Pipeline) -> None:
    """Archived with its stages. Raises ``PipelineInUse`` with deals in it, ``LastPipeline`` for the last."""
    if len(await pipelines(session)) < 2:
        raise LastPipeline()
    present = await stages(session, pipeline.id)
    for stage in sorted(present, key=lambda one: one.id):
        await positions.hold(session, stage.id)
    if await _holds_deals(session, col(Deal.pipeline_id) == pipeline.id):
        raise PipelineInUse(pipeline=pipeline.name)
    at = now()
    for stage in present:
        stage.archived_at = at
    pipeline.archived_at = at
    session.touch("crm.pipeline", [pipeline.id])


async def add_stage(session: TenantSession, pipeline: Pipeline, changes: dict[str, Any]) -> Stage:
    """A new open stage after the other open ones; ``changes`` as in ``update_stage``."""
    present = await stages(session, pipeline.id)
    place = sum(stage.is_open for stage in present)
    stage = Stage(pipeline_id=pipeline.id, name="", kind=StageKind.OPEN, position=place)
    _apply(stage, {"name": "", **changes})
    present.insert(place, stage)
    session.add(stage)
    await _renumber(session, present)
    session.touch("crm.pipeline", [pipeline.id])
    return stage


async def update_stage(session: TenantSession, stage: Stage, changes: dict[str, Any]) -> None:
    """``changes`` may hold name, name_ar, probability (int), idle_days (int or None), required (list of
    ``RequiredField`` values). Raises ``NoName``, ``BadProbability``, ``BadIdleDays`` or ``BadChoice``."""
    _apply(stage, changes)
    await session.flush()
    session.touch("crm.pipeline", [stage.pipeline_id])


async def place_stage(session: TenantSession, stage: Stage, step: int) -> None:
    """One place up (-1) or down (+1) among the stages of its pipeline."""
    present = await stages(session, stage.pipeline_id)
    at = next(i for i, one in enumerate(present) if one.id == stage.id)
    to = min(max(at + (1 if step > 0 else -1), 0), len(present) - 1)
    present.insert(to, present.pop(at))
    await _renumber(session, present)
    session.touch("crm.pipeline", [stage.pipeline_id])


async def remove_stage(session: TenantSession, stage: Stage) -> None:
    """Archived. Raises ``StageInUse`` with deals in it, ``LastOpenStage``, ``EndStageNeeded``, and
    ``StageGone`` when it is."""
    # Whoever moves a deal in at this moment comes before or after, never in between.
    await positions.hold(session, stage.id)
    present = await stages(session, stage.pipeline_id)
    if not stage.is_open:
        raise EndStageNeeded()
    if sum(one.is_open for one in present) < 2:
        raise LastOpenStage()
    if await _holds_deals(session, col(Deal.stage_id) == stage.id):
        raise StageInUse(stage=stage.name)
    stage.archived_at = now()
    await session.flush()
    session.touch("crm.pipeline", [stage.pipeline_id])


async def pipeline_rows(session: TenantSession, ids: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Pipelines with their stages as the browser shows them."""
    of_pipeline: dict[int, list[Stage]] = {}
    for stage in await stages(session):
        of_pipeline.setdefault(stage.pipeline_id, []).append(stage)
    return [
        {
            "_key": one.id,
            "_owner": None,
            "id": str(one.public_id),
            "version": one.version,
            "name": one.name,
            "name_ar": one.name_ar,
            "goal_minor": one.goal_minor,
            "stages": [stage_row(stage) for stage in of_pipeline.get(one.id, [])],
        }
        for one in await pipelines(session)
        if ids is None or one.id in ids
    ]


def name_for(viewer: Viewer, named: Stage | Pipeline) -> str:
    """The name in the member's language, or the other when there is none."""
    return (named.name_ar if viewer.language == Language.ARABIC else "") or named.name


def stage_row(stage: Stage) -> dict[str, Any]:
    """``{id, name, name_ar, kind, probability, idle_days, required}``."""
    return {
        "id": str(stage.public_id),
        "version": stage.version,
        "name": stage.name,
        "name_ar": stage.name_ar,
        "kind": stage.kind,
        "probability": stage.probability,
        "idle_days": stage.idle_days,
        "required": [field.value for field in stage.requires],
    }


def _apply(stage: Stage, changes: dict[str, Any]) -> None:
    if "name" in changes:
        stage.name = _name(changes["name"])
    if "name_ar" in changes:
        stage.name_ar = str(changes["name_ar"] or "").strip()[:MAX_NAME]
    if "probability" in changes and stage.is_open:
        probability = changes["probability"]
        if not isinstance(probability, int) or not 0 <= probability <= 100:
            raise BadProbability("probability")
        stage.probability = probability
    if "idle_days" in changes:
        days = changes["idle_days"]
        if days is not None and (not isinstance(days, int) or not 1 <= days <= 365):
            raise BadIdleDays("idle_days")
        stage.idle_days = days
    if "required" in changes:
        try:
            fields = {RequiredField(name) for name in changes["required"]}
        except (ValueError, TypeError):
            raise BadChoice("required") from None
        stage.required = ",".join(field.value for field in RequiredField if field in fields)


def _name(text: str) -> str:
    name = str(text or "").strip()[:MAX_NAME]
    if not name:
        raise NoName("name")
    return name


async def _renumber(session: TenantSession, in_order: list[Stage]) -> None:
    for position, stage in enumerate(in_order):
        if stage.position != position:
            stage.position = position
    await session.flush()


async def _holds_deals(session: TenantSession, where: Any) -> bool:
    """Any deal, whoever's: asked past the member's own view, since the answer guards all of them."""
    with unlimited(session):
        return (
            await session.one(select(col(Deal.id)).where(where, col(Deal.archived_at).is_(None)).limit(1))
            is not None
        )
