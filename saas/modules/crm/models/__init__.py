"""Tables of CRM. The invariants named here stand in the database as well: see migration 0010."""

from saas.modules.crm.models.activity import Activity, ActivityKind, Direction
from saas.modules.crm.models.deal import Deal, DealLine, DealRollup, LostReason, Outcome
from saas.modules.crm.models.pipeline import Pipeline, RequiredField, Stage, StageKind

__all__ = [
    "Activity",
    "ActivityKind",
    "Deal",
    "DealLine",
    "DealRollup",
    "Direction",
    "LostReason",
    "Outcome",
    "Pipeline",
    "RequiredField",
    "Stage",
    "StageKind",
]
