"""The way that deals go: pipelines, and their stages in order."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger
from sqlmodel import Field

from saas.tenancy.owned import Choice, TenantOwned


class StageKind(StrEnum):
    """What standing in a stage means for the deal's outcome."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class RequiredField(StrEnum):
    """Facts that a stage may ask for before a deal enters it."""

    AMOUNT = "amount"
    PARTY = "party"
    PERSON = "person"
    EXPECTED_CLOSE = "expected_close_on"
    SOURCE = "source"
    PRODUCTS = "products"


class Pipeline(TenantOwned, table=True):
    """A named row of stages. ``position`` orders the pipelines; the first live one is the default.

    ``goal_minor`` is what should be won in a month, in the company's currency; None: no goal is set.
    """

    name: str
    name_ar: str = ""
    position: int = 0
    goal_minor: int | None = Field(default=None, sa_type=BigInteger)


class Stage(TenantOwned, table=True):
    """A step of a pipeline.

    ``probability`` is a whole percent: 100 when won, 0 when lost. ``idle_days`` is the number of days without
    a sign of life after which a deal here counts as stalled (None: never). ``required`` holds
    ``RequiredField`` values joined by commas: what a deal must have before it may enter. The database holds
    that a pipeline has one live stage of kind won and one of kind lost at most.
    """

    __tablename__: ClassVar[Any] = "stage"

    pipeline_id: int = Field(sa_type=BigInteger)
    name: str
    name_ar: str = ""
    kind: StageKind = Field(default=StageKind.OPEN, sa_type=Choice(StageKind))
    position: int = 0
    probability: int = 0
    idle_days: int | None = None
    required: str = ""

    @property
    def requires(self) -> tuple[RequiredField, ...]:
        return tuple(RequiredField(name) for name in self.required.split(",") if name)

    @property
    def is_open(self) -> bool:
        return self.kind is StageKind.OPEN
