"""Stages named in a file of deals: known under the names that other programs use, made where missing."""

from __future__ import annotations

from saas.directory.imports.targets import Reference
from saas.kernel.i18n import fold
from saas.modules.crm.models import Pipeline, Stage, StageKind
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import pipelines
from saas.tenancy.session import TenantSession

# What other programs call the two ends, folded.
_ENDS = {
    StageKind.WON: ("won", "closed won", "win", "sold", "فازت", "مكسوبة", "ربح", "تم البيع"),
    StageKind.LOST: ("lost", "closed lost", "loss", "dead", "خسرت", "خسارة", "مفقودة", "ضائعة"),
}
# How far along a stage of this name usually is, in percent; others go before the last one.
_USUAL_PERCENT = (
    (5, ("lead", "new", "incoming", "inbox", "عميل محتمل", "جديد")),
    (10, ("prospect", "prospecting", "research", "cold", "استكشاف", "بحث")),
    (20, ("contact", "contacted", "first contact", "approach", "تواصل")),
    (30, ("qualify", "qualified", "qualification", "discovery", "تأهيل", "مؤهل")),
    (40, ("engage", "engaging", "engaged", "meeting", "demo", "تفاعل", "اجتماع")),
    (60, ("proposal", "quote", "quotation", "offer", "عرض", "عرض سعر")),
    (80, ("negotiation", "negotiating", "review", "تفاوض", "مفاوضة")),
    (90, ("contract", "closing", "commit", "verbal", "عقد", "توقيع")),
)


async def known_stages(session: TenantSession) -> list[tuple[int, str]]:
    """The stages of the default pipeline under their names in both languages, the ends also as others say."""
    live = await pipelines.pipelines(session)
    if not live:
        return []
    found: list[tuple[int, str]] = []
    for stage in await pipelines.stages(session, live[0].id):
        found += [(stage.id, name) for name in (stage.name, stage.name_ar) if name]
        found += [(stage.id, name) for name in _ENDS.get(StageKind(stage.kind), ())]
    return found


async def create_stages(session: TenantSession, names: list[str]) -> dict[str, int]:
    """Open stages of these names, each where deals of that name usually stand."""
    pipeline = await pipelines.provision(session)
    made: dict[str, int] = {}
    for percent, name in sorted((_usual_percent(name), name) for name in names):
        stage = await pipelines.add_stage(session, pipeline, {"name": name, "probability": percent})
        made[name] = stage.id
        await _put_in_order(session, pipeline, stage)
    return made


def _usual_percent(name: str) -> int:
    key = fold(name)
    return next((percent for percent, names in _USUAL_PERCENT if key in map(fold, names)), 50)


async def _put_in_order(session: TenantSession, pipeline: Pipeline, stage: Stage) -> None:
    """Before every open stage that is further along."""
    further = [
        one
        for one in await pipelines.stages(session, pipeline.id)
        if one.is_open and one.id != stage.id and one.probability > stage.probability
    ]
    for _ in further:
        await pipelines.place_stage(session, stage, -1)


STAGE = Reference(
    "stage", "crm.imports.missing_stages", known_stages, create_stages, CrmPermission.MANAGE_PIPELINES
)
