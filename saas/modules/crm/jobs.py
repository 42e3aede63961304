"""What CRM does by the clock."""

from __future__ import annotations

from typing import Any

JOBS: tuple[Any, ...] = ()
