"""One row a thing that users do: how long it took, how long its bare SQL took, what is allowed."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(".data/bench.json")


@dataclass(frozen=True, slots=True)
class Row:
    """Milliseconds, unless ``unit`` says another thing; ``budget_ms`` is in the same unit."""

    area: str
    name: str
    n: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    sql_p50_ms: float | None = None
    budget_ms: float | None = None
    judged_by: str = "p95"
    unit: str = "ms"

    @property
    def judged(self) -> float:
        return self.p50_ms if self.judged_by == "p50" else self.p95_ms

    @property
    def is_over(self) -> bool:
        return self.budget_ms is not None and self.judged > self.budget_ms


def row(
    area: str,
    name: str,
    seconds: Sequence[float],
    *,
    sql: Sequence[float] = (),
    budget: float | None = None,
    judged_by: str = "p95",
) -> Row:
    """A row of measured seconds, ``sql`` those of the same work in bare SQL; ``budget`` in milliseconds."""
    sql_p50 = round(quantile(sql, 0.5) * 1000, 2) if sql else None
    p50, p95, p99 = (round(quantile(seconds, q) * 1000, 2) for q in (0.5, 0.95, 0.99))
    return Row(area, name, len(seconds), p50, p95, p99, sql_p50, budget, judged_by)


def single(area: str, name: str, value: float, unit: str, budget: float | None = None) -> Row:
    """A row of one value that is no time, such as kilobytes."""
    value = round(value, 1)
    return Row(area, name, 1, value, value, value, None, budget, "p50", unit)


def quantile(values: Sequence[float], q: float) -> float:
    """Nearest rank: a value that was measured."""
    ordered = sorted(values)
    return ordered[max(math.ceil(q * len(ordered)) - 1, 0)]


def show(rows: Sequence[Row]) -> str:
    """The table as people read it; what is over its budget is marked."""
    head = ("", "n", "p50", "p95", "p99", "bare SQL p50", "budget", "")
    lines: list[tuple[str, ...]] = [head]
    area = ""
    for r in rows:
        if r.area != area:
            area = r.area
            lines.append((area, *[""] * 7))
        unit = "" if r.unit == "ms" else f" {r.unit}"
        budget = f"{r.budget_ms:g}{unit} {r.judged_by}" if r.budget_ms is not None else "-"
        sql = f"{r.sql_p50_ms:.1f}" if r.sql_p50_ms is not None else "-"
        values = (
            f"{v:,.1f}" if r.n > 1 or i == 0 else "" for i, v in enumerate((r.p50_ms, r.p95_ms, r.p99_ms))
        )
        lines.append((f"  {r.name}", str(r.n), *values, sql, budget, "OVER" if r.is_over else ""))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def conditions() -> str:
    """What the figures ran on, for the reader to judge them by."""
    load = os.getloadavg()
    return f"{os.cpu_count()} cores, load average {load[0]:.1f} {load[1]:.1f} {load[2]:.1f}"


def save(rows: Sequence[Row]) -> None:
    """Put the rows into ``.data/bench.json``, in place of earlier ones of the same areas."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    areas = {r.area for r in rows}
    RESULTS.parent.mkdir(exist_ok=True)
    found = [r for r in kept if r["area"] not in areas] + [asdict(r) for r in rows]
    RESULTS.write_text(json.dumps(found, indent=1))
