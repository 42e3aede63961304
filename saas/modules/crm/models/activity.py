"""What was done with a customer, and what is to be done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field

from saas.tenancy.owned import Choice, Instant, MemberOwned, TenantOwned


def _instant() -> Any:
    return Field(default=None, sa_type=Instant)  # pyright: ignore[reportArgumentType] -- an instance serves too


class ActivityKind(StrEnum):
    CALL = "call"
    MEETING = "meeting"
    EMAIL = "email"
    MESSAGE = "message"
    NOTE = "note"
    TASK = "task"


class Direction(StrEnum):
    """Who began a call, e-mail or message: we (``out``) or they (``in``)."""

    OUT = "out"
    IN = "in"


class Activity(MemberOwned, TenantOwned, table=True):
    """A call, meeting, e-mail, message, note or task.

    Without ``done_at`` it is to be done, by ``due_at`` if given; ``all_day`` means that only the date of
    ``due_at`` counts, in the company's time zone. ``reminder_at`` is when the owner is reminded,
    ``reminded_at`` when that happened. ``duration_min`` is in minutes.
    """

    kind: ActivityKind = Field(default=ActivityKind.TASK, sa_type=Choice(ActivityKind))
    direction: Direction = Field(default=Direction.OUT, sa_type=Choice(Direction))
    subject: str = ""
    body: str = ""
    due_at: datetime | None = _instant()
    all_day: bool = False
    reminder_at: datetime | None = _instant()
    reminded_at: datetime | None = _instant()
    done_at: datetime | None = _instant()
    duration_min: int | None = None
    deal_id: int | None = Field(default=None, sa_type=BigInteger)
    party_id: int | None = Field(default=None, sa_type=BigInteger)
    person_id: int | None = Field(default=None, sa_type=BigInteger)
