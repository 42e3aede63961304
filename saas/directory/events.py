"""Past facts about shared records."""

from __future__ import annotations

from dataclasses import dataclass

from saas.kernel.events import Event


@dataclass(frozen=True, slots=True)
class Mentioned(Event):
    """Members were called to a record by a comment."""

    comment_id: int
    subject: str
    subject_id: int
    member_ids: tuple[int, ...]
